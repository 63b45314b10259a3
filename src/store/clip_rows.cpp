// SPDX-License-Identifier: Apache-2.0
#include "clip_rows.h"

#include <array>

#include "artifacts.h"
#include "seal.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/version.h"

namespace sonotwin::store {
namespace {
using media::PixelType;
constexpr std::array kPixelTypes = {"uint8", "uint16", "float32"};  // in the order of PixelType

void addSector(Statement& statement, const media::ScanSector& sector) {
  if (const auto& box = sector.rectangle) {
    for (const int side : {box->x0, box->y0, box->x1, box->y1}) statement.add(side);
  } else {
    for (int i = 0; i < 4; ++i) statement.addNull();
  }
  if (const auto& fan = sector.fan) {
    for (const double value :
         {fan->apex_x_px, fan->apex_y_px, fan->start_radius_px, fan->end_radius_px, fan->left_rad,
          fan->right_rad, fan->rows_per_col}) {
      statement.add(value);
    }
  } else {
    for (int i = 0; i < 7; ++i) statement.addNull();
  }
}

media::ScanSector sectorAt(const Statement& row, int c) {
  media::ScanSector sector;
  if (!row.isNull(c)) {
    sector.rectangle = {row.number(c), row.number(c + 1), row.number(c + 2), row.number(c + 3)};
  }
  if (!row.isNull(c + 4)) {
    sector.fan = {.apex_x_px = row.real(c + 4),
                  .apex_y_px = row.real(c + 5),
                  .start_radius_px = row.real(c + 6),
                  .end_radius_px = row.real(c + 7),
                  .left_rad = row.real(c + 8),
                  .right_rad = row.real(c + 9),
                  .rows_per_col = row.real(c + 10)};
  }
  return sector;
}

void insertFrames(Database& database, std::int64_t artifact, const FrameTable& table) {
  database.run(
      "INSERT INTO frame_tables (clip, places, times_s, poses, recipe) VALUES (?, ?, ?, ?, ?)",
      artifact, std::span(table.places), std::span(table.times_s), std::span(table.poses),
      std::span(table.recipe));
}

void insertRegions(Database& database, std::int64_t artifact, const media::ClipInfo& info) {
  Statement insert = database.query(
      "INSERT INTO regions (clip, position, x0, y0, x1, y1, spatial_format, data_type, units_x, "
      "units_y, delta_x, delta_y) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (int position = 0; const media::UltrasoundRegion& region : info.regions) {
    const media::PixelRectangle& box = region.rectangle;
    insert
        .bind(artifact, position++, box.x0, box.y0, box.x1, box.y1, region.spatial_format,
              region.data_type, region.units_x, region.units_y, region.delta_x, region.delta_y)
        .run();
  }
}

std::vector<media::UltrasoundRegion> readRegions(const Database& database, std::int64_t artifact) {
  std::vector<media::UltrasoundRegion> regions;
  Statement row = database.query(
      "SELECT x0, y0, x1, y1, spatial_format, data_type, units_x, units_y, delta_x, delta_y "
      "FROM regions WHERE clip = ? ORDER BY position",
      artifact);
  while (row.step()) {
    regions.push_back({.rectangle = {row.number(0), row.number(1), row.number(2), row.number(3)},
                       .spatial_format = row.number(4),
                       .data_type = row.number(5),
                       .units_x = row.number(6),
                       .units_y = row.number(7),
                       .delta_x = row.real(8),
                       .delta_y = row.real(9)});
  }
  return regions;
}

// The fields a revision holds.
void readRevision(const Database& database, std::int64_t artifact, media::ClipInfo& info) {
  Statement row = database.query(
      "SELECT pk, spacing_x_mm, spacing_y_mm, spacing_source, body_region, sector_x0, sector_y0, "
      "sector_x1, sector_y1, fan_apex_x_px, fan_apex_y_px, fan_start_radius_px, "
      "fan_end_radius_px, fan_left_rad, fan_right_rad, fan_rows_per_col, m00, m01, m02, m03, m10, "
      "m11, m12, m13, m20, m21, m22, m23 FROM clip_revisions WHERE clip = ? AND number = ?",
      artifact, revisionInForce(database, artifact));
  if (!row.step()) {
    throw Error(ErrorKind::kDamaged,
                "A clip's calibration is missing in the store's database. Run `sonotwin verify`.");
  }
  if (!row.isNull(1)) info.spacing_mm = {row.real(1), row.real(2)};
  info.spacing_source = row.text(3);
  info.body_region = row.text(4);
  info.sector = sectorAt(row, 5);
  if (!row.isNull(16)) info.probe_from_image = media::ProbeFromImage(matrixAt(row, 16));
  Statement words = database.query(
      "SELECT words FROM assumptions WHERE revision = ? ORDER BY position", row.integer(0));
  while (words.step()) info.assumptions.push_back(words.text(0));
}
}  // namespace

const char* nameOf(PixelType type) noexcept {
  return kPixelTypes[static_cast<std::size_t>(type)];
}

PixelType pixelTypeOf(const std::string& name) {
  for (std::size_t i = 0; i < kPixelTypes.size(); ++i) {
    if (name == kPixelTypes[i]) return static_cast<PixelType>(i);
  }
  throw Error(ErrorKind::kDamaged,
              "The store's database names an unknown pixel type. Run "
              "`sonotwin verify`.");
}

void addMatrix(Statement& statement, const Eigen::Matrix4d& matrix) {
  for (int r = 0; r < 3; ++r) {
    for (int c = 0; c < 4; ++c) statement.add(matrix(r, c));
  }
}

Eigen::Matrix4d matrixAt(const Statement& row, int first_column) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  for (int i = 0; i < 12; ++i) matrix(i / 4, i % 4) = row.real(first_column + i);
  return matrix;
}

