// SPDX-License-Identifier: Apache-2.0
#include "midi_b_checks.h"

#include <dcmtk/dcmdata/dcpath.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>

#include "sonotwin/dicom/reader.h"

namespace sonotwin::dicom::test {
namespace {
using testing::AssertionFailure;
using testing::AssertionResult;
using testing::AssertionSuccess;

std::optional<std::string> textAt(DcmFileFormat& file, const char* path) {
  DcmPathProcessor processor;
  if (processor.findOrCreatePath(file.getDataset(), path, OFFalse).bad()) return std::nullopt;
  OFList<DcmPath*> found;
  processor.getResults(found);
  if (found.empty()) return std::nullopt;
  auto* element = dynamic_cast<DcmElement*>(found.front()->back()->m_obj);
  OFString text;
  if (element == nullptr) return std::nullopt;
  if (element->isLeaf()) element->getOFStringArray(text);
  return std::string(text.c_str(), text.size());
}

std::chrono::sys_days dayOf(const std::string& date) {
  const auto part = [&](std::size_t at, std::size_t n) { return std::stoi(date.substr(at, n)); };
  return std::chrono::sys_days(std::chrono::year(part(0, 4)) /
                               std::chrono::month(static_cast<unsigned>(part(4, 2))) /
                               std::chrono::day(static_cast<unsigned>(part(6, 2))));
}

AssertionResult verdict(bool passed, const char* path, const std::string& was,
                        const std::string& is) {
  if (passed) return AssertionSuccess();
  return AssertionFailure() << path << ": \"" << was << "\" became \"" << is << "\"";
}

bool isIn(std::span<const media::PixelRectangle> boxes, int col, int row) {
  return std::ranges::any_of(boxes, [&](const media::PixelRectangle& box) {
    return col >= box.x0 && col < box.x1 && row >= box.y0 && row < box.y1;
  });
}

/// Calls `check(frame of the original, frame of the copy, offset of a pixel, its bytes)` for every
/// pixel that is in `boxes` or not, as `inside` says.
template <class Check>
AssertionResult forPixels(const std::filesystem::path& original, const std::filesystem::path& copy,
                          std::span<const media::PixelRectangle> boxes, bool inside, Check check) {
  const DicomClip before = readDicom(original);
  const DicomClip after = readDicom(copy);
  if (before.clip.info.frame_count != after.clip.info.frame_count) {
    return AssertionFailure() << "frames were lost";
  }
  for (int f = 0; f < before.clip.info.frame_count; ++f) {
    const media::Image a = before.clip.pixels->frame(f);
    const media::Image b = after.clip.pixels->frame(f);
    if (a.data.size() != b.data.size()) return AssertionFailure() << "frames differ in size";
    const std::size_t bytes = a.data.size() / a.pixelCount();
    for (std::size_t i = 0; i < a.pixelCount(); ++i) {
      const auto cols = static_cast<std::size_t>(a.cols);
      if (isIn(boxes, static_cast<int>(i % cols), static_cast<int>(i / cols)) != inside) continue;
      if (check(a, b, i * bytes, bytes)) continue;
      return AssertionFailure() << "frame " << f << ", column " << i % cols << ", row " << i / cols;
    }
  }
  return AssertionSuccess();
}
}  // namespace

MidiBChecks::MidiBChecks(const std::filesystem::path& original, const std::filesystem::path& copy)
    : original_path_(original), copy_path_(copy) {
  EXPECT_TRUE(original_.loadFile(original.c_str()).good());
  EXPECT_TRUE(copy_.loadFile(copy.c_str()).good());
}

AssertionResult MidiBChecks::tagRetained(const char* path) {
  const bool there = textAt(original_, path).has_value();
  return verdict(there && textAt(copy_, path).has_value(), path, there ? "there" : "(not there)",
                 "(not there)");
}

AssertionResult MidiBChecks::textNotNull(const char* path) {
  const auto is = textAt(copy_, path);
  return verdict(is && !is->empty(), path, textAt(original_, path).value_or("(not there)"),
                 is.value_or("(not there)"));
}

AssertionResult MidiBChecks::textRetained(const char* path) {
  const auto was = textAt(original_, path);
  const auto is = textAt(copy_, path);
  return verdict(was && !was->empty() && is == was, path, was.value_or("(not there)"),
                 is.value_or("(not there)"));
}

AssertionResult MidiBChecks::textRemoved(const char* path, std::string_view text) {
  const auto was = textAt(original_, path).value_or("");
  const auto is = textAt(copy_, path).value_or("");
  return verdict(was.find(text) != was.npos && is.find(text) == is.npos, path, was, is);
}

AssertionResult MidiBChecks::dateShifted(const char* path, int days) {
  const auto was = textAt(original_, path).value_or("");
  const auto is = textAt(copy_, path).value_or("");
  const bool dates = was.size() >= 8 && is.size() == was.size();
  const bool shifted = dates && dayOf(is) - dayOf(was) == std::chrono::days(days);
  return verdict(shifted && is.substr(8) == was.substr(8), path, was, is);
}

AssertionResult MidiBChecks::uidChanged(const char* path) {
  const auto was = textAt(original_, path).value_or("");
  const auto is = textAt(copy_, path).value_or("");
  return verdict(!was.empty() && is.starts_with("2.25.") && is != was, path, was, is);
}

AssertionResult MidiBChecks::uidConsistent(const char* path,
                                           std::map<std::string, std::string>& seen) {
  const auto was = textAt(original_, path).value_or("");
  const auto is = textAt(copy_, path).value_or("");
  const auto [known, first] = seen.emplace(was, is);
  return verdict(!was.empty() && known->second == is, path, was, is);
}

AssertionResult MidiBChecks::patientIdConsistent(std::map<std::string, std::string>& seen) {
  return uidConsistent("PatientID", seen);
}

AssertionResult MidiBChecks::pixelsHidden(const media::PixelRectangle& box) {
  return forPixels(original_path_, copy_path_, std::span(&box, 1), true,
                   [](const auto&, const auto& b, std::size_t at, std::size_t bytes) {
                     return std::all_of(b.data.begin() + static_cast<std::ptrdiff_t>(at),
                                        b.data.begin() + static_cast<std::ptrdiff_t>(at + bytes),
                                        [](std::byte value) { return value == std::byte{0}; });
                   });
}

AssertionResult MidiBChecks::pixelsRetained(std::span<const media::PixelRectangle> boxes) {
  return forPixels(original_path_, copy_path_, boxes, false,
                   [](const auto& a, const auto& b, std::size_t at, std::size_t bytes) {
                     return std::memcmp(a.data.data() + at, b.data.data() + at, bytes) == 0;
                   });
}

}  // namespace sonotwin::dicom::test
