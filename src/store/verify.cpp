// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "artifacts.h"
#include "audit.h"
#include "clip_rows.h"
#include "frame_table.h"
#include "impl.h"
#include "mask_blob.h"
#include "quarantine_folder.h"
#include "seal.h"
#include "search_rows.h"
#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace fs = std::filesystem;
namespace {
/// Rows that must not exist: the query names the object of each.
struct Rule {
  const char* violations;
  const char* problem;
};

constexpr std::array kRules = {
    Rule{"SELECT a.id FROM clips c JOIN artifacts a ON a.pk = c.artifact WHERE NOT EXISTS "
         "(SELECT 1 FROM frame_tables t WHERE t.clip = c.artifact)",
         "its table of frames is missing"},
    Rule{"SELECT a.id FROM clips c JOIN artifacts a ON a.pk = c.artifact WHERE c.revision IS "
         "DISTINCT FROM "
         "(SELECT MAX(r.number) FROM clip_revisions r WHERE r.clip = c.artifact)",
         "its newest calibration is not the one in force"},
    Rule{"SELECT a.id FROM masks m JOIN artifacts a ON a.pk = m.artifact WHERE m.frame_count <> "
         "(SELECT COUNT(*) FROM mask_frames f WHERE f.mask = m.artifact)",
         "it does not have as many frames as it says"},
    Rule{"SELECT DISTINCT a.id FROM mask_frames f JOIN masks m ON m.artifact = f.mask "
         "JOIN clips c ON c.artifact = m.clip JOIN artifacts a ON a.pk = m.artifact "
         "WHERE f.number >= c.frame_count OR f.rows <> c.rows OR f.cols <> c.cols",
         "a frame does not fit its clip"},
    Rule{"SELECT a.id FROM volumes v JOIN artifacts a ON a.pk = v.artifact "
         "JOIN objects o ON o.pk = v.object WHERE o.size_bytes - v.dim_i * v.dim_j * v.dim_k "
         "* CASE v.pixel_type WHEN 'uint8' THEN 1 WHEN 'uint16' THEN 2 ELSE 4 END NOT IN "
         "(0, v.dim_i * v.dim_j * v.dim_k, 2 * v.dim_i * v.dim_j * v.dim_k)",
         "its voxels are not as many as its dimensions need"},
    Rule{"SELECT a.id FROM artifacts a WHERE NOT EXISTS "
         "(SELECT 1 FROM clips t WHERE t.artifact = a.pk AND a.kind = 'clip' UNION ALL "
         "SELECT 1 FROM masks t WHERE t.artifact = a.pk AND a.kind = 'mask' UNION ALL "
         "SELECT 1 FROM volumes t WHERE t.artifact = a.pk AND a.kind = 'volume' UNION ALL "
         "SELECT 1 FROM surfaces t WHERE t.artifact = a.pk AND a.kind = 'surface' UNION ALL "
         "SELECT 1 FROM models t WHERE t.artifact = a.pk AND a.kind = 'model' UNION ALL "
         "SELECT 1 FROM records t WHERE t.artifact = a.pk AND a.kind IN ('dataset', 'training', "
         "'registration', 'measurement'))",
         "the row of its kind is missing"},
    Rule{"SELECT a.id FROM artifacts a JOIN (SELECT artifact, clip AS owner FROM masks UNION ALL "
         "SELECT artifact, clip FROM volumes UNION ALL SELECT artifact, volume FROM surfaces) t "
         "ON t.artifact = a.pk WHERE NOT EXISTS "
         "(SELECT 1 FROM lineage l WHERE l.child = a.pk AND l.parent = t.owner)",
         "what it was made from is not in its lineage"},
    Rule{"SELECT p.id FROM patients p LEFT JOIN patients m ON m.pk = p.merged_into "
         "WHERE p.person <> COALESCE(m.person, p.pk)",
         "it does not stand under the person it was merged into"},
    Rule{"SELECT a.id FROM annotations n JOIN artifacts a ON a.pk = n.mask "
         "JOIN annotations p ON p.mask = n.parent "
         "WHERE p.first <> n.first OR p.version + 1 <> n.version",
         "its version does not follow the one it was made from"}};

class Verifier {
 public:
  Verifier(const Database& database, const ObjectFolder& objects, fs::path quarantine,
           const KeyBeside& key, VerifyDepth depth, const Progress& progress)
      : database_(database),
        objects_(objects),
        quarantine_(std::move(quarantine)),
        key_(key),
        depth_(depth),
        progress_(progress) {}

