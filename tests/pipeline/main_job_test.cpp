// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stop_token>

#include "sonotwin/base/error.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/media/surface_io.h"
#include "sonotwin/media/volume_io.h"
#include "sonotwin/phantom/virtual_patient.h"
#include "sonotwin/pipeline/models.h"
#include "sonotwin/pipeline/stages.h"
#include "sonotwin/reconstruct/measure.h"
#include "temporary_folder.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

std::vector<std::string> idsOf(const std::vector<StageLine>& lines) {
  std::vector<std::string> ids;
  for (const StageLine& line : lines) ids.insert(ids.end(), line.ids.begin(), line.ids.end());
  return ids;
}

bool hasLine(const std::vector<StageLine>& lines, const std::string& stage,
             const std::string& words) {
  return std::ranges::any_of(lines, [&](const StageLine& line) {
    return line.stage == stage && line.result.find(words) != std::string::npos;
  });
}

// The demonstration, whole: simulated sweep → masks of the shipped network → voxels → surfaces,
// against the exact truth.
TEST(MainJob, DemonstrationMeetsItsAccuracy) {
  const test::TemporaryFolder folder;
  simulate(folder / "demo", "demo", 1, {});
  store::Store store = store::Store::create(folder / "store");
  IngestReport report;
  const auto lines = runMainJob(store, {folder / "demo/sweep.igs.mha"}, {}, report, {}, {});
  ASSERT_EQ(report.added.size(), 1U);

  const auto patient = phantom::VirtualPatient::make("demo", 1);
  const auto surfaces = store.surfaces();
  ASSERT_EQ(surfaces.size(), patient.labels().size());
  for (const auto& row : surfaces) {
    const auto label = std::ranges::find(patient.labels(), row.label, &media::Label::name);
    ASSERT_NE(label, patient.labels().end()) << row.label;
    const double truth_ml = patient.volumeMl(label->value);
    EXPECT_NEAR(row.volume_ml, truth_ml, 0.03 * truth_ml) << row.label;
    const media::Surface surface = store.surface(row.id);
    EXPECT_TRUE(reconstruct::isClosed(surface)) << row.label;
    const auto distance = reconstruct::surfaceDistance(
        surface, media::readSurface(folder / ("demo/truth/" + row.label + ".stl")));
    EXPECT_LT(distance.mean_mm, 0.5) << row.label;
    std::cout << row.label << ": " << row.volume_ml << " ml (truth " << truth_ml
              << "), mean distance " << distance.mean_mm << " mm, HD95 " << distance.hd95_mm
              << " mm\n";
  }

  // Lineage leads from a surface back to the clip.
  const auto volume = store.lineage(surfaces.front().id).made_from;
  ASSERT_EQ(volume.size(), 1U);
  const auto parents = store.lineage(volume.front()).made_from;
  EXPECT_NE(std::ranges::find(parents, report.added[0].clip.id), parents.end());

  // And to what the network was trained on.
  const auto parentOfKind = [&](const std::string& id, const std::string& kind) {
    const auto ids = store.lineage(id).made_from;
    const auto found = std::ranges::find(
        ids, kind, [&](const std::string& parent) { return store.lineage(parent).kind; });
    return found == ids.end() ? std::string("no ") + kind : *found;
  };
  const std::string model = parentOfKind(parentOfKind(volume.front(), "mask"), "model");
  const std::string dataset = parentOfKind(parentOfKind(model, "training"), "dataset");
  EXPECT_THAT(store.records("dataset"),
              testing::ElementsAre(testing::Field(&store::RecordRow::id, dataset)));

  // What was measured on the way is kept, and says what it was measured of.
  const auto measurements = store.measurements(report.added[0].clip.id);
  EXPECT_EQ(measurements.size(), surfaces.size() + 1);  // and the voxels
  const auto of_first =
      std::ranges::find(measurements, surfaces.front().id, &store::MeasurementRow::of_id);
  ASSERT_NE(of_first, measurements.end());
  const auto sizes = nlohmann::json::parse(of_first->json);
  EXPECT_NEAR(sizes["volume_ml"], surfaces.front().volume_ml, 1e-9);
  EXPECT_EQ(sizes["closed"], true);
  const double volume_ml = sizes["volume_ml"];
  EXPECT_NEAR(sizes["voxels_ml"], volume_ml, 0.03 * volume_ml);
  EXPECT_NEAR(sizes["planimetry_ml"], volume_ml, 0.03 * volume_ml);
  EXPECT_GT(sizes["volume_95_ml"], 1e-4 * volume_ml);
  EXPECT_LT(sizes["volume_95_ml"], 0.05 * volume_ml);
  EXPECT_THAT(store.lineage(of_first->id).recipe_json, testing::HasSubstr("\"program\""));

  // Run again: the same ids, nothing computed twice.
  IngestReport second;
  const auto again = runMainJob(store, {folder / "demo/sweep.igs.mha"}, {}, second, {}, {});
  EXPECT_TRUE(second.added.empty());
  EXPECT_EQ(store.measurements().size(), measurements.size());
  EXPECT_EQ(idsOf(again), idsOf(lines));
  EXPECT_TRUE(store.verify(store::VerifyDepth::kBytes, {}).empty());

  exportObject(store, surfaces.front().id, folder / "organ.ply");
  EXPECT_NEAR(reconstruct::volumeMl(media::readSurface(folder / "organ.ply")),
              surfaces.front().volume_ml, 1e-3);
  exportObject(store, volume.front(), folder / "labels.nrrd");
  EXPECT_EQ(media::readVolume(folder / "labels.nrrd").dims, store.volume(volume.front()).dims);
  EXPECT_THROW(exportObject(store, surfaces.front().id, folder / "organ.docx"), Error);
}

