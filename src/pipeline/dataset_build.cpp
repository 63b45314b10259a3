// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/dataset_build.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "dataset_split.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/phantom/virtual_patient.h"
#include "sonotwin/segment/near_duplicates.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

std::vector<std::string> splitText(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    if (!part.empty() && part.back() == '\r') part.pop_back();
    parts.push_back(part);
  }
  return parts;
}

std::optional<double> number(const std::string& text) {
  double value = 0.0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct CaseFacts {
  std::string group;
  std::optional<double> pixel_size_mm, head_circumference_mm;
};

std::optional<double> positiveNumber(const std::string& text, const std::string& where) {
  if (text.empty()) return std::nullopt;
  const auto value = number(text);
  if (!value || !(*value > 0.0)) throwBadInput(where + ": '" + text + "' is not a number above 0.");
  return value;
}

std::map<std::string, CaseFacts> readCases(const fs::path& path) {
  const std::vector<std::string> lines = splitText(readTextFile(path), '\n');
  if (lines.empty()) throwBadInput(path.string() + " is empty.");
  const std::vector<std::string> header = splitText(lines.front(), ',');
  if (std::ranges::find(header, "file") == header.end()) {
    throwBadInput(path.string() + " has no column 'file' in its first line.");
  }
  std::map<std::string, CaseFacts> facts;
  for (std::size_t n = 1; n < lines.size(); ++n) {
    if (lines[n].empty()) continue;
    const std::string where = path.string() + ", line " + std::to_string(n + 1);
    const std::vector<std::string> cells = splitText(lines[n], ',');
    if (cells.size() > header.size()) throwBadInput(where + ": more cells than columns.");
    std::string file;
    CaseFacts row;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (header[c] == "file") file = cells[c];
      if (header[c] == "patient" || header[c] == "group") row.group = cells[c];
      if (header[c] == "pixel_size_mm") row.pixel_size_mm = positiveNumber(cells[c], where);
      if (header[c] == "head_circumference_mm") {
        row.head_circumference_mm = positiveNumber(cells[c], where);
      }
    }
    facts[file] = row;
  }
  return facts;
}

std::vector<std::uint8_t> bytesOf(const media::Image& gray) {
  const auto samples = gray.samples<std::uint8_t>();
  return {samples.begin(), samples.end()};
}

void requireKnownLabels(const segment::Case& item, const std::vector<media::Label>& labels,
                        const fs::path& mask) {
  std::set<int> known = {0};
  for (const media::Label& label : labels) known.insert(label.value);
  for (const std::uint8_t value : item.truth) {
    if (!known.contains(value)) {
      throwBadInput(mask.string() + " holds the value " + std::to_string(value) +
                    ", which --labels does not name.");
    }
  }
}

segment::Case readPair(const fs::path& image_path, const fs::path& mask_path,
                       const std::vector<media::Label>& labels) {
  if (!fs::exists(mask_path))
    throwBadInput(image_path.string() + " has no mask " + mask_path.string() + ".");
  const media::Image image = media::toGray8(media::readImage(image_path));
  const media::Image mask = media::toGray8(media::readImage(mask_path));
  if (image.rows != mask.rows || image.cols != mask.cols) {
    throwBadInput(mask_path.string() + " is " + std::to_string(mask.cols) + " x " +
                  std::to_string(mask.rows) + " pixels, its image " + std::to_string(image.cols) +
                  " x " + std::to_string(image.rows) + ".");
  }
  segment::Case item;
  item.name = image_path.stem().string();
  item.group = item.name;
  item.rows = image.rows;
  item.cols = image.cols;
  item.gray = bytesOf(image);
  item.truth = bytesOf(mask);
  requireKnownLabels(item, labels, mask_path);
  return item;
}

std::vector<fs::path> imagesIn(const fs::path& folder) {
  if (!fs::is_directory(folder)) throwNotFound("There is no folder " + folder.string() + ".");
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (media::isPlainImageFile(entry.path())) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  if (paths.empty()) throwBadInput(folder.string() + " holds no images.");
  return paths;
}

}  // namespace

segment::Dataset emptyDataset(const DatasetOptions& options) {
  segment::Dataset dataset;
  dataset.labels = options.labels;
  dataset.source = options.source;
  dataset.seed = options.seed;
  return dataset;
}

void joinAndSplit(segment::Dataset& dataset, const DatasetOptions& options,
                  const Progress& progress) {
  if (!options.keep_groups) {
    dataset.near_duplicates = segment::joinNearDuplicates(dataset.cases, {}, progress);
  }
  segment::splitByGroup(dataset.cases, options.split, options.seed);
}

