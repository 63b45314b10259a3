// SPDX-License-Identifier: Apache-2.0
#include "views/model_view.h"

#include <QKeyEvent>
#include <QSignalBlocker>
#include <QSlider>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "presenters/clip_facts.h"
#include "presenters/pipeline_jobs.h"
#include "presenters/words.h"
#include "sonotwin/scene/sweep_geometry.h"
#include "views/model_inspector.h"
#include "widgets/controls.h"
#include "widgets/scene_widget.h"
#include "widgets/slice_canvas.h"

namespace sonotwin::workstation {
ModelView::ModelView(ClipPlayer& player, SpaceContent& space, QWidget* parent)
    : Workspace(parent),
      player_(player),
      space_(space),
      pages_(new QStackedWidget(this)),
      empty_(new EmptyState(this)),
      inspector_(new ModelInspectorView(player, space)) {
  buildPage();
  pages_->addWidget(empty_);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(pages_);
  connectAll();
  takePage();
}

QWidget* ModelView::inspector() {
  return inspector_;
}

ModelView::~ModelView() = default;

void ModelView::buildPage() {
  auto* page = new QWidget(this);
  scene_ = new SceneWidget(page);
  scene_->setObjectName(QStringLiteral("scene"));
  scene_->setAccessibleName(QStringLiteral("3D view"));
  title_ = label({}, nullptr, page);
  title_->setObjectName(QStringLiteral("sceneTitle"));
  title_->setTextFormat(Qt::RichText);
  title_->setAttribute(Qt::WA_TransparentForMouseEvents);
  auto* over = new QVBoxLayout(scene_);
  over->setContentsMargins(14, 12, 14, 12);
  over->addWidget(title_);
  over->addStretch(1);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(scene_, 3);
  column->addWidget(buildFrameBar());
  column->addWidget(slice_row_ = buildSlices(), 1);
  pages_->addWidget(page);
}

QWidget* ModelView::buildFrameBar() {
  frame_bar_ = new QWidget(this);
  frame_bar_->setObjectName(QStringLiteral("bottomBar"));
  frame_bar_->setAttribute(Qt::WA_StyledBackground);
  frame_slider_ = new QSlider(Qt::Horizontal, frame_bar_);
  frame_slider_->setObjectName(QStringLiteral("modelFrame"));
  frame_slider_->setFocusPolicy(Qt::TabFocus);
  describe(frame_slider_, QStringLiteral("Frame in space"), QStringLiteral("← →"));
  frame_words_ = label({}, "secondary", frame_bar_);
  frame_words_->setMinimumWidth(
      frame_words_->fontMetrics().horizontalAdvance(QStringLiteral("Frame 9999 / 9999")));
  auto* hints = new KeyHints(frame_bar_);
  hints->setHints({{"← →", "frame"}, {"click", "point → frame"}, {"0", "see all"}});
  auto* row = new QHBoxLayout(frame_bar_);
  row->setContentsMargins(14, 6, 14, 6);
  row->setSpacing(12);
  row->addWidget(frame_words_);
  row->addWidget(frame_slider_, 1);
  row->addWidget(hints);
  return frame_bar_;
}

QWidget* ModelView::buildSlices() {
  auto* row_widget = new QWidget(this);
  row_widget->setMinimumHeight(150);
  auto* row = new QHBoxLayout(row_widget);
  row->setContentsMargins(0, 1, 0, 0);
  row->setSpacing(1);
  for (int i = 0; i < Slices::kCount; ++i) {
    auto* canvas = new SliceCanvas(slices_, i, row_widget);
    canvas->setObjectName(QStringLiteral("slice%1").arg(i));
    canvas->setToolTip(QStringLiteral("Click puts the point  (Page up, Page down through slices)"));
    row->addWidget(canvas, 1);
  }
  return row_widget;
}

void ModelView::connectAll() {
  connect(&space_, &SpaceContent::changed, this, &ModelView::takeSpace);
  connect(&space_, &SpaceContent::failed, this, [this](const QString& error) {
    Q_EMIT problem(
        QStringLiteral("The 3D model of %1 cannot be shown.").arg(objectWords(player_.session())),
        error);
  });
  connect(&player_.content(), &ClipContent::clipLoaded, this, &ModelView::takeSpace);
  connect(&player_, &ClipPlayer::pictureChanged, this, &ModelView::takeFrame);
  connect(&slices_, &Slices::changed, scene_, qOverload<>(&QWidget::update));
  connect(frame_slider_, &QSlider::valueChanged, &player_.cine(), &Cine::seek);
  connect(scene_, &SceneWidget::picked, this, &ModelView::pick);
  connect(inspector_, &ModelInspectorView::layersChanged, this, &ModelView::takeLayers);
  connect(&player_.session().jobs(), &JobRunner::started, this, &ModelView::takePage);
  connect(&player_.session().jobs(), &JobRunner::idle, this, &ModelView::takePage);
  connect(empty_->button(), &QPushButton::clicked, this, [this] {
    Session& session = player_.session();
    const auto clip = session.clip();
    if (!clip || !clip->tracked || !clip->calibrated) {
      Q_EMIT goTo(Place::kLibrary);
    } else {
      session.jobs().start(buildJob(session.place(), *clip, objectWords(session), session.model()));
    }
  });
}

void ModelView::enter() {
  space_.want();
  takePage();
  takeTitle();
  takeFrame();
  takeFocus();
}

void ModelView::takeFocus() {
  (pages_->currentWidget() == empty_ ? static_cast<QWidget*>(empty_->button()) : scene_)
      ->setFocus();
}

bool ModelView::settled() const {
  if (pages_->currentWidget() == empty_) return !space_.loading();
  return !space_.loading() && player_.settled() && scene_->renderedFrames() > 0;
}

void ModelView::setChromeShown(bool shown) {
  frame_bar_->setVisible(shown);
  slice_row_->setVisible(shown);
}

void ModelView::takeSpace() {
  if (isVisible()) space_.want();
  const auto& clip = player_.content().clip();
  slices_.setVolume(space_.volume(), clip ? scene::sweepAxes(*clip) : std::nullopt);
  takeTitle();
  takeScene();
  takePage();
}

void ModelView::takeScene() {
  const auto& clip = player_.content().clip();
  scene_->edit([&](scene::Scene& scene) {
    scene.clear();
    surface_handles_.clear();
    for (const ShownSurface& shown : space_.surfaces()) {
      surface_handles_.push_back(scene.addSurface(*shown.surface, shown.colour));
    }
    if (clip) scene.setSweep(*clip);
    const bool another = camera_clip_ != player_.session().clipId();
    if (clip && !space_.loading() && another) {
      scene.resetCamera();
      camera_clip_ = player_.session().clipId();
    }
  });
  takeLayers();
}

void ModelView::takeLayers() {
  const SceneLayers& layers = inspector_->layers();
  scene_->edit([&](scene::Scene& scene) {
    for (std::size_t i = 0; i < surface_handles_.size(); ++i) {
      scene.showSurface(surface_handles_[i],
                        !layers.hidden_labels.contains(space_.surfaces()[i].row.label));
    }
    scene.setVolume(layers.volume ? space_.volume() : nullptr);
    scene.showVolume(layers.volume);
    scene.showSweep(layers.sweep);
    scene.showOverlay(layers.axes);
  });
  takeFrame();
}

void ModelView::takeFrame() {
  const QSignalBlocker quiet(frame_slider_);
  frame_slider_->setRange(0, std::max(0, player_.cine().frameCount() - 1));
  frame_slider_->setValue(player_.cine().frame());
  frame_words_->setText(QStringLiteral("Frame %1 / %2")
                            .arg(player_.shownFrame() + 1)
                            .arg(player_.cine().frameCount()));
  const auto& clip = player_.content().clip();
  if (!isVisible() || !clip || !player_.picture()) return;
  const auto pose = clip->worldFromImage(player_.shownFrame());
  scene_->edit([&](scene::Scene& scene) {
    scene.showFrame(inspector_->layers().frame && pose);
    if (pose) scene.setFramePicture(*player_.picture(), *pose, clip->info.sector);
  });
}

void ModelView::takeTitle() {
  QStringList titles;
  for (const ShownSurface& shown : space_.surfaces()) {
    titles << QStringLiteral("<b>%1</b> · %2")
                  .arg(words::label(shown.row.label).toHtmlEscaped(),
                       words::millilitres(shown.row.volume_ml));
  }
  title_->setText(space_.loading() ? QStringLiteral("Reading…")
                                   : titles.join(QStringLiteral("&nbsp;&nbsp;&nbsp;")));
}

void ModelView::takePage() {
  const auto clip = player_.session().clip();
  const bool something = clip && (clip->tracked || !player_.session().surfaces().empty());
  if (!clip) {
    empty_->setWords(QStringLiteral("No 3D model yet"),
                     QStringLiteral("Here a tracked sweep becomes surfaces, volumes and numbers. "
                                    "Choose a patient's sweep in the library first."),
                     QStringLiteral("Open the library"));
  } else if (!clip->tracked) {
    empty_->setWords(QStringLiteral("This clip cannot be placed in space"),
                     QStringLiteral("A 3D model needs the probe's position for each frame, and "
                                    "this clip carries none. Choose a tracked sweep."),
                     QStringLiteral("Open the library"));
  } else if (!clip->calibrated) {
    empty_->setWords(QStringLiteral("This sweep has no calibration"),
                     QStringLiteral("It knows where the probe was, but not where the image lies on "
                                    "the probe. Import it again with its calibration file."),
                     QStringLiteral("Open the library"));
  } else if (player_.session().volumes().empty()) {
    empty_->setWords(QStringLiteral("No 3D model of this sweep yet"),
                     QStringLiteral("Masks by the network, then volumes and surfaces: it takes a "
                                    "moment, and the window stays usable."),
                     QStringLiteral("Build 3D model"));
  }
  const bool ready = something && !player_.session().volumes().empty();
  const bool turned = pages_->currentIndex() != (ready ? 0 : 1);
  pages_->setCurrentIndex(ready ? 0 : 1);
  if (turned && isVisible()) takeFocus();
  inspector_->setVisible(ready);
  Q_EMIT inspectorChanged();
  empty_->button()->setEnabled(!player_.session().jobs().busy() || !clip || !clip->calibrated);
}

void ModelView::pick(const Eigen::Vector3d& world_mm) {
  slices_.setPoint(world_mm);
  const auto& clip = player_.content().clip();
  if (!clip) return;
  if (const auto frame = scene::nearestFrame(*clip, world_mm)) player_.cine().seek(*frame);
}

void ModelView::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left:
      player_.cine().step(-1);
      break;
    case Qt::Key_Right:
      player_.cine().step(1);
      break;
    case Qt::Key_Home:
      player_.cine().seek(0);
      break;
    case Qt::Key_End:
      player_.cine().seek(player_.cine().frameCount() - 1);
      break;
    default:
      Workspace::keyPressEvent(event);
  }
}

}  // namespace sonotwin::workstation
