// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sonotwin/base/error.h"
#include "sonotwin/base/progress.h"

struct sqlite3_stmt;

namespace sonotwin::store {
class Connection;

/// One prepared statement. Values are bound in order of their question marks; columns count from 0.
/// Kept by its connection for the next one of the same words, so that repeating it costs little.
/// @throws Error as `Database` does; Error(kBadInput) for text that is not UTF-8 or holds a NUL,
/// and
///         for numbers that are not finite.
class Statement {
 public:
  Statement(Connection& connection, std::string_view sql);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;

  /// Starts over with these values.
  template <class... Values>
  Statement& bind(const Values&... values) {
    rewind();
    (add(values), ...);
    return *this;
  }
  void rewind();
  void add(std::int64_t value);
  void add(int value) { add(static_cast<std::int64_t>(value)); }
  void add(bool value) { add(static_cast<std::int64_t>(value)); }
  void add(double value);
  void add(std::string_view text);
  void add(const std::string& text) { add(std::string_view(text)); }
  void add(const char* text) { add(std::string_view(text)); }
  void add(std::span<const std::byte> blob);
  void addNull();
  template <class T>
  void add(const std::optional<T>& value) {
    value ? add(*value) : addNull();
  }

  /// To the next row. @returns false after the last
  bool step();
  /// For statements without a result.
  void run();

  [[nodiscard]] bool isNull(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] int number(int column) const { return static_cast<int>(integer(column)); }
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::optional<double> optionalReal(int column) const;
  [[nodiscard]] std::string text(int column) const;
  /// Valid until the next step.
  [[nodiscard]] std::span<const std::byte> blob(int column) const;
  /// The row's values with their types and lengths: equal only for equal rows.
  [[nodiscard]] std::string rowBytes() const;

 private:
  Connection* connection_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

/// One connection to a store's index: the only place that knows which database it is.
///
/// WAL with synchronous FULL: what is committed survives power loss. @throws Error(kConflict) after
/// waiting `timeout` for another writer, Error(kDamaged) for a damaged file, Error(kDevice) where
/// the disk is full or fails.
///
/// A file that this process cannot write is opened for reading, and nothing beside it is made.
class Database {
 public:
  static constexpr std::chrono::milliseconds kPatience{10000};

  /// Makes a whole database file, flushed; the folder's entry is the caller's to flush.
  static void create(const std::filesystem::path& file, const std::function<void(Database&)>& fill);
  /// @throws Error(kDamaged) for another program's or a newer version's file, left as it is;
  ///         Error(kDevice) where part of it lies in a log that cannot be read without writing
  static Database open(const std::filesystem::path& file,
                       std::chrono::milliseconds timeout = kPatience);
  ~Database();
  Database(Database&& other) noexcept;
  Database& operator=(Database&&) = delete;

  [[nodiscard]] bool writable() const noexcept { return !read_only_; }
  /// @throws Error saying why not, and the remedy
  void requireWritable() const;

  /// Of the schema, 1 or more.
  [[nodiscard]] int version() const;
  /// In the transaction that changes the schema.
  void setVersion(int version);
  /// The same database in memory, where it can be changed without touching the file.
  [[nodiscard]] Database copyInMemory() const;
  /// From now on this connection only reads; whoever wants to write is told `why`.
  void makeReadOnly(const Error& why);
  /// Writes the database as it is now to a new file, while others go on writing; not flushed.
  void copyTo(const std::filesystem::path& file, const Progress& progress) const;

  /// While this lives, tables can be renamed and replaced without their references following, and
  /// what is removed is overwritten. Outside of a transaction.
  class SchemaChange {
   public:
    explicit SchemaChange(Database& database);
    ~SchemaChange();
    SchemaChange(const SchemaChange&) = delete;
    SchemaChange& operator=(const SchemaChange&) = delete;
    /// Renames a table to `prefix` and its name, and drops its indexes.
    void setAside(const std::string& table, const std::string& prefix);

   private:
    Database& database_;
  };

  void execute(const std::string& script);
  /// @throws Error(kConflict) where the file changed under a reader that cannot take part in
  /// locking
  template <class... Values>
  [[nodiscard]] Statement query(std::string_view sql, const Values&... values) const {
    if (frozen_) requireUnchanged();
    Statement statement(*connection_, sql);
    (statement.add(values), ...);
    return statement;
  }
  template <class... Values>
  void run(std::string_view sql, const Values&... values) {
    query(sql, values...).run();
  }

  /// Changes whenever another connection has committed a change.
  [[nodiscard]] std::int64_t changeMark() const;

  /// What the database engine finds wrong with pages, indexes, constraints and references.
  [[nodiscard]] std::vector<std::string> problems() const;
  /// Query of the definitions of all tables, in a fixed order; its one parameter must be 1.
  static constexpr const char* kSchemaQuery =
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE ? = 1 ORDER BY type, name";
  /// While this lives, a statement ends with Error(kCancelled) once `stop` returns true.
  class Interruption {
   public:
    Interruption(const Database& database, std::function<bool()> stop);
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

   private:
    Connection& connection_;
    std::function<bool()> stop_;
  };

 private:
  friend class Transaction;
  /// What a file looked like when it was opened without locks: its log's size, its own and its age.
  struct Frozen {
    std::filesystem::path file;
    std::array<std::int64_t, 4> look = {};
  };

  Database(const std::string& name, int flags, std::chrono::milliseconds timeout);
  static Database openForReading(const std::filesystem::path& file,
                                 std::chrono::milliseconds timeout);
  void startLog();
  void requireOurs() const;
  void requireUnchanged() const;

  std::unique_ptr<Connection> connection_;
  std::optional<Error> read_only_;
  std::optional<Frozen> frozen_;
};

/// Undone unless committed. kWrite takes the write lock at once, so that no commit can fail for
/// another writer; kRead gives several statements one view.
class Transaction {
 public:
  enum class Kind { kRead, kWrite };
  Transaction(const Database& database, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Connection* connection_;
};

}  // namespace sonotwin::store
