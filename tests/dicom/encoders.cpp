// SPDX-License-Identifier: Apache-2.0
#include "encoders.h"

#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djeijg12.h>
#include <gtest/gtest.h>
#include <openjpeg.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
// jpeglib.h needs FILE declared before it.
#include <jpeglib.h>

#include <algorithm>

namespace sonotwin::dicom::test {
namespace {
OPJ_SIZE_T append(void* buffer, OPJ_SIZE_T count, void* user) {
  auto& out = *static_cast<Bytes8*>(user);
  const auto* bytes = static_cast<const std::uint8_t*>(buffer);
  out.insert(out.end(), bytes, bytes + count);
  return count;
}

std::uint8_t rounded(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}
}  // namespace

Bytes8 jpegOf(const Shape& shape, const Bytes8& rgb, const JpegDress& dress) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &out, &size);
  jpeg.image_width = static_cast<JDIMENSION>(shape.cols);
  jpeg.image_height = static_cast<JDIMENSION>(shape.rows);
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_colorspace(&jpeg, dress.ycbcr ? JCS_YCbCr : JCS_RGB);
  jpeg_set_quality(&jpeg, 98, TRUE);
  if (dress.progressive) jpeg_simple_progression(&jpeg);
  jpeg.write_JFIF_header = dress.jfif;
  jpeg.write_Adobe_marker = dress.adobe;
  for (int i = 0; i < 3; ++i) {
    jpeg.comp_info[i].component_id = dress.rgb_names ? "RGB"[i] : i + 1;
    jpeg.comp_info[i].h_samp_factor = dress.subsampled && i == 0 ? 2 : 1;
    jpeg.comp_info[i].v_samp_factor = 1;
  }
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = const_cast<JSAMPLE*>(rgb.data() + jpeg.next_scanline * jpeg.image_width * 3);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  Bytes8 bytes(out, out + size);
  std::free(out);
  return bytes;
}

Bytes8 jpeg12Of(const Shape& shape, Words16 levels) {
  const DJCodecParameter parameters(ECC_lossyYCbCr, EDC_never, EUC_never, EPC_colorByPixel);
  DJCompressIJG12Bit encoder(parameters, EJM_sequential, 98);
  Uint8* out = nullptr;
  Uint32 size = 0;
  EXPECT_TRUE(encoder
                  .encode(static_cast<Uint16>(shape.cols), static_cast<Uint16>(shape.rows),
                          EPI_Monochrome2, 1, levels.data(), out, size)
                  .good());
  Bytes8 bytes(out, out + size);
  delete[] out;
  return bytes;
}

Bytes8 jpeg2000Of(const Shape& shape, const Words16& samples, const Jpeg2000Dress& dress) {
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.tcp_numlayers = 1;
  parameters.cp_disto_alloc = 1;
  parameters.tcp_rates[0] = dress.lossy ? 4.0F : 0.0F;
  parameters.irreversible = dress.lossy ? 1 : 0;
  parameters.tcp_mct = dress.colour_transform ? 1 : 0;
  parameters.numresolution = 3;
  const auto components = static_cast<OPJ_UINT32>(shape.samples);
  std::vector<opj_image_cmptparm_t> component(components);
  for (auto& c : component) {
    c = {};
    c.dx = c.dy = 1;
    c.w = static_cast<OPJ_UINT32>(shape.cols);
    c.h = static_cast<OPJ_UINT32>(shape.rows);
    c.prec = static_cast<OPJ_UINT32>(dress.precision);
  }
  opj_image_t* image = opj_image_create(components, component.data(),
                                        components == 3 ? OPJ_CLRSPC_SRGB : OPJ_CLRSPC_GRAY);
  image->x1 = component[0].w;
  image->y1 = component[0].h;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    image->comps[i % components].data[i / components] = samples[i];
  }
  Bytes8 out;
  opj_codec_t* codec = opj_create_compress(OPJ_CODEC_J2K);
  opj_stream_t* stream = opj_stream_default_create(OPJ_FALSE);
  opj_stream_set_user_data(stream, &out, nullptr);
  opj_stream_set_write_function(stream, append);
  EXPECT_TRUE(opj_setup_encoder(codec, &parameters, image));
  EXPECT_TRUE(opj_start_compress(codec, image, stream));
  EXPECT_TRUE(opj_encode(codec, stream));
  EXPECT_TRUE(opj_end_compress(codec, stream));
  opj_stream_destroy(stream);
  opj_destroy_codec(codec);
  opj_image_destroy(image);
  return out;
}

Bytes8 ycbcrOf(const Bytes8& rgb) {
  Bytes8 out(rgb.size());
  for (std::size_t i = 0; i + 2 < rgb.size(); i += 3) {
    const double r = rgb[i];
    const double g = rgb[i + 1];
    const double b = rgb[i + 2];
    const double y = 0.299 * r + 0.587 * g + 0.114 * b;
    out[i] = rounded(y);
    out[i + 1] = rounded((b - y) / 1.772 + 128.0);
    out[i + 2] = rounded((r - y) / 1.402 + 128.0);
  }
  return out;
}

}  // namespace sonotwin::dicom::test
