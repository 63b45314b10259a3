// SPDX-License-Identifier: Apache-2.0
#include "ingest_read.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <memory>

#include "burned_in.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/dicom/known_terms.h"
#include "sonotwin/media/calibration_io.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/media/sequence_io.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

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
  ReadSource source;
  dicom::DicomClip read = dicom::readDicom(source.object.emplace(path));
  source.notes = read.clip.info.assumptions;
  const dicom::Identity& who = read.identity;
  source.identity = {who.patient_id, who.issuer, who.patient_name, who.birth_date, {}};
  source.origin.patient_key = patientKey(who);
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
store::PatientIdentity identityOf(const fs::path& path, const IngestOptions& options) {
  store::PatientIdentity identity;
  identity.given = options.patient;
  if (identity.given.empty()) identity.given = fs::weakly_canonical(path).parent_path().string();
  return identity;
}

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
}  // namespace

std::optional<int> dayOfOption(const std::optional<std::string>& exam_date) {
  if (!exam_date) return std::nullopt;
  std::string compact = *exam_date;
  std::erase(compact, '-');
  const auto day = dayNumber(compact);
  if (!day) throwBadInput("--exam-date: '" + *exam_date + "' is not a date like 2026-03-14.");
  return day;
}

ReadSource readSource(const SourceFile& file, const IngestOptions& options) {
  switch (file.kind) {
    case SourceKind::kDicom:
      return readDicomSource(file.path);
    case SourceKind::kSequence: {
      ReadSource source{{},
                        media::readSequence(file.path),
                        originOf(file.path, options),
                        identityOf(file.path, options),
                        {}};
      std::string& region = source.clip.info.body_region;
      region = dicom::knownBodyRegion(region);
      source.notes = source.clip.info.assumptions;
      calibrate(file.path, options, source);
      return source;
    }
    case SourceKind::kImage:
      return {{},
              readPicture(file.path),
              originOf(file.path, options),
              identityOf(file.path, options),
              {}};
    case SourceKind::kUnreadable:
      throwBadInput("it cannot be opened: permission denied. Make it readable.");
    case SourceKind::kUnknown:
      break;
  }
  if (!fs::is_regular_file(file.path)) throwBadInput("it is not a file.");
  throwBadInput("it is not DICOM, not an image sequence (.mha, .mhd, .nrrd) and not a picture.");
}

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

}  // namespace sonotwin::pipeline
