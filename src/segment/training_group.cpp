// SPDX-License-Identifier: Apache-2.0
#include "training_group.h"

#include <charconv>
#include <chrono>
#include <tuple>

// LibTorch's headers show their classes only where these are defined.
#if defined(SONOTWIN_HAVE_GLOO) && !defined(USE_C10D_GLOO)
#define USE_C10D_GLOO
#endif
#if defined(SONOTWIN_HAVE_NCCL) && !defined(USE_C10D_NCCL)
#define USE_C10D_NCCL
#endif
#if defined(SONOTWIN_HAVE_GLOO) || defined(SONOTWIN_HAVE_NCCL)
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#endif
#ifdef SONOTWIN_HAVE_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef SONOTWIN_HAVE_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

namespace sonotwin::segment {
namespace {
// A process that is paused keeps the others waiting; one that dies is noticed at once.
constexpr std::chrono::hours kLongestWait{24};
constexpr std::chrono::minutes kLongestMeeting{5};

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

Address parseAddress(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  Address address;
  const char* const end = text.data() + text.size();
  if (colon != std::string::npos && colon > 0) {
    const auto [stop, failed] = std::from_chars(text.data() + colon + 1, end, address.port);
    if (failed == std::errc() && stop == end && address.port != 0) {
      address.host = text.substr(0, colon);
      return address;
    }
  }
  throwBadInput("'" + text +
                "' is not a place to meet: give HOST:PORT of the process with rank 0.");
}

[[noreturn]] void throwGone(const std::exception& failure) {
  throw Error(ErrorKind::kDevice,
              "The processes that train together have lost each other: one of them ended or could "
              "not be reached. Start them all again with --resume. (" +
                  std::string(failure.what()).substr(0, 200) + ")");
}

/// Runs `work`, whose failures come as exceptions of several libraries.
template <class Work>
void together(Work&& work) {
  try {
    std::forward<Work>(work)();
  } catch (const std::exception& failure) {
    throwGone(failure);
  }
}
}  // namespace

#if defined(SONOTWIN_HAVE_GLOO) || defined(SONOTWIN_HAVE_NCCL)
class GroupEngine {
 public:
  virtual ~GroupEngine() = default;
  virtual void sum(at::Tensor& tensor) = 0;
  virtual void broadcast(at::Tensor& tensor) = 0;
  [[nodiscard]] virtual at::Device device() const = 0;

  static std::unique_ptr<GroupEngine> meet(const TrainPlace& place, const Runtime& runtime);

 protected:
  static c10::intrusive_ptr<c10d::Store> openStore(const TrainPlace& place,
                                                   const Address& address) {
    c10d::TCPStoreOptions options;
    options.port = address.port;
    options.isServer = place.rank == 0;
    options.numWorkers = static_cast<std::size_t>(place.size);
    options.timeout = kLongestMeeting;
    return c10::make_intrusive<c10d::TCPStore>(address.host, options);
  }
};

namespace {
template <class Group>
class EngineOf : public GroupEngine {
 public:
  EngineOf(c10::intrusive_ptr<Group> group, at::Device device)
      : group_(std::move(group)), device_(device) {}

  void sum(at::Tensor& tensor) override {
    std::vector<at::Tensor> one{tensor};
    group_->allreduce(one)->wait();
  }
  void broadcast(at::Tensor& tensor) override {
    std::vector<at::Tensor> one{tensor};
    group_->broadcast(one)->wait();
  }
  [[nodiscard]] at::Device device() const override { return device_; }

 private:
  c10::intrusive_ptr<Group> group_;
  at::Device device_;
};
}  // namespace

std::unique_ptr<GroupEngine> GroupEngine::meet(const TrainPlace& place, const Runtime& runtime) {
  const Address address = parseAddress(place.meet);
#ifdef SONOTWIN_HAVE_NCCL
  if (runtime.onGpu()) {
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = kLongestWait;
    return std::make_unique<EngineOf<c10d::ProcessGroupNCCL>>(
        c10::make_intrusive<c10d::ProcessGroupNCCL>(openStore(place, address), place.rank,
                                                    place.size, options),
        runtime.device);
  }
#endif
#ifdef SONOTWIN_HAVE_GLOO
  if (!runtime.onGpu()) {
    auto options = c10d::ProcessGroupGloo::Options::create(kLongestWait);
    const bool local = address.host == "localhost" || address.host.starts_with("127.");
    options->devices.push_back(local ? c10d::ProcessGroupGloo::createDeviceForHostname(address.host)
                                     : c10d::ProcessGroupGloo::createDefaultDevice());
    return std::make_unique<EngineOf<c10d::ProcessGroupGloo>>(
        c10::make_intrusive<c10d::ProcessGroupGloo>(openStore(place, address), place.rank,
                                                    place.size, options),
        runtime.device);
  }
#endif
  return nullptr;
}
#else
class GroupEngine {
 public:
  void sum(at::Tensor&) {}
  void broadcast(at::Tensor&) {}
  [[nodiscard]] at::Device device() const { return at::kCPU; }
  static std::unique_ptr<GroupEngine> meet(const TrainPlace&, const Runtime&) { return nullptr; }
};
#endif

TrainingGroup::TrainingGroup(const TrainPlace& place, const Runtime& runtime)
    : place_(place), runtime_(runtime) {
  if (place.size < 1 || place.rank < 0 || place.rank >= place.size) {
    throwBadInput("There is no process " + std::to_string(place.rank) + " in a training of " +
                  std::to_string(place.size) + ": ranks count from 0.");
  }
  if (place.size == 1) return;
  std::ignore = parseAddress(place.meet);
  together([&] { engine_ = GroupEngine::meet(place, runtime); });
  if (!engine_) {
    throw Error(ErrorKind::kDevice,
                std::string("This build cannot train over several processes on ") +
                    (runtime.onGpu() ? "GPUs: LibTorch came without NCCL's headers."
                                     : "CPUs: gloo's headers (libgloo-dev) were not there.") +
                    " Train in one process, or build again with them.");
  }
}

TrainingGroup::~TrainingGroup() = default;

void TrainingGroup::average(std::vector<at::Tensor> tensors) const {
  if (!engine_) return;
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> flat;
  for (const at::Tensor& tensor : tensors) flat.push_back(tensor.reshape({-1}));
  at::Tensor all = at::cat(flat);
  together([&] { engine_->sum(all); });
  all /= static_cast<double>(place_.size);
  std::int64_t begin = 0;
  for (at::Tensor& tensor : tensors) {
    tensor.copy_(all.narrow(0, begin, tensor.numel()).view(tensor.sizes()));
    begin += tensor.numel();
  }
}

at::Tensor TrainingGroup::sum(const at::Tensor& values) const {
  if (!engine_) return values;
  at::Tensor all = values.to(engine_->device()).clone();
  together([&] { engine_->sum(all); });
  return all.to(at::kCPU);
}

void TrainingGroup::share(const std::vector<at::Tensor>& tensors) const {
  if (!engine_) return;
  const at::NoGradGuard no_grad;
  for (at::Tensor tensor : tensors) {
    at::Tensor plain = tensor.detach().contiguous();
    together([&] { engine_->broadcast(plain); });
    if (!plain.is_same(tensor)) tensor.detach().copy_(plain);
  }
}

double TrainingGroup::share(double value) const {
  if (!engine_) return value;
  at::Tensor one = at::full({1}, value, at::TensorOptions(engine_->device()).dtype(at::kDouble));
  together([&] { engine_->broadcast(one); });
  return one.item<double>();
}

}  // namespace sonotwin::segment
