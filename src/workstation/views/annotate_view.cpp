// SPDX-License-Identifier: Apache-2.0
#include "views/annotate_view.h"

#include <QKeyEvent>
#include <QListWidget>
#include <QScopedValueRollback>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "presenters/clip_facts.h"
#include "presenters/words.h"
#include "ui_annotate_inspector.h"
#include "widgets/brush_canvas.h"
#include "widgets/controls.h"
#include "widgets/delegates.h"
#include "widgets/frame_strip.h"

namespace sonotwin::workstation {
namespace {
constexpr double kFillOpacity = 0.3;
constexpr int kSizeStep_px = 2;
constexpr int kRowHeight = 34;
constexpr int kMostVersions = 5;  ///< shown at once
}  // namespace

AnnotateView::AnnotateView(ClipPlayer& player, QWidget* parent)
    : Workspace(parent),
      player_(player),
      annotation_(player),
      versions_(player.session(), player.content(), annotation_.undoStack()),
      pages_(new QStackedWidget(this)),
      empty_(new EmptyState(this)),
      inspector_(new QWidget),
      ui_(new Ui::AnnotateInspector) {
  empty_->setWords(QStringLiteral("Nothing to annotate yet"),
                   QStringLiteral("Here masks are drawn and corrected frame by frame. Choose a "
                                  "patient's clip in the library first."),
                   QStringLiteral("Open the library"));
  connect(empty_->button(), &QPushButton::clicked, this, [this] { Q_EMIT goTo(Place::kLibrary); });
  ui_->setupUi(inspector_);
  buildPage();
  pages_->addWidget(empty_);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(pages_);
  connectInspector();
  connect(&player.session(), &Session::clipChanged, this, &AnnotateView::takePage);
  connect(&player, &ClipPlayer::pictureChanged, this, &AnnotateView::takePicture);
  connect(&annotation_, &Annotation::drawnChanged, this, &AnnotateView::takeDrawn);
  connect(&annotation_, &Annotation::settingsChanged, this, &AnnotateView::takeSettings);
  connect(&versions_, &MaskVersions::changed, this, &AnnotateView::takeVersions);
  connect(&player.session().preferences(), &Preferences::changed, this, &AnnotateView::takeDrawn);
  takePage();
  takeSettings();
  takeVersions();
}

AnnotateView::~AnnotateView() = default;

void AnnotateView::buildPage() {
  auto* page = new QWidget(this);
  canvas_ = new BrushCanvas(annotation_, page);
  canvas_->setObjectName(QStringLiteral("annotateCanvas"));
  canvas_->setAccessibleName(QStringLiteral("Picture to draw on"));
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addWidget(buildTools());
  middle->addWidget(canvas_, 1);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(middle, 1);
  column->addWidget(buildBottom());
  pages_->addWidget(page);
}

QWidget* AnnotateView::buildTools() {
  tools_ = new QWidget(this);
  tools_->setObjectName(QStringLiteral("sidePanel"));
  tools_->setAttribute(Qt::WA_StyledBackground);
  brush_ = iconButton("annotate", "tool", "Brush", "B", tools_);
  eraser_ = iconButton("eraser", "tool", "Eraser", "X", tools_);
  undo_ = iconButton("undo", "tool", "Undo", "Ctrl Z", tools_);
  redo_ = iconButton("redo", "tool", "Redo", "Ctrl Shift Z", tools_);
  brush_->setCheckable(true);
  eraser_->setCheckable(true);
  connect(brush_, &QPushButton::clicked, this, [this] { annotation_.setTool(Tool::kBrush); });
  connect(eraser_, &QPushButton::clicked, this, [this] { annotation_.setTool(Tool::kEraser); });
  QUndoStack* stack = &annotation_.undoStack();
  connect(undo_, &QPushButton::clicked, stack, &QUndoStack::undo);
  connect(redo_, &QPushButton::clicked, stack, &QUndoStack::redo);
  connect(stack, &QUndoStack::canUndoChanged, undo_, &QWidget::setEnabled);
  connect(stack, &QUndoStack::canRedoChanged, redo_, &QWidget::setEnabled);
  undo_->setEnabled(false);
  redo_->setEnabled(false);
  auto* column = new QVBoxLayout(tools_);
  column->setContentsMargins(9, 10, 9, 10);
  column->setSpacing(6);
  for (QPushButton* tool : {brush_, eraser_}) column->addWidget(tool);
  column->addSpacing(8);
  for (QPushButton* tool : {undo_, redo_}) column->addWidget(tool);
  column->addStretch(1);
  return tools_;
}

QWidget* AnnotateView::buildBottom() {
  bottom_ = new QWidget(this);
  bottom_->setObjectName(QStringLiteral("bottomBar"));
  bottom_->setAttribute(Qt::WA_StyledBackground);
  strip_ = new FrameStrip(bottom_);
  strip_->setObjectName(QStringLiteral("frameStrip"));
  connect(strip_, &FrameStrip::chosen, &player_.cine(), &Cine::seek);
  connect(&player_.cine(), &Cine::frameChanged, strip_, &FrameStrip::setCurrent);
  auto* hints = new KeyHints(bottom_);
  hints->setHints({{"B", "brush"},
                   {"X", "erase"},
                   {"[ ]", "size"},
                   {"1–9", "label"},
                   {"← →", "frame"},
                   {"D F R", "draft, final, rejected"},
                   {"Ctrl+Z", "undo"},
                   {"Ctrl+S", "save"}});
  auto* column = new QVBoxLayout(bottom_);
  column->setContentsMargins(16, 10, 16, 12);
  column->setSpacing(8);
  column->addWidget(strip_);
  column->addWidget(hints);
  return bottom_;
}

void AnnotateView::connectInspector() {
  describe(ui_->save, QStringLiteral("Save as new version"), QStringLiteral("Ctrl S"));
  describe(ui_->addLabel, QStringLiteral("Add label"));
  connect(ui_->size, &QSlider::valueChanged, &annotation_, &Annotation::setSize);
  connect(ui_->save, &QPushButton::clicked, &annotation_, &Annotation::save);
  const auto add = [this] {
    annotation_.addLabel(ui_->newLabel->text());
    ui_->newLabel->clear();
  };
  connectVersions();
  connect(ui_->addLabel, &QPushButton::clicked, this, add);
  connect(ui_->newLabel, &QLineEdit::returnPressed, this, add);
}

void AnnotateView::connectVersions() {
  ui_->versions->setItemDelegate(new VersionDelegate(ui_->versions));
  connect(ui_->versions, &QListWidget::currentRowChanged, this, [this](int row) {
    if (!following_) versions_.choose(row);
  });
  state_buttons_ = {{QStringLiteral("draft"), ui_->markDraft},
                    {QStringLiteral("final"), ui_->markFinal},
                    {QStringLiteral("rejected"), ui_->markRejected}};
  describe(ui_->markDraft, tr("Draft"), QStringLiteral("D"), tr("Work goes on"));
  describe(ui_->markFinal, tr("Final"), QStringLiteral("F"), tr("Checked and done"));
  describe(ui_->markRejected, tr("Rejected"), QStringLiteral("R"),
           tr("Not to be used; it is kept"));
  clickOn(ui_->markDraft, QKeySequence(Qt::Key_D));
  clickOn(ui_->markFinal, QKeySequence(Qt::Key_F));
  clickOn(ui_->markRejected, QKeySequence(Qt::Key_R));
  for (const auto& [state, button] : state_buttons_) {
    connect(button, &QPushButton::clicked, this, [this, state = state] {
      versions_.mark(state);
      takeState();
    });
  }
}

void AnnotateView::enter() {
  player_.cine().pause();
  (pages_->currentWidget() == empty_ ? static_cast<QWidget*>(empty_->button()) : canvas_)
      ->setFocus();
}

void AnnotateView::setChromeShown(bool shown) {
  bottom_->setVisible(shown);
  tools_->setVisible(shown);
}

void AnnotateView::takePage() {
  const bool empty = player_.session().clipId().empty();
  pages_->setCurrentIndex(empty ? 1 : 0);
  inspector_->setVisible(!empty);
  Q_EMIT inspectorChanged();
}

void AnnotateView::takePicture() {
  const auto& clip = player_.content().clip();
  canvas_->setPicture(player_.picture(), clip ? clip->info.spacing_mm : std::nullopt);
  strip_->setCurrent(player_.cine().frame());
}

void AnnotateView::takeDrawn() {
  const media::FrameMask* mask = annotation_.frameMask();
  canvas_->setMask(player_.picture() ? mask : nullptr, kFillOpacity);
  const int count = player_.cine().frameCount();
  const int strokes = annotation_.unsavedStrokes();
  const QString unsaved = strokes == 0 ? QString()
                                       : words::count(strokes, QStringLiteral("stroke not saved"),
                                                      QStringLiteral("strokes not saved"));
  canvas_->setCorners({count == 0
                           ? QString()
                           : QStringLiteral("Frame %1 / %2 · %3 %4 px")
                                 .arg(player_.shownFrame() + 1)
                                 .arg(count)
                                 .arg(annotation_.tool() == Tool::kBrush ? "brush" : "eraser")
                                 .arg(annotation_.size_px()),
                       annotation_.obstacle().isEmpty() ? unsaved : annotation_.obstacle(),
                       {},
                       {}});
  std::vector<FrameState> states(static_cast<std::size_t>(count), FrameState::kNone);
  for (int i = 0; i < count; ++i) {
    auto& state = states[static_cast<std::size_t>(i)];
    if (annotation_.hasMask(i)) state = FrameState::kMask;
    if (annotation_.drawn(i)) state = FrameState::kDrawn;
  }
  strip_->setFrames(std::move(states));
  QList<Fact> facts;
  if (mask) {
    facts.append({QStringLiteral("This frame"),
                  annotation_.drawn(mask->frame_index) ? QStringLiteral("drawn on")
                  : mask->confidence >= 1.0F
                      ? QStringLiteral("drawn")
                      : QStringLiteral("confidence %1").arg(double(mask->confidence), 0, 'f', 2)});
  }
  ui_->frameFacts->setFacts(facts);
  ui_->frameFacts->setVisible(!facts.isEmpty());
  ui_->save->setEnabled(strokes > 0);
  ui_->saveHint->setText(
      strokes > 0 ? unsaved + QStringLiteral(". Leaving the clip saves them too. Signed: %1.")
                                  .arg(player_.session().preferences().author())
                  : QString());
  ui_->saveHint->setVisible(strokes > 0);
}

void AnnotateView::takeSettings() {
  brush_->setChecked(annotation_.tool() == Tool::kBrush);
  eraser_->setChecked(annotation_.tool() == Tool::kEraser);
  const QSignalBlocker quiet(ui_->size);
  ui_->size->setValue(annotation_.size_px());
  takeLabels();
  takeDrawn();
}

void AnnotateView::takeLabels() {
  if (shown_labels_ != annotation_.labels()) {
    shown_labels_ = annotation_.labels();
    qDeleteAll(label_buttons_);
    label_buttons_.clear();
    for (const media::Label& shown : shown_labels_) addLabelButton(shown);
    ui_->labels->setVisible(!shown_labels_.empty());
  }
  for (int i = 0; i < label_buttons_.size(); ++i) {
    label_buttons_[i]->setChecked(shown_labels_[static_cast<std::size_t>(i)].value ==
                                  annotation_.label());
  }
}

void AnnotateView::addLabelButton(const media::Label& shown) {
  const auto [r, g, b] = media::labelColour(shown.value);
  QPixmap swatch(12, 12);
  swatch.fill(QColor(r, g, b));
  auto* button =
      new KeyButton(QIcon(swatch), QStringLiteral("  ") + words::label(shown.name), ui_->labels);
  button->setProperty("role", QStringLiteral("row"));
  button->setCheckable(true);
  button->setFocusPolicy(Qt::TabFocus);
  const auto place = label_buttons_.size() + 1;
  describe(button, QStringLiteral("Label ") + words::label(shown.name),
           place <= 9 ? QString::number(place) : QString());
  connect(button, &QPushButton::clicked, this, [this, value = shown.value] {
    annotation_.setLabel(value);
    canvas_->setFocus();
  });
  ui_->labels->layout()->addWidget(button);
  label_buttons_.append(button);
}

void AnnotateView::takeVersions() {
  const QScopedValueRollback guard(following_, true);
  const auto& all = versions_.all();
  while (ui_->versions->count() > all.size()) delete ui_->versions->takeItem(0);
  while (ui_->versions->count() < all.size()) ui_->versions->addItem(QString());
  for (int i = 0; i < all.size(); ++i) {
    QListWidgetItem* item = ui_->versions->item(i);
    item->setText(all[i].name);
    item->setData(VersionDelegate::kStateRole, all[i].state);
    item->setToolTip(all[i].frames);
  }
  ui_->versions->setCurrentRow(versions_.index());
  ui_->versions->setFixedHeight(kRowHeight * std::clamp(int(all.size()), 1, kMostVersions) + 2);
  ui_->versions->setVisible(!all.isEmpty());
  ui_->noVersions->setVisible(all.isEmpty());
  takeState();
}

void AnnotateView::takeState() {
  const int index = versions_.index();
  for (const auto& [state, button] : state_buttons_) {
    button->setVisible(index >= 0);
    button->setEnabled(versions_.canMark());
    button->setChecked(index >= 0 && versions_.all()[index].state == state);
  }
  ui_->versionWords->setText(versions_.words());
  ui_->versionWords->setVisible(!versions_.words().isEmpty());
}

bool AnnotateView::handleToolKey(int key) {
  if (key >= Qt::Key_1 && key <= Qt::Key_9) {
    const auto index = static_cast<std::size_t>(key - Qt::Key_1);
    if (index < annotation_.labels().size())
      annotation_.setLabel(annotation_.labels()[index].value);
    return true;
  }
  switch (key) {
    case Qt::Key_B:
      annotation_.setTool(Tool::kBrush);
      return true;
    case Qt::Key_X:
      annotation_.setTool(Tool::kEraser);
      return true;
    case Qt::Key_BracketLeft:
      annotation_.setSize(annotation_.size_px() - kSizeStep_px);
      return true;
    case Qt::Key_BracketRight:
      annotation_.setSize(annotation_.size_px() + kSizeStep_px);
      return true;
    case Qt::Key_Left:
      player_.cine().step(-1);
      return true;
    case Qt::Key_Right:
      player_.cine().step(1);
      return true;
    case Qt::Key_Home:
      player_.cine().seek(0);
      return true;
    case Qt::Key_End:
      player_.cine().seek(player_.cine().frameCount() - 1);
      return true;
    default:
      return false;
  }
}

void AnnotateView::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Undo)) {
    annotation_.undoStack().undo();
  } else if (event->matches(QKeySequence::Redo) ||
             event->keyCombination() == (Qt::ControlModifier | Qt::ShiftModifier | Qt::Key_Z)) {
    annotation_.undoStack().redo();
  } else if (event->matches(QKeySequence::Save)) {
    annotation_.save();
  } else if (!handleToolKey(event->key())) {
    Workspace::keyPressEvent(event);
  }
}

}  // namespace sonotwin::workstation
