// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "arrived_clip.h"
#include "artifacts.h"
#include "audit.h"
#include "impl.h"
#include "origins.h"
#include "private_folder.h"
#include "quarantine_folder.h"
#include "reports.h"
#include "seal.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/store/identifying_text.h"

namespace sonotwin::store {
namespace fs = std::filesystem;
namespace {
constexpr const char* kColumns =
    "SELECT pk, id, patient_id, study_mac, size_bytes, reason, state, author, created_utc, "
    "decided_utc FROM quarantine ";

[[noreturn]] void throwUnusable(const fs::path& path, int code) {
  throw Error(ErrorKind::kDevice, "The quarantine " + path.string() + " cannot be used: " +
                                      std::strerror(code) + ". Check free space and permissions.");
}

/// A copy that only its owner can read, under a name that says it is not finished; gone unless it
/// is named.
class PrivateCopy {
 public:
  PrivateCopy(const fs::path& source, const fs::path& folder)
      : temporary_((folder / ".incoming-XXXXXX").string()) {
    const int in = ::open(source.c_str(), O_RDONLY | O_CLOEXEC);
    if (in < 0) {
      throwNotFound("Cannot read " + source.string() + ": " + std::strerror(errno) + ".");
    }
    const int out = ::mkostemp(temporary_.data(), O_CLOEXEC);  // readable by its owner only
    const int code = out < 0 ? errno : copy(in, out);
    ::close(in);
    if (out >= 0) ::close(out);
    if (code != 0) {
      if (out >= 0) ::unlink(temporary_.c_str());
      throwUnusable(folder, code);
    }
  }
  ~PrivateCopy() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }
  PrivateCopy(const PrivateCopy&) = delete;
  PrivateCopy& operator=(const PrivateCopy&) = delete;

  [[nodiscard]] const std::string& sha256() const { return sha256_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  void name(const fs::path& file) {
    if (std::rename(temporary_.c_str(), file.c_str()) != 0) throwUnusable(file, errno);
    temporary_.clear();
    flushDirectory(file.parent_path());
  }

 private:
  int copy(int in, int out) {
    Sha256 hash;
    std::vector<std::byte> block(std::size_t{1} << 20);
    for (ssize_t got = 0; (got = ::read(in, block.data(), block.size())) != 0;) {
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno;
      const std::span part(std::as_const(block).data(), static_cast<std::size_t>(got));
      hash.update(part);
      if (!writeAll(out, part)) return errno;
      size_ += part.size();
    }
    sha256_ = hash.finishHex();
    return ::fsync(out) == 0 ? 0 : errno;
  }
  std::string temporary_, sha256_;
  std::uint64_t size_ = 0;
};

// What a program that was killed left, and files of what is decided.
std::vector<fs::path> leftOver(const Database& database, const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().filename().string().starts_with("quarantine-")) files.push_back(entry.path());
  }
  if (files.empty()) return files;
  std::set<std::string> waiting;
  Statement row = database.query("SELECT id FROM quarantine WHERE state = 'waiting'");
  while (row.step()) waiting.insert(row.text(0));
  std::erase_if(files,
                [&](const fs::path& file) { return waiting.contains(file.filename().string()); });
  return files;
}

std::vector<media::PixelRectangle> boxesOf(const Database& database, std::int64_t quarantine) {
  std::vector<media::PixelRectangle> boxes;
  Statement row = database.query(
      "SELECT x0, y0, x1, y1 FROM quarantine_boxes WHERE quarantine = ? ORDER BY position",
      quarantine);
  while (row.step()) {
    boxes.push_back({row.number(0), row.number(1), row.number(2), row.number(3)});
  }
  return boxes;
}

QuarantineRow rowAt(const Database& database, const Statement& row, const fs::path& folder) {
  std::error_code absent;
  return {.id = row.text(1),
          .patient_id = row.text(2),
          .study_id = studyId(row.text(3)),
          .size_bytes = static_cast<std::uint64_t>(row.integer(4)),
          .boxes = boxesOf(database, row.integer(0)),
          .reason = row.text(5),
          .state = row.text(6),
          .author = row.text(7),
          .created_utc = row.text(8),
          .decided_utc = row.text(9),
          .file_present = fs::exists(folder / row.text(1), absent)};
}

struct Waiting {
  std::string id, patient_id;
  KeyedOrigin keyed;
  std::optional<int> exam_day_number;
  std::uint64_t size = 0;
  const std::vector<media::PixelRectangle>& boxes;
  const std::string& reason;
  const std::optional<IngestReport>& report;
};

void add(Statement& statement, std::optional<std::int64_t> value) {
  if (value) {
    statement.add(*value);
  } else {
    statement.addNull();
  }
}

