// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <pugixml.hpp>
#include <span>
#include <string>
#include <vector>

namespace sonotwin::media {

/// One VTK XML file: its elements, and the arrays in them wherever and however they are kept
/// (text, base64, appended, compressed with zlib or not).
/// Source: VTK, "VTK XML Formats".
class VtkXml {
 public:
  /// @throws Error(kBadInput)
  VtkXml(std::span<const std::byte> bytes, const std::string& file);

  [[nodiscard]] pugi::xml_node root() const { return document_.child("VTKFile"); }
  /// The numbers of a DataArray. @throws Error(kBadInput)
  [[nodiscard]] std::vector<double> numbersIn(pugi::xml_node array) const;
  /// The first text of a string array; empty if there is none.
  [[nodiscard]] std::string textIn(pugi::xml_node array) const;
  [[noreturn]] void refuse(const std::string& reason) const;

 private:
  [[nodiscard]] std::vector<std::byte> bytesOf(pugi::xml_node array) const;

  std::string file_;
  pugi::xml_document document_;
  std::string appended_;
};

}  // namespace sonotwin::media