  std::vector<Damage> run() {
    step("Checking the database", 0.0, [this] { checkPages(); });
    step("Checking rows", 0.1, [this] { checkRules(); });
    for (const SealedSubject& subject : sealedSubjects()) {
      step("Checking rows", 0.2, [&] { checkSeals(subject); });
    }
    step("Checking frames", 0.25, [this] { checkFrames(); });
    step("Checking lists", 0.3, [this] { checkSearch(); });
    step("Checking the audit log", 0.32, [this] { checkAudit(); });
    step("Checking recipes", 0.34, [this] { checkJson(); });
    if (depth_ == VerifyDepth::kBytes) step("Checking masks", 0.35, [this] { checkMasks(); });
    step("Checking the quarantine", 0.38, [this] { checkQuarantine(); });
    step("Checking objects", 0.4, [this] { checkObjects(); });
    progress_.report(1.0, "Checking objects");
    return std::move(damages_);
  }

 private:
  // A part of the database that cannot be read is a finding; the other parts are checked still.
  void step(const char* stage, double fraction, const std::function<void()>& check) {
    progress_.report(fraction, stage);
    try {
      check();
    } catch (const Error& failure) {
      if (failure.kind() == ErrorKind::kCancelled || failure.kind() == ErrorKind::kDevice) throw;
      add("database", failure.what());
    }
  }

  void add(const std::string& object, const std::string& problem) {
    damages_.push_back({object, problem});
  }

  void checkPages() {
    for (const std::string& problem : database_.problems()) add("database", problem);
  }

  void checkRules() {
    for (const Rule& rule : kRules) {
      for (Statement row = database_.query(rule.violations); row.step();) {
        add(row.text(0), rule.problem);
      }
    }
  }

  void checkFrames() {
    Statement row = database_.query(
        "SELECT a.id, c.frame_count, c.rows, c.cols, c.channels, c.pixel_type, o.size_bytes, "
        "t.places, t.times_s, t.poses FROM frame_tables t JOIN clips c ON c.artifact = t.clip "
        "JOIN artifacts a ON a.pk = t.clip JOIN objects o ON o.pk = c.object");
    while (row.step()) {
      progress_.throwIfCancelled();
      try {
        media::ClipInfo info;
        info.rows = row.number(2);
        info.cols = row.number(3);
        info.channels = row.number(4);
        info.type = pixelTypeOf(row.text(5));
        std::ignore = unpackPlaces(row.blob(7), row.number(1), frameBytes(info),
                                   static_cast<std::uint64_t>(row.integer(6)));
        std::ignore = unpackFrames(row.blob(8), row.blob(9), row.number(1));
      } catch (const Error&) {
        add(row.text(0), "its frames are not as many, or not where, they must be");
      }
    }
  }

  void checkSearch() {
    for (Statement row = database_.query(outdatedSearchRows()); row.step();) {
      add(row.text(0), "lists and searches do not show it as it is");
    }
  }

  void checkAudit() {
    for (Damage& problem : chainProblems(database_)) damages_.push_back(std::move(problem));
  }

  void checkSeals(const SealedSubject& subject) {
    std::int64_t present = 0;
    Statement seal =
        database_.query("SELECT sha256 FROM seals WHERE subject = ? AND subject_pk = ?");
    for (Statement row = database_.query(subject.primary_keys); row.step(); ++present) {
      progress_.throwIfCancelled();
      const std::int64_t pk = row.integer(0);
      seal.bind(subject.name, pk);
      if (!seal.step() || seal.text(0) != sealOf(database_, subject, pk)) {
        add(nameOf(subject, pk), "its rows in the database are not what was stored");
      }
      seal.rewind();
    }
    Statement count = database_.query("SELECT COUNT(*) FROM seals WHERE subject = ?", subject.name);
    if (count.step() && count.integer(0) > present) {
      add(subject.name, std::to_string(count.integer(0) - present) + " rows are missing");
    }
  }

