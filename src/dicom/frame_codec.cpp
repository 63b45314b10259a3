// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/dicom/frame_codec.h"

#include <array>
#include <cstring>
#include <new>
#include <string>

#include "frame_decoder.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
constexpr std::uint32_t kMagic = 0x52464E53;  // "SNFR"
constexpr std::uint32_t kVersion = 1;
constexpr int kLargestSide = 65535;
constexpr std::size_t kMostPixels = 1U << 28;
constexpr std::uint32_t kMostColours = 65536;

[[noreturn]] void throwDamaged(const std::string& what) {
  throw Error(ErrorKind::kDamaged, what);
}

/// Numbers of 32 bits, little-endian, one after the other.
class Packer {
 public:
  void add(std::uint32_t value) {
    for (int i = 0; i < 4; ++i) bytes_.push_back(static_cast<std::byte>(value >> 8 * i));
  }
  void add(const Rgb& colour) {
    for (const std::uint8_t c : colour) bytes_.push_back(static_cast<std::byte>(c));
  }
  [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(Bytes bytes) : rest_(bytes) {}

  std::uint32_t number() {
    const Bytes four = bytes(4);
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(four[i]);
    return value;
  }
  /// A number in [least, most].
  int number(int least, int most) {
    const auto value = static_cast<std::int32_t>(number());
    if (value < least || value > most) throwDamaged("its recipe is damaged");
    return value;
  }
  bool flag() { return number(0, 1) == 1; }
  Bytes bytes(std::size_t count) {
    if (rest_.size() < count) throwDamaged("its recipe is cut short");
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

 private:
  Bytes rest_;
};

Palette unpackPalette(Unpacker& from) {
  Palette palette;
  palette.first = from.number(-32768, 65535);
  palette.colours.resize(static_cast<std::size_t>(from.number(1, kMostColours)));
  const Bytes colours = from.bytes(3 * palette.colours.size());
  std::memcpy(palette.colours.data(), colours.data(), colours.size());
  return palette;
}

void unpackFormat(Unpacker& from, PixelFormat& format) {
  format.rows = from.number(1, kLargestSide);
  format.cols = from.number(1, kLargestSide);
  if (format.pixelCount() > kMostPixels) throwDamaged("its recipe is damaged");
  format.samples = from.number(1, 3);
  format.bits_allocated = from.number(1, 2) * 8;
  format.by_plane = from.flag();
}

void unpackMeaning(Unpacker& from, PixelRecipe& recipe) {
  recipe.model =
      static_cast<ColourModel>(from.number(0, static_cast<int>(ColourModel::kYbrPartial)));
  recipe.bits = from.number(1, 16);
  recipe.shift = from.number(0, 15);
  recipe.is_signed = from.flag();
}
/// What no object can be: the decoders rely on it.
bool fitsTogether(const FrameDecoder& decoder) {
  const PixelFormat& format = decoder.format;
  const PixelRecipe& recipe = decoder.recipe;
  const bool in_colour = recipe.channels() == 3 && recipe.model != ColourModel::kPalette;
  const bool raw = decoder.codec == Codec::kUncompressed;
  const bool has_own_depth = !raw && decoder.codec != Codec::kRle;
  const bool pairs_fit =
      raw && in_colour && !format.by_plane && format.bits_allocated == 8 && format.cols % 2 == 0;
  const bool conversion_fits =
      decoder.codec == Codec::kJpeg && recipe.model == ColourModel::kRgb && decoder.precision == 8;
  return format.samples == (in_colour ? 3 : 1) && (!format.by_plane || in_colour) &&
         (!decoder.by_pairs || pairs_fit) && (!decoder.converts_colour || conversion_fits) &&
         (has_own_depth || decoder.precision == format.bits_allocated) &&
         recipe.bits + recipe.shift <= (decoder.precision > 8 ? 16 : 8);
}
}  // namespace

std::vector<std::byte> packDecoder(const FrameDecoder& decoder) {
  const auto number = [](auto value) { return static_cast<std::uint32_t>(value); };
  const PixelFormat& format = decoder.format;
  const PixelRecipe& recipe = decoder.recipe;
  Packer packer;
  for (const std::uint32_t value :
       {kMagic, kVersion, number(decoder.codec), number(format.rows), number(format.cols),
        number(format.samples), number(format.bits_allocated / 8), number(format.by_plane),
        number(decoder.by_pairs), number(decoder.converts_colour), number(decoder.precision),
        number(recipe.model), number(recipe.bits), number(recipe.shift),
        number(recipe.is_signed)}) {
    packer.add(value);
  }
  if (recipe.model == ColourModel::kPalette) {
    packer.add(number(recipe.palette->first));
    packer.add(number(recipe.palette->colours.size()));
    for (const Rgb& colour : recipe.palette->colours) packer.add(colour);
  }
  return packer.take();
}

FrameDecoder unpackDecoder(Bytes bytes) {
  Unpacker from(bytes);
  if (from.number() != kMagic) throwDamaged("its recipe is damaged");
  if (from.number() != kVersion) throwDamaged("its recipe is of a newer version of this program");
  FrameDecoder decoder;
  decoder.codec = static_cast<Codec>(from.number(0, static_cast<int>(Codec::kJpeg2000)));
  unpackFormat(from, decoder.format);
  decoder.by_pairs = from.flag();
  decoder.converts_colour = from.flag();
  decoder.precision = from.number(1, 16);
  unpackMeaning(from, decoder.recipe);
  if (!fitsTogether(decoder)) throwDamaged("its recipe is damaged");
  if (decoder.recipe.model == ColourModel::kPalette) {
    decoder.recipe.palette = std::make_shared<Palette>(unpackPalette(from));
  }
  return decoder;
}

media::Image decodeFrame(std::span<const std::byte> recipe, std::span<const std::byte> bytes,
                         int index) {
  const auto damaged = [&](const std::string& why) {
    throwDamaged("frame " + std::to_string(index) + " cannot be decoded: " + why + ".");
  };
  try {
    return unpackDecoder(recipe).image(std::vector(bytes.begin(), bytes.end()));
  } catch (const Error& error) {
    damaged(error.what());
  } catch (const std::bad_alloc&) {
    damaged("it does not fit into memory");
  }
  return {};
}

}  // namespace sonotwin::dicom
