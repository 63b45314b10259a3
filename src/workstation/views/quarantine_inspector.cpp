// SPDX-License-Identifier: Apache-2.0
#include "views/quarantine_inspector.h"

#include <QLineEdit>
#include <QListWidget>
#include <QShortcut>
#include <QSignalBlocker>
#include <algorithm>

#include "presenters/words.h"
#include "ui_quarantine_inspector.h"
#include "widgets/controls.h"
#include "widgets/delegates.h"

namespace sonotwin::workstation {
namespace {
constexpr int kBoxRowHeight = 34;
constexpr int kBoxRowsShown = 5;
}  // namespace

QuarantineInspectorView::QuarantineInspectorView(Quarantine& quarantine, QWidget* parent)
    : QWidget(parent), quarantine_(quarantine), ui_(new Ui::QuarantineInspector) {
  ui_->setupUi(this);
  ui_->boxes->setItemDelegate(new RowDelegate(ui_->boxes));
  describeControls();
  connectControls();
  connect(&quarantine, &Quarantine::rowsChanged, this, &QuarantineInspectorView::takeRows);
  connect(&quarantine, &Quarantine::selected, this, &QuarantineInspectorView::takeSelected);
  connect(&quarantine, &Quarantine::pictureChanged, this, &QuarantineInspectorView::takeFacts);
  connect(&quarantine.boxes(), &BoxEditor::changed, this, &QuarantineInspectorView::takeBoxes);
  takeRows();
  takeSelected();
}

QuarantineInspectorView::~QuarantineInspectorView() = default;

void QuarantineInspectorView::takeRows() {
  ui_->next->setEnabled(quarantine_.rows().size() > 1);
  takeFacts();
}

void QuarantineInspectorView::takeSelected() {
  dismiss();
  const auto* row = quarantine_.row();
  ui_->subject->setText(row ? words::from(row->patient_id) : QString());
  ui_->why->setText(row ? words::waitingReason(*row) + QLatin1Char('.') : QString());
  ui_->release->setEnabled(quarantine_.ready());
  ui_->reject->setEnabled(row != nullptr);
  takeFacts();
  takeBoxes();
}

void QuarantineInspectorView::describeControls() {
  describe(ui_->release, QStringLiteral("Release"), QStringLiteral("Ctrl ↵"),
           QStringLiteral("Blanks the boxes on every frame and takes the object into the store"));
  describe(ui_->reject, QStringLiteral("Reject"), QStringLiteral("Ctrl Del"),
           QStringLiteral("The object does not come in: its file is removed from the quarantine"));
  describe(ui_->next, QStringLiteral("Next"), QStringLiteral("N"),
           QStringLiteral("Leaves this one waiting, with its boxes"));
  describe(ui_->blanked, QStringLiteral("Show as blanked"), QStringLiteral("P"),
           QStringLiteral("The picture as it will be in the store"));
  clickOn(ui_->release, QKeySequence(QStringLiteral("Ctrl+Return")));
  clickOn(ui_->reject, QKeySequence(QStringLiteral("Ctrl+Del")));
  clickOn(ui_->next, QKeySequence(QStringLiteral("N")));
  clickOn(ui_->blanked, QKeySequence(QStringLiteral("P")));
}

void QuarantineInspectorView::connectControls() {
  connect(ui_->release, &QPushButton::clicked, this, &QuarantineInspectorView::release);
  connect(ui_->reject, &QPushButton::clicked, this, [this] { ask(Question::kReject); });
  connect(ui_->next, &QPushButton::clicked, &quarantine_, &Quarantine::next);
  connect(ui_->blanked, &QPushButton::toggled, this, &QuarantineInspectorView::blankedToggled);
  connect(ui_->boxes, &QListWidget::currentRowChanged, &quarantine_.boxes(), &BoxEditor::select);
  auto* remove = new QShortcut(QKeySequence::Delete, ui_->boxes);
  remove->setContext(Qt::WidgetShortcut);
  connect(remove, &QShortcut::activated, &quarantine_.boxes(), &BoxEditor::removeSelected);
  connect(ui_->confirm, &QPushButton::clicked, this, &QuarantineInspectorView::answer);
  connect(ui_->reason, &QLineEdit::returnPressed, this, &QuarantineInspectorView::answer);
  connect(ui_->reason, &QLineEdit::textChanged, this,
          [this](const QString& text) { ui_->confirm->setEnabled(!text.trimmed().isEmpty()); });
  auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), ui_->question);
  escape->setContext(Qt::WidgetWithChildrenShortcut);
  connect(escape, &QShortcut::activated, this, [this] {
    dismiss();
    Q_EMIT answered();
  });
  connect(ui_->back, &QPushButton::clicked, this, [this] {
    if (question_ == Question::kUnseen) quarantine_.frames().cine().play();
    dismiss();
    Q_EMIT answered();
  });
}

