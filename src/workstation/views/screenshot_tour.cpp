// SPDX-License-Identifier: Apache-2.0
#include "views/screenshot_tour.h"

#include <QAbstractButton>
#include <QDir>
#include <QPixmap>
#include <QSlider>
#include <algorithm>

#include "sonotwin/base/log.h"
#include "views/main_window.h"
#include "views/review_view.h"

namespace sonotwin::workstation {
namespace {
constexpr int kTick_ms = 40;
constexpr int kQuietTicks = 8;  ///< settled so long: layouts and frames are done
constexpr int kLongestWait_ms = 120'000;
}  // namespace

ScreenshotTour::ScreenshotTour(MainWindow& window, const QString& folder, QObject* parent)
    : QObject(parent), window_(window), folder_(folder) {
  timer_.setInterval(kTick_ms);
  connect(&timer_, &QTimer::timeout, this, &ScreenshotTour::tick);
  planSteps();
}

void ScreenshotTour::planSteps() {
  const auto slide = [this](Screen screen, const char* name, double part) {
    if (auto* slider = window_.workspace(screen).findChild<QSlider*>(QLatin1String(name))) {
      slider->setValue(static_cast<int>(part * slider->maximum()));
    }
  };
  const auto click = [this](const char* name) {
    auto* button = window_.findChild<QAbstractButton*>(QLatin1String(name));
    if (button && button->isEnabled()) button->click();
  };
  const auto most = [this](auto number) {
    const auto& patients = window_.session().patients();
    const auto found = std::ranges::max_element(patients, {}, number);
    if (found != patients.end()) window_.session().selectPatient(found->row.id);
  };
  steps_ = {
      {QString(), [this] { window_.go(Screen::kLibrary); }},
      {QStringLiteral("timeline"),
       [most] { most([](const PatientEntry& entry) { return entry.row.exam_count; }); }},
      {QStringLiteral("library"),
       [most] { most([](const PatientEntry& entry) { return entry.row.surface_count; }); }},
      {QString(), [this] { window_.go(Screen::kReview); }},
      {QStringLiteral("review"), [slide] { slide(Screen::kReview, "scrubber", 0.5); }},
      {QString(),
       [this] {
         auto& review = static_cast<ReviewView&>(window_.workspace(Screen::kReview));
         review.recipes().choose(0);
         review.editRecipe(true);
       }},
      {QStringLiteral("recipe"), [] {}},
      {QString(),
       [this] {
         auto& review = static_cast<ReviewView&>(window_.workspace(Screen::kReview));
         review.recipes().choose(-1);
         review.editRecipe(false);
       }},
      {QStringLiteral("annotate"), [this] { window_.go(Screen::kAnnotate); }},
      {QStringLiteral("3d"), [this] { window_.go(Screen::kModel); }},
      {QString(), [this] { window_.go(Screen::kRobot); }},
      {QString(), [click] { click("plan"); }},
      {QStringLiteral("robot"), [slide] { slide(Screen::kRobot, "pose", 0.7); }},
      {QStringLiteral("models"), [this] { window_.go(Screen::kModels); }},
      {QStringLiteral("runs"), [click] { click("pageRuns"); }},
      {QStringLiteral("quarantine"), [this] { window_.go(Screen::kQuarantine); }},
      {QStringLiteral("search"), [this] { window_.go(Screen::kSearch); }},
      {QStringLiteral("settings"), [this] { window_.go(Screen::kSettings); }},
  };
}

void ScreenshotTour::start() {
  if (!QDir().mkpath(folder_)) return fail(QStringLiteral("the folder cannot be made"));
  waiting_.start();
  timer_.start();
}

void ScreenshotTour::tick() {
  if (waiting_.elapsed() > kLongestWait_ms) return fail(QStringLiteral("a screen did not settle"));
  quiet_ticks_ = window_.settled() ? quiet_ticks_ + 1 : 0;
  if (quiet_ticks_ < kQuietTicks) return;
  if (next_ > 0 && !steps_[next_ - 1].name.isEmpty() && !save(steps_[next_ - 1].name)) {
    return fail(QStringLiteral("a picture cannot be written"));
  }
  if (next_ == steps_.size()) {
    timer_.stop();
    Q_EMIT finished(0);
    return;
  }
  steps_[next_++].act();
  quiet_ticks_ = 0;
  waiting_.start();
}

bool ScreenshotTour::save(const QString& name) {
  return window_.grab().save(QDir(folder_).filePath(name + QStringLiteral(".png")));
}

void ScreenshotTour::fail(const QString& why) {
  timer_.stop();
  logWarning("Screenshots: " + why.toStdString());
  Q_EMIT finished(1);
}

}  // namespace sonotwin::workstation
