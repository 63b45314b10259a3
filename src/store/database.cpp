// SPDX-License-Identifier: Apache-2.0
#include "database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "schema.h"
#include "sonotwin/base/error.h"
#include "utf8.h"

namespace sonotwin::store {
namespace {
constexpr std::uint32_t kApplicationId = 0x534E5457;  // "SNTW"

// The one place where SQLite's failures become ours.
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

void check(sqlite3* connection, int code) {
  if (code != SQLITE_OK) throwFailure(connection, code);
}

[[noreturn]] void throwNewer() {
  throw Error(ErrorKind::kDamaged,
              "The store was made by a newer version of Sonotwin and was left as it is. Use that "
              "version, or a newer one.");
}
[[noreturn]] void throwForeign() {
  throw Error(ErrorKind::kDamaged,
              "The file sonotwin.sqlite is not a store of Sonotwin, or its beginning is damaged. "
              "Choose another folder, or restore the store from a backup.");
}

// Read from the file itself: a newer version's store is to be refused before anything touches it.
void requireOurHeader(const std::filesystem::path& file) {
  std::array<unsigned char, 100> header{};
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    throw Error(ErrorKind::kDevice, "The store's database cannot be opened: " +
                                        std::string(std::strerror(errno)) + ".");
  }
  const ssize_t got = ::read(descriptor, header.data(), header.size());
  ::close(descriptor);
  const auto word = [&](std::size_t at) {  // big-endian, as SQLite's file format has it
    return static_cast<std::uint32_t>(header[at]) << 24 | header[at + 1] << 16 |
           header[at + 2] << 8 | header[at + 3];
  };
  if (got != static_cast<ssize_t>(header.size()) || word(68) != kApplicationId) throwForeign();
  if (std::bit_cast<std::int32_t>(word(60)) > kSchemaVersion) throwNewer();
}
bool mayWrite(const std::filesystem::path& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

std::filesystem::path logOf(const std::filesystem::path& file) {
  return file.string() + "-wal";
}

std::int64_t sizeOf(const std::filesystem::path& file) {
  std::error_code absent;
  const std::uintmax_t size = std::filesystem::file_size(file, absent);
  return absent ? 0 : static_cast<std::int64_t>(size);
}

std::array<std::int64_t, 4> lookOf(const std::filesystem::path& file) {
  struct stat status {};
  ::stat(file.c_str(), &status);
  return {sizeOf(logOf(file)), status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

// A name SQLite takes as an address: with it, it neither locks nor looks for a log.
std::string immutableName(const std::filesystem::path& file) {
  std::string name = "file:";
  for (const char c : file.string()) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '%' || c == '?' || c == '#') {
      name += {'%', "0123456789ABCDEF"[code >> 4], "0123456789ABCDEF"[code & 15U]};
    } else {
      name += c;
    }
  }
  return name + "?immutable=1";
}
}  // namespace

Statement::Statement(sqlite3* connection, std::string_view sql) : connection_(connection) {
  check(connection_, sqlite3_prepare_v2(connection_, sql.data(), static_cast<int>(sql.size()),
                                        &statement_, nullptr));
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_) {}

void Statement::rewind() {
  sqlite3_reset(statement_);
  bound_ = 0;
}

void Statement::add(std::int64_t value) {
  check(connection_, sqlite3_bind_int64(statement_, ++bound_, value));
}

void Statement::add(double value) {
  if (!std::isfinite(value)) {
    throwBadInput("A number that is not finite cannot be stored: correct it at its source.");
  }
  check(connection_, sqlite3_bind_double(statement_, ++bound_, value));
}

void Statement::add(std::string_view text) {
  requireText(text);
  const char* const data = text.data() != nullptr ? text.data() : "";
  check(connection_, sqlite3_bind_text64(statement_, ++bound_, data, text.size(), SQLITE_TRANSIENT,
                                         SQLITE_UTF8));
}

void Statement::add(std::span<const std::byte> blob) {
  check(connection_, blob.empty() ? sqlite3_bind_zeroblob(statement_, ++bound_, 0)
                                  : sqlite3_bind_blob64(statement_, ++bound_, blob.data(),
                                                        blob.size(), SQLITE_TRANSIENT));
}

void Statement::addNull() {
  check(connection_, sqlite3_bind_null(statement_, ++bound_));
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) throwFailure(connection_, code);
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

bool Statement::isNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::optional<double> Statement::optionalReal(int column) const {
  return isNull(column) ? std::nullopt : std::optional(real(column));
}

std::string Statement::text(int column) const {
  const auto* const characters = sqlite3_column_text(statement_, column);
  if (characters == nullptr) return {};
  return {reinterpret_cast<const char*>(characters),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::span<const std::byte> Statement::blob(int column) const {
  const auto* const bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string Statement::rowBytes() const {
  std::string row;
  const auto append = [&row](char type, std::string_view bytes) {
    const std::uint64_t size = bytes.size();
    row += type;
    row.append(reinterpret_cast<const char*>(&size), sizeof size);
    row += bytes;
  };
  const auto bytesOf = [](const auto& value) {
    return std::string_view(reinterpret_cast<const char*>(&value), sizeof value);
  };
  for (int column = 0; column < sqlite3_column_count(statement_); ++column) {
    switch (sqlite3_column_type(statement_, column)) {
      case SQLITE_INTEGER:
        append('i', bytesOf(std::int64_t{integer(column)}));
        break;
      case SQLITE_FLOAT:
        append('r', bytesOf(real(column)));
        break;
      case SQLITE_NULL:
        append('n', {});
        break;
      case SQLITE_TEXT:
        append('t', text(column));
        break;
      default: {
        const std::span<const std::byte> bytes = blob(column);
        append('b', {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      }
    }
  }
  return row;
}

Database::Database(const std::string& name, int flags, std::chrono::milliseconds timeout) {
  const int code =
      sqlite3_open_v2(name.c_str(), &connection_, flags | SQLITE_OPEN_FULLMUTEX, nullptr);
  try {
    check(connection_, code);
    sqlite3_extended_result_codes(connection_, 1);
    check(connection_, sqlite3_busy_timeout(connection_, static_cast<int>(timeout.count())));
    // Until it is known to be ours, closing it must not write to it either.
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    execute(
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;"
        "PRAGMA cell_size_check = ON");
  } catch (...) {
    sqlite3_close_v2(connection_);
    throw;
  }
}

Database::~Database() {
  sqlite3_close_v2(connection_);
}

Database::Database(Database&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      writable_(other.writable_),
      frozen_(std::move(other.frozen_)) {}

void Database::create(const std::filesystem::path& file,
                      const std::function<void(Database&)>& fill) {
  {
    Database database(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatience);
    // Flushed once, below: before that nobody knows the file.
    database.execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL");
    sqlite3_db_config(database.connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    Transaction transaction(database, Transaction::Kind::kWrite);
    database.execute("PRAGMA application_id = " + std::to_string(kApplicationId) +
                     "; PRAGMA user_version = " + std::to_string(kSchemaVersion));
    database.execute(kSchema);
    fill(database);
    transaction.commit();
  }
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (!flushed) throw Error(ErrorKind::kDevice, "The new store's database cannot be flushed.");
}

Database Database::open(const std::filesystem::path& file, std::chrono::milliseconds timeout) {
  requireOurHeader(file);
  if (!mayWrite(file) || !mayWrite(file.parent_path())) return openForReading(file, timeout);
  Database database(file, SQLITE_OPEN_READWRITE, timeout);
  database.requireOurs();
  sqlite3_db_config(database.connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  return database;
}

// A log can only be read together with its shared index, which a reader without rights cannot make.
// Without a log the file itself is everything, as long as nobody writes: `query` looks.
Database Database::openForReading(const std::filesystem::path& file,
                                  std::chrono::milliseconds timeout) {
  const bool logged = sizeOf(logOf(file)) > 0;
  if (logged && !std::filesystem::exists(file.string() + "-shm")) {
    throw Error(ErrorKind::kDevice,
                "The store cannot be written here, and its newest entries lie in "
                "sonotwin.sqlite-wal, which a program that may write must take in first. Open it "
                "once where it can be written, or copy the whole folder to such a place.");
  }
  const std::array<std::int64_t, 4> look = lookOf(file);
  Database database(logged ? file.string() : immutableName(file),
                    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, timeout);
  database.writable_ = false;
  if (!logged) database.frozen_ = Frozen{file, look};
  database.requireOurs();
  return database;
}

void Database::requireWritable() const {
  if (writable_) return;
  throw Error(ErrorKind::kDevice,
              "The store can only be read: its folder or its database cannot be written by you, or "
              "lies on a disk that cannot be written. Correct its permissions, or copy the store "
              "to a place where you may write.");
}

void Database::requireUnchanged() const {
  if (lookOf(frozen_->file) == frozen_->look) return;
  throw Error(ErrorKind::kConflict,
              "Another program has changed the store meanwhile. Open it again.");
}

// As the write-ahead log may have it: the file's own header can be older.
void Database::requireOurs() const {
  Statement id = query("PRAGMA application_id");
  if (!id.step() || static_cast<std::uint32_t>(id.integer(0)) != kApplicationId) throwForeign();
  Statement version = query("PRAGMA user_version");
  if (!version.step() || version.integer(0) > kSchemaVersion) throwNewer();
  if (version.integer(0) < 1) throwForeign();
}

void Database::execute(const std::string& script) {
  check(connection_, sqlite3_exec(connection_, script.c_str(), nullptr, nullptr, nullptr));
}

std::vector<std::string> Database::problems() const {
  std::vector<std::string> found;
  for (Statement row = query("PRAGMA integrity_check"); row.step();) {
    if (row.text(0) != "ok") found.push_back(row.text(0));
  }
  for (Statement row = query("PRAGMA foreign_key_check"); row.step();) {
    found.push_back("row " + row.text(1) + " of table " + row.text(0) +
                    " refers to a missing row of table " + row.text(2));
  }
  return found;
}

Database::Interruption::Interruption(const Database& database, std::function<bool()> stop)
    : connection_(database.connection_), stop_(std::move(stop)) {
  constexpr int kSteps = 20000;  // of the virtual machine: about a millisecond
  sqlite3_progress_handler(
      connection_, kSteps,
      [](void* self) { return static_cast<Interruption*>(self)->stop_() ? 1 : 0; }, this);
}

Database::Interruption::~Interruption() {
  sqlite3_progress_handler(connection_, 0, nullptr, nullptr);
}

Transaction::Transaction(const Database& database, Kind kind) : connection_(database.connection_) {
  if (kind == Kind::kWrite) database.requireWritable();
  const char* const begin = kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN";
  check(connection_, sqlite3_exec(connection_, begin, nullptr, nullptr, nullptr));
}

Transaction::~Transaction() {
  // SQLite has undone it by itself after some failures.
  if (connection_ != nullptr && sqlite3_get_autocommit(connection_) == 0) {
    sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  check(connection_, sqlite3_exec(connection_, "COMMIT", nullptr, nullptr, nullptr));
  connection_ = nullptr;
}

}  // namespace sonotwin::store
