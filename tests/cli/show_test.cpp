// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "command_line.h"
#include "sonotwin/store/store.h"

namespace sonotwin {
namespace {
using nlohmann::json;
using testing::HasSubstr;

constexpr double kSpacing_mm = 0.5;

/// Two frames of 8 x 10 pixels of half a millimetre, tracked.
media::Clip sweep(std::uint8_t level) {
  media::Clip clip;
  clip.info.frame_count = 2;
  clip.info.rows = 8;
  clip.info.cols = 10;
  clip.info.spacing_mm = {kSpacing_mm, kSpacing_mm};
  clip.info.spacing_source = "test";
  clip.info.tracked = true;
  clip.info.world = "Tracker";
  clip.frames.resize(2);
  for (auto& frame : clip.frames) frame.pose_status = media::PoseStatus::kValid;
  media::Image image(8, 10);
  std::ranges::fill(image.samples<std::uint8_t>(), level);
  clip.pixels = std::make_shared<media::MemoryFrames>(std::vector<media::Image>{image, image});
  return clip;
}

/// A label of 12 pixels in the first frame, of 4 in the second.
media::ClipMask masks() {
  media::ClipMask mask;
  mask.labels = {{3, "nerve"}};
  for (int i = 0; i < 2; ++i) {
    media::FrameMask frame{i, 8, 10, std::vector<std::uint8_t>(80, 0), 0.75F};
    std::fill_n(frame.labels.begin(), i == 0 ? 12 : 4, std::uint8_t{3});
    mask.frames.push_back(std::move(frame));
  }
  return mask;
}

media::Surface tetrahedron() {
  media::Surface surface;
  surface.vertices_mm = {{0, 0, 0}, {10, 0, 0}, {0, 20, 0}, {0, 0, 30}};
  surface.triangles = {{0, 2, 1}, {0, 1, 3}, {0, 3, 2}, {1, 2, 3}};
  surface.label = "nerve";
  surface.world = "Tracker";
  return surface;
}

/// One chain of everything: clip, mask, label volume, surface; and a second exam 56 days later.
class Show : public CommandLine {
 protected:
  void SetUp() override {
    auto store = store::Store::create(folder_ / "store");
    const store::Origin first{.patient_key = "p", .study_key = "s1", .exam_day_number = 20000};
    const store::Origin second{.patient_key = "p", .study_key = "s2", .exam_day_number = 20056};
    clip_ = store.addClip(sweep(10), first, {}).id;
    store.addClip(sweep(20), second, {});
    mask_ = store.addMask(clip_, masks(), "test-net", {{clip_}, R"({"operation":"segment"})"});
    media::Volume labels({2, 3, 4}, media::PixelType::kUint8, media::WorldFromVoxel());
    labels.world = "Tracker";
    labels.labels = {{3, "nerve"}};
    labels.samples<std::uint8_t>()[0] = labels.samples<std::uint8_t>()[1] = 3;
    volume_ = store.addVolume(clip_, labels, "mask", 0.5,
                              {{clip_, mask_}, R"({"operation":"reconstruct"})"});
    surface_ = store.addSurface(volume_, tetrahedron(), 1.0, 2.0,
                                {{volume_}, R"({"operation":"surface"})"});
  }

  static std::vector<std::string> idsOf(const json& relatives) {
    std::vector<std::string> ids;
    for (const auto& relative : relatives) ids.push_back(relative["id"]);
    return ids;
  }

