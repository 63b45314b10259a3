// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/ingest.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <memory>
#include <tuple>

#include "burned_in.h"
#include "dicom_object.h"
#include "ingest_sources.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/dicom/reader.h"
#include "sonotwin/media/calibration_io.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/media/sequence_io.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

/// What one file gives: its clip and where it belongs.
struct ReadSource {
  media::Clip clip;
  store::Origin origin;
  std::vector<std::string> notes;
};

std::optional<int> digits(std::string_view text) {
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Days since 1970-01-01 of YYYYMMDD; nothing where that is no date.
std::optional<int> dayNumber(const std::string& date) {
  if (date.size() != 8) return std::nullopt;
  const auto year = digits(date.substr(0, 4)), month = digits(date.substr(4, 2)),
             day = digits(date.substr(6, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day parsed{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
  if (!parsed.ok()) return std::nullopt;
  return static_cast<int>(std::chrono::sys_days(parsed).time_since_epoch().count());
}

std::optional<int> dayOfOption(const std::optional<std::string>& exam_date) {
  if (!exam_date) return std::nullopt;
  std::string compact = *exam_date;
  std::erase(compact, '-');
  const auto day = dayNumber(compact);
  if (!day) throwBadInput("--exam-date: '" + *exam_date + "' is not a date like 2026-03-14.");
  return day;
}

std::string patientKey(const dicom::Identity& identity) {
  if (!identity.patient_id.empty()) {
    return "id|" + identity.issuer + "|" + identity.patient_id;
  }
  if (!identity.patient_name.empty()) {
    return "name|" + identity.patient_name + "|" + identity.birth_date;
  }
  return "study|" + identity.study_uid;
}

ReadSource readDicomSource(const fs::path& path) {
  dicom::DicomClip read = dicom::readDicom(path);
  ReadSource source;
  source.notes = read.clip.info.assumptions;
  source.origin.patient_key = patientKey(read.identity);
  source.origin.study_key = read.identity.study_uid;
  source.origin.series_key = read.identity.series_uid;
  source.origin.exam_day_number = dayNumber(read.identity.study_date);
  source.clip = std::move(read.clip);
  return source;
}

media::Clip readPicture(const fs::path& path) {
  media::Image image = media::readImage(path);
  media::Clip clip;
  clip.info.frame_count = 1;
  clip.info.rows = image.rows;
  clip.info.cols = image.cols;
  clip.info.channels = image.channels;
  clip.info.type = image.type;
  clip.info.spacing_source = "the file carries no ultrasound calibration";
  std::string format = path.extension().string().substr(1);
  std::ranges::transform(format, format.begin(), [](unsigned char c) { return std::toupper(c); });
  clip.info.source_format = format;
  clip.frames.resize(1);
  clip.pixels = std::make_shared<media::MemoryFrames>(std::vector<media::Image>{std::move(image)});
  return clip;
}

/// Formats that carry no identity: the person's word, else the folder stands for a patient.
store::Origin originOf(const fs::path& path, const IngestOptions& options) {
  const std::string folder = fs::weakly_canonical(path).parent_path().string();
  store::Origin origin;
  origin.patient_key = options.patient.empty() ? "folder|" + folder : "given|" + options.patient;
  origin.exam_day_number = dayOfOption(options.exam_date);
  origin.study_key = origin.patient_key + "|" + options.exam_date.value_or("undated") +
                     (options.exam_date ? "" : "|" + folder);
  origin.series_key = origin.study_key + "|" + folder;
  return origin;
}

/// The calibration a person gave, or one that lies beside the sweep under a telling name.
std::optional<fs::path> calibrationFor(const fs::path& sweep, const IngestOptions& options) {
  if (options.calibration) return options.calibration;
  for (const char* name : {"calibration.xml", "calibration.json"}) {
    if (const fs::path beside = sweep.parent_path() / name; fs::exists(beside)) return beside;
  }
  return std::nullopt;
}

void calibrate(const fs::path& sweep, const IngestOptions& options, ReadSource& source) {
  if (!source.clip.info.tracked) return;
  const auto calibration = calibrationFor(sweep, options);
  if (!calibration) {
    source.notes.push_back("tracked, but without calibration");
    return;
  }
  media::applyCalibration(media::readCalibration(*calibration), source.clip);
  if (!options.calibration) {
    source.notes.push_back("calibration taken from " + calibration->filename().string() +
                           " beside the sweep");
  }
}

ReadSource readSource(const SourceFile& file, const IngestOptions& options) {
  switch (file.kind) {
    case SourceKind::kDicom:
      return readDicomSource(file.path);
    case SourceKind::kSequence: {
      ReadSource source{media::readSequence(file.path), originOf(file.path, options), {}};
      source.notes = source.clip.info.assumptions;
      calibrate(file.path, options, source);
      return source;
    }
    case SourceKind::kImage:
      return {readPicture(file.path), originOf(file.path, options), {}};
    case SourceKind::kUnreadable:
      throwBadInput("it cannot be opened: permission denied. Make it readable.");
    case SourceKind::kUnknown:
      break;
  }
  if (!fs::is_regular_file(file.path)) throwBadInput("it is not a file.");
  throwBadInput("it is not DICOM, not an image sequence (.mha, .mhd, .nrrd) and not a picture.");
}

/// What tells this file, as read with these options, from any other. Headers with their pixels in
/// another file are told apart by the pixels instead: no shortcut for those.
std::string sourceFingerprint(const SourceFile& file, const IngestOptions& options,
                              const Progress& progress) {
  const std::string extension = file.path.extension().string();
  if (extension == ".mhd" || extension == ".nhdr" || file.kind == SourceKind::kUnknown ||
      file.kind == SourceKind::kUnreadable) {
    return {};
  }
  std::string text = fileSha256(file.path, progress);
  if (file.kind != SourceKind::kDicom) {
    text += "|" + originOf(file.path, options).study_key;
    for (const media::PixelRectangle& box : options.blank) text += "|" + textOf(box);
  }
  return sha256Hex(text);
}

std::string calibrationSha256(const SourceFile& file, const IngestOptions& options,
                              const Progress& progress) {
  if (file.kind != SourceKind::kSequence) return {};
  const auto calibration = calibrationFor(file.path, options);
  return calibration ? fileSha256(*calibration, progress) : std::string();
}

// A copy of a scanner's screen is full of print; speckle looks like a word once in a while.
constexpr std::size_t kPlacesOfAScreen = 3;

/// One ingest: what its files have in common.
class Ingest {
 public:
  Ingest(store::Store& store, const IngestOptions& options) : store_(store), options_(options) {}

  void take(const SourceFile& file, const Progress& progress);
  IngestReport report;

 private:
  void takeObject(const SourceFile& file, ReadSource source, const Progress& progress);
  void takePlain(const SourceFile& file, ReadSource source, const Progress& progress);
  void noteAdded(const SourceFile& file, const store::AddedClip& added, ReadSource source);

  store::Store& store_;
  const IngestOptions& options_;
  BurnedInSearch search_;
};

void Ingest::take(const SourceFile& file, const Progress& progress) {
  const std::string fingerprint = sourceFingerprint(file, options_, progress);
  const std::string calibration_sha256 = calibrationSha256(file, options_, progress);
  if (!fingerprint.empty()) {
    if (const auto known = store_.clipOfSource(fingerprint, calibration_sha256)) {
      report.known.push_back(
          {file.path, store_.clipRow(*known), store_.clip(*known).info.assumptions});
      return;
    }
  }
  ReadSource source = readSource(file, options_);
  source.origin.source_sha256 = fingerprint;
  if (source.clip.info.tracked) source.origin.calibration_sha256 = calibration_sha256;
  if (file.kind == SourceKind::kDicom) {
    takeObject(file, std::move(source), progress);
  } else {
    takePlain(file, std::move(source), progress);
  }
}

void Ingest::takeObject(const SourceFile& file, ReadSource source, const Progress& progress) {
  const auto waits = store_.waitingOfSource(source.origin.source_sha256);
  if (waits && !options_.pixels_checked) {
    report.quarantined.push_back({file.path, waits->id, waits->reason,
                                  static_cast<int>(waits->boxes.size()), source.clip.info});
    return;
  }
  const DicomObject object{file.path, source.clip, source.origin};
  const BurnedIn burned_in =
      search_.inObject(source.clip, options_.pixels_checked, progress.part(0.0, 0.5));
  dicom::DeidentifyOptions options = options_.deidentify;
  if (burned_in.why_wait.empty()) {
    options.pixels_confirmed = true;
    const Progress rest = progress.part(0.5, 1.0);
    const store::AddedClip added = addObject(store_, object, burned_in, options, rest);
    if (waits) store_.quarantineRelease(waits->id, "vouched for when it was taken in again");
    noteAdded(file, added, std::move(source));
  } else {
    const std::string id =
        quarantineObject(store_, object, burned_in, options, progress.part(0.5, 1.0));
    report.quarantined.push_back({file.path, id, burned_in.why_wait,
                                  static_cast<int>(burned_in.found.size()), source.clip.info});
  }
}

void Ingest::takePlain(const SourceFile& file, ReadSource source, const Progress& progress) {
  if (options_.patient.empty()) {
    source.notes.push_back("no patient was given: its folder stands for one");
  }
  if (!options_.blank.empty()) source.clip.pixels = blanked(source.clip.pixels, options_.blank);
  if (!options_.pixels_checked) {
    const auto texts = search_.surelyIn(source.clip, progress.part(0.0, 0.5));
    if (texts.size() >= kPlacesOfAScreen) {
      throwBadInput("it shows text in " + std::to_string(texts.size()) + " places, the first at " +
                    textOf(texts.front()) +
                    ". Blank what names anybody with --blank, or say --pixels-checked if nothing "
                    "does.");
    }
    for (const media::PixelRectangle& box : texts) {
      source.notes.push_back("there may be text at " + textOf(box) + ": look at it");
    }
  }
  const store::AddedClip added =
      store_.addClip(source.clip, source.origin, progress.part(0.5, 1.0));
  noteAdded(file, added, std::move(source));
}

void Ingest::noteAdded(const SourceFile& file, const store::AddedClip& added, ReadSource source) {
  auto& list = added.added ? report.added : report.known;
  if (added.calibration_changed) source.notes.push_back("known clip, calibrated anew");
  list.push_back({file.path, store_.clipRow(added.id), std::move(source.notes)});
}

/// Failures of one item among many; others (disk, store, cancel) end the ingest.
bool concernsOnlyTheFile(const Error& error) {
  return error.kind() == ErrorKind::kBadInput || error.kind() == ErrorKind::kNotFound;
}
/// Readers name the file they refuse, and the report has it already.
std::string withoutPath(const std::string& said, const fs::path& path) {
  const std::string name = path.string();
  if (!said.starts_with(name)) return said;
  const std::string rest = said.substr(name.size());
  if (rest.starts_with(": ")) return rest.substr(2);
  return rest.starts_with(" ") ? "the file" + rest : said;
}
}  // namespace

IngestReport ingest(store::Store& store, const std::vector<fs::path>& paths,
                    const IngestOptions& options, const Progress& progress) {
  std::ignore = dayOfOption(options.exam_date);
  if (options.calibration) std::ignore = media::readCalibration(*options.calibration);
  progress.report(0.0, "looking for files");
  const Sources sources = findSources(paths, progress);
  const std::vector<SourceFile>& files = sources.files;
  Ingest run(store, options);
  run.report.passed_over = sources.passed_over;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto count = static_cast<double>(files.size());
    const Progress part =
        progress.part(static_cast<double>(i) / count, static_cast<double>(i + 1) / count,
                      "file " + std::to_string(i + 1) + " of " + std::to_string(files.size()));
    part.report(0.0);
    try {
      run.take(files[i], part);
    } catch (const Error& error) {
      if (!concernsOnlyTheFile(error)) throw;
      run.report.refused.push_back({files[i].path, withoutPath(error.what(), files[i].path)});
    } catch (const std::exception& error) {
      run.report.refused.push_back({files[i].path, withoutPath(error.what(), files[i].path)});
    }
  }
  progress.report(1.0);
  return std::move(run.report);
}

}  // namespace sonotwin::pipeline
