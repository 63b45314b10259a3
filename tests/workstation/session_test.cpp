// SPDX-License-Identifier: Apache-2.0
#include "presenters/session.h"

#include <gtest/gtest.h>

#include <numbers>

#include "presenters/annotation.h"
#include "presenters/clip_list.h"
#include "presenters/patient_table.h"
#include "presenters/review.h"
#include "presenters/scan_planner.h"
#include "presenters/slices.h"
#include "presenters/words.h"
#include "synthetic_store.h"
#include "temporary_folder.h"
#include "wait.h"

namespace sonotwin::workstation {
namespace {
using testing::makeStore;
using testing::waitFor;

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() : ids(makeStore(folder / "store")) { session.open(folder / "store"); }

  test::TemporaryFolder folder;
  testing::StoreIds ids;
  Session session;
};

TEST_F(SessionTest, OpensOnAPatientsNewestExam) {
  ASSERT_EQ(session.patients().size(), 2U);
  EXPECT_FALSE(session.patientId().empty());
  EXPECT_FALSE(session.clipId().empty());
  EXPECT_EQ(session.totals().clips, 2);
}

TEST_F(SessionTest, OnePatientRunsThroughAll) {
  session.selectClip(ids.sweep);
  EXPECT_EQ(session.patientId(), ids.sweep_patient);
  EXPECT_EQ(session.masks().front().id, ids.mask);
  EXPECT_EQ(session.surfaces().front().id, ids.surface);
  session.selectPatient(ids.cine_patient);
  EXPECT_EQ(session.clipId(), ids.cine);
  EXPECT_TRUE(session.masks().empty());
}

TEST_F(SessionTest, ReloadKeepsWhatIsSelectedAndTellsWhatIsNew) {
  session.selectClip(ids.sweep);
  int clip_changes = 0, derived_changes = 0;
  QObject::connect(&session, &Session::clipChanged, [&] { ++clip_changes; });
  QObject::connect(&session, &Session::derivedChanged, [&] { ++derived_changes; });
  session.reload();
  EXPECT_EQ(derived_changes, 0);
  auto store = store::Store::open(folder / "store");
  media::ClipMask other = testing::makeMask();
  other.frames[0].labels[0] = 1;
  store.addMask(ids.sweep, other, "second", {{ids.sweep}, "{}", "test"});
  session.reload();
  EXPECT_EQ(clip_changes, 0);
  EXPECT_EQ(derived_changes, 1);
  EXPECT_EQ(session.masks().size(), 2U);
  EXPECT_EQ(session.clipId(), ids.sweep);
}

TEST_F(SessionTest, AChangeIsMadeInThePersonsNameAndRead) {
  session.preferences().setAuthor("anna");
  session.selectClip(ids.cine);
  session.change([this](store::Store& store) { store.setView(ids.cine, "LIVER", "subcostal"); });
  ASSERT_TRUE(waitFor(&session, &Session::changed, [&] { return !session.changing(); }));
  session.preferences().setAuthor({});
  EXPECT_EQ(session.clip()->body_region, "LIVER");
  EXPECT_EQ(session.store().audit(1).at(0).author, "anna");
}

TEST_F(SessionTest, AChangeThatCannotBeMadeIsSaid) {
  QString why;
  QObject::connect(&session, &Session::refused, [&](const QString& said) { why = said; });
  bool done = false;
  session.change([](store::Store& store) { store.unmergePatient("P-0000-0000"); },
                 [&] { done = true; });
  ASSERT_TRUE(waitFor(&session, &Session::changed, [&] { return !session.changing(); }));
  EXPECT_TRUE(why.contains("P-0000-0000"));
  EXPECT_FALSE(done);
}

TEST(PreferencesTest, TheNameIsKeptAndIsNobodysUntilChosen) {
  Preferences preferences;
  EXPECT_FALSE(preferences.authorChosen());
  EXPECT_EQ(preferences.author(), "workstation");
  preferences.setAuthor("  Anna \n B. ");
  EXPECT_EQ(Preferences().author(), "Anna B.");
  preferences.setAuthor("Sonotwin");  // the program's own word in the log
  EXPECT_FALSE(Preferences().authorChosen());
}

TEST_F(SessionTest, SearchFindsByPseudonymAndRegion) {
  PatientTable table;
  PatientFilter filter;
  filter.setSourceModel(&table);
  table.setPatients(session.patients());
  ASSERT_EQ(filter.rowCount(), 2);
  filter.setSearch("HEAD fet");
  ASSERT_EQ(filter.rowCount(), 1);
  const QModelIndex row = filter.index(0, 0);
  EXPECT_EQ(row.data(PatientTable::kIdRole).toString().toStdString(), ids.sweep_patient);
  EXPECT_EQ(
      row.siblingAtColumn(PatientTable::kBadges).data(PatientTable::kBadgesRole).toStringList(),
      QStringList({"3D", "tracked"}));
  filter.setSearch(words::from(ids.cine_patient).mid(2, 4));
  ASSERT_EQ(filter.rowCount(), 1);
  filter.setSearch("nobody");
  EXPECT_EQ(filter.rowCount(), 0);
}

TEST_F(SessionTest, CardsGetThePictureOfTheMiddleFrame) {
  session.selectClip(ids.cine);
  ClipList cards(session);
  session.selectClip(ids.sweep);
  const QModelIndex card = cards.indexOf(ids.sweep);
  ASSERT_TRUE(card.isValid());
  ASSERT_TRUE(waitFor(&cards, &ClipList::dataChanged,
                      [&] { return card.data(Qt::DecorationRole).isValid(); }));
  const QImage picture = card.data(Qt::DecorationRole).value<QImage>();
  EXPECT_EQ(qGray(picture.pixel(picture.width() / 2, picture.height() / 2)),
            20 * (testing::kFrames / 2));
}

class PlayerTest : public SessionTest {
 protected:
  PlayerTest() : content(session), player(session, content), review(player), annotation(player) {
    session.selectClip(ids.cine);
    session.selectClip(ids.sweep);
    const bool loaded = waitFor(&session.reader(), &Background::settled,
                                [&] { return content.clip() && content.mask(); });
    const bool shown =
        waitFor(&player, &ClipPlayer::pictureChanged, [&] { return player.picture() != nullptr; });
    EXPECT_TRUE(loaded && shown);
  }