  std::string clip_, mask_, volume_, surface_;
};

TEST_F(Show, LineageGoesAllTheWayUpAndDown) {
  const json surface = document("show " + surface_);
  EXPECT_THAT(idsOf(surface["ancestors"]), testing::ElementsAre(volume_, clip_, mask_));
  EXPECT_EQ(surface["ancestors"][0]["distance"], 1);
  EXPECT_EQ(surface["ancestors"][2]["distance"], 2);
  EXPECT_EQ(surface["ancestors"][2]["recipe"]["operation"], "segment");
  EXPECT_TRUE(surface["descendants"].empty());
  const json clip = document("show " + clip_);
  EXPECT_TRUE(clip["ancestors"].empty());
  EXPECT_THAT(idsOf(clip["descendants"]), testing::UnorderedElementsAre(mask_, volume_, surface_));
  const json mask = document("show " + mask_);
  EXPECT_THAT(idsOf(mask["ancestors"]), testing::ElementsAre(clip_));
  EXPECT_THAT(idsOf(mask["descendants"]), testing::ElementsAre(volume_, surface_));
  const std::string text = run("show " + surface_).out;
  for (const std::string& id : {volume_, clip_, mask_}) EXPECT_THAT(text, HasSubstr(id));
}

TEST_F(Show, EachKindSaysItsNumbers) {
  const json clip = document("show " + clip_)["clip"];
  EXPECT_EQ(clip["frames"], 2);
  EXPECT_EQ(clip["cols"], 10);
  EXPECT_EQ(clip["day"], 0);
  const json mask = document("show " + mask_)["mask"];
  EXPECT_EQ(mask["frames"], 2);
  EXPECT_NEAR(mask["mean_confidence"], 0.75, 1e-6);
  EXPECT_EQ(mask["labels"][0]["label"], "nerve");
  EXPECT_EQ(mask["labels"][0]["frames"], 2);
  EXPECT_NEAR(mask["labels"][0]["largest_mm2"], 12 * kSpacing_mm * kSpacing_mm, 1e-9);
  const json volume = document("show " + volume_)["volume"];
  EXPECT_EQ(volume["dims"], (json{2, 3, 4}));
  EXPECT_EQ(volume["world"], "Tracker");
  EXPECT_NEAR(volume["labels"][0]["volume_ml"], 2 * 1e-3, 1e-12);  // two voxels of 1 mm
  const json surface = document("show " + surface_)["surface"];
  EXPECT_EQ(surface["triangles"], 4);
  EXPECT_EQ(surface["closed"], true);
  EXPECT_EQ(surface["volume_ml"], 1.0);
  EXPECT_EQ(surface["area_mm2"], 2.0);
  EXPECT_THAT(run("show " + surface_).out, HasSubstr("4 triangles, closed"));
  EXPECT_THAT(run("show " + mask_).out, HasSubstr("largest 0.03 cm²"));
}

TEST_F(Show, RecordsSayWhatTheyHold) {
  std::string id;
  {
    auto store = store::Store::open(store_);
    id = store.addRecord("measurement", "femur length", R"({"length_mm":31.5})", {{clip_}, ""});
  }
  const json record = document("show " + id);
  EXPECT_EQ(record["kind"], "measurement");
  EXPECT_EQ(record["measurement"]["name"], "femur length");
  EXPECT_EQ(record["measurement"]["content"]["length_mm"], 31.5);
  EXPECT_THAT(run("show " + id).out, HasSubstr("femur length"));
}

TEST_F(Show, MeasurementsAreKeptOnThePatientsTimeLine) {
  const std::string id = document("--author anna measure " + surface_)["measurement"];
  EXPECT_EQ(document("measure " + surface_)["measurement"], id);  // nothing is kept twice
  document("measure " + mask_);
  document("measure " + volume_);
  const std::string patient = document("show " + clip_)["clip"]["patient"];
  const json rows = document("list measurements --patient " + patient);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0]["measurement"], id);
  EXPECT_EQ(rows[0]["of"], surface_);
  EXPECT_EQ(rows[0]["day"], 0);
  EXPECT_EQ(rows[0]["author"], "anna");
  EXPECT_NEAR(rows[0]["content"]["volume_ml"], 1.0, 1e-6);  // 10 x 20 x 30 / 6 mm
  EXPECT_THAT(run("list measurements --clip " + clip_).out,
              testing::AllOf(HasSubstr("nerve"), HasSubstr("1.00"), HasSubstr("0.03")));
  EXPECT_EQ(document("list measurements --from 1"), json::array());
  EXPECT_THAT(idsOf(document("show " + id)["ancestors"]),
              testing::UnorderedElementsAre(surface_, volume_, clip_, mask_));
  EXPECT_THAT(idsOf(document("show " + surface_)["descendants"]), testing::ElementsAre(id));
  EXPECT_TRUE(document("verify")["ok"]);
  document("backup " + (folder_ / "copy").string());
  store_ = folder_ / "copy";
  EXPECT_EQ(document("list measurements"), rows);
}

TEST_F(Show, MeasuresAreRoundedForPeopleAndWholeForPrograms) {
  EXPECT_THAT(run("measure " + mask_).out,
              HasSubstr("frame 0  nerve 3.0 mm²\n  frame 1  nerve 1.0 mm²"));
  EXPECT_EQ(document("measure " + mask_)["frames"][0]["area_mm2"]["nerve"],
            12 * kSpacing_mm * kSpacing_mm);
  EXPECT_THAT(run("measure " + surface_).out, HasSubstr("nerve, 1.00 ml, 0.02 cm², "));
  EXPECT_EQ(document("measure " + surface_)["volume_ml"], 1.0);
}

