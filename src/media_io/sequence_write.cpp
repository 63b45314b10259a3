// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <bit>
#include <cstdio>
#include <string>

#include "deflate.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/media/sequence_io.h"
#include "transform_graph.h"
#include "volume_formats.h"

namespace sonotwin::media {
namespace {
static_assert(std::endian::native == std::endian::little, "the header below says so");

const char* elementType(PixelType type) {
  switch (type) {
    case PixelType::kUint8:
      return "MET_UCHAR";
    case PixelType::kUint16:
      return "MET_USHORT";
    case PixelType::kFloat32:
      return "MET_FLOAT";
  }
  return "";
}

std::string frameLines(const Clip& clip, std::size_t index) {
  const FrameInfo& frame = clip.frames[index];
  std::array<char, 32> prefix{};
  std::snprintf(prefix.data(), prefix.size(), "Seq_Frame%04zu_", index);
  std::string text;
  const auto add = [&](const std::string& name, const std::string& value) {
    text += prefix.data() + name + " = " + value + "\n";
  };
  if (clip.info.tracked) {
    const bool valid = frame.pose_status == PoseStatus::kValid;
    const std::string name = "ProbeTo" + clip.info.world + "Transform";
    add(name, matrixText(valid ? frame.world_from_probe.matrix() : Eigen::Matrix4d::Identity()));
    add(name + "Status", valid                                       ? "OK"
                         : frame.pose_status == PoseStatus::kInvalid ? "INVALID"
                                                                     : "MISSING");
  }
  if (clip.info.times_known) add("Timestamp", numberText(frame.time_s));
  add("ImageStatus", "OK");
  return text;
}

std::string headerText(const Clip& clip, std::optional<std::uint64_t> compressed_bytes) {
  const ClipInfo& info = clip.info;
  const std::array<double, 2> spacing = info.spacing_mm.value_or(std::array{1.0, 1.0});
  std::string text =
      "ObjectType = Image\nNDims = 3\nAnatomicalOrientation = RAI\nBinaryData = True\n"
      "BinaryDataByteOrderMSB = False\nCenterOfRotation = 0 0 0\n";
  text += std::string("CompressedData = ") + (compressed_bytes ? "True" : "False") + "\n";
  if (compressed_bytes) text += "CompressedDataSize = " + std::to_string(*compressed_bytes) + "\n";
  text += "DimSize = " + std::to_string(info.cols) + " " + std::to_string(info.rows) + " " +
          std::to_string(info.frame_count) + "\nKinds = domain domain list\n";
  text += "ElementNumberOfChannels = " + std::to_string(info.channels) +
          "\nElementSpacing = " + numberText(spacing[0]) + " " + numberText(spacing[1]) +
          " 1\nElementType = " + elementType(info.type) +
          "\nOffset = 0 0 0\nTransformMatrix = 1 0 0 0 1 0 0 0 1\n";
  text += "UltrasoundImageOrientation = MFA\nUltrasoundImageType = ";
  text += info.channels == 3 ? "RGB_COLOR\n" : "BRIGHTNESS\n";
  if (!info.body_region.empty()) text += "BodyPartExamined = " + oneLine(info.body_region) + "\n";
  if (info.probe_from_image) {
    text += "ImageToProbeTransform = " + matrixText(info.probe_from_image->matrix()) + "\n";
  }
  for (std::size_t i = 0; i < clip.frames.size(); ++i) text += frameLines(clip, i);
  return text + "ElementDataFile = LOCAL\n";
}

Image checkedFrame(const Clip& clip, int index) {
  Image image = clip.pixels->frame(index);
  const ClipInfo& info = clip.info;
  if (image.rows != info.rows || image.cols != info.cols || image.channels != info.channels ||
      image.type != info.type) {
    throwBadInput("Frame " + std::to_string(index) +
                  " differs from the clip in size or type: it cannot go into one sequence file.");
  }
  return image;
}

void checkClip(const Clip& clip) {
  const ClipInfo& info = clip.info;
  if (!clip.pixels || info.frame_count < 1 ||
      clip.frames.size() != static_cast<std::size_t>(info.frame_count)) {
    throwBadInput("A clip without frames cannot be written as a sequence.");
  }
  if (info.tracked && (info.world.empty() || !parseTransformName("ProbeTo" + info.world))) {
    throwBadInput("A tracked clip must name its world, such as Reference, to be written.");
  }
}
}  // namespace

void writeFrameStack(const std::filesystem::path& path, const Clip& clip,
                     const std::vector<Label>& labels) {
  checkClip(clip);
  const ClipInfo& info = clip.info;
  if (info.channels != 1) throwBadInput("Only grey frames are written as a stack.");
  std::string header = "NRRD0005\ntype: " + nrrdType(info.type) +
                       "\ndimension: 3\nsizes: " + std::to_string(info.cols) + " " +
                       std::to_string(info.rows) + " " + std::to_string(info.frame_count) +
                       "\nkinds: domain domain list\n";
  if (info.spacing_mm) {
    header += "spacings: " + numberText((*info.spacing_mm)[0]) + " " +
              numberText((*info.spacing_mm)[1]) + " nan\nunits: \"mm\" \"mm\" \"\"\n";
  }
  header += "endian: little\nencoding: gzip\n" + labelFields(labels, ":=") + "\n";
  Deflater deflater(DeflateWrapper::kGzip, kVolumeDeflateLevel);
  AtomicFile file(path);
  file.write(header);
  for (int i = 0; i < info.frame_count; ++i) file.write(deflater.add(checkedFrame(clip, i).data));
  file.write(deflater.finish());
  file.commit();
}

void writeSequence(const std::filesystem::path& path, const Clip& clip, bool compressed) {
  checkClip(clip);
  AtomicFile file(path);
  if (!compressed) {
    file.write(headerText(clip, std::nullopt));
    for (int i = 0; i < clip.info.frame_count; ++i) file.write(checkedFrame(clip, i).data);
    file.commit();
    return;
  }
  // The header stands first and says how many compressed bytes follow.
  Deflater deflater(DeflateWrapper::kZlib);
  std::vector<std::byte> packed;
  const auto keep = [&](const std::vector<std::byte>& bytes) {
    packed.insert(packed.end(), bytes.begin(), bytes.end());
  };
  for (int i = 0; i < clip.info.frame_count; ++i) keep(deflater.add(checkedFrame(clip, i).data));
  keep(deflater.finish());
  file.write(headerText(clip, packed.size()));
  file.write(packed);
  file.commit();
}

}  // namespace sonotwin::media
