// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/dicom/reader.h"

#include <new>
#include <utility>

#include "byte_reader.h"
#include "clip_info.h"
#include "dicom_frames.h"
#include "frame_times.h"
#include "identity.h"
#include "load_object.h"
#include "object_kind.h"
#include "pixel_format.h"
#include "regions.h"
#include "sonotwin/base/error.h"
#include "structure.h"

namespace sonotwin::dicom {
namespace {
void append(std::vector<std::string>& to, const std::vector<std::string>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void readTimes(DcmItem& dataset, media::Clip& clip) {
  const FrameTimes times = readFrameTimes(dataset, clip.info.frame_count);
  clip.info.times_known = times.known;
  append(clip.info.assumptions, times.notes);
  clip.frames.resize(times.seconds.size());
  for (std::size_t i = 0; i < times.seconds.size(); ++i) clip.frames[i].time_s = times.seconds[i];
}

/// What `step` gives; errors name the file.
template <class Step>
auto naming(const std::filesystem::path& path, const Step& step) {
  try {
    return step();
  } catch (const Error& error) {
    throw Error(error.kind(), path.string() + ": " + error.what() + ".");
  } catch (const std::bad_alloc&) {
    throwBadInput(path.string() + ": it claims more pixels than this machine has memory for.");
  }
}

DicomClip readObject(const OpenedObject& opened) {
  const LoadedObject& object = opened.loaded();
  DcmItem& dataset = *object.dataset;
  DicomClip result;
  media::ClipInfo& info = result.clip.info;
  info.assumptions = requireUltrasoundPicture(dataset);
  PixelFormat format = readPixelFormat(dataset);
  result.identity = readIdentity(dataset, info.assumptions);
  info.rows = format.rows;
  info.cols = format.cols;
  info.source_format = "DICOM";
  info.transfer_syntax = object.syntax.uid;
  info.frame_count = format.frames;
  readScanAttributes(dataset, info);
  readRegions(dataset, info);

  append(info.assumptions, object.notes);
  ObjectFrames frames = openFrames(object.dataset, object.syntax.codec, std::move(format));
  info.channels = frames.decoder.recipe.channels();
  info.type = frames.decoder.recipe.type();
  append(info.assumptions, frames.notes);
  // Only now are the frames known to be there: a damaged count may be in billions.
  readTimes(dataset, result.clip);
  result.clip.pixels = std::make_shared<DicomFrames>(opened.path(), std::move(frames));
  return result;
}
}  // namespace

bool looksLikeDicom(const std::filesystem::path& path) {
  try {
    ByteReader reader(path);
    return findDataSet(reader).has_value();
  } catch (const Error&) {
    return false;
  }
}

OpenedObject::OpenedObject(std::filesystem::path path) : path_(std::move(path)) {
  loaded_ = naming(path_, [this] { return std::make_shared<LoadedObject>(loadObject(path_)); });
}

DicomClip readDicom(const std::filesystem::path& path) {
  return readDicom(OpenedObject(path));
}

DicomClip readDicom(const OpenedObject& object) {
  return naming(object.path(), [&] { return readObject(object); });
}

}  // namespace sonotwin::dicom