segment::Dataset datasetFromFolders(const FolderPairs& pairs, const DatasetOptions& options,
                                    const Progress& progress) {
  const std::vector<fs::path> images = imagesIn(pairs.images);
  const auto facts = pairs.cases ? readCases(*pairs.cases) : std::map<std::string, CaseFacts>{};
  segment::Dataset dataset = emptyDataset(options);
  const Progress reading = progress.part(0.0, 0.6, "reading pairs");
  for (const fs::path& image : images) {
    reading.report(static_cast<double>(dataset.cases.size()) / static_cast<double>(images.size()));
    segment::Case item = readPair(image, pairs.masks / image.filename(), options.labels);
    if (const auto found = facts.find(image.filename().string()); found != facts.end()) {
      if (!found->second.group.empty()) item.group = found->second.group;
      item.pixel_size_mm = found->second.pixel_size_mm;
      item.head_circumference_mm = found->second.head_circumference_mm;
    } else if (pairs.cases) {
      throwBadInput(pairs.cases->string() + " has no line for " + image.filename().string() + ".");
    }
    dataset.cases.push_back(std::move(item));
  }
  joinAndSplit(dataset, options, progress.part(0.6, 1.0, "looking for near-duplicates"));
  return dataset;
}

segment::Dataset datasetFromPhantom(const std::string& case_name, int patients,
                                    std::uint64_t first_seed, int frames_per_patient,
                                    const DatasetOptions& options, const Progress& progress) {
  if (patients < 1 || frames_per_patient < 1) {
    throwBadInput("A phantom dataset needs at least one patient and one frame of each.");
  }
  segment::Dataset dataset = emptyDataset(options);
  for (int p = 0; p < patients; ++p) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(p);
    const auto patient = phantom::VirtualPatient::make(case_name, seed);
    if (dataset.labels.empty()) dataset.labels = patient.labels();
    phantom::ScanOptions scan;
    scan.frames = frames_per_patient;
    const auto sweep = phantom::scan(
        patient, scan, seed,
        progress.part(static_cast<double>(p) / patients, (p + 1.0) / patients, "scanning"));
    for (int f = 0; f < sweep.clip.info.frame_count; ++f) {
      const media::Image gray = media::toGray8(sweep.clip.pixels->frame(f));
      segment::Case item;
      item.group = case_name + "-" + std::to_string(seed);
      item.name = item.group + "-" + std::to_string(f);
      item.pixel_size_mm = scan.pixel_mm;
      item.rows = gray.rows;
      item.cols = gray.cols;
      item.gray = bytesOf(gray);
      item.truth = sweep.truth_masks.frames.at(static_cast<std::size_t>(f)).labels;
      dataset.cases.push_back(std::move(item));
    }
  }
  segment::splitByGroup(dataset.cases, options.split, options.seed);
  return dataset;
}

std::vector<media::Label> parseLabels(const std::string& text) {
  std::vector<media::Label> labels;
  for (const std::string& part : splitText(text, ',')) {
    const auto equals = part.find('=');
    const auto value = number(part.substr(0, equals));
    const bool fits = equals != std::string::npos && equals + 1 < part.size() && value &&
                      *value >= 1 && *value <= 255 && *value == std::floor(*value);
    if (!fits)
      throwBadInput("--labels: '" + part + "' is not VALUE=NAME with a value of 1 to 255.");
    if (std::ranges::find(labels, static_cast<int>(*value), &media::Label::value) != labels.end()) {
      throwBadInput("--labels names the value " + part.substr(0, equals) + " twice.");
    }
    labels.push_back({static_cast<int>(*value), part.substr(equals + 1)});
  }
  if (labels.empty()) throwBadInput("--labels is empty: give VALUE=NAME, as in 1=nerve,2=vessel.");
  return labels;
}

segment::SplitFractions parseSplit(const std::string& text) {
  const std::string prefix = "patient:";
  const auto parts = splitText(text.starts_with(prefix) ? text.substr(prefix.size()) : text, ',');
  std::vector<double> fractions;
  for (const std::string& part : parts) fractions.push_back(number(part).value_or(-1.0));
  const bool fits = fractions.size() == 3 && std::ranges::min(fractions) >= 0.0 &&
                    std::abs(fractions[0] + fractions[1] + fractions[2] - 1.0) < 1e-6;
  if (!fits) {
    throwBadInput("--split: '" + text +
                  "' is not patient:TRAIN,VAL,TEST with fractions that sum to 1.");
  }
  return {fractions[0], fractions[1], fractions[2]};
}

}  // namespace sonotwin::pipeline
