// SPDX-License-Identifier: Apache-2.0
#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "codestream.h"
#include "jpeg2000_claims.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/parallel.h"

namespace sonotwin::dicom {
namespace {
/// Bytes in memory as OpenJPEG's stream, and what it makes of them.
struct Reading {
  Bytes bytes;
  std::size_t at = 0;
};

void keepSilent(const char*, void*) {}

OPJ_SIZE_T readBytes(void* buffer, OPJ_SIZE_T count, void* user) {
  auto& reading = *static_cast<Reading*>(user);
  const std::size_t given = std::min<std::size_t>(count, reading.bytes.size() - reading.at);
  if (given == 0) return static_cast<OPJ_SIZE_T>(-1);
  std::memcpy(buffer, reading.bytes.data() + reading.at, given);
  reading.at += given;
  return given;
}

OPJ_OFF_T skipBytes(OPJ_OFF_T count, void* user) {
  auto& reading = *static_cast<Reading*>(user);
  const auto left = static_cast<OPJ_OFF_T>(reading.bytes.size() - reading.at);
  if (count < 0 || count > left) return -1;
  reading.at += static_cast<std::size_t>(count);
  return count;
}

OPJ_BOOL seekBytes(OPJ_OFF_T offset, void* user) {
  auto& reading = *static_cast<Reading*>(user);
  if (offset < 0 || static_cast<std::size_t>(offset) > reading.bytes.size()) return OPJ_FALSE;
  reading.at = static_cast<std::size_t>(offset);
  return OPJ_TRUE;
}

/// One decoder on one frame. Not copyable: OpenJPEG keeps a pointer to `reading_`.
class Decoder {
 public:
  explicit Decoder(Bytes frame)
      : reading_{checkedCodestream(frame)},
        codec_(opj_create_decompress(OPJ_CODEC_J2K), opj_destroy_codec),
        stream_(opj_stream_default_create(OPJ_TRUE), opj_stream_destroy),
        image_(nullptr, opj_image_destroy) {
    opj_set_info_handler(codec_.get(), keepSilent, nullptr);
    opj_set_warning_handler(codec_.get(), keepSilent, nullptr);
    opj_set_error_handler(codec_.get(), keepSilent, nullptr);
    opj_stream_set_user_data(stream_.get(), &reading_, nullptr);
    opj_stream_set_user_data_length(stream_.get(), reading_.bytes.size());
    opj_stream_set_read_function(stream_.get(), readBytes);
    opj_stream_set_skip_function(stream_.get(), skipBytes);
    opj_stream_set_seek_function(stream_.get(), seekBytes);
    readHeader();
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  [[nodiscard]] const opj_image_t& image() const { return *image_; }

  [[nodiscard]] bool hasColourTransform() const {
    opj_codestream_info_v2_t* info = opj_get_cstr_info(codec_.get());
    const bool transform = info != nullptr && info->m_default_tile_info.mct != 0;
    opj_destroy_cstr_info(&info);
    return transform;
  }

  void decode() {
    opj_codec_set_threads(codec_.get(), availableThreads());
    if (opj_decode(codec_.get(), stream_.get(), image_.get()) == OPJ_FALSE ||
        opj_end_decompress(codec_.get(), stream_.get()) == OPJ_FALSE) {
      throwBadInput("its JPEG 2000 data are damaged or cut short");
    }
  }

 private:
  void readHeader() {
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    opj_image_t* image = nullptr;
    const bool read = opj_setup_decoder(codec_.get(), &parameters) == OPJ_TRUE &&
                      opj_read_header(stream_.get(), codec_.get(), &image) == OPJ_TRUE;
    image_.reset(image);
    if (!read || image == nullptr || image->numcomps == 0) {
      throwBadInput("its JPEG 2000 header is damaged");
    }
  }

  Reading reading_;
  std::unique_ptr<opj_codec_t, void (*)(opj_codec_t*)> codec_;
  std::unique_ptr<opj_stream_t, void (*)(opj_stream_t*)> stream_;
  std::unique_ptr<opj_image_t, void (*)(opj_image_t*)> image_;
};

Codestream describe(const opj_image_t& image) {
  const opj_image_comp_t& first = image.comps[0];
  Codestream stream;
  stream.rows = static_cast<int>(std::min(first.h, 65536U));
  stream.cols = static_cast<int>(std::min(first.w, 65536U));
  stream.components = static_cast<int>(image.numcomps);
  stream.precision = static_cast<int>(first.prec);
  for (OPJ_UINT32 i = 1; i < image.numcomps; ++i) {
    const opj_image_comp_t& other = image.comps[i];
    stream.subsampled |= other.w != first.w || other.h != first.h || other.prec != first.prec;
  }
  return stream;
}

template <class Sample>
void interleave(const opj_image_t& image, Sample* out, std::size_t pixels) {
  for (OPJ_UINT32 c = 0; c < image.numcomps; ++c) {
    const OPJ_INT32* in = image.comps[c].data;
    for (std::size_t i = 0; i < pixels; ++i) {
      out[i * image.numcomps + c] = static_cast<Sample>(in[i]);
    }
  }
}
}  // namespace

Codestream readJpeg2000Header(Bytes frame) {
  const Decoder decoder(frame);
  Codestream stream = describe(decoder.image());
  stream.colour_transform = decoder.hasColourTransform();
  return stream;
}

Samples decodeJpeg2000(Bytes frame) {
  Decoder decoder(frame);
  decoder.decode();
  const opj_image_t& image = decoder.image();
  const Codestream stream = describe(image);
  const bool usable = stream.precision >= 1 && stream.precision <= 16 && !stream.subsampled &&
                      std::all_of(image.comps, image.comps + image.numcomps,
                                  [](const auto& comp) { return comp.data != nullptr; });
  if (!usable) throwBadInput("its JPEG 2000 components differ in size or depth");
  const std::size_t pixels =
      static_cast<std::size_t>(stream.rows) * static_cast<std::size_t>(stream.cols);
  const std::size_t sample_bytes = stream.precision > 8 ? 2 : 1;
  Samples samples{stream.rows, stream.cols, stream.components, stream.precision, {}};
  samples.data.resize(pixels * image.numcomps * sample_bytes);
  if (sample_bytes == 2) {
    interleave(image, reinterpret_cast<std::uint16_t*>(samples.data.data()), pixels);
  } else {
    interleave(image, reinterpret_cast<std::uint8_t*>(samples.data.data()), pixels);
  }
  return samples;
}

}  // namespace sonotwin::dicom
