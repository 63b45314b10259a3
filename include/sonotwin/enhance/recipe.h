// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "sonotwin/media/clip.h"
#include "sonotwin/media/image.h"

namespace sonotwin::enhance {

/// One step of a recipe: the name of a filter and its parameters, every one spelled out.
struct Step {
  std::string filter;                        ///< e.g. "curvature-diffusion"
  std::map<std::string, double> parameters;  ///< name → value in the parameter's own unit
};

/// A named, versioned sequence of filters. The same recipe on the same frame gives the same bytes.
struct Recipe {
  std::string name;
  int version = 1;
  std::string description;  ///< one sentence for a person
  std::vector<Step> steps;
};

/// What a filter takes, for command line help, window ranges and validation.
struct ParameterInfo {
  std::string name;
  double default_value = 0.0;
  double minimum = 0.0;
  double maximum = 0.0;
  std::string meaning;  ///< with unit
};
struct FilterInfo {
  std::string name;
  std::string meaning;
  std::vector<ParameterInfo> parameters;
};

[[nodiscard]] const std::vector<FilterInfo>& filters();
/// The recipes that come with the program, e.g. "speckle-contrast" and "network-input".
[[nodiscard]] const std::vector<Recipe>& builtInRecipes();

/// A built-in recipe by name, or one read from a JSON file. Unknown filters, parameters and values
/// out of range are refused by name. @throws Error(kNotFound | kBadInput)
[[nodiscard]] Recipe findRecipe(const std::string& name_or_path);
/// Canonical JSON (sorted keys), as recorded in lineage and read by findRecipe.
[[nodiscard]] std::string toJson(const Recipe& recipe);

/// Applies a recipe to one frame, inside `sector` (statistics come from there; outside is kept).
/// Grey levels are on the 8-bit scale; colour becomes luminance first.
/// @returns [rows x cols] float image; recipes that end in "z-score" leave zero mean, unit variance
///          inside the sector, others stay within [0, 255].
/// @throws Error(kBadInput). Pure and deterministic; any thread.
[[nodiscard]] media::Image apply(const Recipe& recipe, const media::Image& frame,
                                 const media::ScanSector& sector);

/// The result as a picture: values in [0, 255] rounded; a z-scored one maps ±3 to black and white.
[[nodiscard]] media::Image toPicture(const Recipe& recipe, const media::Image& enhanced);

}  // namespace sonotwin::enhance
