// SPDX-License-Identifier: Apache-2.0
#include "presenters/job_runner.h"

#include <chrono>
#include <exception>
#include <utility>

#include "sonotwin/base/error.h"

namespace sonotwin::workstation {
namespace {
constexpr auto kReportEvery = std::chrono::milliseconds(60);
constexpr double kFewestSeconds = 1.0, kLeastShare = 0.02;
constexpr double kManySeconds = 20.0, kLeastShareOfMany = 0.001;

JobOutcome runToEnd(const Job& job, const Progress& progress) {
  JobOutcome outcome{job.name, job.object, JobEnd::kDone, {}, {}, {}};
  try {
    outcome.result = job.run(progress);
  } catch (const Error& error) {
    outcome.end = error.kind() == ErrorKind::kCancelled ? JobEnd::kCancelled : JobEnd::kFailed;
    outcome.error = QString::fromUtf8(error.what());
  } catch (const std::exception& error) {
    outcome.end = JobEnd::kFailed;
    outcome.error = QString::fromUtf8(error.what());
  }
  if (outcome.end == JobEnd::kCancelled && job.left) outcome.left = job.left();
  return outcome;
}
}  // namespace

std::optional<double> secondsLeft(double elapsed_s, double fraction, double from) {
  const double share = fraction - from;
  const double enough = elapsed_s < kManySeconds ? kLeastShare : kLeastShareOfMany;
  if (elapsed_s < kFewestSeconds || share < enough) return std::nullopt;
  return elapsed_s * (1.0 - fraction) / share;
}

JobRunner::JobRunner(QObject* parent) : QObject(parent) {}

JobRunner::~JobRunner() {
  queue_.clear();
  stop_.request_stop();
}

void JobRunner::start(Job job) {
  queue_.push_back(std::move(job));
  if (!running_) startNext();
}

void JobRunner::cancel() {
  if (!running_) return;
  stop_.request_stop();
  Q_EMIT stopping();
}

void JobRunner::cancelAll() {
  std::erase_if(queue_, [](const Job& job) { return !job.must_finish; });
  if (running_ && !running_->must_finish) cancel();
}

void JobRunner::startNext() {
  running_ = std::move(queue_.front());
  queue_.pop_front();
  stop_ = std::stop_source();
  clock_.start();
  seconds_before_ = 0.0;
  reported_ = held_ = false;
  fraction_ = from_ = 0.0;
  stage_.clear();
  Q_EMIT started(running_->name, running_->object);
  thread_ = std::jthread([this, job = *running_, stop = stop_.get_token()] {
    std::chrono::steady_clock::time_point last;
    const Progress progress(
        [this, last](double fraction, std::string_view stage) mutable {
          const auto now = std::chrono::steady_clock::now();
          if (now - last < kReportEvery) return;
          last = now;
          const QString words = QString::fromUtf8(stage.data(), static_cast<int>(stage.size()));
          QMetaObject::invokeMethod(
              this, [this, fraction, words] { report(fraction, words); }, Qt::QueuedConnection);
        },
        stop);
    const JobOutcome outcome = runToEnd(job, progress);
    QMetaObject::invokeMethod(
        this, [this, outcome] { finish(outcome); }, Qt::QueuedConnection);
  });
}

void JobRunner::setHeld(bool held) {
  if (!running_ || held == held_) return;
  if (held) {
    seconds_before_ = seconds();
  } else {
    clock_.start();
  }
  held_ = held;
  tell();
}

double JobRunner::seconds() const {
  return seconds_before_ + (held_ ? 0.0 : static_cast<double>(clock_.elapsed()) / 1000.0);
}

void JobRunner::report(double fraction, const QString& stage) {
  if (!std::exchange(reported_, true)) {
    from_ = fraction;
    clock_.start();
    seconds_before_ = 0.0;
  }
  fraction_ = fraction;
  stage_ = stage;
  tell();
}

void JobRunner::tell() {
  Q_EMIT progressed(fraction_, stage_,
                    held_ ? std::nullopt : secondsLeft(seconds(), fraction_, from_));
}

void JobRunner::finish(const JobOutcome& outcome) {
  thread_.join();
  running_.reset();
  stop_ = std::stop_source();
  Q_EMIT ended(outcome);
  if (running_) return;  // a listener has started the next
  if (queue_.empty()) {
    Q_EMIT idle();
  } else {
    startNext();
  }
}

}  // namespace sonotwin::workstation
