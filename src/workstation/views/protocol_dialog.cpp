// SPDX-License-Identifier: Apache-2.0
#include "views/protocol_dialog.h"

#include <QHeaderView>
#include <QScopedValueRollback>

#include "presenters/words.h"
#include "ui_protocol_dialog.h"
#include "views/confirm_dialog.h"
#include "widgets/controls.h"
#include "widgets/delegates.h"

namespace sonotwin::workstation {
namespace {
constexpr int kRowHeight = 34;
enum Column { kName, kRegion, kView, kColumns };

QString cell(const store::ProtocolView& view, int column) {
  return words::from(column == kName     ? view.name
                     : column == kRegion ? view.body_region
                                         : view.view_label);
}
}  // namespace

ProtocolDialog::ProtocolDialog(Session& session, QWidget* parent)
    : QDialog(parent), editor_(session), ui_(new Ui::ProtocolDialog) {
  ui_->setupUi(this);
  setWindowTitle(ui_->title->text());
  QTableWidget& views = *ui_->views;
  views.setColumnCount(kColumns);
  views.setHorizontalHeaderLabels({tr("Name of the view"), tr("Region"), tr("View; empty: any")});
  views.horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  views.horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  views.horizontalHeader()->setHighlightSections(false);
  views.verticalHeader()->hide();
  views.verticalHeader()->setDefaultSectionSize(kRowHeight);
  views.setSelectionMode(QAbstractItemView::SingleSelection);
  views.setShowGrid(false);
  views.setTabKeyNavigation(false);
  views.setItemDelegate(new CellDelegate(&views));
  ui_->protocolList->setItemDelegate(new VersionDelegate(ui_->protocolList));
  describeControls();
  connectControls();
  connectViews();
  connect(&editor_, &ProtocolEditor::listChanged, this, &ProtocolDialog::takeList);
  connect(&editor_, &ProtocolEditor::changed, this, &ProtocolDialog::takeWritten);
  connect(&editor_, &ProtocolEditor::said, this, &ProtocolDialog::said);
  connect(&session, &Session::refused, ui_->problem, &QLabel::setText);
  takeList();
  takeWritten();
  (editor_.all().empty() ? static_cast<QWidget*>(ui_->name) : ui_->protocolList)->setFocus();
}

ProtocolDialog::~ProtocolDialog() = default;

void ProtocolDialog::describeControls() {
  describe(ui_->create, ui_->create->text(), QStringLiteral("Ctrl N"));
  describe(ui_->addView, ui_->addView->text(), QStringLiteral("Ctrl +"));
  describe(ui_->removeView, ui_->removeView->text(), QStringLiteral("Ctrl Del"));
  describe(ui_->up, tr("Move the view up"), QStringLiteral("Alt ↑"));
  describe(ui_->down, tr("Move the view down"), QStringLiteral("Alt ↓"));
  describe(ui_->remove, tr("Delete the protocol"), {}, tr("Asks first; clips stay as they are"));
  describe(ui_->discard, ui_->discard->text(), {}, tr("As it is in the store"));
  describe(ui_->save, ui_->save->text(), QStringLiteral("Ctrl S"),
           tr("For all who use this store"));
  describe(ui_->closeDialog, ui_->closeDialog->text(), QStringLiteral("Esc"));
}

void ProtocolDialog::connectControls() {
  connect(ui_->protocolList, &QListWidget::currentRowChanged, this, [this](int row) {
    if (!following_) editor_.choose(row);
  });
  connect(ui_->create, &QPushButton::clicked, this, [this] {
    editor_.create();
    ui_->name->setFocus();
  });
  connect(ui_->name, &QLineEdit::textEdited, &editor_, &ProtocolEditor::setName);
  connect(ui_->remove, &QPushButton::clicked, this, &ProtocolDialog::askRemove);
  connect(ui_->discard, &QPushButton::clicked, &editor_, &ProtocolEditor::discard);
  connect(ui_->save, &QPushButton::clicked, &editor_, &ProtocolEditor::save);
  connect(ui_->closeDialog, &QPushButton::clicked, this, &ProtocolDialog::reject);
  clickOn(ui_->create, QKeySequence(QStringLiteral("Ctrl+N")));
  clickOn(ui_->save, QKeySequence(QStringLiteral("Ctrl+S")));
}

void ProtocolDialog::connectViews() {
  connect(ui_->views, &QTableWidget::cellChanged, this, [this](int row) {
    if (!following_) takeCell(row);
  });
  connect(ui_->addView, &QPushButton::clicked, this, &ProtocolDialog::addView);
  connect(ui_->removeView, &QPushButton::clicked, this,
          [this] { editor_.removeView(ui_->views->currentRow()); });
  connect(ui_->up, &QPushButton::clicked, this, [this] { moveView(-1); });
  connect(ui_->down, &QPushButton::clicked, this, [this] { moveView(1); });
  clickOn(ui_->addView, QKeySequence(QStringLiteral("Ctrl++")));
  clickOn(ui_->removeView, QKeySequence(QStringLiteral("Ctrl+Del")));
  clickOn(ui_->up, QKeySequence(QStringLiteral("Alt+Up")));
  clickOn(ui_->down, QKeySequence(QStringLiteral("Alt+Down")));
}

void ProtocolDialog::takeList() {
  const QScopedValueRollback guard(following_, true);
  ui_->protocolList->clear();
  for (const store::AcquisitionProtocol& protocol : editor_.all()) {
    ui_->protocolList->addItem(words::from(protocol.name));
  }
  ui_->protocolList->setCurrentRow(editor_.index());
  takeViews();
}

// Cell by cell: one that is being written in stays open.
void ProtocolDialog::takeViews() {
  const QScopedValueRollback guard(following_, true);
  const auto& views = editor_.written().views;
  ui_->views->setRowCount(static_cast<int>(views.size()));
  for (int row = 0; row < std::ssize(views); ++row) {
    for (int column = 0; column < kColumns; ++column) {
      if (!ui_->views->item(row, column)) {
        ui_->views->setItem(row, column, new QTableWidgetItem);
      }
      ui_->views->item(row, column)->setText(cell(views[static_cast<std::size_t>(row)], column));
    }
  }
}

void ProtocolDialog::takeWritten() {
  const QString name = words::from(editor_.written().name);
  if (ui_->name->text() != name) ui_->name->setText(name);
  const bool dirty = editor_.dirty();
  ui_->problem->setText(dirty ? editor_.problem() : QString());
  ui_->save->setEnabled(dirty && editor_.problem().isEmpty());
  ui_->discard->setEnabled(dirty);
  ui_->protocolList->setEnabled(!dirty);
  ui_->create->setEnabled(!dirty);
  ui_->remove->setEnabled(!dirty && editor_.index() >= 0);
  const bool views = !editor_.written().views.empty();
  for (QPushButton* button : {ui_->removeView, ui_->up, ui_->down}) button->setEnabled(views);
}

void ProtocolDialog::takeCell(int row) {
  const auto text = [&](int column) {
    const QTableWidgetItem* item = ui_->views->item(row, column);
    return item ? item->text().toStdString() : std::string();
  };
  editor_.setView(row, {text(kName), text(kRegion), text(kView)});
}

void ProtocolDialog::addView() {
  editor_.addView();
  ui_->views->setFocus();
  ui_->views->setCurrentCell(ui_->views->rowCount() - 1, kName);
  ui_->views->editItem(ui_->views->currentItem());
}

void ProtocolDialog::moveView(int by) {
  const int row = ui_->views->currentRow();
  const int column = ui_->views->currentColumn();
  if (row < 0 || row + by < 0 || row + by >= ui_->views->rowCount()) return;
  editor_.moveView(row, by);
  ui_->views->setCurrentCell(row + by, column);
}

void ProtocolDialog::askRemove() {
  ConfirmDialog::ask(
      this,
      {tr("Delete the protocol “%1”?").arg(words::from(editor_.written().name)),
       tr("Everybody who uses this store loses it: its list of %1 is not kept. No clip is touched.")
           .arg(words::count(std::ssize(editor_.written().views), tr("view"), tr("views"))),
       tr("Delete the protocol"), tr("Keep it")},
      [this] { editor_.remove(); });
}

void ProtocolDialog::reject() {
  if (!editor_.dirty()) return QDialog::reject();
  ConfirmDialog::ask(this,
                     {tr("The protocol is not saved"),
                      tr("What you changed is in this window only, and is lost when it closes."),
                      tr("Close and lose it"), tr("Go on writing")},
                     [this] { QDialog::reject(); });
}

}  // namespace sonotwin::workstation
