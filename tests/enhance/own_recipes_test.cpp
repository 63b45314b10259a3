// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/enhance/own_recipes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <nlohmann/json.hpp>
#include <string>
#include <tuple>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "temporary_folder.h"

namespace sonotwin::enhance {
namespace {
using testing::HasSubstr;

class OwnRecipesTest : public testing::Test {
 protected:
  void SetUp() override { setenv("SONOTWIN_RECIPES", (folder / "recipes").c_str(), 1); }
  void TearDown() override { unsetenv("SONOTWIN_RECIPES"); }

  static Recipe gammaRecipe(const std::string& name, double gamma) {
    return {name, 1, "", {{"gamma", {{"gamma", gamma}}}}};
  }
  template <class Act>
  static std::string refusal(ErrorKind kind, const Act& act) {
    try {
      act();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      return error.what();
    }
    return "accepted";
  }

  test::TemporaryFolder folder;
};

TEST_F(OwnRecipesTest, AreFoundByNameOnceSaved) {
  EXPECT_TRUE(ownRecipes().recipes.empty());
  EXPECT_THROW(std::ignore = findRecipe("vessels, dark"), Error);
  saveOwnRecipe(gammaRecipe("vessels, dark", 0.5));
  EXPECT_EQ(findRecipe("vessels, dark").steps[0].parameters.at("gamma"), 0.5);
  // The file alone is a recipe, too, for whoever is given it.
  const auto file = folder / "recipes/vessels, dark.json";
  EXPECT_EQ(nlohmann::json::parse(readTextFile(file))["name"], "vessels, dark");
  EXPECT_EQ(hashOf(findRecipe(file.string())), hashOf(findRecipe("vessels, dark")));
  removeOwnRecipe("vessels, dark");
  EXPECT_THROW(std::ignore = findRecipe("vessels, dark"), Error);
  EXPECT_THROW(removeOwnRecipe("vessels, dark"), Error);
}

TEST_F(OwnRecipesTest, EachChangeIsAVersion) {
  EXPECT_EQ(saveOwnRecipe(gammaRecipe("mine", 0.5)).version, 1);
  EXPECT_EQ(saveOwnRecipe(gammaRecipe("mine", 0.5), "mine").version, 1);
  EXPECT_EQ(saveOwnRecipe(gammaRecipe("mine", 0.6), "mine").version, 2);
  EXPECT_EQ(saveOwnRecipe(gammaRecipe("ours", 0.6), "mine").version, 3);
  ASSERT_EQ(ownRecipes().recipes.size(), 1U);
  EXPECT_EQ(ownRecipes().recipes[0].name, "ours");
  EXPECT_EQ(findRecipe("ours").version, 3);
}

TEST_F(OwnRecipesTest, NamesAreRefusedInWords) {
  saveOwnRecipe(gammaRecipe("Mine", 0.5));
  const auto bad = [&](const std::string& name) {
    return refusal(ErrorKind::kBadInput, [&] { saveOwnRecipe(gammaRecipe(name, 0.5)); });
  };
  EXPECT_THAT(bad(""), HasSubstr("Give the recipe a name"));
  EXPECT_THAT(bad("../../etc"), HasSubstr("can have none of"));
  EXPECT_THAT(bad("a\nb"), HasSubstr("can have none of"));
  EXPECT_THAT(bad(".hidden"), HasSubstr("begin or end"));
  EXPECT_THAT(bad(std::string(61, 'a')), HasSubstr("60"));
  const auto clash = [&](const std::string& name, const std::string& before) {
    return refusal(ErrorKind::kConflict, [&] { saveOwnRecipe(gammaRecipe(name, 0.7), before); });
  };
  EXPECT_THAT(clash("Speckle-Contrast", ""), HasSubstr("comes with the program"));
  EXPECT_THAT(clash("mine", ""), HasSubstr("\"Mine\" already"));
  EXPECT_THAT(clash("mine", "another"), HasSubstr("\"Mine\" already"));
  EXPECT_EQ(saveOwnRecipe(gammaRecipe("mine", 0.7), "Mine").name, "mine");
  EXPECT_EQ(ownRecipes().recipes.size(), 1U);
}

TEST_F(OwnRecipesTest, AFileThatIsNoRecipeIsNamedAndPassedOver) {
  saveOwnRecipe(gammaRecipe("mine", 0.5));
  writeFileAtomically(folder / "recipes/broken.json", "{");
  writeFileAtomically(folder / "recipes/other.json", toJson(gammaRecipe("mine", 0.5)));
  writeFileAtomically(folder / "recipes/notes.txt", "nothing");
  const OwnRecipes found = ownRecipes();
  EXPECT_EQ(found.recipes.size(), 1U);
  ASSERT_EQ(found.problems.size(), 2U);
  EXPECT_THAT(found.problems[0], HasSubstr("broken.json"));
  EXPECT_THAT(found.problems[1], HasSubstr("another name than the file"));
}

TEST_F(OwnRecipesTest, ASwitchedOffStepKeepsItsPlaceAndItsNumbers) {
  Recipe recipe{"mine", 1, "", {{"median", {{"radius_px", 4.0}}, false}, {"gamma", {}}}};
  saveOwnRecipe(recipe);
  const Recipe read = findRecipe("mine");
  EXPECT_FALSE(read.steps[0].on);
  EXPECT_EQ(read.steps[0].parameters.at("radius_px"), 4.0);
  EXPECT_THAT(toJson(read), HasSubstr(R"("on":false)"));
  EXPECT_EQ(read, recipeFromJson(toJson(read)));
  recipe.steps[1].on = false;
  EXPECT_THAT(refusal(ErrorKind::kBadInput, [&] { saveOwnRecipe(recipe, "mine"); }),
              HasSubstr("switched off"));
}
}  // namespace
}  // namespace sonotwin::enhance