  ClipContent content;
  ClipPlayer player;
  Review review;
  Annotation annotation;
};

TEST_F(PlayerTest, SaysWhatIsSeen) {
  EXPECT_EQ(review.topLeft(), QString("Exam 1 · day 0 · frame 1 / %1").arg(testing::kFrames));
  EXPECT_EQ(review.bottomLeft(), "test-net · confidence 0.90");
  EXPECT_EQ(review.bottomRight(), "0.500 × 0.250 mm a pixel");
  review.showOverlay(false);
  EXPECT_EQ(review.bottomLeft(), "");
}

// Oracle: 20 x 10 pixels of 0.5 x 0.25 mm are 25 mm².
TEST_F(PlayerTest, MeasuresTheLabelsArea) {
  ASSERT_EQ(review.areas().size(), 1U);
  EXPECT_EQ(review.areas()[0].name, words::label(testing::kLabel));
  EXPECT_EQ(review.areas()[0].area, words::squareCentimetres(25.0));
}

TEST_F(PlayerTest, KeepsDistancesOfEachClip) {
  review.calipers().add({0, {0, 0}, {10, 0}});
  session.selectClip(ids.cine);
  EXPECT_TRUE(review.calipers().all().empty());
  session.selectClip(ids.sweep);
  EXPECT_EQ(review.calipers().all().size(), 1U);
}

// Oracle: a brush of diameter d drawn over a way l paints a capsule of area d l + π d² / 4.
TEST_F(PlayerTest, AStrokePaintsACapsuleAndUndoTakesItAway) {
  const auto before = annotation.frameMask()->labels;
  annotation.addLabel("other");
  annotation.setSize(12);
  annotation.beginStroke({20, 36});
  annotation.moveStroke({30, 36});
  annotation.moveStroke({44, 36});
  annotation.endStroke();
  const auto painted = std::ranges::count(annotation.frameMask()->labels, std::uint8_t(2));
  EXPECT_NEAR(double(painted), 12.0 * 24.0 + std::numbers::pi * 36.0, 16.0);
  EXPECT_EQ(annotation.unsavedStrokes(), 1);
  annotation.undoStack().undo();
  EXPECT_EQ(annotation.frameMask()->labels, before);
  EXPECT_EQ(annotation.unsavedStrokes(), 0);
}

TEST_F(PlayerTest, SavedStrokesAreANewVersionWithItsLineage) {
  annotation.setTool(Tool::kEraser);
  annotation.setSize(30);
  annotation.beginStroke({20, 10});
  annotation.endStroke();
  const auto drawn = annotation.frameMask()->labels;
  annotation.save();
  ASSERT_TRUE(
      waitFor(&session, &Session::derivedChanged, [&] { return session.masks().size() == 2; }));
  const auto other = std::ranges::find(session.masks(), "workstation", &store::MaskRow::model);
  ASSERT_NE(other, session.masks().end());
  const auto store = store::Store::open(folder / "store");
  EXPECT_EQ(store.mask(other->id).frames.at(0).labels, drawn);
  const auto parents = store.lineage(other->id).made_from;
  EXPECT_NE(std::ranges::find(parents, ids.mask), parents.end());
}

TEST_F(PlayerTest, EditingAgainFollowsUponTheVersionBefore) {
  const auto drawAndSave = [&](double x) {
    annotation.beginStroke({x, 36});
    annotation.endStroke();
    annotation.save();
  };
  const auto saved = [&](std::size_t versions) {
    return waitFor(&session.reader(), &Background::settled, [&] {
      return session.annotations().size() == versions && content.mask() &&
             content.maskRow()->id == session.annotations().back().id;
    });
  };
  session.preferences().setAuthor("anna");
  drawAndSave(20);
  ASSERT_TRUE(saved(1));
  session.preferences().setAuthor("ben");
  drawAndSave(40);
  drawAndSave(50);  // before the one above is in the store
  ASSERT_TRUE(saved(3));
  session.preferences().setAuthor({});
  const auto rows = store::Store::open(folder / "store").annotations(ids.sweep);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].version, 1);
  EXPECT_EQ(rows[0].author, "anna");
  for (std::size_t i : {1U, 2U}) {
    EXPECT_EQ(rows[i].parent_id, rows[i - 1].id);
    EXPECT_EQ(rows[i].version, static_cast<int>(i) + 1);
    EXPECT_EQ(rows[i].author, "ben");
  }
  EXPECT_EQ(review.bottomLeft(), QStringLiteral("v3 · ben"));  // a person has no confidence
}

