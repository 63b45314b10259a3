// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "sonotwin/base/version.h"
#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Derived : public testing::Test {
 protected:
  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store";
  Store store_ = Store::create(folder_);
  Family ids_ = addFamily(store_);
};

TEST_F(Derived, MaskComesBack) {
  const media::ClipMask expected = halfMask(store_.clip(ids_.clip).info);
  const media::ClipMask mask = store_.mask(ids_.mask);
  EXPECT_EQ(mask.labels, expected.labels);
  ASSERT_EQ(mask.frames.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(mask.frames[i].frame_index, expected.frames[i].frame_index);
    EXPECT_EQ(mask.frames[i].rows, 12);
    EXPECT_EQ(mask.frames[i].cols, 10);
    EXPECT_EQ(mask.frames[i].labels, expected.frames[i].labels);
    EXPECT_EQ(mask.frames[i].confidence, expected.frames[i].confidence);
  }
  const MaskRow row = store_.masks(ids_.clip).at(0);
  EXPECT_EQ(row.id, ids_.mask);
  EXPECT_EQ(row.clip_id, ids_.clip);
  EXPECT_EQ(row.model, "phantom");
  EXPECT_EQ(row.labels, expected.labels);
  EXPECT_EQ(row.frames, 2);
  EXPECT_NEAR(row.mean_confidence, 0.51, 1e-6);
}

TEST_F(Derived, VolumeComesBack) {
  const media::Volume expected = rampVolume();
  const media::Volume volume = store_.volume(ids_.volume);
  EXPECT_EQ(volume.dims, expected.dims);
  EXPECT_EQ(volume.type, expected.type);
  EXPECT_EQ(volume.world, "Tracker");
  EXPECT_EQ(volume.labels, expected.labels);
  EXPECT_EQ(volume.world_from_voxel.matrix(), expected.world_from_voxel.matrix());
  EXPECT_EQ(volume.data, expected.data);
  const VolumeRow row = store_.volumes().at(0);
  EXPECT_EQ(row.clip_id, ids_.clip);
  EXPECT_EQ(row.source, "mask");
  EXPECT_DOUBLE_EQ(row.spacing_mm, 0.5);
  EXPECT_EQ(row.observed_fraction, 0.75);
  EXPECT_EQ(row.recipe_json, R"({"spacing_mm":0.5})");
}

TEST_F(Derived, SurfaceComesBack) {
  const media::Surface expected = tetrahedron();
  const media::Surface surface = store_.surface(ids_.surface);
  EXPECT_EQ(surface.vertices_mm, expected.vertices_mm);
  EXPECT_EQ(surface.triangles, expected.triangles);
  EXPECT_EQ(surface.label, "nerve");
  EXPECT_EQ(surface.world, "Tracker");
  const SurfaceRow row = store_.surfaces(ids_.clip).at(0);
  EXPECT_EQ(row.volume_id, ids_.volume);
  EXPECT_EQ(row.clip_id, ids_.clip);
  EXPECT_EQ(row.volume_ml, 0.1);
  EXPECT_EQ(row.area_mm2, 2.5);
}

TEST_F(Derived, EmptySurfaceAndEmptyMaskAreKept) {
  const std::string surface = store_.addSurface(ids_.volume, {}, 0.0, 0.0, {});
  EXPECT_THAT(store_.surface(surface).vertices_mm, IsEmpty());
  const std::string mask = store_.addMask(ids_.clip, {{{1, "nerve"}}, {}}, "person", {});
  EXPECT_THAT(store_.mask(mask).frames, IsEmpty());
  EXPECT_EQ(store_.masks().at(1).mean_confidence, 0.0);
  EXPECT_THAT(store_.verify(VerifyDepth::kBytes, {}), IsEmpty());
}

TEST_F(Derived, ModelComesBack) {
  const ModelRow row = store_.models().at(0);
  EXPECT_EQ(row.id, ids_.model);
  EXPECT_EQ(row.name, "phantom");
  EXPECT_EQ(row.status, "candidate");
  EXPECT_EQ(row.card_json, R"({"classes":["nerve","vessel"]})");
}

