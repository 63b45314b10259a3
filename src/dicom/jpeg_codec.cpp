// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djdijg12.h>
#include <dcmtk/dcmjpeg/djdijg16.h>
#include <dcmtk/dcmjpeg/djdijg8.h>

#include <csetjmp>
#include <cstdio>
// jpeglib.h needs FILE declared before it.
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <memory>

#include "codestream.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
// libjpeg leaves by longjmp, which runs no destructors: nothing that needs one may be made between
// setjmp and the failure. So everything lives here, in the caller's frame.
struct Decoding {
  jpeg_error_mgr errors{};
  std::jmp_buf escape{};
  jpeg_decompress_struct jpeg{};
  bool created = false;

  ~Decoding() {
    if (created) jpeg_destroy_decompress(&jpeg);
  }
};

void fail(j_common_ptr jpeg) {
  std::longjmp(static_cast<Decoding*>(jpeg->client_data)->escape, 1);
}

// libjpeg only warns of missing or garbled data, and paints the rest grey: that would be a picture
// nobody took. Stray bytes between markers and odd Adobe or JFIF versions do no harm.
void failOnLostData(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  const int code = jpeg->err->msg_code;
  if (code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR) return;
  fail(jpeg);
}

void keepSilent(j_common_ptr) {}

bool decodeInto(Decoding& d, Bytes frame, Samples& samples, bool ycbcr) {
  if (setjmp(d.escape) != 0) return false;
  jpeg_create_decompress(&d.jpeg);
  d.created = true;
  jpeg_mem_src(&d.jpeg, reinterpret_cast<const unsigned char*>(frame.data()), frame.size());
  jpeg_read_header(&d.jpeg, TRUE);
  const bool as_announced = static_cast<int>(d.jpeg.image_height) == samples.rows &&
                            static_cast<int>(d.jpeg.image_width) == samples.cols &&
                            d.jpeg.num_components == samples.components;
  if (!as_announced) return false;
  d.jpeg.jpeg_color_space = samples.components == 1 ? JCS_GRAYSCALE : (ycbcr ? JCS_YCbCr : JCS_RGB);
  d.jpeg.out_color_space = samples.components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&d.jpeg);
  const std::size_t row_bytes = samples.data.size() / static_cast<std::size_t>(samples.rows);
  while (d.jpeg.output_scanline < d.jpeg.output_height) {
    auto* row =
        reinterpret_cast<JSAMPROW>(samples.data.data() + d.jpeg.output_scanline * row_bytes);
    jpeg_read_scanlines(&d.jpeg, &row, 1);
  }
  return true;
}

bool decodeWithLibjpeg(Bytes frame, Samples& samples, bool ycbcr) {
  Decoding d;
  d.jpeg.err = jpeg_std_error(&d.errors);
  d.jpeg.client_data = &d;
  d.errors.error_exit = fail;
  d.errors.emit_message = failOnLostData;
  d.errors.output_message = keepSilent;
  return decodeInto(d, frame, samples, ycbcr);
}

/// Lossless processes and more than 8 bits; components come out as they are.
bool decodeWithDcmtk(Bytes frame, Samples& samples) {
  const DJCodecParameter parameters(ECC_lossyYCbCr, EDC_never, EUC_never, EPC_colorByPixel);
  std::unique_ptr<DJDecoder> decoder;
  if (samples.precision > 12) {
    decoder = std::make_unique<DJDecompressIJG16Bit>(parameters, OFFalse);
  } else if (samples.precision > 8) {
    decoder = std::make_unique<DJDecompressIJG12Bit>(parameters, OFFalse);
  } else {
    decoder = std::make_unique<DJDecompressIJG8Bit>(parameters, OFFalse);
  }
  if (decoder->init().bad()) return false;
  auto* packed = const_cast<Uint8*>(reinterpret_cast<const Uint8*>(frame.data()));
  const OFCondition decoded = decoder->decode(packed, static_cast<Uint32>(frame.size()),
                                              reinterpret_cast<Uint8*>(samples.data.data()),
                                              static_cast<Uint32>(samples.data.size()), OFFalse);
  return decoded.good();  // EJ_Suspension, where data are missing, is not
}
}  // namespace

Samples decodeJpeg(Bytes frame, const Codestream& header, bool ycbcr) {
  if (header.precision < 2 || header.precision > 16) {
    throwBadInput("its JPEG stream has " + std::to_string(header.precision) + " bits a sample");
  }
  if (header.jpeg_arithmetic) throwBadInput("its JPEG stream is arithmetic-coded");
  Samples samples{header.rows, header.cols, header.components, header.precision, {}};
  const std::size_t sample_bytes = header.precision > 8 ? 2 : 1;
  samples.data.resize(static_cast<std::size_t>(header.rows) *
                      static_cast<std::size_t>(header.cols) *
                      static_cast<std::size_t>(header.components) * sample_bytes);
  const bool plain = header.discrete_cosine && header.precision == 8;
  const bool decoded =
      plain ? decodeWithLibjpeg(frame, samples, ycbcr) : decodeWithDcmtk(frame, samples);
  if (!decoded) throwBadInput("its JPEG data are damaged or cut short");
  return samples;
}

}  // namespace sonotwin::dicom