TEST_F(PlayerTest, LeavingTheClipSavesWhatWasDrawn) {
  annotation.beginStroke({40, 40});
  annotation.endStroke();
  session.selectClip(ids.cine);
  ASSERT_TRUE(waitFor(&session.jobs(), &JobRunner::idle, [&] { return !session.jobs().busy(); }));
  EXPECT_EQ(store::Store::open(folder / "store").masks(ids.sweep).size(), 2U);
}

// Oracle: the volume is linear in the world, so that every pixel of any cut is known.
TEST(SlicesTest, CutThroughThePointAndFollowIt) {
  Slices slices;
  slices.setVolume(std::make_shared<const media::Volume>(testing::makeRamp()), std::nullopt);
  const Eigen::Vector3d point(9, 4, 7);
  slices.setPoint(point);
  for (int i = 0; i < Slices::kCount; ++i) {
    const QPointF cross = slices.cross(i);
    const Picture picture = slices.picture(i);
    const auto at = std::size_t(std::lround(cross.y())) * std::size_t(picture->cols) +
                    std::size_t(std::lround(cross.x()));
    EXPECT_NEAR(picture->samples<std::uint8_t>()[at], 2 * 9 + 3 * 4 + 4 * 7, 6.0) << i;
  }
  slices.pointAt(2, slices.cross(2) + QPointF(2, 0));
  EXPECT_NEAR((slices.point_mm() - point).norm(), 2.0, 1e-9);
  slices.setPoint({900, 0, 0});  // outside: stays
  EXPECT_NEAR((slices.point_mm() - point).norm(), 2.0, 1e-9);
}

TEST_F(PlayerTest, PlansOverTheSurfaceFromWhereTheProbeWas) {
  SpaceContent space(session);
  ScanPlanner planner(session, content, space);
  space.want();
  ASSERT_TRUE(waitFor(&space, &SpaceContent::changed, [&] { return !space.surfaces().empty(); }));
  EXPECT_NEAR(space.surfaces()[0].extents_mm[0], 2.0 * testing::kSphereRadius_mm, 0.2);
  robot::PlanOptions options = planner.options();
  options.footprint_mm = 8.0;
  planner.setOptions(options);
  planner.plan();
  ASSERT_TRUE(waitFor(&planner, &ScanPlanner::changed, [&] { return !planner.planning(); }));
  ASSERT_TRUE(planner.result());
  EXPECT_GE(planner.result()->lane_count, 2);
  // Depth of the sweep's frames is +y: the probe looks that way within the tilt limit.
  for (const PlanSample& sample : planner.samples()) {
    if (!sample.standoff_mm) continue;
    EXPECT_NEAR(*sample.standoff_mm, options.standoff_mm, 1.0);
    EXPECT_LE(*sample.tilt_deg, options.max_tilt_deg + 0.5);
  }
  EXPECT_NEAR(planner.plannedOptions().approach.y(), 1.0, 1e-6);
  planner.exportPlan(folder / "plan.json");
  EXPECT_GT(std::filesystem::file_size(folder / "plan.json"), 100U);
  options.footprint_mm = 10.0;
  planner.setOptions(options);
  EXPECT_FALSE(planner.upToDate());
}

TEST(Words, CarryUnits) {
  EXPECT_EQ(words::day(0), "day 0");
  EXPECT_EQ(words::day(28), "day +28");
  EXPECT_EQ(words::day(0, false), "day unknown");
  EXPECT_EQ(words::clock(62.034), "01:02.03");
  EXPECT_EQ(words::count(1286, "exam", "exams"), "1,286 exams");
  EXPECT_EQ(words::count(1, "exam", "exams"), "1 exam");
  EXPECT_EQ(words::squareCentimetres(17860), "178.6 cm²");
  EXPECT_EQ(words::region("FETAL HEAD"), "Fetal head");
}
}  // namespace
}  // namespace sonotwin::workstation
