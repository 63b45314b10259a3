// SPDX-License-Identifier: Apache-2.0
#include "database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <tuple>

#include "connection.h"
#include "schema.h"
#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace {
constexpr std::uint32_t kApplicationId = 0x534E5457;  // "SNTW"

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

std::array<unsigned char, 100> headerOf(const std::filesystem::path& file) {
  std::array<unsigned char, 100> header{};
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    throw Error(ErrorKind::kDevice, "The store's database cannot be opened: " +
                                        std::string(std::strerror(errno)) + ".");
  }
  const ssize_t got = ::read(descriptor, header.data(), header.size());
  ::close(descriptor);
  if (got != static_cast<ssize_t>(header.size())) throwForeign();
  return header;
}

// Read from the file itself: a newer version's store is to be refused before anything touches it.
void requireOurHeader(const std::filesystem::path& file) {
  const std::array<unsigned char, 100> header = headerOf(file);
  const auto word = [&](std::size_t at) {  // big-endian, as SQLite's file format has it
    return static_cast<std::uint32_t>(header[at]) << 24 | header[at + 1] << 16 |
           header[at + 2] << 8 | header[at + 3];
  };
  if (word(68) != kApplicationId) throwForeign();
  if (std::bit_cast<std::int32_t>(word(60)) > kSchemaVersion) throwNewer();
}

// SQLite says that a database has a log from now on even where it could not write that down.
void requireLogged(const std::filesystem::path& file) {
  if (headerOf(file)[18] == 2) return;
  throw Error(ErrorKind::kDevice,
              "The store's database cannot be finished here. Check free space, then try again.");
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

Database::Database(const std::string& name, int flags, std::chrono::milliseconds timeout)
    : connection_(std::make_unique<Connection>()) {
  connection_->open(name, flags);
  sqlite3* const handle = connection_->handle();
  connection_->check(sqlite3_busy_timeout(handle, static_cast<int>(timeout.count())));
  // Until it is known to be ours, closing it must not write to it either.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  execute(
      "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;"
      "PRAGMA cell_size_check = ON; PRAGMA wal_autocheckpoint = 8000");
}

Database::~Database() = default;
Database::Database(Database&& other) noexcept = default;

