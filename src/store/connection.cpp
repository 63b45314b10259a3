// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace {
[[noreturn]] void throwFailure(sqlite3* connection, int code) {
  const std::string detail = connection != nullptr ? sqlite3_errmsg(connection) : "no memory";
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(ErrorKind::kConflict,
                  "Another program is writing to the store. Wait until it has finished, then try "
                  "again.");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw Error(ErrorKind::kDamaged,
                  "The store's database is damaged (" + detail + "). Restore it from a backup.");
    case SQLITE_FULL:
      throw Error(ErrorKind::kDevice,
                  "The disk of the store is full. Free some space, then try again; the store is as "
                  "it was.");
    case SQLITE_INTERRUPT:
      throw Error(ErrorKind::kCancelled, "Cancelled.");
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_NOMEM:
      throw Error(ErrorKind::kDevice, "The store's database cannot be used (" + detail +
                                          "). Check free space and permissions, then try again; "
                                          "the store is as it was.");
    default:
      throw Error(ErrorKind::kInternal, "The store's database refused a step: " + detail);
  }
}
}  // namespace

Connection::~Connection() {
  for (const auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* const statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close_v2(handle_);
}

void Connection::open(const std::string& name, int flags) {
  check(sqlite3_open_v2(name.c_str(), &handle_, flags | SQLITE_OPEN_FULLMUTEX, nullptr));
  sqlite3_extended_result_codes(handle_, 1);
}

sqlite3_stmt* Connection::take(std::string_view sql) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = idle_.find(sql);
    if (found != idle_.end() && !found->second.empty()) {
      sqlite3_stmt* const statement = found->second.back();
      found->second.pop_back();
      --idle_count_;
      return statement;
    }
  }
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  return statement;
}

void Connection::giveBack(sqlite3_stmt* statement) noexcept {
  if (statement == nullptr) return;
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  try {
    const std::lock_guard lock(mutex_);
    if (idle_count_ < kMostIdle) {
      idle_[sqlite3_sql(statement)].push_back(statement);
      ++idle_count_;
      return;
    }
  } catch (const std::bad_alloc&) {  // then it is not kept
  }
  sqlite3_finalize(statement);
}

void Connection::check(int code) const {
  if (code != SQLITE_OK) throwFailure(handle_, code);
}

void Connection::execute(const char* script) const {
  check(sqlite3_exec(handle_, script, nullptr, nullptr, nullptr));
}

}  // namespace sonotwin::store
