// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonotwin::dicom::test {

/// Plants values that are unlike any other, each valid for its attribute, and finds them again in
/// bytes: as they are, and as numbers in binary.
class Secrets {
 public:
  /// In every attribute of the confidentiality profile that the dictionary knows, sequences with an
  /// item of more.
  void plantProfile(DcmItem& item, int depth = 0);
  /// One value of its own in one attribute.
  void plant(DcmItem& item, const DcmTagKey& key);
  /// Makes `text` one of the secrets.
  std::string remember(std::string text);
  /// A text that is a secret.
  [[nodiscard]] std::string next();

  [[nodiscard]] std::size_t count() const { return secrets_.size(); }
  /// Those that are in the file, or not, with the attribute they were planted in.
  [[nodiscard]] std::vector<std::string> foundIn(const std::filesystem::path& file) const;
  [[nodiscard]] std::vector<std::string> missingIn(const std::filesystem::path& file) const;

 private:
  struct Secret {
    std::string bytes;
    std::string where;
  };
  [[nodiscard]] std::vector<std::string> thoseIn(const std::filesystem::path& file, bool in) const;
  void add(std::string bytes, const DcmTagKey& key);
  void plantNumber(DcmItem& item, const DcmTag& tag);

  std::vector<Secret> secrets_;
  int number_ = 0;
};

/// A file as a whole.
[[nodiscard]] std::string bytesOf(const std::filesystem::path& file);

}  // namespace sonotwin::dicom::test