std::uint64_t frameBytes(const media::ClipInfo& info) noexcept {
  return static_cast<std::uint64_t>(info.rows) * static_cast<std::uint64_t>(info.cols) *
         static_cast<std::uint64_t>(info.channels) * media::bytesPerSample(info.type);
}

void insertClip(Database& database, std::int64_t artifact, std::int64_t series, std::int64_t object,
                const media::Clip& clip, const std::string& author, FrameTable encoding) {
  const media::ClipInfo& info = clip.info;
  const double duration_s = clip.frames.back().time_s - clip.frames.front().time_s;
  database.run(
      "INSERT INTO clips (artifact, series, object, frame_count, rows, cols, channels, pixel_type, "
      "tracked, world, orientation, times_known, duration_s, modality, probe_name, device_model, "
      "depth_mm, frequency_mhz, source_format, transfer_syntax, revision) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
      artifact, series, object, info.frame_count, info.rows, info.cols, info.channels,
      nameOf(info.type), info.tracked, info.world, info.orientation, info.times_known, duration_s,
      info.modality, info.probe_name, info.device_model, info.depth_mm, info.frequency_mhz,
      info.source_format, info.transfer_syntax);
  FrameTable table = packFrames(clip.frames);
  table.places = std::move(encoding.places);
  table.recipe = std::move(encoding.recipe);
  insertFrames(database, artifact, table);
  insertRegions(database, artifact, info);
  insertRevision(database, artifact, {.number = 0, .author = author}, info);
}

void insertRevision(Database& database, std::int64_t artifact, const Revision& facts,
                    const media::ClipInfo& info) {
  Statement insert = database.query(
      "INSERT INTO clip_revisions (clip, number, spacing_x_mm, spacing_y_mm, spacing_source, "
      "body_region, view_label, sector_x0, sector_y0, sector_x1, sector_y1, fan_apex_x_px, "
      "fan_apex_y_px, fan_start_radius_px, fan_end_radius_px, fan_left_rad, fan_right_rad, "
      "fan_rows_per_col, m00, "
      "m01, m02, m03, m10, m11, m12, m13, m20, m21, m22, m23, program_version, author, "
      "created_utc, orientation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, "
      "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING pk",
      artifact, facts.number);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    info.spacing_mm ? insert.add((*info.spacing_mm)[axis]) : insert.addNull();
  }
  insert.add(info.spacing_source);
  insert.add(info.body_region);
  insert.add(facts.view_label);
  addSector(insert, info.sector);
  if (info.probe_from_image) {
    addMatrix(insert, info.probe_from_image->matrix());
  } else {
    for (int k = 0; k < 12; ++k) insert.addNull();
  }
  insert.add(programVersion());
  insert.add(facts.author);
  insert.add(nowUtc());
  insert.add(facts.orientation);
  insert.step();
  const std::int64_t revision = insert.integer(0);
  insert.run();

  Statement assume =
      database.query("INSERT INTO assumptions (revision, position, words) VALUES (?, ?, ?)");
  for (int position = 0; const std::string& words : info.assumptions) {
    assume.bind(revision, position++, words).run();
  }
  database.run("UPDATE clips SET revision = ? WHERE artifact = ?", facts.number, artifact);
  seal(database, "revision", revision);
}

media::ClipInfo readInfo(const Database& database, std::int64_t artifact) {
  Statement row = database.query(
      "SELECT frame_count, rows, cols, channels, pixel_type, tracked, world, orientation, "
      "times_known, modality, probe_name, device_model, depth_mm, frequency_mhz, source_format, "
      "transfer_syntax FROM clips WHERE artifact = ?",
      artifact);
  if (!row.step()) {
    throw Error(ErrorKind::kDamaged,
                "A clip's row is missing in the store's database. Run `sonotwin verify`.");
  }
  media::ClipInfo info;
  info.frame_count = row.number(0);
  info.rows = row.number(1);
  info.cols = row.number(2);
  info.channels = row.number(3);
  info.type = pixelTypeOf(row.text(4));
  info.tracked = row.integer(5) != 0;
  info.world = row.text(6);
  info.orientation = row.text(7);
  info.times_known = row.integer(8) != 0;
  info.modality = row.text(9);
  info.probe_name = row.text(10);
  info.device_model = row.text(11);
  info.depth_mm = row.optionalReal(12);
  info.frequency_mhz = row.optionalReal(13);
  info.source_format = row.text(14);
  info.transfer_syntax = row.text(15);
  info.regions = readRegions(database, artifact);
  readRevision(database, artifact, info);
  return info;
}

int revisionInForce(const Database& database, std::int64_t artifact) {
  Statement row = database.query("SELECT revision FROM clips WHERE artifact = ?", artifact);
  return row.step() ? row.number(0) : -1;
}

Revision nextRevision(const Database& database, std::int64_t artifact, const std::string& author) {
  Revision next{.number = revisionInForce(database, artifact) + 1, .author = author};
  Statement row = database.query(
      "SELECT view_label, orientation FROM clip_revisions WHERE clip = ? AND number = ?", artifact,
      next.number - 1);
  if (row.step()) {
    next.view_label = row.text(0);
    if (!row.isNull(1)) next.orientation = row.text(1);
  }
  return next;
}

std::vector<media::FrameInfo> readFrames(const Database& database, std::int64_t artifact) {
  Statement row = database.query(
      "SELECT t.times_s, t.poses, c.frame_count FROM frame_tables t "
      "JOIN clips c ON c.artifact = t.clip WHERE t.clip = ?",
      artifact);
  if (!row.step()) return {};
  return unpackFrames(row.blob(0), row.blob(1), row.number(2));
}

}  // namespace sonotwin::store