void QuarantineInspectorView::takeBoxes() {
  const BoxEditor& boxes = quarantine_.boxes();
  const QSignalBlocker quiet(ui_->boxes);
  ui_->boxes->clear();
  for (const media::PixelRectangle& box : boxes.all()) {
    ui_->boxes->addItem(QStringLiteral("%1 · %2 · %3 × %4 px")
                            .arg(ui_->boxes->count() + 1)
                            .arg(quarantine_.found(box) ? "text found" : "drawn")
                            .arg(box.x1 - box.x0)
                            .arg(box.y1 - box.y0));
  }
  ui_->boxes->setCurrentRow(boxes.selected());
  if (boxes.selected() < 0) ui_->boxes->scrollToTop();
  const int rows = std::clamp(ui_->boxes->count(), 1, kBoxRowsShown);
  ui_->boxes->setFixedHeight(rows * kBoxRowHeight + 2);
  ui_->boxes->setVisible(!boxes.all().empty());
  ui_->noBoxes->setVisible(boxes.all().empty());
}

void QuarantineInspectorView::takeFacts() {
  const auto* row = quarantine_.row();
  if (!row) return;
  ui_->placeHeading->setText(QStringLiteral("Waiting · %1 of %2")
                                 .arg(quarantine_.index() + 1)
                                 .arg(quarantine_.rows().size()));
  QList<Fact> facts = {{QStringLiteral("Text"), words::placesFound(*row)}};
  const int unseen = quarantine_.framesUnseen();
  if (const auto& clip = quarantine_.clip()) {
    const int count = clip->info.frame_count;
    facts.append(
        {QStringLiteral("Frames"), QStringLiteral("%1 · %2 seen").arg(count).arg(count - unseen)});
    facts.append({QStringLiteral("Picture"),
                  QStringLiteral("%1 × %2 px").arg(clip->info.cols).arg(clip->info.rows)});
  }
  ui_->facts->setFacts(facts);
  ui_->unseen->setText(unseen == 0
                           ? QStringLiteral("Every frame was on screen.")
                           : words::count(unseen, QStringLiteral("frame was not on screen yet."),
                                          QStringLiteral("frames were not on screen yet.")));
  setRole(ui_->unseen, unseen == 0 ? "caption" : "look-small");
  ui_->unseen->setVisible(quarantine_.ready());
}

void QuarantineInspectorView::release() {
  if (quarantine_.framesUnseen() > 0) {
    ask(Question::kUnseen);
  } else {
    quarantine_.release();
  }
}

void QuarantineInspectorView::ask(Question question) {
  question_ = question;
  const bool rejects = question == Question::kReject;
  const QString unseen =
      words::count(quarantine_.framesUnseen(), QStringLiteral("frame was not on screen yet."),
                   QStringLiteral("frames were not on screen yet."));
  ui_->questionText->setText(
      rejects ? QStringLiteral("Why does it not come in? Its file is removed from the quarantine; "
                               "the one that was imported stays where it is.")
              : unseen + QStringLiteral(" Text may come and go."));
  ui_->confirm->setText(rejects ? QStringLiteral("Remove it")
                                : QStringLiteral("Release all the same"));
  ui_->back->setText(rejects ? QStringLiteral("Keep it") : QStringLiteral("Look first"));
  for (QPushButton* button : {ui_->confirm, ui_->back}) describe(button, button->text());
  ui_->reason->clear();
  ui_->reason->setVisible(rejects);
  ui_->confirm->setEnabled(!rejects);
  ui_->actions->hide();
  ui_->question->show();
  (rejects ? static_cast<QWidget*>(ui_->reason) : ui_->back)->setFocus();
}

void QuarantineInspectorView::answer() {
  const QString why = ui_->reason->text().trimmed();
  if (question_ == Question::kUnseen) {
    quarantine_.release();
  } else if (question_ == Question::kReject && !why.isEmpty()) {
    quarantine_.reject(why);
  } else {
    return;
  }
  Q_EMIT answered();
}

void QuarantineInspectorView::dismiss() {
  question_ = Question::kNone;
  ui_->question->hide();
  ui_->actions->show();
}

}  // namespace sonotwin::workstation
