// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/enhance/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <string>
#include <tuple>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::enhance {
namespace {
using testing::HasSubstr;

std::string refusal(const std::string& json) {
  try {
    std::ignore = recipeFromJson(json);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    return error.what();
  }
  return "accepted";
}

std::string withStep(const std::string& step) {
  return R"({"name":"mine","steps":[)" + step + "]}";
}

TEST(BuiltInRecipes, AreCompleteAndSurviveARoundTrip) {
  ASSERT_GE(builtInRecipes().size(), 2U);
  for (const Recipe& recipe : builtInRecipes()) {
    EXPECT_TRUE(recipe.description.ends_with('.')) << recipe.name;
    const std::string json = toJson(recipe);
    EXPECT_EQ(toJson(recipeFromJson(json)), json);
    EXPECT_EQ(toJson(findRecipe(recipe.name)), json);
    EXPECT_EQ(hashOf(recipe).size(), 64U);
  }
  EXPECT_EQ(findRecipe("network-input").steps.back().filter, "z-score");
}

TEST(Filters, TakeTheirOwnDefaultsAndLimits) {
  for (const FilterInfo& filter : filters()) {
    for (const ParameterInfo& parameter : filter.parameters) {
      EXPECT_FALSE(parameter.meaning.empty());
      EXPECT_FALSE(parameter.title.empty()) << filter.name << parameter.name;
      for (const double value : {parameter.minimum, parameter.default_value, parameter.maximum}) {
        Recipe recipe{"test", 1, "", {{filter.name, {{parameter.name, value}}}}};
        EXPECT_EQ(completed(recipe).steps[0].parameters.at(parameter.name), value);
      }
      for (const double value : {parameter.minimum - 0.5, parameter.maximum + 0.5,
                                 std::numeric_limits<double>::quiet_NaN()}) {
        Recipe recipe{"test", 1, "", {{filter.name, {{parameter.name, value}}}}};
        EXPECT_THROW(std::ignore = completed(recipe), Error) << filter.name << parameter.name;
      }
    }
  }
}

TEST(RecipeFromJson, FillsInDefaultsAndSpellsThemOut) {
  const Recipe recipe = recipeFromJson(withStep(R"({"filter":"median"})"));
  EXPECT_EQ(recipe.version, 1);
  EXPECT_EQ(recipe.steps[0].parameters.at("radius_px"), 2.0);
  EXPECT_THAT(toJson(recipe), HasSubstr(R"("radius_px":2.0)"));
}

TEST(RecipeFromJson, NamesWhatItRefuses) {
  EXPECT_THAT(refusal(withStep(R"({"filter":"sharpen"})")), HasSubstr("\"sharpen\""));
  EXPECT_THAT(refusal(withStep(R"({"filter":"median","parameters":{"radius":2}})")),
              HasSubstr("\"radius\""));
  EXPECT_THAT(refusal(withStep(R"({"filter":"median","parameters":{"radius_px":99}})")),
              HasSubstr("[1, 10]"));
  EXPECT_THAT(refusal(withStep(R"({"filter":"median","parameters":{"radius_px":1.5}})")),
              HasSubstr("whole number"));
  EXPECT_THAT(refusal(withStep(R"({"filter":"median","parameters":{"radius_px":"2"}})")),
              HasSubstr("must be a number"));
  EXPECT_THAT(refusal(withStep(R"({"filter":"median","params":{}})")), HasSubstr("\"params\""));
  EXPECT_THAT(refusal(withStep(R"({"filter":"z-score"},{"filter":"median"})")),
              HasSubstr("last step"));
  EXPECT_EQ(refusal(withStep(R"({"filter":"z-score","on":false},{"filter":"median"})")),
            "accepted");
  EXPECT_THAT(refusal(withStep(R"({"filter":"median","on":1})")), HasSubstr("true or false"));
  EXPECT_THAT(refusal(withStep(R"({"filter":"median","on":false})")), HasSubstr("switched off"));
  EXPECT_THAT(refusal(R"({"name":"mine","steps":[]})"), HasSubstr("no steps"));
  EXPECT_THAT(refusal(R"({"name":"mine"})"), HasSubstr("\"steps\""));
  EXPECT_THAT(refusal(R"({"steps":[{"filter":"median"}]})"), HasSubstr("\"name\""));
  EXPECT_THAT(refusal(R"({"name":"mine","version":0,"steps":[{"filter":"median"}]})"),
              HasSubstr("version"));
  EXPECT_THAT(refusal(R"({"name":"mine","version":1.5,"steps":[{"filter":"median"}]})"),
              HasSubstr("version"));
  EXPECT_THAT(refusal(R"({"name":"mine","author":"x","steps":[]})"), HasSubstr("\"author\""));
  EXPECT_THAT(refusal("[1, 2]"), HasSubstr("object"));
  EXPECT_THAT(refusal("{ not json"), HasSubstr("JSON"));
}

TEST(FindRecipe, ReadsAFileAndNamesWhatIsMissing) {
  const auto path = std::filesystem::path(testing::TempDir()) / "mine.json";
  writeFileAtomically(path, withStep(R"({"filter":"gamma","parameters":{"gamma":0.7}})"));
  EXPECT_EQ(findRecipe(path.string()).steps[0].parameters.at("gamma"), 0.7);
  writeFileAtomically(path, "{}");
  try {
    std::ignore = findRecipe(path.string());
    FAIL() << "an empty object is no recipe";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    EXPECT_THAT(error.what(), HasSubstr("mine.json"));
  }
  std::filesystem::remove(path);
  try {
    std::ignore = findRecipe("no-such-recipe");
    FAIL() << "the recipe does not exist";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("speckle-contrast"));
  }
}

TEST(HashOf, ChangesWithEveryParameter) {
  const Recipe a = recipeFromJson(withStep(R"({"filter":"gamma","parameters":{"gamma":0.7}})"));
  const Recipe b = recipeFromJson(withStep(R"({"filter":"gamma","parameters":{"gamma":0.71}})"));
  EXPECT_NE(hashOf(a), hashOf(b));
  EXPECT_EQ(hashOf(a), hashOf(recipeFromJson(toJson(a))));
}
}  // namespace
}  // namespace sonotwin::enhance
