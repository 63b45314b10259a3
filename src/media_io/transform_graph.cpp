// SPDX-License-Identifier: Apache-2.0
#include "transform_graph.h"

#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <queue>

#include "header_lines.h"

namespace sonotwin::media {
namespace {
constexpr auto kRoles = std::to_array<std::string_view>(
    {"Array",  "Base",     "Calibration", "Camera",  "Effector", "End",        "Flange",
     "Guide",  "Head",     "Home",        "Image",   "Left",     "Marker",     "Model",
     "Needle", "Patient",  "Phantom",     "Pointer", "Probe",    "Reference",  "Right",
     "Robot",  "Scanner",  "Sensor",      "Shaft",   "Stepper",  "Stylus",     "System",
     "Table",  "Template", "Tip",         "Tool",    "Tracker",  "Transducer", "Ultrasound",
     "Volume", "World"});

bool isUpper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
}  // namespace

std::string roleOf(std::string_view frame) {
  std::string_view rest = frame;
  // A number of several tools, too short for one that stands for a person.
  if (!rest.empty() && isDigit(rest.back())) rest.remove_suffix(1);
  bool known = !rest.empty();
  while (known && !rest.empty()) {
    const auto end = std::find_if(rest.begin() + 1, rest.end(), isUpper);
    const std::string_view word = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    known = std::ranges::find(kRoles, word) != kRoles.end();
    rest.remove_prefix(word.size());
  }
  return known ? std::string(frame) : "Other";
}

std::optional<TransformName> parseTransformName(std::string_view text) {
  constexpr std::string_view kSuffix = "Transform";
  if (text.ends_with(kSuffix)) text.remove_suffix(kSuffix.size());
  // "To" joins two names only before a capital: "ToolToTracker" is Tool to Tracker.
  for (std::size_t at = text.find("To", 1); at != std::string_view::npos;
       at = text.find("To", at + 1)) {
    const bool joins =
        at + 2 < text.size() && std::isupper(static_cast<unsigned char>(text[at + 2])) != 0;
    if (joins)
      return TransformName{std::string(text.substr(0, at)), std::string(text.substr(at + 2))};
  }
  return std::nullopt;
}

std::optional<Eigen::Matrix4d> parseMatrix(std::string_view text) {
  const auto values = numbers(text);
  if (!values || values->size() != 16) return std::nullopt;
  Eigen::Matrix4d matrix =
      Eigen::Map<const Eigen::Matrix<double, 4, 4, Eigen::RowMajor>>(values->data());
  const Eigen::RowVector4d last(0, 0, 0, 1);
  if ((matrix.row(3) - last).cwiseAbs().maxCoeff() > 1e-6) return std::nullopt;
  matrix.row(3) = last;
  return matrix;
}

std::string matrixText(const Eigen::Matrix4d& matrix) {
  std::string text;
  for (Eigen::Index i = 0; i < 16; ++i) {
    std::array<char, 32> digits{};
    // Adding zero turns -0 into 0.
    const auto end = std::to_chars(digits.begin(), digits.end(), matrix(i / 4, i % 4) + 0.0).ptr;
    if (i > 0) text += ' ';
    text.append(digits.data(), end);
  }
  return text;
}

std::optional<std::vector<PathStep>> findPath(std::span<const TransformName> names,
                                              std::string_view from, std::string_view to) {
  std::map<std::string, std::vector<PathStep>, std::less<>> ways;
  ways.emplace(from, std::vector<PathStep>{});
  std::queue<std::string> waiting;
  waiting.emplace(from);
  while (!waiting.empty() && !ways.contains(to)) {
    const std::string here = waiting.front();
    waiting.pop();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const bool forth = names[i].from == here;
      if (!forth && names[i].to != here) continue;
      const std::string& there = forth ? names[i].to : names[i].from;
      if (ways.contains(there)) continue;
      std::vector<PathStep> way = ways[here];
      way.push_back({i, !forth});
      ways.emplace(there, std::move(way));
      waiting.push(there);
    }
  }
  const auto found = ways.find(to);
  if (found == ways.end()) return std::nullopt;
  return found->second;
}

std::optional<Eigen::Matrix4d> composePath(
    std::span<const PathStep> path,
    const std::function<std::optional<Eigen::Matrix4d>(std::size_t index)>& matrix_of) {
  Eigen::Matrix4d product = Eigen::Matrix4d::Identity();
  for (const PathStep& step : path) {
    const auto matrix = matrix_of(step.index);
    if (!matrix) return std::nullopt;
    if (!step.inverted) {
      product = *matrix * product;
      continue;
    }
    const Eigen::Matrix3d linear = matrix->topLeftCorner<3, 3>();
    if (std::abs(linear.determinant()) < 1e-12) return std::nullopt;
    product = matrix->inverse() * product;
  }
  return product;
}

}  // namespace sonotwin::media