TEST(MainJob, SaysWhyAStageDoesNotApply) {
  const test::TemporaryFolder folder;
  fs::create_directories(folder / "in");
  media::writePng(folder / "in/picture.png", media::Image(32, 32));
  store::Store store = store::Store::create(folder / "store");
  IngestReport report;
  const auto lines = runMainJob(store, {folder / "in"}, {}, report, {}, {});
  EXPECT_TRUE(hasLine(lines, "segment", "skipped: the file names no body region"));
  EXPECT_TRUE(hasLine(lines, "reconstruct", "skipped: not tracked"));
  EXPECT_TRUE(hasLine(lines, "surface", "skipped: no label volume"));
}

TEST(MainJob, AnUnknownModelIsSaidBeforeAnyWork) {
  const test::TemporaryFolder folder;
  fs::create_directories(folder / "in");
  media::writePng(folder / "in/picture.png", media::Image(32, 32));
  store::Store store = store::Store::create(folder / "store");
  MainJobOptions options;
  options.model = "no-such-model";
  IngestReport report;
  EXPECT_THROW(runMainJob(store, {folder / "in"}, options, report, {}, {}), Error);
  EXPECT_TRUE(store.clips().empty());
}

TEST(Models, AreFoundByNameFolderAndRegion) {
  const auto models = installedModels();
  ASSERT_GE(models.size(), 2U);
  EXPECT_EQ(findModel("phantom").name, "phantom");
  EXPECT_EQ(findModel(findModel("phantom").folder.string()).name, "phantom");
  ASSERT_TRUE(modelFor("PHANTOM").has_value());
  EXPECT_EQ(modelFor("PHANTOM")->name, "phantom");
  EXPECT_FALSE(modelFor("THYROID").has_value());
  EXPECT_FALSE(modelFor("").has_value());
  EXPECT_THROW(std::ignore = findModel("none-such"), Error);
}

TEST(Models, ThoseOfAStoreCountBehindTheProgramsOwn) {
  const test::TemporaryFolder folder;
  const auto add = [&](const std::string& name, const std::string& region) {
    const fs::path model = folder / "models" / name;
    fs::create_directories(model);
    std::ofstream(model / "weights.safetensors") << "none";
    std::ofstream(model / "card.json") << R"({"body_regions": [")" + region + R"("]})";
  };
  add("phantom", "THYROID");
  add("mine", "THYROID");
  add("rival", "PHANTOM");
  const std::size_t own = installedModels().size();
  EXPECT_EQ(installedModels(folder.path()).size(), own + 2);
  EXPECT_EQ(findModel("phantom", folder.path()).folder, findModel("phantom").folder);
  EXPECT_EQ(findModel("mine", folder.path()).folder, folder / "models/mine");
  EXPECT_THROW(std::ignore = findModel("mine"), Error);
  EXPECT_EQ(modelFor("PHANTOM", folder.path())->name, "phantom");
  EXPECT_EQ(modelFor("THYROID", folder.path())->name, "mine");
  add("another", "THYROID");
  EXPECT_FALSE(modelFor("THYROID", folder.path()).has_value());
}
}  // namespace
}  // namespace sonotwin::pipeline
