// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <iterator>
#include <sstream>

#include "sonotwin/base/error.h"
#include "sonotwin/enhance/recipe.h"

namespace sonotwin::enhance {
namespace {
std::vector<ParameterInfo> diffusionParameters(double iterations, double conductance) {
  return {{"iterations", "Steps", "", iterations, 1.0, 100.0, "number of steps", true},
          {"conductance", "Edge threshold", "×", conductance, 0.1, 10.0,
           "edges this many times the mean gradient and stronger are kept; smaller keeps more"},
          {"time_step", "Step length", "", 0.125, 0.01, 0.125,
           "length of a step; 0.125 is the longest stable one"}};
}

const ParameterInfo kDynamicRange = {"dynamic_range_db",
                                     "Dynamic range",
                                     "dB",
                                     60.0,
                                     20.0,
                                     120.0,
                                     "dB from black to white of the log-compressed picture"};
const ParameterInfo kTimeStep = {"time_step",
                                 "Step length",
                                 "",
                                 0.5,
                                 0.01,
                                 1.0,
                                 "length of a step; beyond 1 the scheme is unstable"};

std::vector<ParameterInfo> adaptiveParameters() {
  return {{"radius_px", "Radius", "px", 3.0, 1.0, 15.0,
           "half the side of the neighbourhood, in pixels", true},
          kDynamicRange};
}

std::vector<FilterInfo> speckleFilters() {
  std::vector<ParameterInfo> frost = adaptiveParameters();
  frost.push_back(
      {"damping", "Damping", "", 2.0, 0.1, 20.0, "how fast weights fall where much varies"});
  return {
      {"srad",
       "SRAD",
       "speckle",
       "smooths where it varies no more than speckle does; the field's standard",
       {{"iterations", "Steps", "", 30.0, 1.0, 500.0, "number of steps", true},
        kTimeStep,
        {"decay", "Decay", "", 0.17, 0.0, 1.0,
         "how fast the speckle scale falls, per unit of time"},
        kDynamicRange}},
      {"dpad",
       "DPAD",
       "speckle",
       "as srad, with neighbourhoods measured more surely; keeps details better",
       {{"iterations", "Steps", "", 15.0, 1.0, 500.0, "number of steps", true},
        kTimeStep,
        {"radius_px", "Radius", "px", 2.0, 1.0, 10.0,
         "half the side of the neighbourhood, in pixels", true},
        kDynamicRange}},
      {"lee", "Lee", "speckle", "the local mean, less of it where more than speckle varies; fast",
       adaptiveParameters()},
      {"kuan", "Kuan", "speckle", "as lee, without its linear approximation; a little smoother",
       adaptiveParameters()},
      {"frost", "Frost", "speckle", "a mean whose reach shrinks where more than speckle varies",
       frost},
      {"obnlm",
       "Non-local means (OBNLM)",
       "speckle",
       "the mean of alike patches nearby; keeps texture best, and is slow",
       {{"search_px", "Search radius", "px", 6.0, 1.0, 20.0,
         "half the side of the square searched, in pixels", true},
        {"patch_px", "Patch radius", "px", 2.0, 1.0, 5.0, "half the side of a patch, in pixels",
         true},
        {"strength", "Strength", "", 3.0, 0.2, 20.0, "how unlike patches may be"}}},
  };
}

std::vector<FilterInfo> otherFilters() {
  return {
      {"median",
       "Median",
       "speckle",
       "the middle level of a square neighbourhood",
       {{"radius_px", "Radius", "px", 2.0, 1.0, 10.0, "half the side of the square, in pixels",
         true}}},
      {"curvature-diffusion", "Curvature diffusion", "speckle",
       "smooths along contours, and across them only where they are weak",
       diffusionParameters(6.0, 3.0)},
      {"gradient-diffusion", "Gradient diffusion", "speckle",
       "smooths where the gradient is weak (Perona and Malik)", diffusionParameters(6.0, 3.0)},
      {"bilateral",
       "Bilateral",
       "speckle",
       "a mean of near pixels of like level",
       {{"domain_sigma_px", "Reach in space", "px", 2.0, 0.5, 8.0, "reach in space, in pixels"},
        {"range_sigma", "Reach in grey", "levels", 40.0, 1.0, 255.0, "reach in grey levels"}}},
      {"depth-gain",
       "Depth gain",
       "contrast",
       "evens out how bright each depth is",
       {{"strength", "Strength", "", 0.7, 0.0, 1.0, "share of the difference that is made up for"},
        {"reach", "Smoothing", "× depth", 0.1, 0.01, 0.5,
         "smoothing along the depth, as a share of it"}}},
      {"clahe",
       "Local contrast (CLAHE)",
       "contrast",
       "local histogram equalization with limited steepness",
       {{"tiles", "Regions a side", "", 8.0, 1.0, 32.0, "regions along each side", true},
        {"clip_limit", "Contrast limit", "×", 2.0, 1.0, 40.0,
         "greatest gain in contrast, as a factor"},
        {"strength", "Strength", "", 0.6, 0.0, 1.0,
         "share of the equalized picture in the result"}}},
      {"gamma",
       "Gamma",
       "contrast",
       "lifts dark levels (below 1) or lowers them (above 1)",
       {{"gamma", "Exponent", "", 0.8, 0.2, 5.0, "exponent on levels scaled to [0, 1]"}}},
      {"percentile-stretch",
       "Percentile stretch",
       "contrast",
       "spreads the levels between two percentiles over the whole scale",
       {{"low_percent", "Black below", "%", 1.0, 0.0, 49.0, "percentile that becomes black"},
        {"high_percent", "White above", "%", 99.5, 51.0, 100.0, "percentile that becomes white"}}},
      {"min-max", "Min–max", "normalization", "least level to 0, greatest to 255", {}},
      {"z-score",
       "Z-score",
       "normalization",
       "zero mean and unit variance; the last step only",
       {}},
  };
}

std::vector<FilterInfo> makeFilters() {
  std::vector<FilterInfo> all = speckleFilters();
  std::ranges::move(otherFilters(), std::back_inserter(all));
  return all;
}

std::string text(double value) {
  std::ostringstream stream;
  stream << value;
  return stream.str();
}

void checkValue(const std::string& filter, const ParameterInfo& parameter, double value) {
  const std::string name = "Parameter \"" + parameter.name + "\" of filter \"" + filter + "\"";
  if (!(value >= parameter.minimum && value <= parameter.maximum)) {
    throwBadInput(name + " must be in [" + text(parameter.minimum) + ", " +
                  text(parameter.maximum) + "], not " + text(value) + ".");
  }
  if (parameter.whole && value != std::floor(value)) {
    throwBadInput(name + " must be a whole number, not " + text(value) + ".");
  }
}

Step completedStep(const Step& step) {
  const FilterInfo& filter = filterNamed(step.filter);
  Step result{step.filter, {}, step.on};
  for (const ParameterInfo& parameter : filter.parameters) {
    const auto given = step.parameters.find(parameter.name);
    const double value = given == step.parameters.end() ? parameter.default_value : given->second;
    checkValue(filter.name, parameter, value);
    result.parameters[parameter.name] = value;
  }
  for (const auto& [name, value] : step.parameters) {
    if (result.parameters.contains(name)) continue;
    throwBadInput("Filter \"" + step.filter + "\" has no parameter \"" + name + "\".");
  }
  return result;
}

std::vector<Recipe> makeRecipes() {
  const std::vector<Recipe> recipes = {
      {"speckle-contrast",
       2,
       "For the eye: speckle smoothed and edges kept, local contrast raised.",
       {{"srad", {{"iterations", 12.0}}}, {"clahe", {}}}},
      {"network-input",
       2,
       "For networks: speckle reduced, local contrast raised, zero mean and unit variance.",
       {{"srad", {{"iterations", 6.0}}}, {"clahe", {{"strength", 0.4}}}, {"z-score", {}}}},
      {"normalize-only",
       1,
       "For networks: zero mean and unit variance, nothing else.",
       {{"z-score", {}}}},
  };
  std::vector<Recipe> complete;
  for (const Recipe& recipe : recipes) complete.push_back(completed(recipe));
  return complete;
}
}  // namespace

const std::vector<FilterInfo>& filters() {
  static const std::vector<FilterInfo> all = makeFilters();
  return all;
}

const FilterInfo& filterNamed(const std::string& name) {
  const auto found = std::ranges::find(filters(), name, &FilterInfo::name);
  if (found != filters().end()) return *found;
  std::string known;
  for (const FilterInfo& filter : filters()) known += (known.empty() ? "" : ", ") + filter.name;
  throwBadInput("There is no filter \"" + name + "\"; there are " + known + ".");
}

const std::vector<Recipe>& builtInRecipes() {
  static const std::vector<Recipe> all = makeRecipes();
  return all;
}

Recipe completed(const Recipe& recipe) {
  if (recipe.name.empty()) throwBadInput("A recipe needs a name.");
  if (recipe.version < 1) {
    throwBadInput("The version of recipe \"" + recipe.name + "\" must be 1 or more.");
  }
  if (recipe.steps.empty()) throwBadInput("Recipe \"" + recipe.name + "\" has no steps.");
  Recipe result{recipe.name, recipe.version, recipe.description, {}};
  bool normalized = false, any_on = false;
  for (const Step& step : recipe.steps) {
    result.steps.push_back(completedStep(step));
    if (!step.on) continue;
    if (normalized) {
      throwBadInput("In recipe \"" + recipe.name + "\", \"z-score\" must be the last step.");
    }
    normalized = step.filter == "z-score";
    any_on = true;
  }
  if (!any_on) throwBadInput("In recipe \"" + recipe.name + "\", every step is switched off.");
  return result;
}

}  // namespace sonotwin::enhance