/// A clip of what waits, placed where its file belongs.
ArrivedClip waitingClip(const Database& database, const PseudonymKey& key, const std::string& id,
                        const media::Clip& clip) {
  Statement row = database.query(
      "SELECT patient_mac, study_mac, series_mac, source_mac, day, actions, method "
      "FROM quarantine WHERE id = ? AND state = 'waiting'",
      id);
  if (!row.step()) throwNotFound("Nothing waits in quarantine under \"" + id + "\".");
  KeyedOrigin keyed{.patient_mac = row.text(0),
                    .study_mac = row.text(1),
                    .series_mac = row.text(2),
                    .source_mac = row.text(3),
                    .calibration_mac = {}};
  keyed.day_shift = dayShift(key, keyed.patient_mac);
  std::optional<int> day;
  if (!row.isNull(4)) day = row.number(4) - keyed.day_shift;
  std::vector<IngestReport> reports;
  if (!row.isNull(5)) {
    reports.push_back({.actions = actionsAt(database, row.integer(5)), .method = row.text(6)});
  }
  row.run();
  return {clip, day, std::move(keyed), {}, {}, std::move(reports)};
}

// Its name tells: it is made of the hash of what was put there.
void requireAsItCame(const Database& database, const PseudonymKey& key, const QuarantineRow& row,
                     const fs::path& file) {
  Statement series = database.query("SELECT series_mac FROM quarantine WHERE id = ?", row.id);
  series.step();
  std::error_code absent;
  const bool whole = fs::file_size(file, absent) == row.size_bytes;
  const auto sha256 = whole ? hashOfFile(file, row.size_bytes, {}) : std::nullopt;
  if (sha256 && quarantineId(key, series.text(0), *sha256) == row.id) return;
  throw Error(ErrorKind::kDamaged, "The file of \"" + row.id +
                                       "\" in the quarantine is not what was put there. "
                                       "Reject it, and take the original in again.");
}

void insertWaiting(Database& database, const Waiting& waiting, const std::string& author) {
  const KeyedOrigin& keyed = waiting.keyed;
  std::optional<std::int64_t> day, actions;
  if (waiting.exam_day_number) day = std::int64_t{*waiting.exam_day_number} + keyed.day_shift;
  if (waiting.report) actions = placeActions(database, waiting.report->actions);
  Statement insert = database.query(
      "INSERT INTO quarantine (id, patient_id, patient_mac, study_mac, series_mac, source_mac, "
      "size_bytes, reason, state, author, created_utc, decided_utc, method, day, actions) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, '', ?, ?, ?) "
      "ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, state = 'waiting', "
      "author = excluded.author, decided_utc = '' RETURNING pk",
      waiting.id, waiting.patient_id, keyed.patient_mac, keyed.study_mac, keyed.series_mac,
      keyed.source_mac, static_cast<std::int64_t>(waiting.size), waiting.reason, author, nowUtc(),
      waiting.report ? waiting.report->method : std::string());
  add(insert, day);
  add(insert, actions);
  insert.step();
  const std::int64_t pk = insert.integer(0);
  insert.run();
  database.run("DELETE FROM quarantine_boxes WHERE quarantine = ?", pk);
  for (int position = 0; const media::PixelRectangle& box : waiting.boxes) {
    database.run(
        "INSERT INTO quarantine_boxes (quarantine, position, x0, y0, x1, y1) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        pk, position++, box.x0, box.y0, box.x1, box.y1);
  }
  seal(database, "quarantine", pk);
  record(database, {.author = author, .act = "quarantined", .object = waiting.id});
}

void decide(Database& database, const fs::path& folder, const std::string& id,
            const std::string& state, const std::string& reason, const std::string& author) {
  Transaction transaction(database, Transaction::Kind::kWrite);
  Statement row = database.query("SELECT pk, state FROM quarantine WHERE id = ?", id);
  if (!row.step()) throwNotFound("Nothing is in quarantine under \"" + id + "\".");
  if (row.text(1) != "waiting") {
    throw Error(ErrorKind::kConflict, "\"" + id + "\" was " + row.text(1) + " already.");
  }
  const std::int64_t pk = row.integer(0);
  row.rewind();
  database.run(
      "UPDATE quarantine SET state = ?, reason = ?, author = ?, decided_utc = ? WHERE pk = ?",
      state, reason, author, nowUtc(), pk);
  seal(database, "quarantine", pk);
  record(database,
         {.author = author, .act = "quarantine " + state, .object = id, .detail = reason});
  transaction.commit();
  sweepQuarantine(database, folder);
}
}  // namespace

