// SPDX-License-Identifier: Apache-2.0
#include "views/library_inspector.h"

#include <QSignalBlocker>
#include <algorithm>
#include <exception>

#include "presenters/clip_facts.h"
#include "presenters/clip_naming.h"
#include "presenters/measured_facts.h"
#include "presenters/pipeline_jobs.h"
#include "presenters/words.h"
#include "sonotwin/pipeline/models.h"
#include "ui_library_inspector.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {
namespace {
constexpr int kMostMeasured = 8;  ///< lines: the panel is as high as the window
}

LibraryInspectorView::LibraryInspectorView(Session& session, ClipContent& content, QWidget* parent)
    : QWidget(parent), session_(session), content_(content), ui_(new Ui::LibraryInspector) {
  ui_->setupUi(this);
  describe(ui_->openInReview, QStringLiteral("Open in Review"), QStringLiteral("Enter"));
  describe(ui_->build, QStringLiteral("Build 3D model"), QStringLiteral("Ctrl B"),
           QStringLiteral("Masks by the network, then volumes and surfaces"));
  clickOn(ui_->build, QKeySequence(QStringLiteral("Ctrl+B")));
  describe(ui_->region, QStringLiteral("Body region that the clip shows"), {},
           QStringLiteral("As the file says, or as you write: networks, protocols and searches go "
                          "by it"));
  describe(ui_->orientation, tr("How the plane of the clip lies"), {},
           tr("As the file says, or as you say, in DICOM's terms"));
  connect(ui_->orientation, &QComboBox::activated, this, &LibraryInspectorView::sayLie);
  describe(ui_->view, QStringLiteral("View that the clip shows"), {},
           QStringLiteral("As an acquisition protocol names it, e.g. transverse"));
  connect(ui_->region, &ChoiceBox::settled, this, &LibraryInspectorView::nameShown);
  connect(ui_->view, &ChoiceBox::settled, this, &LibraryInspectorView::nameShown);
  connect(ui_->openInReview, &QPushButton::clicked, this, &LibraryInspectorView::openClip);
  connect(ui_->build, &QPushButton::clicked, this, &LibraryInspectorView::build);
  connect(ui_->model, &QComboBox::currentIndexChanged, this,
          [this] { session_.setModel(ui_->model->currentData().toString().toStdString()); });
  connect(&session, &Session::clipChanged, this, &LibraryInspectorView::takeClip);
  connect(&session, &Session::clipChanged, this, &LibraryInspectorView::takeShown);
  connect(&session, &Session::studyChanged, this, &LibraryInspectorView::takeShown);
  connect(&session, &Session::studyChanged, this, &LibraryInspectorView::takeClip);
  connect(&content, &ClipContent::clipLoaded, this, &LibraryInspectorView::takeClip);
  connect(&session, &Session::derivedChanged, this, &LibraryInspectorView::takeMade);
  connect(&session, &Session::annotationsChanged, this, &LibraryInspectorView::takeMade);
  connect(&session, &Session::patientChanged, this, &LibraryInspectorView::takeMeasured);
  connect(&session, &Session::opened, this, &LibraryInspectorView::takeModels);
  connect(&session.jobs(), &JobRunner::started, this, &LibraryInspectorView::updateBuild);
  connect(&session.jobs(), &JobRunner::idle, this, &LibraryInspectorView::updateBuild);
}

LibraryInspectorView::~LibraryInspectorView() = default;

void LibraryInspectorView::takeClip() {
  const auto clip = session_.clip();
  ui_->clipHeading->setText(clip ? words::kind(*clip) : QStringLiteral("Clip"));
  const media::ClipInfo* info = content_.clip() ? &content_.clip()->info : nullptr;
  ui_->clipFacts->setFacts(clip ? clipFacts(*clip, info) : QList<Fact>());
  ui_->assumptions->setText(clip ? caveats(*clip, info) : QString());
  ui_->assumptions->setVisible(!ui_->assumptions->text().isEmpty());
  ui_->openInReview->setEnabled(clip.has_value());
  if (clip) {
    ui_->build->setText(buildName(*clip));
    ui_->build->setAccessibleName(buildName(*clip));
  }
  updateBuild();
}