TEST_F(Derived, EnhancedClipStandsBesideItsOriginal) {
  media::Clip enhanced = noiseClip(8);
  enhanced.info.body_region = "neck";
  const Provenance made{.recipe_json = R"({"enhance":"clear"})"};
  const std::string id = store_.addDerivedClip(ids_.clip, enhanced, made, {});
  EXPECT_NE(id, ids_.clip);
  EXPECT_EQ(store_.addDerivedClip(ids_.clip, enhanced, made, {}), id);
  EXPECT_EQ(store_.clips().size(), 2U);
  EXPECT_EQ(store_.clipRow(id).series_id, store_.clipRow(ids_.clip).series_id);
  EXPECT_EQ(store_.clip(id).pixels->frame(2).data, enhanced.pixels->frame(2).data);
  EXPECT_THAT(store_.lineage(id).made_from, ElementsAre(ids_.clip));
  EXPECT_THAT(store_.lineage(ids_.clip).used_for, testing::Contains(id));
  EXPECT_EQ(store_.lineage(id).recipe_json, made.recipe_json);
  EXPECT_THAT(store_.verify(VerifyDepth::kBytes, {}), IsEmpty());
}

TEST_F(Derived, IsAddedOnce) {
  const Family again = addFamily(store_);
  EXPECT_EQ(again.clip, ids_.clip);
  EXPECT_EQ(again.model, ids_.model);
  EXPECT_EQ(again.mask, ids_.mask);
  EXPECT_EQ(again.volume, ids_.volume);
  EXPECT_EQ(again.surface, ids_.surface);
  EXPECT_EQ(store_.masks().size(), 1U);
  EXPECT_EQ(store_.volumes().size(), 1U);
  EXPECT_EQ(store_.surfaces().size(), 1U);
  EXPECT_EQ(store_.models().size(), 1U);
}

TEST_F(Derived, RecipeParentsAndContentMakeTheId) {
  const media::Volume volume = rampVolume();
  const auto id = [&](const media::Volume& v, const Provenance& provenance) {
    return store_.addVolume(ids_.clip, v, "mask", 0.75, provenance);
  };
  const Provenance made{.made_from = {ids_.mask}, .recipe_json = R"({"spacing_mm":0.5})"};
  EXPECT_EQ(id(volume, made), ids_.volume);
  EXPECT_EQ(id(volume, {.made_from = {ids_.mask, ids_.clip}, .recipe_json = made.recipe_json}),
            ids_.volume)
      << "naming the owner, or another order, changes nothing";
  EXPECT_NE(id(volume, {.made_from = {ids_.mask}, .recipe_json = R"({"spacing_mm":1})"}),
            ids_.volume);
  EXPECT_NE(id(volume, {.recipe_json = made.recipe_json}), ids_.volume);
  media::Volume other = volume;
  other.data[5] ^= std::byte{1};
  EXPECT_NE(id(other, made), ids_.volume);
}

TEST_F(Derived, KeepsWhatIsKnownOfEachVoxelBesideTheVolume) {
  const media::Volume volume = rampVolume();
  const std::size_t count = volume.voxelCount();
  media::VoxelMaps maps;
  for (std::size_t v = 0; v < count; ++v) {
    maps.distance.push_back(static_cast<std::uint8_t>(v % 7));
    maps.uncertainty.push_back(static_cast<std::uint8_t>(200 - v % 11));
  }
  const auto add = [&] { return store_.addVolume(ids_.clip, volume, "bmode", 0.5, {}, maps); };
  const std::string both = add();
  EXPECT_EQ(store_.volume(both).data, volume.data);
  EXPECT_EQ(store_.voxelMaps(both).distance, maps.distance);
  EXPECT_EQ(store_.voxelMaps(both).uncertainty, maps.uncertainty);
  maps.uncertainty.clear();
  const std::string one = add();
  EXPECT_NE(one, both);
  EXPECT_EQ(store_.volume(one).data, volume.data);
  EXPECT_EQ(store_.voxelMaps(one).distance, maps.distance);
  EXPECT_THAT(store_.voxelMaps(one).uncertainty, IsEmpty());
  EXPECT_THAT(store_.voxelMaps(ids_.volume).distance, IsEmpty());
  EXPECT_THAT(store_.verify(VerifyDepth::kBytes, {}), IsEmpty());
  maps.distance.pop_back();
  EXPECT_EQ(failureOf(add).kind, ErrorKind::kBadInput);
  maps = {{}, std::vector<std::uint8_t>(count)};
  EXPECT_EQ(failureOf(add).kind, ErrorKind::kBadInput);
}