TEST_F(Show, PatientsAndStudiesAreATimeLine) {
  const auto id = document("list patients")[0]["patient"].get<std::string>();
  const json patient = document("show " + id);
  EXPECT_EQ(patient["kind"], "patient");
  ASSERT_EQ(patient["exams"].size(), 2U);
  EXPECT_EQ(patient["exams"][0]["day"], 0);
  EXPECT_TRUE(patient["exams"][0]["days_since_previous"].is_null());
  EXPECT_EQ(patient["exams"][1]["day"], 56);
  EXPECT_EQ(patient["exams"][1]["days_since_previous"], 56);
  EXPECT_EQ(patient["exams"][0]["clips"][0]["clip"], clip_);
  EXPECT_THAT(run("show " + id).out, HasSubstr("day +56, 56 days after the one before"));
  const auto study_id = patient["exams"][1]["study"].get<std::string>();
  const json study = document("show " + study_id);
  EXPECT_EQ(study["kind"], "study");
  EXPECT_EQ(study["patient"], id);
  EXPECT_EQ(study["days_since_previous"], 56);
  EXPECT_EQ(study["clips"].size(), 1U);
  EXPECT_EQ(run("show P-0000").code, 5);
}

// What is known of each voxel goes into files of its own, where it was kept.
TEST_F(Show, VolumesAreExportedInParts) {
  {
    auto store = store::Store::open(folder_ / "store");
    media::Volume levels({2, 3, 4}, media::PixelType::kUint8, media::WorldFromVoxel());
    media::VoxelMaps maps{std::vector<std::uint8_t>(24, 0), {}};
    maps.distance[1] = 12;
    maps.distance[2] = media::VoxelMaps::kEmpty;
    volume_ = store.addVolume(clip_, levels, "bmode", 0.9, {}, maps);
  }
  const auto part = [&](const std::string& words) {
    return run("export " + volume_ + " --part " + words).code;
  };
  const std::string out = " --out " + (folder_ / "part.nrrd").string();
  EXPECT_EQ(part("state" + out), 0) << errors();
  EXPECT_THAT(readTextFile(folder_ / "part.nrrd"), HasSubstr("sonotwin_label_2:=interpolated\n"));
  EXPECT_EQ(part("distance" + out), 0) << errors();
  EXPECT_THAT(readTextFile(folder_ / "part.nrrd"), HasSubstr("type: float\n"));
  EXPECT_EQ(part("uncertainty" + out), 5);
  EXPECT_THAT(errors(), HasSubstr("--uncertainty"));
  EXPECT_EQ(run("export " + surface_ + " --part state --out x.stl").code, 3);
  EXPECT_EQ(part("doubt" + out), 2);
}

// What has no place in space is written without one.
TEST_F(Show, MasksAreExportedAsFramesWithoutAStep) {
  const auto out = [&](const char* name) { return (folder_ / name).string(); };
  document("export " + mask_ + " --out " + out("mask.NRRD"));
  const std::string nrrd = readTextFile(folder_ / "mask.NRRD");
  EXPECT_THAT(nrrd, HasSubstr("spacings: 0.5 0.5 nan\n"));
  EXPECT_THAT(nrrd, HasSubstr("kinds: domain domain list\n"));
  EXPECT_THAT(nrrd, HasSubstr("sonotwin_label_3:=nerve\n"));
  document("export " + mask_ + " --out " + out("mask.mha"));
  EXPECT_THAT(readTextFile(folder_ / "mask.mha"), HasSubstr("Kinds = domain domain list\n"));
  EXPECT_EQ(run("export " + mask_ + " --out " + out("mask.nii.gz")).code, 3);
  EXPECT_THAT(errors(), HasSubstr("reconstruct --source mask"));
  document("export " + surface_ + " --out " + out("organ.STL"));
  EXPECT_EQ(run("export " + surface_ + " --out " + out("new/deep/organ.nrrd")).code, 3);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "new"));
  EXPECT_THAT(errors(), HasSubstr(".stl, .ply, .obj, .glb, .vtp or .csv"));
}
}  // namespace
}  // namespace sonotwin
