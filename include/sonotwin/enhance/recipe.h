// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sonotwin/media/clip.h"
#include "sonotwin/media/image.h"

namespace sonotwin::enhance {

/// One step of a recipe: the name of a filter and its parameters, every one spelled out.
struct Step {
  std::string filter;                        ///< e.g. "curvature-diffusion"
  std::map<std::string, double> parameters;  ///< name → value in the parameter's own unit
  bool on = true;                            ///< off: kept in its place, and passed over
  bool operator==(const Step&) const = default;
};

/// A named, versioned sequence of filters. The same recipe on the same frame gives the same bytes.
struct Recipe {
  std::string name;
  int version = 1;
  std::string description;  ///< one sentence for a person
  std::vector<Step> steps;
  bool operator==(const Recipe&) const = default;
};

/// What a filter takes, for command line help, window ranges and validation.
struct ParameterInfo {
  std::string name;   ///< in recipes
  std::string title;  ///< for a person, without its unit
  std::string unit;   ///< empty: a plain number
  double default_value = 0.0;
  double minimum = 0.0;
  double maximum = 0.0;
  std::string meaning;  ///< with unit
  bool whole = false;   ///< only whole numbers
};
struct FilterInfo {
  std::string name;   ///< in recipes
  std::string title;  ///< for a person
  std::string group;  ///< "speckle", "contrast" or "normalization"
  std::string meaning;
  std::vector<ParameterInfo> parameters;
};

/// Every filter there is, by group. "z-score" can only be the last step that is on.
[[nodiscard]] const std::vector<FilterInfo>& filters();
/// @throws Error(kBadInput) naming those there are
[[nodiscard]] const FilterInfo& filterNamed(const std::string& name);
/// The recipes that come with the program, e.g. "speckle-contrast" and "network-input".
[[nodiscard]] const std::vector<Recipe>& builtInRecipes();

/// A built-in recipe by name, else a person's own (own_recipes.h), else one read from a JSON file.
/// Unknown keys, filters, parameters and values out of range are refused by name; parameters left
/// out get their defaults.
/// @throws Error(kNotFound | kBadInput)
[[nodiscard]] Recipe findRecipe(const std::string& name_or_path);
/// The recipe in JSON text, checked as `findRecipe` does. @throws Error(kBadInput)
[[nodiscard]] Recipe recipeFromJson(const std::string& json);
/// Canonical JSON (sorted keys, every parameter), as recorded in lineage and read by findRecipe.
[[nodiscard]] std::string toJson(const Recipe& recipe);
/// SHA-256 of the canonical JSON, in hexadecimal: the same recipe, the same hash.
[[nodiscard]] std::string hashOf(const Recipe& recipe);
/// The recipe with every parameter spelled out. @throws Error(kBadInput) naming what is wrong.
[[nodiscard]] Recipe completed(const Recipe& recipe);
/// A recipe's own JSON file. @throws Error(kBadInput) naming the file; Error(kNotFound)
[[nodiscard]] Recipe readRecipe(const std::filesystem::path& file);

/// Applies a recipe to one frame, inside `sector`: statistics come from there, neighbourhoods do
/// not reach over its border, and pixels outside keep their grey level.
///
/// Grey levels are on the 8-bit scale: colour becomes luminance first, 16-bit is scaled by the
/// frame's own maximum (as `media::toGray8`), float is taken to be on that scale.
/// @returns [rows x cols] float image; recipes that end in "z-score" leave zero mean, unit variance
///          inside the sector (all zero where the variance is), others stay within [0, 255].
/// @throws Error(kBadInput) for a wrong recipe or a sector without pixels.
/// Deterministic; any thread.
[[nodiscard]] media::Image apply(const Recipe& recipe, const media::Image& frame,
                                 const media::ScanSector& sector);

/// The result as a picture: values in [0, 255] rounded; a z-scored one maps ±3 to black and white
/// inside `sector` and keeps the grey levels outside it.
[[nodiscard]] media::Image toPicture(const Recipe& recipe, const media::Image& enhanced,
                                     const media::ScanSector& sector = {});

}  // namespace sonotwin::enhance
