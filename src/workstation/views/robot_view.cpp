// SPDX-License-Identifier: Apache-2.0
#include "views/robot_view.h"

#include <QFileDialog>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QSlider>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <cmath>

#include "presenters/clip_facts.h"
#include "presenters/words.h"
#include "sonotwin/base/error.h"
#include "theme/tokens.h"
#include "ui_robot_inspector.h"
#include "widgets/controls.h"
#include "widgets/plot_strip.h"
#include "widgets/scene_widget.h"

namespace sonotwin::workstation {
namespace {
constexpr double kSliderSteps_s = 50.0;  ///< steps of the slider in a second of the plan
}

RobotView::RobotView(ClipPlayer& player, SpaceContent& space, QWidget* parent)
    : Workspace(parent),
      player_(player),
      space_(space),
      planner_(player.session(), player.content(), space),
      pages_(new QStackedWidget(this)),
      empty_(new EmptyState(this)),
      inspector_(new QWidget),
      ui_(new Ui::RobotInspector) {
  ui_->setupUi(inspector_);
  buildPage();
  pages_->addWidget(empty_);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(pages_);
  empty_->setWords(QStringLiteral("No surface to scan yet"),
                   QStringLiteral("Here a path for a robot's probe is planned over a patient's "
                                  "surface, lane by lane. Build a 3D model of a tracked sweep "
                                  "first."),
                   QStringLiteral("Go to 3D"));
  fillOptions();
  connectAll();
  takePlan();
  takePage();
}

RobotView::~RobotView() = default;

int RobotView::inspectorWidth(bool compact) const {
  return compact ? tokens::kInspectorCompactWidth_px : tokens::kRobotInspectorWidth_px;
}

void RobotView::buildPage() {
  auto* page = new QWidget(this);
  scene_ = new SceneWidget(page);
  scene_->setObjectName(QStringLiteral("planScene"));
  scene_->setAccessibleName(QStringLiteral("Scan plan in 3D"));
  title_ = label({}, nullptr, page);
  title_->setObjectName(QStringLiteral("planTitle"));
  title_->setTextFormat(Qt::RichText);
  title_->setAttribute(Qt::WA_TransparentForMouseEvents);
  auto* over = new QVBoxLayout(scene_);
  over->setContentsMargins(14, 12, 14, 12);
  over->addWidget(title_);
  over->addStretch(1);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(scene_, 1);
  column->addWidget(bottom_ = buildBottom());
  pages_->addWidget(page);
}

QWidget* RobotView::buildBottom() {
  auto* bottom = new QWidget(this);
  bottom->setObjectName(QStringLiteral("bottomBar"));
  bottom->setAttribute(Qt::WA_StyledBackground);
  pose_slider_ = new QSlider(Qt::Horizontal, bottom);
  pose_slider_->setObjectName(QStringLiteral("pose"));
  pose_slider_->setFocusPolicy(Qt::TabFocus);
  describe(pose_slider_, QStringLiteral("Place along the plan"), QStringLiteral("← →"));
  pose_words_ = label({}, "secondary", bottom);
  auto* hints = new KeyHints(bottom);
  hints->setHints({{"Ctrl+P", "plan"}, {"← →", "along the plan"}, {"0", "see all"}});
  standoff_ = new PlotStrip(bottom);
  standoff_->setTitle(QStringLiteral("Standoff, mm"), QStringLiteral("mm"), tokens::kAccent);
  tilt_ = new PlotStrip(bottom);
  tilt_->setTitle(QStringLiteral("Tilt from the approach, degrees"), QStringLiteral("°"),
                  tokens::kLook);
  standoff_->setObjectName(QStringLiteral("standoffPlot"));
  tilt_->setObjectName(QStringLiteral("tiltPlot"));
  tilt_->setTimeNumbersShown(true);
  pose_slider_->installEventFilter(this);
  auto* under_plots = new QHBoxLayout;
  under_plots->setContentsMargins(PlotStrip::kGutter_px, 0, 0, 0);
  under_plots->addWidget(pose_slider_);
  auto* words = new QHBoxLayout;
  words->addWidget(pose_words_, 1);
  words->addWidget(hints);
  auto* column = new QVBoxLayout(bottom);
  column->setContentsMargins(16, 10, 16, 12);
  column->setSpacing(6);
  column->addWidget(standoff_);
  column->addWidget(tilt_);
  column->addLayout(under_plots);
  column->addLayout(words);
  return bottom;
}

void RobotView::fillOptions() {
  const robot::PlanOptions options;
  ui_->footprint->setValue(options.footprint_mm);
  ui_->overlap->setValue(100.0 * options.overlap);
  ui_->standoff->setValue(options.standoff_mm);
  ui_->speed->setValue(options.speed_mm_s);
  ui_->tilt->setValue(options.max_tilt_deg);
  describe(ui_->plan, QStringLiteral("Plan"), QStringLiteral("Ctrl P"));
  clickOn(ui_->plan, QKeySequence(QStringLiteral("Ctrl+P")));
  describe(ui_->export_, QStringLiteral("Export plan"), QStringLiteral("Ctrl E"),
           QStringLiteral("JSON, millimetres in the world of the sweep"));
  ui_->export_->setShortcut(QKeySequence(QStringLiteral("Ctrl+E")));
}

void RobotView::connectAll() {
  for (NumberBox* number : {ui_->footprint, ui_->overlap, ui_->standoff, ui_->speed, ui_->tilt}) {
    connect(number, &QDoubleSpinBox::valueChanged, this, &RobotView::readOptions);
  }
  connect(ui_->approach, &QComboBox::currentIndexChanged, this,
          [this](int index) { planner_.setApproach(static_cast<Approach>(index)); });
  connect(ui_->surface, &QComboBox::activated, this,
          [this] { planner_.setSurface(ui_->surface->currentData().toString().toStdString()); });
  connect(ui_->plan, &QPushButton::clicked, &planner_, &ScanPlanner::plan);
  connect(ui_->export_, &QPushButton::clicked, this, &RobotView::exportPlan);
  connect(pose_slider_, &QSlider::valueChanged, this,
          [this](int step) { planner_.setPoseAt(step / kSliderSteps_s); });
  connect(&planner_, &ScanPlanner::changed, this, &RobotView::takePlan);
  connect(&planner_, &ScanPlanner::poseChanged, this, &RobotView::takePose);
  connect(&planner_, &ScanPlanner::failed, this, [this](const QString& error) {
    Q_EMIT problem(
        QStringLiteral("No plan over the surface of %1.").arg(objectWords(player_.session())),
        error);
  });
  connect(&space_, &SpaceContent::changed, this, &RobotView::takeSpace);
  connect(&player_.content(), &ClipContent::clipLoaded, this, &RobotView::takeSpace);
  connect(empty_->button(), &QPushButton::clicked, this, [this] { Q_EMIT goTo(Place::kModel); });
}

void RobotView::readOptions() {
  robot::PlanOptions options = planner_.options();
  options.footprint_mm = ui_->footprint->value();
  options.overlap = ui_->overlap->value() / 100.0;
  options.standoff_mm = ui_->standoff->value();
  options.speed_mm_s = ui_->speed->value();
  options.max_tilt_deg = ui_->tilt->value();
  planner_.setOptions(options);
}

void RobotView::enter() {
  space_.want();
  takePage();
  takeFocus();
}

void RobotView::takeFocus() {
  (pages_->currentWidget() == empty_ ? static_cast<QWidget*>(empty_->button()) : scene_)
      ->setFocus();
}

bool RobotView::settled() const {
  if (pages_->currentWidget() == empty_) return !space_.loading();
  return !space_.loading() && !planner_.planning() && scene_->renderedFrames() > 0;
}

void RobotView::setChromeShown(bool shown) {
  bottom_->setVisible(shown);
}

bool RobotView::eventFilter(QObject* watched, QEvent* event) {
  const bool moved = event->type() == QEvent::Resize || event->type() == QEvent::Move ||
                     event->type() == QEvent::Show || event->type() == QEvent::StyleChange;
  if (watched == pose_slider_ && moved) alignPlots();
  return Workspace::eventFilter(watched, event);
}

// A moment stands above the middle of the slider's handle.
void RobotView::alignPlots() {
  const auto [first, last] = handleTravel(*pose_slider_);
  for (PlotStrip* plot : {standoff_, tilt_}) {
    const double shift = pose_slider_->x() - plot->x();
    plot->setSpan_px(shift + first, shift + last);
  }
}

void RobotView::takeSpace() {
  if (isVisible()) space_.want();
  const auto& clip = player_.content().clip();
  scene_->edit([&](scene::Scene& scene) {
    scene.clear();
    for (const ShownSurface& shown : space_.surfaces()) {
      scene.addSurface(*shown.surface, shown.colour);
    }
    if (clip) scene.setSweep(*clip);
    scene.setPlan(planner_.result());
    scene.setPlanPose(planner_.pose());
    const bool another = camera_clip_ != player_.session().clipId();
    if (clip && !space_.surfaces().empty() && another) {
      scene.resetCamera();
      camera_clip_ = player_.session().clipId();
    }
  });
  const QSignalBlocker quiet(ui_->surface);
  ui_->surface->clear();
  for (const ShownSurface& shown : space_.surfaces()) {
    ui_->surface->addItem(words::region(shown.row.label), words::from(shown.row.id));
  }
  takePage();
}

void RobotView::takePlan() {
  const QSignalBlocker quiet(ui_->surface), quiet_slider(pose_slider_);
  ui_->surface->setCurrentIndex(ui_->surface->findData(words::from(planner_.surfaceId())));
  const auto& plan = planner_.result();
  scene_->edit([&](scene::Scene& scene) { scene.setPlan(plan); });
  pose_slider_->setEnabled(plan.has_value());
  pose_slider_->setRange(0, plan ? static_cast<int>(plan->duration_s * kSliderSteps_s) : 0);
  ui_->plan->setEnabled(!planner_.planning() && planner_.surface() != nullptr);
  ui_->plan->setText(planner_.planning() ? QStringLiteral("Planning…") : QStringLiteral("Plan"));
  const bool old = plan && !planner_.upToDate();
  ui_->planHint->setText(old ? QStringLiteral("The options changed: the plan shown is the one "
                                              "before.")
                             : QString());
  ui_->planHint->setVisible(old);
  ui_->export_->setEnabled(plan.has_value());
  takeResult();
  takePose();
}

void RobotView::takeResult() {
  const auto& plan = planner_.result();
  QList<Fact> facts;
  QStringList notes;
  std::vector<PlotStrip::Sample> standoff, tilt;
  if (plan) {
    facts = {{QStringLiteral("Lanes"), QString::number(plan->lane_count)},
             {QStringLiteral("Length"), QStringLiteral("%1 mm").arg(plan->length_mm, 0, 'f', 0)},
             {QStringLiteral("Duration"), words::duration(plan->duration_s)},
             {QStringLiteral("Coverage"), words::percent(plan->coverage)}};
    for (const std::string& note : plan->notes) notes << words::from(note);
    for (const PlanSample& sample : planner_.samples()) {
      standoff.push_back({sample.time_s, sample.standoff_mm});
      tilt.push_back({sample.time_s, sample.tilt_deg});
    }
    title_->setText(
        QStringLiteral("<b>Scan plan</b> · %1 · coverage %2")
            .arg(words::count(plan->lane_count, QStringLiteral("lane"), QStringLiteral("lanes")),
                 words::percent(plan->coverage)));
  } else {
    title_->clear();
  }
  ui_->resultFacts->setFacts(facts);
  ui_->resultFacts->setVisible(plan.has_value());
  ui_->noResult->setVisible(!plan);
  ui_->notes->setText(notes.join(QLatin1Char('\n')));
  ui_->notes->setVisible(!notes.isEmpty());
  standoff_->setSamples(std::move(standoff), std::nullopt);
  tilt_->setSamples(std::move(tilt),
                    plan ? std::optional(planner_.plannedOptions().max_tilt_deg) : std::nullopt);
}

void RobotView::takePose() {
  const QSignalBlocker quiet(pose_slider_);
  pose_words_->setText(planner_.poseText());
  const auto& plan = planner_.result();
  const auto time = plan && planner_.pose() >= 0
                        ? std::optional(plan->poses[std::size_t(planner_.pose())].time_s)
                        : std::nullopt;
  pose_slider_->setValue(static_cast<int>(std::lround(time.value_or(0.0) * kSliderSteps_s)));
  standoff_->setCursor_s(time);
  tilt_->setCursor_s(time);
  scene_->edit([this](scene::Scene& scene) { scene.setPlanPose(planner_.pose()); });
}

void RobotView::takePage() {
  const bool ready = !player_.session().surfaces().empty();
  const bool turned = pages_->currentIndex() != (ready ? 0 : 1);
  pages_->setCurrentIndex(ready ? 0 : 1);
  if (turned && isVisible()) takeFocus();
  inspector_->setVisible(ready);
  Q_EMIT inspectorChanged();
}

void RobotView::exportPlan() {
  const QString path = QFileDialog::getSaveFileName(this, QStringLiteral("Export plan"),
                                                    QStringLiteral("scan-plan.json"),
                                                    QStringLiteral("Scan plans (*.json)"));
  if (path.isEmpty()) return;
  try {
    planner_.exportPlan(path.toStdString());
  } catch (const Error& error) {
    Q_EMIT problem(QStringLiteral("The plan was not written."), QString::fromUtf8(error.what()));
  }
}

void RobotView::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left:
      planner_.setPose(planner_.pose() - 1);
      break;
    case Qt::Key_Right:
      planner_.setPose(planner_.pose() + 1);
      break;
    case Qt::Key_Home:
      planner_.setPose(0);
      break;
    case Qt::Key_End:
      planner_.setPoseAt(pose_slider_->maximum() / kSliderSteps_s);
      break;
    default:
      Workspace::keyPressEvent(event);
  }
}

}  // namespace sonotwin::workstation