TEST_F(Derived, LineageGoesBothWays) {
  const LineageNode mask = store_.lineage(ids_.mask);
  EXPECT_EQ(mask.kind, "mask");
  EXPECT_THAT(mask.made_from, ElementsAre(ids_.clip, ids_.model));
  EXPECT_THAT(mask.used_for, ElementsAre(ids_.volume));
  EXPECT_EQ(mask.recipe_json, R"({"t":0.5})");
  EXPECT_EQ(mask.program_version, programVersion());
  EXPECT_EQ(mask.author, "sonotwin");
  EXPECT_THAT(mask.created_utc,
              testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"));
  const LineageNode clip = store_.lineage(ids_.clip);
  EXPECT_THAT(clip.made_from, IsEmpty());
  EXPECT_THAT(clip.used_for, ElementsAre(ids_.mask, ids_.volume));
  EXPECT_EQ(clip.recipe_json, "");
  EXPECT_THAT(store_.lineage(ids_.surface).made_from, ElementsAre(ids_.volume));
  EXPECT_THAT(store_.lineage(ids_.model).used_for, ElementsAre(ids_.mask));
}

TEST_F(Derived, NamesWhatIsNotThere) {
  for (const auto& call : std::vector<std::function<void()>>{
           [&] { std::ignore = store_.clip("clip-0"); },
           [&] { std::ignore = store_.clipRow("clip-0"); },
           [&] { std::ignore = store_.mask("clip-0"); },
           [&] { std::ignore = store_.volume("clip-0"); },
           [&] { std::ignore = store_.surface("clip-0"); },
           [&] { std::ignore = store_.lineage("clip-0"); },
           [&] { store_.addMask("clip-0", {}, "", {}); },
           [&] { store_.addSurface("clip-0", {}, 0, 0, {}); },
           [&] { store_.addVolume(ids_.clip, rampVolume(), "mask", 1, {.made_from = {"clip-0"}}); },
       }) {
    const Failure failure = failureOf(call);
    EXPECT_EQ(failure.kind, ErrorKind::kNotFound);
    EXPECT_THAT(failure.text, HasSubstr("clip-0"));
  }
  EXPECT_EQ(failureOf([&] { std::ignore = store_.mask(ids_.clip); }).kind, ErrorKind::kNotFound);
  EXPECT_EQ(store_.volumes().size(), 1U) << "a volume with an unknown parent must leave no row";
}

TEST_F(Derived, RefusesAMaskThatDoesNotFit) {
  const media::ClipMask good = halfMask(store_.clip(ids_.clip).info);
  const auto refused = [&](const std::function<void(media::ClipMask&)>& spoil) {
    media::ClipMask mask = good;
    spoil(mask);
    return failureOf([&] { store_.addMask(ids_.clip, mask, "m", {}); }).kind;
  };
  const std::optional<ErrorKind> bad = ErrorKind::kBadInput;
  EXPECT_EQ(refused([](auto& mask) { mask.frames[1].frame_index = 3; }), bad);
  EXPECT_EQ(refused([](auto& mask) { mask.frames[1].frame_index = 0; }), bad);
  EXPECT_EQ(refused([](auto& mask) { std::swap(mask.frames[0].rows, mask.frames[0].cols); }), bad);
  EXPECT_EQ(refused([](auto& mask) { mask.frames[0].labels.pop_back(); }), bad);
  EXPECT_EQ(refused([](auto& mask) { mask.frames[0].labels[3] = 7; }), bad);
  EXPECT_EQ(refused([](auto& mask) { mask.labels[0].value = 1; }), bad);
  EXPECT_EQ(refused([](auto& mask) { mask.labels.push_back({256, "x"}); }), bad);
  EXPECT_EQ(store_.masks().size(), 1U);
}

TEST_F(Derived, RefusesWhatContradictsItself) {
  const std::optional<ErrorKind> bad = ErrorKind::kBadInput;
  media::Surface surface = tetrahedron();
  surface.triangles[2][1] = 4;
  EXPECT_EQ(failureOf([&] { store_.addSurface(ids_.volume, surface, 1, 1, {}); }).kind, bad);
  media::Volume volume = rampVolume();
  volume.data.pop_back();
  EXPECT_EQ(failureOf([&] { store_.addVolume(ids_.clip, volume, "mask", 1, {}); }).kind, bad);
  EXPECT_EQ(failureOf([&] { store_.addVolume(ids_.clip, rampVolume(), "x", 1, {}); }).kind, bad);
  EXPECT_EQ(failureOf([&] { store_.addModel("m", "{", {}); }).kind, bad);
  EXPECT_EQ(failureOf([&] {
              store_.addVolume(ids_.clip, rampVolume(), "mask", 1, {.recipe_json = "{'a':1}"});
            }).kind,
            bad);
  EXPECT_THAT(store_.verify(VerifyDepth::kBytes, {}), IsEmpty());
}
}  // namespace
}  // namespace sonotwin::store
