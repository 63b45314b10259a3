// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include <cmath>

#include "connection.h"
#include "database.h"
#include "sonotwin/base/error.h"
#include "utf8.h"

namespace sonotwin::store {

Statement::Statement(Connection& connection, std::string_view sql)
    : connection_(&connection), statement_(connection.take(sql)) {}

Statement::~Statement() {
  connection_->giveBack(statement_);
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
  connection_->check(sqlite3_bind_int64(statement_, ++bound_, value));
}

void Statement::add(double value) {
  if (!std::isfinite(value)) {
    throwBadInput("A number that is not finite cannot be stored: correct it at its source.");
  }
  connection_->check(sqlite3_bind_double(statement_, ++bound_, value));
}

void Statement::add(std::string_view text) {
  requireText(text);
  const char* const data = text.data() != nullptr ? text.data() : "";
  connection_->check(
      sqlite3_bind_text64(statement_, ++bound_, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::add(std::span<const std::byte> blob) {
  connection_->check(blob.empty() ? sqlite3_bind_zeroblob(statement_, ++bound_, 0)
                                  : sqlite3_bind_blob64(statement_, ++bound_, blob.data(),
                                                        blob.size(), SQLITE_TRANSIENT));
}

void Statement::addNull() {
  connection_->check(sqlite3_bind_null(statement_, ++bound_));
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) connection_->check(code);
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

}  // namespace sonotwin::store
