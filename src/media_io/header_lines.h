// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "raster_header.h"

namespace sonotwin::media {

/// Lines of a text header in front of binary data, read no further than asked.
class HeaderLines {
 public:
  /// @throws Error(kNotFound)
  explicit HeaderLines(const std::filesystem::path& path);
  /// The next line without its end; none at the end of the file. @throws Error(kBadInput) if the
  /// lines grow beyond what a header can be.
  [[nodiscard]] std::optional<std::string> next();
  /// Bytes read so far: where data begin once the header's last line is read.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

 private:
  std::filesystem::path path_;
  std::ifstream stream_;
  std::uint64_t offset_ = 0;
};

[[nodiscard]] std::string trimmed(std::string_view text);
/// Lower case, without spaces and underscores.
[[nodiscard]] std::string folded(std::string_view text);
/// As a message may show it: without controls, cut short where a damaged header makes it endless.
[[nodiscard]] std::string shown(std::string_view text);
/// The same in quotes.
[[nodiscard]] std::string inQuotes(std::string_view text);
[[nodiscard]] std::vector<std::string> words(std::string_view text);
/// Numbers separated by spaces, commas or line ends; none if anything else is there.
[[nodiscard]] std::optional<std::vector<double>> numbers(std::string_view text);
/// Whole numbers in [0, 2^31); none if anything else is there.
[[nodiscard]] std::optional<std::vector<std::size_t>> sizes(std::string_view text);

/// Files a line under the frames or under the whole file.
void addField(RasterHeader& header, const std::string& name, const std::string& value);

/// Opens the way to the data: `name` stands in the header, beside whose file it must lie.
/// Fills data_file. @throws Error(kBadInput | kNotFound)
void setDataFile(RasterHeader& header, const std::string& field, const std::string& name);

/// Fills stored_bytes and sample_bytes. `skip` bytes of the data file come before the samples;
/// below 0: the samples are its end. `stored` is the compressed size where the header says it.
/// @throws Error(kBadInput) where sizes overflow or the file is too short for them.
void measureData(RasterHeader& header, const std::string& size_field, std::int64_t skip,
                 std::optional<std::uint64_t> stored);

[[nodiscard]] RasterHeader readMetaImageHeader(const std::filesystem::path& path);
[[nodiscard]] RasterHeader readNrrdHeader(const std::filesystem::path& path);

}  // namespace sonotwin::media
