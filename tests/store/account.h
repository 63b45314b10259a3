// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sstream>
#include <string>

#include "sonotwin/base/hash.h"
#include "sonotwin/store/store.h"

namespace sonotwin::store {

/// Tells everything that a store holds, line by line.
class Account {
 public:
  explicit Account(const Store& store) : store_(store) { out_.precision(17); }

  /// Without the audit log, which also tells how often a thing was tried.
  std::string content() {
    tellPeople();
    for (const ClipRow& row : store_.clips({.limit = 1000000})) tellClip(row);
    tellDerived();
    tellRecords();
    return out_.str();
  }
  std::string whole() {
    content();
    for (const AuditEntry& entry : store_.audit(1000000)) {
      line("audit", entry.number, entry.at_utc, entry.author, entry.act, entry.object,
           entry.detail);
    }
    return out_.str();
  }

 private:
  template <class... Values>
  void line(const Values&... values) {
    ((out_ << values << ' '), ...);
    out_ << '\n';
  }

  void tellPeople() {
    for (const PatientRow& p : store_.patients()) {
      line("patient", p.id, p.exam_count, p.clip_count, p.surface_count,
           p.last_exam_day.value_or(-1), p.body_region);
      for (const std::string& merged : p.merged) line("merged", merged);
    }
    for (const StudyRow& s : store_.studies()) {
      line("study", s.id, s.patient_id, s.number, s.day, s.day_known, s.clip_count);
    }
  }

  void tellLineage(const std::string& id) {
    const LineageNode node = store_.lineage(id);
    line(node.kind, node.id, node.recipe_json, node.program_version, node.author, node.created_utc);
    for (const std::string& parent : node.made_from) line("from", parent);
    for (const std::string& child : node.used_for) line("for", child);
  }

  void tellClip(const ClipRow& row) {
    tellLineage(row.id);
    const media::Clip clip = store_.clip(row.id);
    const media::ClipInfo& i = clip.info;
    line(row.study_id, row.series_id, row.day, row.duration_s, row.mask_count, row.view_label,
         row.annotated, i.frame_count, i.rows, i.cols, i.channels, static_cast<int>(i.type),
         i.spacing_mm.has_value(), i.spacing_source, i.tracked, i.world, i.orientation,
         i.times_known, i.modality, i.body_region, i.probe_name, i.device_model, i.source_format,
         i.transfer_syntax, i.depth_mm.has_value());
    for (const std::string& words : i.assumptions) line("assumed", words);
    for (const media::UltrasoundRegion& r : i.regions) {
      line(r.rectangle.x1, r.units_x, r.delta_x, r.delta_y);
    }
    for (int f = 0; f < i.frame_count; ++f) {
      const media::FrameInfo& frame = clip.frames[static_cast<std::size_t>(f)];
      line(frame.time_s, static_cast<int>(frame.pose_status), frame.world_from_probe.matrix(),
           sha256Hex(clip.pixels->frame(f).data));
    }
    for (const IngestReport& report : store_.ingestReports(row.id)) {
      line("report", report.method, report.author, report.created_utc);
      for (const AttributeActions& a : report.actions) line(a.path, a.keyword, a.action, a.count);
    }
  }

  void tellDerived() {
    for (const MaskRow& row : store_.masks()) {
      tellLineage(row.id);
      const media::ClipMask mask = store_.mask(row.id);
      line(row.clip_id, row.model, row.mean_confidence);
      for (const media::Label& label : mask.labels) line(label.value, label.name);
      for (const media::FrameMask& f : mask.frames) {
        line(f.frame_index, f.confidence, sha256Hex(std::as_bytes(std::span(f.labels))));
      }
    }
    for (const VolumeRow& row : store_.volumes()) {
      tellLineage(row.id);
      const media::Volume volume = store_.volume(row.id);
      line(row.clip_id, row.source, row.observed_fraction, volume.world,
           volume.world_from_voxel.matrix(), volume.labels.size(), sha256Hex(volume.data));
    }
    for (const SurfaceRow& row : store_.surfaces()) {
      tellLineage(row.id);
      const media::Surface surface = store_.surface(row.id);
      line(row.volume_id, row.label, row.volume_ml, row.area_mm2, surface.world,
           sha256Hex(std::as_bytes(std::span(surface.vertices_mm))));
    }
  }

  void tellRecords() {
    for (const ModelRow& row : store_.models()) {
      tellLineage(row.id);
      line(row.name, row.status, row.card_json);
    }
    for (const RecordRow& row : store_.records()) {
      tellLineage(row.id);
      line(row.name, row.json);
    }
    for (const AnnotationRow& row : store_.annotations()) {
      line("drawn", row.id, row.parent_id, row.version, row.state, row.author);
    }
    for (const SavedSearch& search : store_.savedSearches()) {
      line("search", search.name, search.query.label, search.author);
    }
    for (const AcquisitionProtocol& protocol : store_.protocols()) {
      line("protocol", protocol.name);
      for (const ProtocolView& view : protocol.views) {
        line(view.name, view.body_region, view.view_label);
      }
    }
    for (const StudyRow& row : store_.studies()) {
      if (row.protocol) line("held", row.id, *row.protocol);
    }
    for (const QuarantineRow& row : store_.quarantined("")) {
      line("quarantine", row.id, row.patient_id, row.study_id, row.reason, row.state,
           row.boxes.size(), row.state != "waiting" || row.file_present);
    }
  }

  const Store& store_;
  std::ostringstream out_;
};

}  // namespace sonotwin::store
