// SPDX-License-Identifier: Apache-2.0
// A store of 2,000 patients, 20,000 clips and 1,000,000 frames: how long it takes to open, to list
// and search, to read a frame, and to take objects in. Pixels are tiny where only rows count.
//
//   bench_store [FOLDER [PATIENTS]]     FOLDER on the disk to be measured (default: .)
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "sonotwin/base/error.h"
#include "sonotwin/store/store.h"

namespace {
namespace fs = std::filesystem;
using namespace sonotwin;
using Clock = std::chrono::steady_clock;

constexpr int kFramesPerClip = 50, kClipsPerPatient = 10;
constexpr std::array kRegions = {"thyroid", "liver", "heart", "neck", "breast", "kidney"};
constexpr std::array kDevices = {"EPIQ 7", "LOGIQ E9", "Aplio i800", "Clarius L15"};

double millisecondsOf(const std::function<void()>& work) {
  const auto begin = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double cpuMilliseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double shareOf(std::vector<double>& sorted_ms, double share) {
  std::ranges::sort(sorted_ms);
  return sorted_ms[static_cast<std::size_t>(share * static_cast<double>(sorted_ms.size() - 1))];
}

// Wall time is the promise; CPU time tells what a machine that others use would make of it alone.
void measure(const std::string& what, int count, const std::function<void(int)>& work) {
  std::vector<double> wall_ms, cpu_ms;
  for (int i = 0; i < count; ++i) {
    const double begin = cpuMilliseconds();
    wall_ms.push_back(millisecondsOf([&] { work(i); }));
    cpu_ms.push_back(cpuMilliseconds() - begin);
  }
  std::printf("%-52s median %8.3f, p99 %8.3f ms; CPU %8.3f, %8.3f ms\n", what.c_str(),
              shareOf(wall_ms, 0.5), shareOf(wall_ms, 0.99), shareOf(cpu_ms, 0.5),
              shareOf(cpu_ms, 0.99));
}

/// One picture again and again: rows count here, not pixels.
class OnePicture final : public media::FrameSource {
 public:
  OnePicture(int rows, int cols, unsigned seed) : image_(rows, cols) {
    std::mt19937 random(seed);
    for (std::byte& byte : image_.data) byte = static_cast<std::byte>(random());
  }
  [[nodiscard]] media::Image frame(int) const override { return image_; }

 private:
  media::Image image_;
};

media::Clip clipOf(unsigned seed, int rows, int cols, bool tracked) {
  media::Clip clip;
  clip.info.frame_count = kFramesPerClip;
  clip.info.rows = rows;
  clip.info.cols = cols;
  clip.info.tracked = tracked;
  clip.info.body_region = kRegions[seed % kRegions.size()];
  clip.info.device_model = kDevices[seed / 7 % kDevices.size()];
  clip.info.source_format = "bench";
  clip.frames.resize(kFramesPerClip);
  for (std::size_t i = 0; i < clip.frames.size(); ++i) {
    clip.frames[i].time_s = static_cast<double>(i) / 30.0;
    if (tracked) clip.frames[i].pose_status = media::PoseStatus::kValid;
  }
  clip.pixels = std::make_shared<OnePicture>(rows, cols, seed);
  return clip;
}

store::Origin originOf(unsigned patient, unsigned clip) {
  return {.patient_key = "patient " + std::to_string(patient),
          .study_key = "exam " + std::to_string(clip / 2),
          .series_key = "series",
          .exam_day_number = 18000 + static_cast<int>(37 * (clip / 2) + patient % 11)};
}

media::ClipMask maskOf(const media::Clip& clip) {
  media::FrameMask frame;
  frame.rows = clip.info.rows;
  frame.cols = clip.info.cols;
  frame.labels.assign(static_cast<std::size_t>(frame.rows * frame.cols), 1);
  return {{{1, "nerve"}}, {frame}};
}

void fill(store::Store& store, unsigned patients) {
  const double ms = millisecondsOf([&] {
    for (unsigned p = 0; p < patients; ++p) {
      for (unsigned c = 0; c < kClipsPerPatient; ++c) {
        const unsigned seed = p * kClipsPerPatient + c;
        const media::Clip clip = clipOf(seed, 4, 4, seed % 5 == 0);
        const std::string id = store.addClip(clip, originOf(p, c), {}).id;
        if (seed % 4 == 0) store.addMask(id, maskOf(clip), "network", {});
        if (seed % 20 == 0) store.addAnnotation(id, maskOf(clip), "anna");
      }
    }
  });
  const double clips = patients * static_cast<double>(kClipsPerPatient);
  std::printf("made: %.0f clips, %.0f frames in %.1f s\n", clips, clips * kFramesPerClip, ms / 1e3);
}

void measureSize(const fs::path& folder, unsigned patients) {
  const auto bytes = static_cast<double>(fs::file_size(folder / "sonotwin.sqlite"));
  const double frames = patients * static_cast<double>(kClipsPerPatient * kFramesPerClip);
  std::printf("index: %.1f MB, %.0f bytes a frame (1 in 5 tracked): %.2f %% of frames of 30 KB\n",
              bytes / 1e6, bytes / frames, 100.0 * bytes / (frames * 30e3));
}

void measureLists(const store::Store& store, unsigned patients) {
  std::mt19937 random(1);
  std::vector<std::string> ids;
  for (const auto& row : store.patients(static_cast<int>(patients))) ids.push_back(row.id);
  const auto any = [&] { return ids[random() % ids.size()]; };
  const auto search = [&](const std::string& what, const std::function<store::ClipQuery()>& make) {
    measure("clips: " + what, 200, [&](int) { std::ignore = store.clips(make()); });
  };
  measure("patients, pages of 1000", 100,
          [&](int i) { std::ignore = store.patients(1000, i % 2 * 1000); });
  measure("patients, all", 50, [&](int) { std::ignore = store.patients(100000); });
  measure("one patient with exams", 200, [&](int) { std::ignore = store.patient(any()); });
  measure("exams of all patients", 50, [&](int) { std::ignore = store.studies(); });
  const int last = static_cast<int>(patients) * kClipsPerPatient - 1000;
  search("any page of 1000", [&] {
    return store::ClipQuery{.offset = static_cast<int>(random() % static_cast<unsigned>(last))};
  });
  search("of a patient", [&] { return store::ClipQuery{.patient_id = any()}; });
  search("of a region",
         [&] { return store::ClipQuery{.body_region = kRegions[random() % kRegions.size()]}; });
  search("of a device, tracked", [&] {
    return store::ClipQuery{.device_model = kDevices[random() % kDevices.size()], .tracked = true};
  });
  search("with a label", [&] { return store::ClipQuery{.label = "nerve"}; });
  search("drawn by a person", [&] { return store::ClipQuery{.annotated = true}; });
  search("days 30 to 80", [&] { return store::ClipQuery{.from_day = 30, .to_day = 80}; });
  search("of two words", [&] { return store::ClipQuery{.text = "thyroid logiq"}; });
  search("a word that is nowhere", [&] { return store::ClipQuery{.text = "nowhere"}; });
  measure("count: days, tracked, text", 200, [&](int) {
    std::ignore = store.count({.text = "liver", .tracked = true, .from_day = 1});
  });
}

std::vector<std::byte> readPlain(const fs::path& file, std::size_t at, std::size_t size) {
  std::vector<std::byte> bytes(size);
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  std::ignore = ::pread(descriptor, bytes.data(), size, static_cast<off_t>(at));
  ::close(descriptor);
  return bytes;
}

void measureFrames(store::Store& store, const fs::path& folder) {
  constexpr int kRows = 480, kCols = 640;
  constexpr std::size_t kBytes = std::size_t{kRows} * kCols;
  const media::Clip clip = clipOf(77, kRows, kCols, false);
  const std::string id = store.addClip(clip, originOf(0, 0), {}).id;
  const fs::path plain = folder / "plain";
  std::ofstream stream(plain, std::ios::binary);
  const media::Image image = clip.pixels->frame(0);
  for (int i = 0; i < kFramesPerClip; ++i) {
    stream.write(reinterpret_cast<const char*>(image.data.data()),
                 static_cast<std::streamsize>(kBytes));
  }
  stream.close();
  std::mt19937 random(2);
  const auto any = [&] { return static_cast<int>(random() % kFramesPerClip); };
  measure("640 x 480 frame of a plain file: open, read, close", 2000, [&](int) {
    std::ignore = readPlain(plain, static_cast<std::size_t>(any()) * kBytes, kBytes);
  });
  measure("the same from the store by clip and number", 2000,
          [&](int) { std::ignore = store.frame(id, any()); });
  const media::Clip opened = store.clip(id);
  measure("the same from a clip at hand", 2000,
          [&](int) { std::ignore = opened.pixels->frame(any()); });
  fs::remove(plain);
}

// Each object is a file of 300 KB that is hashed, flushed, moved into place and recorded.
void measureIngest(const fs::path& folder, unsigned at_once) {
  constexpr std::size_t kBytes = 300000;
  constexpr unsigned kObjects = 1000;
  store::Store store = store::Store::create(folder / ("ingest" + std::to_string(at_once)));
  media::Clip clip = clipOf(1, 480, 625, false);
  clip.info.frame_count = 1;
  clip.frames.resize(1);
  std::mt19937_64 random(3);
  std::vector<std::uint64_t> words(kBytes / 8);
  const double cpu_begin = cpuMilliseconds();
  const double ms = millisecondsOf([&] {
    std::vector<store::ArrivingClip> batch;
    for (unsigned i = 0; i < kObjects; ++i) {
      words[i] = random();
      const fs::path file = store.temporaryFolder() / std::to_string(i);
      std::ofstream(file, std::ios::binary)
          .write(reinterpret_cast<const char*>(words.data()), kBytes);
      batch.push_back(
          {clip, originOf(i / 100, i / 10 % 10), {file, {{std::byte{1}}, {{0, kBytes}}}, {}}});
      if (batch.size() < at_once && i + 1 < kObjects) continue;
      store.addClips(std::move(batch), {});
      batch.clear();
    }
  });
  std::printf(
      "ingest of 1,000 files of 300 KB, flushed, %2u at once   %8.0f objects/s, %.2f ms of CPU "
      "each\n",
      at_once, kObjects / (ms / 1e3), (cpuMilliseconds() - cpu_begin) / kObjects);
}

void measurePlainFiles(const fs::path& folder) {
  constexpr std::size_t kBytes = 300000;
  constexpr int kObjects = 1000;
  const std::vector<std::uint64_t> words(kBytes / 8, 7);
  const double plain_ms = millisecondsOf([&] {
    for (int i = 0; i < kObjects; ++i) {
      const fs::path file = folder / ("plain" + std::to_string(i));
      const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
      std::ignore = ::write(descriptor, words.data(), kBytes);
      std::ignore = ::fsync(descriptor);
      ::close(descriptor);
    }
  });
  std::printf("%-52s %8.0f files/s\n", "the same files written and flushed only",
              kObjects / (plain_ms / 1e3));
}

void run(const fs::path& folder, unsigned patients) {
  // Making a million rows flushes 60,000 times; that is not what is measured here.
  const fs::path memory = fs::path("/dev/shm") / folder.filename();
  fs::create_directories(memory);
  {
    store::Store store = store::Store::create(memory / "store");
    fill(store, patients);
  }
  fs::copy(memory / "store", folder / "store", fs::copy_options::recursive);
  fs::rename(memory / "store.key", memory / "key");
  fs::copy_file(memory / "key", folder / "store.key");
  fs::permissions(folder / "store.key", fs::perms(0600));
  fs::remove_all(memory);
  measureSize(folder / "store", patients);
  measure("open", 50, [&](int) { store::Store::open(folder / "store"); });
  store::Store store = store::Store::open(folder / "store");
  measureLists(store, patients);
  measureFrames(store, folder);
  std::printf(
      "%-52s %8.1f s\n", "verify, rows",
      millisecondsOf([&] { std::ignore = store.verify(store::VerifyDepth::kRows, {}); }) / 1e3);
  for (const unsigned at_once : {1U, 4U, 16U, 32U}) measureIngest(folder, at_once);
  measurePlainFiles(folder);
}
}  // namespace

int main(int argc, char** argv) {
  try {
    std::string folder = (fs::path(argc > 1 ? argv[1] : ".") / "sonotwin-bench-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) return 1;
    run(folder, argc > 2 ? static_cast<unsigned>(std::stoul(argv[2])) : 2000);
    fs::remove_all(folder);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