  std::string nameOf(const SealedSubject& subject, std::int64_t pk) const {
    const bool is_artifact =
        std::string_view(subject.primary_keys).find("artifacts") != std::string_view::npos;
    if (!is_artifact) return std::string(subject.name) + " " + std::to_string(pk);
    Statement row = database_.query("SELECT id FROM artifacts WHERE pk = ?", pk);
    return row.step() ? row.text(0) : subject.name;
  }

  void checkJson() {
    Statement row = database_.query(
        "SELECT id, recipe_json FROM artifacts WHERE recipe_json <> '' UNION ALL "
        "SELECT a.id, m.card_json FROM models m JOIN artifacts a ON a.pk = m.artifact UNION ALL "
        "SELECT a.id, r.json FROM records r JOIN artifacts a ON a.pk = r.artifact");
    while (row.step()) {
      if (!isJson(row.text(1))) add(row.text(0), "its recipe or card is not valid JSON");
    }
  }

  void checkMasks() {
    Statement row = database_.query(
        "SELECT a.id, f.number, f.rows * f.cols, f.labels FROM mask_frames f "
        "JOIN artifacts a ON a.pk = f.mask");
    while (row.step()) {
      progress_.throwIfCancelled();
      try {
        std::ignore = unpackLabels(row.blob(3), static_cast<std::size_t>(row.integer(2)));
      } catch (const Error&) {
        add(row.text(0), "the mask of frame " + row.text(1) + " cannot be unpacked");
      }
    }
  }

  // A copy of a store has none, and nobody but its owner can look into it.
  void checkQuarantine() {
    if (::access(quarantine_.c_str(), R_OK | X_OK) != 0) return;
    Statement row = database_.query(
        "SELECT id, series_mac, size_bytes FROM quarantine WHERE state = 'waiting'");
    while (row.step()) {
      const auto problem =
          waitingProblem(row.text(0), row.text(1), static_cast<std::uint64_t>(row.integer(2)));
      if (problem) add(row.text(0), *problem);
    }
  }

  std::optional<std::string> waitingProblem(const std::string& id, const std::string& series_mac,
                                            std::uint64_t size) const {
    const fs::path file = quarantine_ / id;
    std::error_code absent;
    const std::uint64_t present = fs::file_size(file, absent);
    if (absent) return "the file that waits is missing: ingest it again, or reject it";
    if (present == size) {
      if (depth_ != VerifyDepth::kBytes || key_.problem()) return std::nullopt;
      const auto sha256 = hashOfFile(file, size, progress_);
      if (sha256 && quarantineId(key_.require(), series_mac, *sha256) == id) return std::nullopt;
    }
    return "the file that waits is not what was put there: reject it, and ingest it again";
  }

  void checkObjects() {
    Statement sum = database_.query("SELECT COALESCE(SUM(size_bytes), 0) FROM objects");
    const double total = sum.step() ? sum.real(0) + 1.0 : 1.0;
    double done = 0.0;
    Statement row = database_.query("SELECT sha256, size_bytes FROM objects ORDER BY pk");
    while (row.step()) {
      const ObjectRef object{row.text(0), static_cast<std::uint64_t>(row.integer(1))};
      const auto problem = objects_.problem(object, depth_ == VerifyDepth::kBytes, progress_);
      if (problem)
        std::ranges::copy(damagesOf(database_, object, *problem), std::back_inserter(damages_));
      done += static_cast<double>(object.size_bytes);
      progress_.report(0.4 + 0.6 * done / total, "Checking objects");
    }
  }

  const Database& database_;
  const ObjectFolder& objects_;
  const fs::path quarantine_;
  const KeyBeside& key_;
  VerifyDepth depth_;
  const Progress& progress_;
  std::vector<Damage> damages_;
};
}  // namespace

std::vector<Damage> Store::verify(VerifyDepth depth, const Progress& progress) const {
  const Database& database = impl_->database;
  const Database::Interruption stop(database, [&progress] { return progress.cancelled(); });
  const Transaction view(database, Transaction::Kind::kRead);
  return Verifier(database, impl_->objects, quarantineFolder(impl_->folder), impl_->key, depth,
                  progress)
      .run();
}

}  // namespace sonotwin::store
