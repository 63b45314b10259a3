// SPDX-License-Identifier: Apache-2.0
#include "presenters/space_content.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sonotwin/media/mask.h"
#include "sonotwin/reconstruct/measure.h"

namespace sonotwin::workstation {
namespace {
struct Content {
  std::vector<ShownSurface> surfaces;
  std::shared_ptr<const media::Volume> volume;
  std::optional<store::VolumeRow> volume_row;
};

/// Newest of each label, by label name; `rows` come newest first.
std::vector<store::SurfaceRow> newestOfEachLabel(const std::vector<store::SurfaceRow>& rows) {
  std::vector<store::SurfaceRow> newest;
  std::set<std::string> seen;
  for (const auto& row : rows) {
    if (seen.insert(row.label).second) newest.push_back(row);
  }
  std::ranges::sort(newest, {}, &store::SurfaceRow::label);  // where the labels' order is unknown
  return newest;
}

ShownSurface readSurface(const store::Store& store, const store::SurfaceRow& row, int order,
                         std::map<std::string, media::Volume>& label_volumes) {
  ShownSurface shown{.row = row,
                     .surface = std::make_shared<const media::Surface>(store.surface(row.id)),
                     .label = order,
                     .colour = media::labelColour(order),
                     .voxels_ml = std::nullopt,
                     .extents_mm = {}};
  shown.extents_mm = reconstruct::principalExtents_mm(*shown.surface);
  if (!label_volumes.contains(row.volume_id)) {
    label_volumes.emplace(row.volume_id, store.volume(row.volume_id));
  }
  const media::Volume& labels = label_volumes.at(row.volume_id);
  const auto label = std::ranges::find(labels.labels, row.label, &media::Label::name);
  if (label != labels.labels.end()) {
    shown.label = label->value;
    shown.colour = media::labelColour(label->value);
    shown.voxels_ml = reconstruct::labelVolumeMl(labels, label->value);
  }
  return shown;
}

Content readContent(const store::Store& store, const std::vector<store::SurfaceRow>& surfaces,
                    const std::vector<store::VolumeRow>& volumes) {
  Content content;
  std::map<std::string, media::Volume> label_volumes;
  int order = 0;
  for (const auto& row : newestOfEachLabel(surfaces)) {
    content.surfaces.push_back(readSurface(store, row, ++order, label_volumes));
  }
  std::ranges::stable_sort(content.surfaces, {}, &ShownSurface::label);
  const auto bmode = std::ranges::find(volumes, "bmode", &store::VolumeRow::source);
  if (bmode != volumes.end()) {
    content.volume_row = *bmode;
    content.volume = std::make_shared<const media::Volume>(store.volume(bmode->id));
  }
  return content;
}
}  // namespace

SpaceContent::SpaceContent(Session& session, QObject* parent) : QObject(parent), session_(session) {
  connect(&session, &Session::derivedChanged, this, &SpaceContent::forget);
}

void SpaceContent::forget() {
  ++generation_;
  fresh_ = false;
  loading_ = false;
  surfaces_.clear();
  volume_.reset();
  volume_row_.reset();
  Q_EMIT changed();
}

void SpaceContent::want() {
  if (fresh_ || loading_) return;
  if (session_.surfaces().empty() && session_.volumes().empty()) {
    fresh_ = true;
    return;
  }
  loading_ = true;
  const auto generation = generation_;
  session_.reader().read(
      this,
      [surfaces = session_.surfaces(), volumes = session_.volumes()](const store::Store& store) {
        return readContent(store, surfaces, volumes);
      },
      [this, generation](Content content) {
        if (generation != generation_) return;
        loading_ = false;
        fresh_ = true;
        surfaces_ = std::move(content.surfaces);
        volume_ = std::move(content.volume);
        volume_row_ = std::move(content.volume_row);
        Q_EMIT changed();
      },
      [this, generation](const QString& error) {
        if (generation != generation_) return;
        loading_ = false;
        Q_EMIT failed(error);
      });
}

}  // namespace sonotwin::workstation