void LibraryInspectorView::takeShown() {
  const auto clip = session_.clip();
  ui_->region->setEnabled(clip.has_value());
  ui_->view->setEnabled(clip.has_value());
  ui_->orientation->setEnabled(clip.has_value());
  ui_->said->setVisible(false);
  if (!clip) return;
  takeOrientation(*clip);
  const bool same = clip->id == shown_clip_;
  shown_clip_ = clip->id;
  const ShownChoices choices = shownChoices(session_, clip->body_region);
  if (!same || !ui_->region->writing()) {
    ui_->region->setChoices(choices.regions, words::region(clip->body_region));
  }
  if (!same || !ui_->view->writing()) {
    ui_->view->setChoices(choices.views, words::label(clip->view_label));
  }
}

void LibraryInspectorView::takeOrientation(const store::ClipRow& clip) {
  const OrientationChoices choices = orientationChoices(session_, clip);
  orientations_ = choices.values;
  ui_->orientation->clear();
  ui_->orientation->addItems(choices.texts);
  ui_->orientation->setCurrentIndex(choices.current);
  ui_->said->setText(saidWords(session_, clip));
  ui_->said->setVisible(!ui_->said->text().isEmpty());
}

void LibraryInspectorView::sayLie(int choice) {
  const auto clip = session_.clip();
  if (clip) sayOrientation(session_, *clip, orientations_.at(static_cast<std::size_t>(choice)));
}

void LibraryInspectorView::nameShown() {
  const auto clip = session_.clip();
  if (!clip) return;
  nameClip(session_, *clip, ui_->region->currentText(), ui_->view->currentText());
}

void LibraryInspectorView::takeMade() {
  const QList<Fact> made = madeFacts(session_);
  ui_->madeFacts->setFacts(made);
  ui_->madeFacts->setVisible(!made.isEmpty());
  ui_->madeNothing->setVisible(made.isEmpty());
  updateBuild();
}

void LibraryInspectorView::takeMeasured() {
  const QList<Fact> measured = measuredFacts(session_, kMostMeasured);
  ui_->measuredFacts->setFacts(measured);
  ui_->measuredFacts->setVisible(!measured.isEmpty());
  ui_->measuredNothing->setVisible(measured.isEmpty());
}

void LibraryInspectorView::takeModels() {
  const QSignalBlocker quiet(ui_->model);
  ui_->model->clear();
  ui_->model->addItem(QStringLiteral("by body region"), QString());
  try {
    for (const auto& model : pipeline::installedModels(session_.folder())) {
      ui_->model->addItem(words::from(model.name), words::from(model.name));
    }
  } catch (const std::exception&) {
    ui_->model->setToolTip(QStringLiteral("A network's card cannot be read: see Models."));
  }
  const int chosen = ui_->model->findData(words::from(session_.model()));
  ui_->model->setCurrentIndex(std::max(0, chosen));
  takeClip();
}

void LibraryInspectorView::build() {
  const auto clip = session_.clip();
  if (!clip || session_.jobs().busy()) return;
  session_.jobs().start(buildJob(session_.place(), *clip, objectWords(session_), session_.model()));
}

void LibraryInspectorView::updateBuild() {
  const auto clip = session_.clip();
  const bool busy = session_.jobs().busy();
  ui_->build->setEnabled(clip && !busy);
  QString hint;
  if (busy) {
    hint = QStringLiteral("A job is running.");
  } else if (clip && !clip->tracked) {
    hint = QStringLiteral("Not tracked: there is no 3D model of it.");
  } else if (clip && !clip->calibrated) {
    hint = QStringLiteral(
        "No calibration: for a 3D model, import it again with its calibration "
        "file.");
  }
  ui_->buildHint->setText(hint);
  ui_->buildHint->setVisible(!hint.isEmpty());
}

}  // namespace sonotwin::workstation
