// SPDX-License-Identifier: Apache-2.0
// Where no fuzzer drives a target: every seed, then mutations of it, the same each time.
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "fuzz_input.h"

namespace sonotwin::fuzz {
namespace {
namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;
constexpr long kMostMemory_kb = 512L << 10;

struct Seed {
  std::string name;
  Bytes bytes;
};

std::vector<Seed> seedsIn(const fs::path& folder) {
  std::vector<Seed> seeds;
  if (!fs::exists(folder)) return seeds;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    std::ifstream stream(entry.path(), std::ios::binary);
    seeds.push_back(
        {entry.path().filename().string(), Bytes(std::istreambuf_iterator<char>(stream), {})});
  }
  std::ranges::sort(seeds, {}, &Seed::name);
  return seeds;
}

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  /// A few changes of one to eight bytes each, most of them near the beginning, where headers are.
  void mutate(Bytes& bytes) {
    for (std::size_t left = 1 + below(4); left > 0 && !bytes.empty(); --left) change(bytes);
  }

 private:
  std::size_t below(std::size_t count) { return random_() % count; }

  std::size_t placeIn(const Bytes& bytes) {
    const std::size_t place = below(bytes.size());
    return below(2) == 0 ? place : below(place + 1);
  }

  void change(Bytes& bytes) {
    const std::size_t at = placeIn(bytes);
    const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto here = static_cast<std::ptrdiff_t>(std::min(1 + below(8), bytes.size() - at));
    switch (below(7)) {
      case 0:
        bytes[at] = static_cast<std::uint8_t>(random_());
        break;
      case 1:
        bytes[at] ^= static_cast<std::uint8_t>(1U << below(8));
        break;
      case 2:
        bytes[at] = static_cast<std::uint8_t>('0' + below(10));
        break;
      case 3:
        std::fill(place, place + here, kExtremes[below(kExtremes.size())]);
        break;
      case 4:
        bytes.erase(place, place + here);
        break;
      case 5: {
        const Bytes piece(place, place + here);
        bytes.insert(place, piece.begin(), piece.end());
        break;
      }
      default:
        if (below(4) == 0) bytes.resize(at);
        break;
    }
  }

  static constexpr std::array<std::uint8_t, 4> kExtremes = {0x00, 0x7F, 0x80, 0xFF};
  std::mt19937 random_;
};

/// Leaves the input on the disk for as long as its run lasts: a crash shows which it was.
void run(const Bytes& bytes, const fs::path& trace) {
  std::ofstream(trace, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

/// Mutations of each seed; SONOTWIN_LONG_TRIALS makes that many more.
int mutationsWanted() {
  const char* const more = std::getenv("SONOTWIN_LONG_TRIALS");
  return 100 + (more != nullptr ? std::atoi(more) : 0);
}

/// @returns how many inputs there were.
int replay(const std::vector<Seed>& seeds, bool must_be_read, const fs::path& trace) {
  int inputs = 0;
  for (const Seed& seed : seeds) {
    const int before = readings();
    run(seed.bytes, trace);
    ++inputs;
    if (must_be_read && readings() == before) fail("the seed " + seed.name + " is refused");
    Mutator mutator(static_cast<unsigned>(seed.bytes.size()));
    for (const int last = inputs + mutationsWanted(); inputs < last; ++inputs) {
      Bytes bytes = seed.bytes;
      mutator.mutate(bytes);
      run(bytes, trace);
    }
  }
  return inputs;
}

void checkMemory() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  if (usage.ru_maxrss > kMostMemory_kb) {
    fail("some input took " + std::to_string(usage.ru_maxrss >> 10) + " MB of memory");
  }
#endif
}
}  // namespace
}  // namespace sonotwin::fuzz

/// replay TRACE SEEDS FINDINGS: seeds are whole files, findings were trouble once.
int main(int argc, char** argv) {
  using namespace sonotwin::fuzz;
  if (argc != 4) return 2;
  const fs::path trace = argv[1];
  const std::vector<Seed> seeds = seedsIn(argv[2]);
  if (seeds.empty()) fail("there are no seeds");
  std::printf("If this fails, the input is in %s.\n", trace.c_str());
  std::fflush(stdout);
  const int inputs = replay(seeds, true, trace) + replay(seedsIn(argv[3]), false, trace);
  checkMemory();
  fs::remove(trace);
  std::printf("%d inputs, %d read.\n", inputs, readings());
  return 0;
}
