// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/image_io.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "image_codecs.h"
#include "sonotwin/base/file.h"

namespace sonotwin::media {
namespace {
bool startsWith(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

bool sameChannels(const Image& image, std::size_t pixel) {
  const std::size_t bytes = bytesPerSample(image.type);
  const std::byte* first = image.data.data() + pixel * 3 * bytes;
  return std::memcmp(first, first + bytes, bytes) == 0 &&
         std::memcmp(first, first + 2 * bytes, bytes) == 0;
}
}  // namespace

void checkImageSize(const EncodedImage& encoded, double cols, double rows, double pixels_per_byte) {
  if (std::min(cols, rows) < 1.0 || std::max(cols, rows) > 65535.0 ||
      cols * rows > kMaxImagePixels) {
    encoded.refuse("its header claims " + std::to_string(static_cast<long long>(cols)) + " x " +
                   std::to_string(static_cast<long long>(rows)) +
                   " pixels, more than a picture can have. The file is damaged; export it again.");
  }
  if (cols * rows > pixels_per_byte * static_cast<double>(encoded.bytes.size())) {
    encoded.refuse("the file is too short for the size in its header. Export it again.");
  }
}

Image grayWhereColourless(Image image) {
  if (image.channels != 3) return image;
  for (std::size_t pixel = 0; pixel < image.pixelCount(); ++pixel) {
    if (!sameChannels(image, pixel)) return image;
  }
  Image gray(image.rows, image.cols, 1, image.type);
  const std::size_t bytes = bytesPerSample(image.type);
  for (std::size_t pixel = 0; pixel < gray.pixelCount(); ++pixel) {
    std::memcpy(gray.data.data() + pixel * bytes, image.data.data() + pixel * 3 * bytes, bytes);
  }
  return gray;
}

bool isPlainImageFile(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 6> kExtensions = {".png", ".jpg", ".jpeg",
                                                                  ".bmp", ".tif", ".tiff"};
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(kExtensions, extension) != kExtensions.end();
}

Image readImage(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = readFile(path);
  const EncodedImage encoded{bytes, path.string()};
  // The content decides: files are often renamed, and a wrong ending must not stop anybody.
  if (startsWith(bytes, "\x89PNG")) return decodePng(encoded);
  if (startsWith(bytes, "\xFF\xD8\xFF")) return decodeJpeg(encoded);
  if (startsWith(bytes, "BM")) return decodeBmp(encoded);
  if (startsWith(bytes, "II*") || startsWith(bytes, std::string_view("MM\0*", 4)) ||
      startsWith(bytes, "II+") || startsWith(bytes, std::string_view("MM\0+", 4))) {
    return decodeTiff(encoded);
  }
  encoded.refuse("this is not a PNG, JPEG, BMP or TIFF picture. Convert it to PNG and try again.");
}

void writePng(const std::filesystem::path& path, const Image& image) {
  writeFileAtomically(path, encodePng(image));
}

}  // namespace sonotwin::media