// In a write transaction no other program is between naming a file and committing its row.
void sweepQuarantine(const Database& database, const fs::path& folder) {
  if (leftOver(database, folder).empty()) return;
  const Transaction alone(database, Transaction::Kind::kWrite);
  for (const fs::path& file : leftOver(database, folder)) {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) throwUnusable(folder, errno);
  }
  flushDirectory(folder);  // or a power loss would bring them back
}

std::string Store::quarantineAdd(const fs::path& file, const Origin& origin,
                                 const std::vector<media::PixelRectangle>& boxes,
                                 const std::string& reason,
                                 const std::optional<IngestReport>& report) {
  Database& database = impl_->writing();
  const PseudonymKey& key = impl_->key.require();
  const KeyedOrigin keyed = store::keyed(key, origin);
  const fs::path folder = quarantineFolder(impl_->folder);
  requirePrivateFolder(folder, "quarantine");
  PrivateCopy copy(file, folder);
  const std::string id = quarantineId(key, keyed.series_mac, copy.sha256());
  Transaction transaction(database, Transaction::Kind::kWrite);
  const Waiting waiting{id,          pseudonymOf(database, keyed.patient_mac),
                        keyed,       origin.exam_day_number,
                        copy.size(), boxes,
                        reason,      report};
  insertWaiting(database, waiting, impl_->author);
  copy.name(folder / id);
  transaction.commit();
  return id;
}

fs::path Store::quarantineTemporaryFolder() const {
  fs::path folder = quarantineFolder(impl_->folder);
  requirePrivateFolder(folder, "quarantine");
  return folder;
}

AddedClip Store::addQuarantined(const std::string& id, const media::Clip& clip,
                                EncodedObject object, const Progress& progress) {
  ArrivedClip came = waitingClip(impl_->database, impl_->key.require(), id, clip);
  if (object.report) came.reports.push_back(*object.report);
  return impl_->addEncoded(std::move(came), std::move(object), progress);
}

AddedClip Store::addQuarantined(const std::string& id, const media::Clip& clip,
                                const std::string& calibration_sha256, const Progress& progress) {
  const PseudonymKey& key = impl_->key.require();
  ArrivedClip came = waitingClip(impl_->database, key, id, clip);
  came.keyed.calibration_mac = calibrationMac(key, calibration_sha256);
  return impl_->addRaw(std::move(came), progress);
}

std::vector<QuarantineRow> Store::quarantined(const std::string& state) const {
  const Database& database = impl_->database;
  Statement row = database.query(std::string(kColumns) + (state.empty() ? "" : "WHERE state = ? ") +
                                 "ORDER BY pk");
  if (!state.empty()) row.add(state);
  std::vector<QuarantineRow> rows;
  while (row.step()) rows.push_back(rowAt(database, row, quarantineFolder(impl_->folder)));
  return rows;
}

QuarantineRow Store::quarantineRow(const std::string& id) const {
  Statement row = impl_->database.query(std::string(kColumns) + "WHERE id = ?", id);
  if (!row.step()) throwNotFound("Nothing is in quarantine under \"" + id + "\".");
  return rowAt(impl_->database, row, quarantineFolder(impl_->folder));
}

std::optional<QuarantineRow> Store::waitingOfSource(const std::string& source_sha256) const {
  if (source_sha256.empty()) return std::nullopt;
  const Database& database = impl_->database;
  Statement row =
      database.query(std::string(kColumns) + "WHERE source_mac = ? AND state = 'waiting'",
                     sourceMac(impl_->key.require(), source_sha256));
  if (!row.step()) return std::nullopt;
  QuarantineRow found = rowAt(database, row, quarantineFolder(impl_->folder));
  return found.file_present ? std::optional(std::move(found)) : std::nullopt;
}

fs::path Store::quarantineFile(const std::string& id) const {
  const QuarantineRow row = quarantineRow(id);
  if (!row.file_present) {
    throwNotFound(
        "The file of \"" + id + "\" is not in the quarantine" +
        (row.state == "waiting" ? ": ingest it again." : ", as it was " + row.state + "."));
  }
  fs::path file = quarantineFolder(impl_->folder) / id;
  const bool can_compare = !impl_->key.problem();  // without it nothing is taken in either
  if (can_compare) requireAsItCame(impl_->database, impl_->key.require(), row, file);
  return file;
}

void Store::quarantineRelease(const std::string& id, const std::string& reason) {
  requireNamesNobody("reason", reason);
  decide(impl_->writing(), quarantineFolder(impl_->folder), id, "released", reason, impl_->author);
}

void Store::quarantineReject(const std::string& id, const std::string& reason) {
  requireNamesNobody("reason", reason);
  decide(impl_->writing(), quarantineFolder(impl_->folder), id, "rejected", reason, impl_->author);
}

}  // namespace sonotwin::store
