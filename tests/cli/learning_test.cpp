// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "command_line.h"
#include "sonotwin/store/store.h"

namespace sonotwin {
namespace {
using nlohmann::json;
using testing::HasSubstr;

/// A store with two pictures, whose first has a mask that somebody drew: label 1 on 10 pixels.
class DrawnOn : public CommandLine {
 protected:
  void SetUp() override {
    writePictures(2);
    run("init");
    const json added = document("ingest " + inputs())["added"];
    clip_ = added[0]["clip"];
    media::ClipMask mask;
    mask.labels = {{1, "nerve, left"}};
    mask.frames.push_back({0, 48, 64, std::vector<std::uint8_t>(48 * 64), 1.0F});
    std::fill_n(mask.frames[0].labels.begin(), 10, std::uint8_t{1});
    store::Store store = store::Store::open(store_);
    mask_ = store.addAnnotation(clip_, mask, "anna");
    patient_ = store.clipRow(clip_).patient_id;
  }
  std::string build(const std::string& words = "") {
    return "dataset build --from-store --out " + (folder_ / "set.st").string() + " " + words;
  }

  std::string clip_, mask_, patient_;
};

TEST_F(DrawnOn, OnlyWhatIsFinalBecomesATrainingSet) {
  EXPECT_EQ(run(build()).code, 5);
  EXPECT_THAT(errors(), HasSubstr("None of the 1 clips"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "set.st"));
  store::Store::open(store_).setAnnotationState(mask_, "final");
  const json built = document(build());
  EXPECT_EQ(built["masks"], json::array({mask_}));
  EXPECT_EQ(built["cases"]["train"], 1);
  EXPECT_EQ(built["left_out"]["empty_frames"], 0);
  EXPECT_EQ(built["near_duplicates"]["pairs"], 0);
  EXPECT_TRUE(document(build("--keep-groups"))["near_duplicates"].is_null());
  EXPECT_EQ(run(build("--region LIVER")).code, 5);
  EXPECT_EQ(run(build("--patient P-0000-0000")).code, 5);
}

TEST_F(DrawnOn, FeaturesAreATableByPatientAndExam) {
  const std::string csv = (folder_ / "features.csv").string();
  const json rows = document("features --out " + csv)["rows"];
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]["patient"], patient_);
  EXPECT_EQ(rows[0]["clip"], clip_);
  EXPECT_EQ(rows[0]["mask"], mask_);
  EXPECT_EQ(rows[0]["label"], "nerve, left");
  EXPECT_EQ(rows[0]["area_px"], 10.0);
  EXPECT_TRUE(rows[0]["area_mm2"].is_null());  // a picture has no calibration
  const std::string table = readTextFile(csv);
  EXPECT_TRUE(table.starts_with("patient,exam,day,clip,mask,frame,label,area_px,area_mm2,"));
  EXPECT_THAT(table, HasSubstr(mask_ + ",0,\"nerve, left\",10,,"));
  EXPECT_EQ(document("features --mask " + mask_)["rows"], rows);
  EXPECT_EQ(document("features --clip " + clip_)["rows"], rows);
  EXPECT_EQ(run("features").code, 2);  // where to
  const json seen = document("features --model phantom --clip " + clip_)["rows"][0];
  EXPECT_EQ(seen["area_px"], 10.0);
  EXPECT_TRUE(seen["network_picture_127"].is_number());  // as many as its coarsest stage has maps
  EXPECT_TRUE(seen["network_label_127"].is_number());
  EXPECT_FALSE(seen.contains("network_label_128"));
  EXPECT_NE(seen["network_label_0"], seen["network_picture_0"]);
  EXPECT_EQ(run("features --out " + csv + " --mask " + clip_).code, 3);
  EXPECT_EQ(run("features --out " + csv + " --clip absent").code, 5);
  EXPECT_EQ(run("features --out " + csv + " --region LIVER").code, 5);
}

TEST_F(CommandLine, FoldsAreGivenByNumberAndCount) {
  EXPECT_EQ(run("train --dataset x --out y --fold 1").code, 2);
  EXPECT_EQ(run("train --dataset x --out y --folds 5").code, 2);
  EXPECT_EQ(run("train --dataset x --out y --fold 0 --folds 5").code, 2);
  EXPECT_EQ(run("train --dataset x --out y --fold 1 --folds 1").code, 2);
}
}  // namespace
}  // namespace sonotwin