void Database::create(const std::filesystem::path& file,
                      const std::function<void(Database&)>& fill) {
  {
    Database database(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatience);
    database.execute("PRAGMA synchronous = OFF");  // flushed once, below: nobody knows the file yet
    Transaction transaction(database, Transaction::Kind::kWrite);
    database.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
    database.setVersion(kSchemaVersion);
    database.execute(kSchema);
    fill(database);
    transaction.commit();
    database.startLog();
  }
  requireLogged(file);
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
  sqlite3_db_config(database.connection_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
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
  database.makeReadOnly(
      {ErrorKind::kDevice,
       "The store can only be read: its folder or its database cannot be written by you, or lies "
       "on a disk that cannot be written. Correct its permissions, or copy the store to a place "
       "where you may write."});
  if (!logged) database.frozen_ = Frozen{file, look};
  database.requireOurs();
  return database;
}

void Database::requireWritable() const {
  if (read_only_) throw *read_only_;
}

void Database::makeReadOnly(const Error& why) {
  execute("PRAGMA query_only = ON");
  read_only_ = why;
}

void Database::requireUnchanged() const {
  if (lookOf(frozen_->file) == frozen_->look) return;
  throw Error(ErrorKind::kConflict,
              "Another program has changed the store meanwhile. Open it again.");
}

std::int64_t Database::changeMark() const {
  Statement mark = query("PRAGMA data_version");
  mark.step();
  return mark.integer(0);
}

// As the write-ahead log may have it: the file's own header can be older.
void Database::requireOurs() const {
  Statement id = query("PRAGMA application_id");
  if (!id.step() || static_cast<std::uint32_t>(id.integer(0)) != kApplicationId) throwForeign();
  Statement version = query("PRAGMA user_version");
  if (!version.step() || version.integer(0) > kSchemaVersion) throwNewer();
  if (version.integer(0) < 1) throwForeign();
}

int Database::version() const {
  Statement row = query("PRAGMA user_version");
  return row.step() ? row.number(0) : 0;
}

void Database::setVersion(int version) {
  execute("PRAGMA user_version = " + std::to_string(version));
}

void Database::execute(const std::string& script) {
  connection_->execute(script.c_str());
}

namespace {
// In steps, so that it can be cancelled; one view all along where `from` is in a transaction.
void copyPages(const Connection& from, const Connection& to, const Progress& progress) {
  constexpr int kPages = 2000;
  sqlite3_backup* const copy = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (copy == nullptr) to.check(sqlite3_errcode(to.handle()));
  int code = SQLITE_OK;
  try {
    while ((code = sqlite3_backup_step(copy, kPages)) == SQLITE_OK) {
      const double total = std::max(1, sqlite3_backup_pagecount(copy));
      progress.report(1.0 - sqlite3_backup_remaining(copy) / total, "Copying the database");
    }
  } catch (...) {
    sqlite3_backup_finish(copy);
    throw;
  }
  const int finished = sqlite3_backup_finish(copy);
  if (code != SQLITE_DONE) to.check(finished != SQLITE_OK ? finished : code);
}
}  // namespace

Database Database::copyInMemory() const {
  Database copy(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, kPatience);
  copyPages(*connection_, *copy.connection_, {});
  return copy;
}

void Database::copyTo(const std::filesystem::path& file, const Progress& progress) const {
  {
    Database copy(file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatience);
    copy.execute("PRAGMA synchronous = OFF");  // the caller flushes it
    const Transaction view(*this, Transaction::Kind::kRead);
    std::ignore = version();  // takes the view now
    copyPages(*connection_, *copy.connection_, progress);
    copy.startLog();
  }
  requireLogged(file);
}

// Last of all: what is in the log goes to the file when that is closed, where a failure is not
// told.
void Database::startLog() {
  sqlite3_db_config(connection_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  execute("PRAGMA journal_mode = WAL");
}

Database::SchemaChange::SchemaChange(Database& database) : database_(database) {
  database_.execute(
      "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; PRAGMA secure_delete = ON");
}

void Database::SchemaChange::setAside(const std::string& table, const std::string& prefix) {
  std::vector<std::string> indexes;
  {
    Statement row = database_.query(
        "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
        table);
    while (row.step()) indexes.push_back(row.text(0));
  }
  for (const std::string& index : indexes) database_.execute("DROP INDEX " + index);
  database_.execute("ALTER TABLE " + table + " RENAME TO " + prefix + table);
}

// What was removed must not stay behind in the log either.
Database::SchemaChange::~SchemaChange() {
  try {
    database_.execute(
        "PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = OFF; PRAGMA secure_delete = OFF;"
        "PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const Error&) {  // a connection that cannot do this can do nothing else either
  }
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
    : connection_(*database.connection_), stop_(std::move(stop)) {
  constexpr int kSteps = 20000;  // of the virtual machine: about a millisecond
  sqlite3_progress_handler(
      connection_.handle(), kSteps,
      [](void* self) { return static_cast<Interruption*>(self)->stop_() ? 1 : 0; }, this);
}

Database::Interruption::~Interruption() {
  sqlite3_progress_handler(connection_.handle(), 0, nullptr, nullptr);
}

Transaction::Transaction(const Database& database, Kind kind)
    : connection_(database.connection_.get()) {
  if (kind == Kind::kWrite) database.requireWritable();
  connection_->execute(kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // SQLite has undone it by itself after some failures.
  if (connection_ != nullptr && sqlite3_get_autocommit(connection_->handle()) == 0) {
    sqlite3_exec(connection_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  connection_->execute("COMMIT");
  connection_ = nullptr;
}

}  // namespace sonotwin::store
