// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/features.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sonotwin/base/error.h"
#include "sonotwin/features/mask_features.h"
#include "sonotwin/segment/model.h"
#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {
namespace {
constexpr int kPage = 500;

struct MaskOfClip {
  std::string clip_id, mask_id;
};

void requireKind(const store::Store& store, const std::string& id, const std::string& kind) {
  const std::string found = store.kindOf(id);
  if (found != kind) throwBadInput(id + " is a " + found + ", not a " + kind + ".");
}

std::vector<std::string> clipIds(const store::Store& store, const FeatureSelection& selection) {
  if (!selection.clip_ids.empty()) return selection.clip_ids;
  store::ClipQuery query = selection.clips;
  query.limit = kPage;
  std::vector<std::string> ids;
  for (query.offset = 0;; query.offset += kPage) {
    const auto page = store.clips(query);
    for (const store::ClipRow& row : page) ids.push_back(row.id);
    if (page.size() < static_cast<std::size_t>(kPage)) return ids;
  }
}

std::vector<MaskOfClip> masksOf(const store::Store& store, const FeatureSelection& selection) {
  std::vector<MaskOfClip> masks;
  if (!selection.mask_ids.empty()) {
    const auto rows = store.masks();
    for (const std::string& id : selection.mask_ids) {
      requireKind(store, id, "mask");
      masks.push_back({std::ranges::find(rows, id, &store::MaskRow::id)->clip_id, id});
    }
    return masks;
  }
  for (const std::string& id : clipIds(store, selection)) {
    requireKind(store, id, "clip");
    if (const std::string mask = store.newestMask(id); !mask.empty()) masks.push_back({id, mask});
  }
  if (masks.empty()) throwNotFound("None of the clips that are asked for has a mask.");
  return masks;
}

/// What the network says of the picture, then of what the mask labels; none where it says nothing.
std::vector<std::optional<double>> networkValues(const segment::Model& network,
                                                 const media::Image& picture, media::FrameMask mask,
                                                 int label) {
  for (std::uint8_t& value : mask.labels) value = value == label ? 1 : 0;
  const auto found = network.features({picture}, {std::move(mask)}).front();
  const auto count = static_cast<std::size_t>(network.featureCount());
  std::vector<std::optional<double>> values(found.picture.begin(), found.picture.end());
  values.resize(count);
  values.insert(values.end(), found.mask.begin(), found.mask.end());
  values.resize(2 * count);
  return values;
}

std::vector<std::string> networkColumns(const segment::Model& network) {
  std::vector<std::string> columns;
  for (const char* of : {"network_picture_", "network_label_"}) {
    for (int i = 0; i < network.featureCount(); ++i) columns.push_back(of + std::to_string(i));
  }
  return columns;
}

void addRows(const store::Store& store, const MaskOfClip& of, const segment::Model* network,
             FeatureTable& table, const Progress& progress) {
  const store::ClipRow clip = store.clipRow(of.clip_id);
  const media::ClipMask mask = store.mask(of.mask_id);
  for (const media::FrameMask& frame : mask.frames) {
    progress.report(static_cast<double>(&frame - mask.frames.data()) /
                    static_cast<double>(mask.frames.size()));
    const media::Image picture = store.frame(of.clip_id, frame.frame_index);
    for (const media::Label& label : mask.labels) {
      const auto found = features::maskFeatures(picture, frame, label.value, clip.spacing_mm);
      if (found.empty()) continue;
      FeatureTable::Row row{clip.patient_id,
                            clip.study_id,
                            clip.day_known ? std::optional(clip.day) : std::nullopt,
                            clip.id,
                            of.mask_id,
                            frame.frame_index,
                            label.name,
                            {}};
      const bool first = table.columns.empty();
      for (const features::Feature& feature : found) {
        if (first) table.columns.push_back(feature.name);
        row.values.push_back(feature.value);
      }
      if (network) {
        if (first) std::ranges::copy(networkColumns(*network), std::back_inserter(table.columns));
        std::ranges::copy(networkValues(*network, picture, frame, label.value),
                          std::back_inserter(row.values));
      }
      table.rows.push_back(std::move(row));
    }
  }
}

std::string cellOf(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + "\"";
}

std::string cellOf(const std::optional<double>& value) {
  if (!value) return {};
  std::array<char, 32> digits{};
  const auto [end, failed] = std::to_chars(digits.data(), digits.data() + digits.size(), *value);
  return {digits.data(), end};
}
}  // namespace

FeatureTable featureTable(const store::Store& store, const FeatureSelection& selection,
                          const Progress& progress, const segment::Model* network) {
  if (network && network->featureCount() == 0) {
    throwBadInput("The model '" + network->name() + "' gives no features: it was made elsewhere.");
  }
  const auto masks = masksOf(store, selection);
  FeatureTable table;
  for (std::size_t i = 0; i < masks.size(); ++i) {
    const auto share = [&](std::size_t n) {
      return static_cast<double>(n) / static_cast<double>(masks.size());
    };
    addRows(store, masks[i], network, table,
            progress.part(share(i), share(i + 1), "measuring masks"));
  }
  return table;
}

std::string featureCsv(const FeatureTable& table) {
  std::string csv = "patient,exam,day,clip,mask,frame,label";
  for (const std::string& column : table.columns) csv += "," + cellOf(column);
  csv += "\r\n";
  for (const FeatureTable::Row& row : table.rows) {
    csv += cellOf(row.patient) + "," + cellOf(row.exam) + "," +
           (row.day ? std::to_string(*row.day) : "") + "," + cellOf(row.clip) + "," +
           cellOf(row.mask) + "," + std::to_string(row.frame) + "," + cellOf(row.label);
    for (const auto& value : row.values) csv += "," + cellOf(value);
    csv += "\r\n";
  }
  return csv;
}

std::string featureJson(const FeatureTable& table) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  const auto orNull = [](const auto& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
  };
  for (const FeatureTable::Row& row : table.rows) {
    nlohmann::ordered_json item = {{"patient", row.patient}, {"exam", row.exam},
                                   {"day", orNull(row.day)}, {"clip", row.clip},
                                   {"mask", row.mask},       {"frame", row.frame},
                                   {"label", row.label}};
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      item[table.columns[i]] = orNull(row.values[i]);
    }
    rows.push_back(std::move(item));
  }
  return rows.dump();
}

}  // namespace sonotwin::pipeline
