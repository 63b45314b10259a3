// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zlib.h>

#include <Eigen/Core>
#include <map>
#include <sstream>
#include <string>

namespace sonotwin::media {

/// A MetaImage header of two 4 x 3 frames of bytes, with `fields` changed or added.
inline std::string metaHeader(const std::map<std::string, std::string>& fields) {
  std::map<std::string, std::string> all = {{"NDims", "3"},
                                            {"DimSize", "4 3 2"},
                                            {"Kinds", "domain domain list"},
                                            {"ElementType", "MET_UCHAR"},
                                            {"ElementDataFile", "LOCAL"},
                                            {"UltrasoundImageOrientation", "MFA"}};
  for (const auto& [name, value] : fields) all[name] = value;
  const std::string data = all["ElementDataFile"];
  all.erase("ElementDataFile");
  std::string text = "ObjectType = Image\n";
  for (const auto& [name, value] : all) text += name + " = " + value + "\n";
  return text + "ElementDataFile = " + data + "\n";
}

/// The same as NRRD, without the blank line that ends it.
inline std::string nrrdHeader(const std::map<std::string, std::string>& fields) {
  std::map<std::string, std::string> all = {
      {"dimension", "3"},       {"sizes", "4 3 2"},
      {"type", "uint8"},        {"kinds", "domain domain list"},
      {"encoding", "raw"},      {"endian", "little"},
      {"space dimension", "2"}, {"space directions", "(1,0) (0,1) none"}};
  for (const auto& [name, value] : fields) all[name] = value;
  std::string text = "NRRD0004\n# a comment\n";
  for (const auto& [name, value] : all) {
    text += name + (name.starts_with("Seq_Frame") ? ":=" : ": ") + value + "\n";
  }
  return text + "ultrasound image orientation:=MFA\n";
}

inline std::string deflated(const std::string& text, int window) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

inline std::string matrix(const Eigen::Matrix4d& values) {
  std::ostringstream text;
  text.precision(17);
  for (int row = 0; row < 4; ++row) {
    for (int col = 0; col < 4; ++col) text << values(row, col) << ' ';
  }
  return text.str();
}

}  // namespace sonotwin::media
