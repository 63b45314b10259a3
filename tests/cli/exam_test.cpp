// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dicom_command_line.h"

namespace sonotwin {
namespace {
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

/// Two people with one exam each, ten days apart.
class Exams : public DicomCommandLine {
 protected:
  void SetUp() override {
    DicomCommandLine::SetUp();
    document("ingest " +
             writeObject("a.dcm", {.patient = "4711", .study_uid = "1.2.3.4", .date = "20240229"}) +
             " " +
             writeObject("b.dcm", {.patient = "4712", .study_uid = "1.2.3.5", .date = "20240310"}));
    const json clips = document("list clips");
    ASSERT_EQ(clips.size(), 2U);
    first_ = clips[0];
    second_ = clips[1];
  }
  static std::string text(const json& row, const char* field) {
    return row[field].get<std::string>();
  }
  std::size_t countOf(const std::string& conditions) {
    return document("list clips --count " + conditions)["count"];
  }

  json first_, second_;
};

TEST_F(Exams, PseudonymsOfOnePersonAreMergedAndUnmerged) {
  const std::string into = text(first_, "patient"), from = text(second_, "patient");
  const json person = document("merge " + into + " " + from);
  EXPECT_EQ(person["patient"], into);
  EXPECT_EQ(person["merged"], json::array({from}));
  ASSERT_EQ(person["exams"].size(), 2U);
  EXPECT_EQ(person["exams"][1]["day"], 10);  // 29 February to 10 March
  EXPECT_EQ(document("list patients").size(), 1U);
  EXPECT_EQ(document("list patients")[0]["merged"], json::array({from}));
  EXPECT_EQ(countOf("--patient " + from), 2U);  // either name finds the person
  EXPECT_EQ(document("show " + from)["id"], into);
  EXPECT_EQ(run("merge " + into + " " + from).code, 3);
  EXPECT_EQ(document("unmerge " + from)["exams"].size(), 1U);
  EXPECT_EQ(document("list patients").size(), 2U);
  EXPECT_EQ(countOf("--patient " + from), 1U);
  EXPECT_EQ(run("unmerge " + from).code, 3);
  EXPECT_EQ(run("merge " + into + " P-0000-0000").code, 5);
}

TEST_F(Exams, AnExportIsInTheNameOfThePersonThatWasMergedInto) {
  const std::string into = text(first_, "patient"), from = text(second_, "patient");
  const std::string out = (folder_ / "x.dcm").string(), clip = text(second_, "clip");
  const auto exported = [&] {
    EXPECT_EQ(run("export " + clip + " --out " + out).code, 0) << errors();
    return readTextFile(out);
  };
  const std::string before = exported();
  EXPECT_THAT(before, HasSubstr(from));
  document("merge " + into + " " + from);
  EXPECT_THAT(exported(), AllOf(HasSubstr(into), testing::Not(HasSubstr(from))));
  document("unmerge " + from);
  EXPECT_EQ(exported(), before);
}

TEST_F(Exams, AClipIsToldWhatItShows) {
  const std::string clip = text(first_, "clip");
  EXPECT_EQ(run("set " + clip).code, 2);
  EXPECT_EQ(document("set " + clip + " --region LIVER --view intercostal")["view"], "intercostal");
  const json kept = document("set " + clip + " --view subcostal");
  EXPECT_EQ(kept["region"], "LIVER");
  EXPECT_EQ(kept["view"], "subcostal");
  EXPECT_EQ(document("set " + clip + " --view ''")["view"], "");
  EXPECT_EQ(document("set " + clip + " --region KIDNEY")["view"], "");
  EXPECT_EQ(run("set clip-0000 --region LIVER").code, 5);
}

TEST_F(Exams, AClipIsToldItsOrientationAndTheHeaderStaysInSight) {
  const std::string clip = text(first_, "clip");
  document("--author anna set " + clip + " --orientation 'long axis' --region LIVER");
  const json shown = document("show " + clip)["clip"];
  EXPECT_EQ(shown["orientation"], "LONG AXIS");
  EXPECT_EQ(shown["said"]["orientation"]["author"], "anna");
  EXPECT_EQ(shown["said"]["orientation"]["from_header"], shown["orientation_from_header"]);
  EXPECT_EQ(shown["said"]["region"]["from_header"], shown["region_from_header"]);
  EXPECT_THAT(run("show " + clip).out,
              AllOf(HasSubstr("orientation LONG AXIS, said by anna, 20"),
                    HasSubstr("region LIVER, said by anna"), HasSubstr("; from the header: ")));
  EXPECT_EQ(countOf("--orientation 'Long Axis'"), 1U);
  EXPECT_THAT(run("list clips").out, HasSubstr("LONG AXIS"));
  const json back = document("set " + clip + " --orientation header --region header");
  EXPECT_EQ(back["orientation"], back["orientation_from_header"]);
  EXPECT_EQ(back["region"], first_["region"]);
  EXPECT_FALSE(back["said"]["orientation"].contains("author"));
  EXPECT_EQ(countOf("--orientation 'long axis'"), 0U);
  EXPECT_EQ(run("set " + clip + " --orientation sideways").code, 3);
  EXPECT_THAT(errors(), HasSubstr("PARASAGITTAL"));
}

TEST_F(Exams, AProtocolSaysWhatIsMissing) {
  const std::string clip = text(first_, "clip"), study = text(first_, "study");
  const std::string file = (folder_ / "liver.json").string();
  const json protocol = {{"name", "liver"},
                         {"views",
                          {{{"name", "any liver"}, {"region", "LIVER"}, {"view", ""}},
                           {{"name", "left lobe"}, {"region", "LIVER"}, {"view", "subcostal"}}}}};
  writeFileAtomically(file, protocol.dump());
  document("protocol save " + file);
  EXPECT_EQ(document("protocol list"), json::array({protocol}));
  EXPECT_EQ(document("protocol check " + study + " liver")["missing"], 2);
  document("set " + clip + " --region LIVER --view intercostal");
  const json one = document("protocol check " + study + " liver");
  EXPECT_EQ(one["missing"], 1);
  EXPECT_EQ(one["views"][0]["clips"], json::array({clip}));
  EXPECT_TRUE(one["views"][1]["clips"].empty());
  EXPECT_THAT(run("protocol check " + study + " liver").out,
              AllOf(HasSubstr("missing"), HasSubstr("1 view is missing.")));
  document("set " + clip + " --view subcostal");
  const json other = document("protocol check " + study + " liver");
  EXPECT_EQ(other["missing"], 1);  // a clip stands for one view
  EXPECT_EQ(other["views"][1]["clips"], json::array({clip}));
  EXPECT_EQ(run("protocol check " + study).code, 3);
  EXPECT_THAT(errors(), HasSubstr("protocol hold " + study));
  EXPECT_EQ(run("protocol hold " + study).code, 2);
  EXPECT_EQ(run("protocol hold " + study + " liver --take-back").code, 2);
  EXPECT_EQ(run("protocol hold " + study + " lung").code, 5);
  EXPECT_EQ(document("--author anna protocol hold " + study + " liver")["protocol"], "liver");
  EXPECT_EQ(document("protocol check " + study), other);
  EXPECT_EQ(document("show " + study)["protocol"], "liver");
  EXPECT_THAT(run("audit --limit 1").out, AllOf(HasSubstr("anna"), HasSubstr("exam held to")));
  document("protocol hold " + study + " ''");
  EXPECT_EQ(document("show " + study)["protocol"], "");
  EXPECT_EQ(run("protocol check " + study).code, 3);
  document("protocol hold " + study + " --take-back");
  EXPECT_EQ(document("list studies")[0]["protocol"], nullptr);
  document("protocol remove liver");
  EXPECT_EQ(document("protocol list"), json::array());
  EXPECT_EQ(run("protocol remove liver").code, 5);
  EXPECT_EQ(run("protocol check " + study + " liver").code, 5);
}

using Protocols = DicomCommandLine;

TEST_F(Protocols, OneThatCannotBeReadIsRefusedInWords) {
  const std::string file = (folder_ / "p.json").string();
  for (const auto& [content, expected] :
       {std::pair{"rubbish", "not JSON"}, std::pair{"[]", "{...} expected"},
        std::pair{R"({"name":"p"})", "at least one view"},
        std::pair{R"({"name":1,"views":[]})", "\"name\" is not text"},
        std::pair{R"({"name":"p","views":{}})", "\"views\" is not a list"},
        std::pair{R"({"name":"p","views":[{"name":"v","regoin":"LIVER"}]})",
                  "\"regoin\" is none of name, region, view"},
        std::pair{R"({"name":"p","views":[{"name":"v"}]})", "needs a name and a body region"}}) {
    writeFileAtomically(file, content);
    EXPECT_EQ(run("protocol save " + file).code, 3) << content;
    EXPECT_THAT(errors(), HasSubstr(expected)) << content;
  }
  EXPECT_EQ(run("protocol save " + file + ".absent").code, 5);
  EXPECT_EQ(document("protocol list"), json::array());
}

TEST_F(Exams, ClipsAreListedByEachCondition) {
  const std::string clip = text(first_, "clip");
  document("set " + clip + " --region LIVER --view subcostal");
  {
    media::ClipMask mask;
    mask.labels = {{1, "vein"}};
    mask.frames.push_back({0, kRows, kCols, std::vector<std::uint8_t>(kRows * kCols, 1), 1.0F});
    store::Store::open(folder_ / "store").addAnnotation(clip, mask, "anna");
  }
  for (const auto& [conditions, expected] :
       {std::pair{"", 2U}, std::pair{"--region LIVER", 1U}, std::pair{"--region KIDNEY", 0U},
        std::pair{"--view subcostal", 1U}, std::pair{"--text LIV", 1U},
        std::pair{"--text 'liv subcost'", 1U}, std::pair{"--text zzz", 0U},
        std::pair{"--label vein", 1U}, std::pair{"--label bone", 0U}, std::pair{"--annotated", 1U},
        std::pair{"--unannotated", 1U}, std::pair{"--tracked", 0U}, std::pair{"--untracked", 2U},
        std::pair{"--device none", 0U}, std::pair{"--from 1", 0U}, std::pair{"--to 0", 2U},
        std::pair{"--limit 1", 2U}}) {
    EXPECT_EQ(countOf(conditions), expected) << conditions;
  }
  EXPECT_EQ(document("list clips --limit 1").size(), 1U);
  EXPECT_EQ(document("list clips --annotated")[0]["clip"], clip);
  EXPECT_EQ(run("list clips --tracked --untracked").code, 2);
  EXPECT_EQ(run("list clips --patient P-0000-0000").code, 5);
  EXPECT_EQ(run("list models --region LIVER").code, 2);
}

// What belongs to clips is found by what is known of them.
TEST_F(Exams, OtherKindsAreListedByTheirClips) {
  document("set " + text(first_, "clip") + " --region LIVER");
  for (const std::string kind : {"patients", "studies"}) {
    const json rows = document("list " + kind + " --region LIVER");
    ASSERT_EQ(rows.size(), 1U) << kind;
    EXPECT_EQ(rows[0]["patient"], first_["patient"]);
    EXPECT_EQ(document("list " + kind + " --count")["count"], 2);
    EXPECT_EQ(document("list " + kind + " --clip " + text(second_, "clip"))[0]["patient"],
              second_["patient"]);
  }
  EXPECT_EQ(document("list masks --region LIVER"), json::array());
}

TEST_F(Exams, SearchesAreKeptUnderAName) {
  const std::string clip = text(first_, "clip");
  EXPECT_EQ(document("search save livers --region LIVER --untracked --from 0")["count"], 0);
  document("set " + clip + " --region LIVER");
  EXPECT_EQ(document("--author anna search save other --text x")["name"], "other");
  const json searches = document("search list");
  ASSERT_EQ(searches.size(), 2U);
  EXPECT_EQ(searches[0]["query"], (json{{"region", "LIVER"}, {"tracked", false}, {"from", 0}}));
  EXPECT_EQ(searches[1]["author"], "anna");
  const json found = document("search run livers");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["clip"], clip);
  EXPECT_EQ(document("search run livers --count")["count"], 1);
  EXPECT_EQ(document("search run livers --limit 0"), json::array());
  document("search remove livers");
  EXPECT_EQ(document("search list").size(), 1U);
  EXPECT_EQ(run("search run livers").code, 5);
  EXPECT_EQ(run("search remove livers").code, 5);
  EXPECT_EQ(run("search save wrong --patient P-0000-0000").code, 5);
}
}  // namespace
}  // namespace sonotwin
