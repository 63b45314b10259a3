// SPDX-License-Identifier: Apache-2.0
#include "views/quarantine_view.h"

#include <QKeyEvent>
#include <QListWidget>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "presenters/words.h"
#include "views/quarantine_inspector.h"
#include "views/transport.h"
#include "widgets/box_canvas.h"
#include "widgets/controls.h"
#include "widgets/delegates.h"

namespace sonotwin::workstation {
namespace {
constexpr int kListWidth = 250;

QListWidgetItem* listItem(const store::QuarantineRow& row) {
  auto* item = new QListWidgetItem(words::from(row.patient_id));
  const QString detail =
      words::placesFound(row) + QStringLiteral(" · ") + words::bytes(row.size_bytes);
  const QString since = words::since(row.created_utc, QDateTime::currentDateTime());
  item->setData(WaitingDelegate::kSinceRole, since);
  item->setData(WaitingDelegate::kDetailRole, detail);
  item->setData(WaitingDelegate::kReasonRole, words::waitingReason(row));
  item->setData(Qt::AccessibleTextRole,
                QStringList({words::from(row.patient_id), detail, words::waitingReason(row), since})
                    .join(QStringLiteral(", ")));
  item->setToolTip(words::waitingReason(row));
  return item;
}

/// One step of an arrow key.
QPoint wayOf(int key) {
  switch (key) {
    case Qt::Key_Left:
      return {-1, 0};
    case Qt::Key_Right:
      return {1, 0};
    case Qt::Key_Up:
      return {0, -1};
    case Qt::Key_Down:
      return {0, 1};
    default:
      return {};
  }
}
}  // namespace

QuarantineView::QuarantineView(Session& session, QWidget* parent)
    : Workspace(parent),
      quarantine_(session),
      pages_(new QStackedWidget(this)),
      empty_(new EmptyState(this)),
      inspector_(new QuarantineInspectorView(quarantine_)) {
  empty_->setWords(QStringLiteral("Nothing waits"),
                   QStringLiteral("Objects whose pictures may show a name stop here until somebody "
                                  "has looked."),
                   QStringLiteral("Open the library"));
  connect(empty_->button(), &QPushButton::clicked, this, [this] { Q_EMIT goTo(Place::kLibrary); });
  buildPage();
  pages_->addWidget(empty_);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(pages_);
  connectPresenter();
  takeRows();
  takeSelected();
}

QuarantineView::~QuarantineView() = default;

QWidget* QuarantineView::inspector() {
  return inspector_;
}

void QuarantineView::buildPage() {
  auto* page = new QWidget(this);
  canvas_ = new BoxCanvas(
      quarantine_.boxes(), [this](const auto& box) { return quarantine_.found(box); }, page);
  canvas_->setObjectName(QStringLiteral("quarantineCanvas"));
  canvas_->setAccessibleName(QStringLiteral("Picture with the boxes to blank"));
  canvas_->setAccessibleDescription(QStringLiteral(
      "B makes a box, Alt and arrows move it, Shift and arrows resize it, Delete removes it"));
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addWidget(buildTools());
  middle->addWidget(canvas_, 1);
  auto* right = new QVBoxLayout;
  right->setSpacing(0);
  right->addLayout(middle, 1);
  right->addWidget(buildBottom());
  auto* row = new QHBoxLayout(page);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addWidget(buildList());
  row->addLayout(right, 1);
  pages_->addWidget(page);
}

QWidget* QuarantineView::buildList() {
  list_panel_ = new QWidget(this);
  list_panel_->setObjectName(QStringLiteral("sidePanel"));
  list_panel_->setAttribute(Qt::WA_StyledBackground);
  list_panel_->setFixedWidth(kListWidth);
  list_ = new QListWidget(list_panel_);
  list_->setObjectName(QStringLiteral("waiting"));
  list_->setAccessibleName(QStringLiteral("Objects that wait"));
  list_->setItemDelegate(new WaitingDelegate(list_));
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* heading = new QHBoxLayout;
  heading->setContentsMargins(14, 16, 14, 4);
  heading->addWidget(new Heading(QStringLiteral("Quarantine"), list_panel_));
  auto* column = new QVBoxLayout(list_panel_);
  column->setContentsMargins(0, 0, 1, 0);
  column->setSpacing(4);
  column->addLayout(heading);
  column->addWidget(list_, 1);
  connect(list_, &QListWidget::currentRowChanged, &quarantine_, &Quarantine::select);
  connect(list_, &QListWidget::itemClicked, this, [this] { canvas_->setFocus(); });
  return list_panel_;
}

QWidget* QuarantineView::buildTools() {
  BoxEditor& boxes = quarantine_.boxes();
  tools_ = new QWidget(this);
  tools_->setObjectName(QStringLiteral("sidePanel"));
  tools_->setAttribute(Qt::WA_StyledBackground);
  auto* add = iconButton("box", "tool", "New box", "B", tools_);
  describe(add, QStringLiteral("New box"), QStringLiteral("B"),
           QStringLiteral("In the middle of the picture. Or drag on the picture where there is "
                          "none; with Shift also over one."));
  auto* remove = iconButton("remove", "tool", "Remove the box", "Del", tools_);
  describe(remove, QStringLiteral("Remove the box"), QStringLiteral("Del"),
           QStringLiteral("Shift Del removes all of them"));
  remove->setEnabled(false);
  connect(&boxes, &BoxEditor::changed, remove,
          [remove, &boxes] { remove->setEnabled(boxes.selected() >= 0); });
  auto* undo = iconButton("undo", "tool", "Undo", "Ctrl Z", tools_);
  auto* redo = iconButton("redo", "tool", "Redo", "Ctrl Shift Z", tools_);
  undo->setEnabled(false);
  redo->setEnabled(false);
  QUndoStack* stack = &boxes.undoStack();
  connect(add, &QPushButton::clicked, &boxes, &BoxEditor::addInMiddle);
  connect(remove, &QPushButton::clicked, &boxes, &BoxEditor::removeSelected);
  connect(undo, &QPushButton::clicked, stack, &QUndoStack::undo);
  connect(redo, &QPushButton::clicked, stack, &QUndoStack::redo);
  connect(stack, &QUndoStack::canUndoChanged, undo, &QWidget::setEnabled);
  connect(stack, &QUndoStack::canRedoChanged, redo, &QWidget::setEnabled);
  auto* column = new QVBoxLayout(tools_);
  column->setContentsMargins(9, 10, 9, 10);
  column->setSpacing(6);
  for (QPushButton* tool : {add, remove}) column->addWidget(tool);
  column->addSpacing(8);
  for (QPushButton* tool : {undo, redo}) column->addWidget(tool);
  column->addStretch(1);
  return tools_;
}

QWidget* QuarantineView::buildBottom() {
  bottom_ = new QWidget(this);
  bottom_->setObjectName(QStringLiteral("bottomBar"));
  bottom_->setAttribute(Qt::WA_StyledBackground);
  transport_ = new Transport(quarantine_.frames().cine(), bottom_);
  auto* hints = new KeyHints(bottom_);
  hints->setHints({{"Drag", "new box"},
                   {"[ ]", "choose"},
                   {"Alt+arrows", "move"},
                   {"Shift+arrows", "size"},
                   {"Del", "remove"},
                   {"← →", "frame"},
                   {"P", "as blanked"}});
  auto* rows = new QVBoxLayout(bottom_);
  rows->setContentsMargins(16, 12, 16, 12);
  rows->setSpacing(10);
  rows->addWidget(transport_);
  rows->addWidget(hints);
  return bottom_;
}

void QuarantineView::connectPresenter() {
  connect(&quarantine_, &Quarantine::rowsChanged, this, &QuarantineView::takeRows);
  connect(&quarantine_, &Quarantine::selected, this, &QuarantineView::takeSelected);
  connect(&quarantine_, &Quarantine::pictureChanged, this, &QuarantineView::takePicture);
  connect(inspector_, &QuarantineInspectorView::blankedToggled, canvas_, &BoxCanvas::setBlanked);
  connect(inspector_, &QuarantineInspectorView::answered, this, [this] {
    if (!quarantine_.rows().empty()) canvas_->setFocus();
  });
  connect(&quarantine_, &Quarantine::failed, this, [this](const QString& error) {
    const auto* row = quarantine_.row();
    Q_EMIT problem(
        QStringLiteral("What waits of %1 cannot be shown. Reject it, or import it again.")
            .arg(row ? words::from(row->patient_id) : QString()),
        error);
  });
}

void QuarantineView::enter() {
  quarantine_.look();
  (pages_->currentWidget() == empty_ ? static_cast<QWidget*>(empty_->button()) : canvas_)
      ->setFocus();
}

void QuarantineView::setChromeShown(bool shown) {
  for (QWidget* chrome : {list_panel_, tools_, bottom_}) chrome->setVisible(shown);
}

void QuarantineView::takeRows() {
  const QSignalBlocker quiet(list_);
  list_->clear();
  for (const auto& row : quarantine_.rows()) list_->addItem(listItem(row));
  list_->setCurrentRow(quarantine_.index());
  const bool none = quarantine_.rows().empty();
  if (none && isVisible() && pages_->currentIndex() == 0) empty_->button()->setFocus();
  pages_->setCurrentIndex(none ? 1 : 0);
  inspector_->setVisible(!none);
  Q_EMIT inspectorChanged();
}

void QuarantineView::takeSelected() {
  const QSignalBlocker quiet(list_);
  list_->setCurrentRow(quarantine_.index());
  takePicture();
}

void QuarantineView::takePicture() {
  const auto& clip = quarantine_.clip();
  canvas_->setPicture(quarantine_.frames().picture(), clip ? clip->info.spacing_mm : std::nullopt);
}

bool QuarantineView::handleBoxKey(const QKeyEvent& event) {
  BoxEditor& boxes = quarantine_.boxes();
  const QPoint way = wayOf(event.key());
  const auto modifiers = event.modifiers() & ~Qt::KeypadModifier;
  if (!way.isNull() && modifiers == Qt::AltModifier) {
    boxes.moveSelected(way.x(), way.y());
    return true;
  }
  if (!way.isNull() && modifiers == Qt::ShiftModifier) {
    boxes.growSelected(way.x(), way.y());
    return true;
  }
  if (modifiers & Qt::ControlModifier) return false;
  switch (event.key()) {
    case Qt::Key_B:
      boxes.addInMiddle();
      return true;
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
      modifiers == Qt::ShiftModifier ? boxes.removeAll() : boxes.removeSelected();
      return true;
    case Qt::Key_BracketLeft:
      boxes.selectNext(-1);
      return true;
    case Qt::Key_BracketRight:
      boxes.selectNext(1);
      return true;
    case Qt::Key_Escape:
      if (boxes.dragging()) {
        boxes.cancelDrag();
        return true;
      }
      return false;
    default:
      return transport_->handleKey(event.key());
  }
}

void QuarantineView::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Undo)) {
    quarantine_.boxes().undoStack().undo();
  } else if (event->matches(QKeySequence::Redo) ||
             event->keyCombination() == (Qt::ControlModifier | Qt::ShiftModifier | Qt::Key_Z)) {
    quarantine_.boxes().undoStack().redo();
  } else if (!handleBoxKey(*event)) {
    Workspace::keyPressEvent(event);
  }
}

}  // namespace sonotwin::workstation
