// SPDX-License-Identifier: Apache-2.0
#include "views/search_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QIntValidator>
#include <QKeyEvent>
#include <QScopedValueRollback>
#include <QStackedWidget>
#include <QTableView>
#include <algorithm>

#include "presenters/words.h"
#include "ui_search_panel.h"
#include "views/confirm_dialog.h"
#include "widgets/choice_box.h"
#include "widgets/controls.h"
#include "widgets/delegates.h"

namespace sonotwin::workstation {
namespace {
constexpr int kPanelWidth = 300;
constexpr int kRowHeight = 34;
constexpr int kSavedShown = 4;
constexpr int kLargestDay = 99999;

/// "any" and what there is; a value that no clip has any more can still be asked for.
void fill(QComboBox& box, const std::vector<std::string>& values, const std::string& chosen,
          QString (*shown)(const std::string&)) {
  box.clear();
  box.addItem(QStringLiteral("any"), QString());
  for (const std::string& value : values) box.addItem(shown(value), words::from(value));
  if (box.findData(words::from(chosen)) < 0) box.addItem(shown(chosen), words::from(chosen));
  box.setCurrentIndex(box.findData(words::from(chosen)));
}

std::string chosen(const QComboBox& box) {
  return box.currentData().toString().toStdString();
}

void fillYesNo(QComboBox& box) {
  box.addItem(QStringLiteral("any"));
  box.addItem(QStringLiteral("yes"), true);
  box.addItem(QStringLiteral("no"), false);
}

std::optional<bool> yesNo(const QComboBox& box) {
  const QVariant data = box.currentData();
  return data.isValid() ? std::optional(data.toBool()) : std::nullopt;
}

void setYesNo(QComboBox& box, const std::optional<bool>& value) {
  box.setCurrentIndex(!value ? 0 : *value ? 1 : 2);
}

std::optional<int> day(const QLineEdit& edit) {
  bool number = false;
  const int day = edit.text().toInt(&number);
  return number ? std::optional(day) : std::nullopt;
}

QString dayText(const std::optional<int>& day) {
  return day ? QString::number(*day) : QString();
}
}  // namespace

SearchView::SearchView(Session& session, QWidget* parent)
    : Workspace(parent), session_(session), search_(session), ui_(new Ui::SearchPanel) {
  auto* panel = new QWidget(this);
  panel->setAttribute(Qt::WA_StyledBackground);
  panel->setFixedWidth(kPanelWidth);
  buildForm(panel);
  panel->setObjectName(QStringLiteral("sidePanel"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addWidget(panel);
  row->addWidget(buildResults(), 1);
  connectForm();
  connectSaved();
  connect(&search_, &ClipSearch::queryChanged, this, &SearchView::takeQuery);
  connect(&search_, &ClipSearch::choicesChanged, this, &SearchView::takeChoices);
  connect(&search_, &ClipSearch::foundChanged, this, &SearchView::takeFound);
  connect(&search_, &ClipSearch::savedChanged, this, &SearchView::takeSaved);
  takeQuery();
  takeFound();
  takeSaved();
}

SearchView::~SearchView() = default;

void SearchView::buildForm(QWidget* panel) {
  ui_->setupUi(panel);
  describe(ui_->words, QStringLiteral("Words to search for"), QStringLiteral("Ctrl F"),
           QStringLiteral("Each is a part of region, view, device, probe, format or id"));
  describe(ui_->fromDay, QStringLiteral("First day since the first exam"));
  describe(ui_->toDay, QStringLiteral("Last day since the first exam"));
  describe(ui_->drawn, QStringLiteral("A person drew a mask or not"));
  describe(ui_->clear, QStringLiteral("Clear all conditions"), QStringLiteral("Esc"));
  describe(ui_->remove, QStringLiteral("Delete the saved search"));
  for (QLineEdit* edit : {ui_->fromDay, ui_->toDay}) {
    edit->setValidator(new QIntValidator(0, kLargestDay, edit));
  }
  fillYesNo(*ui_->tracked);
  fillYesNo(*ui_->drawn);
  ui_->saved->setItemDelegate(new RowDelegate(ui_->saved));
  ui_->saved->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

QWidget* SearchView::buildResults() {
  auto* page = new QWidget(this);
  heading_ = new Heading(page);
  heading_->setObjectName(QStringLiteral("searchCount"));
  asked_ = label({}, "secondary", page);
  asked_->setObjectName(QStringLiteral("asked"));
  asked_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  asked_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  table_ = new QTableView(page);
  table_->setObjectName(QStringLiteral("searchResults"));
  table_->setAccessibleName(QStringLiteral("Clips found"));
  table_->setModel(&clips_);
  table_->setItemDelegate(new PatientDelegate(table_));
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setShowGrid(false);
  table_->setTabKeyNavigation(false);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(kRowHeight);
  table_->horizontalHeader()->setHighlightSections(false);
  table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  const std::pair<int, int> widths[] = {{ClipTable::kPatient, 120},
                                        {ClipTable::kDay, 86},
                                        {ClipTable::kFrames, 66},
                                        {ClipTable::kBadges, 190}};
  for (const auto& [column, width] : widths) table_->setColumnWidth(column, width);
  for (const int column : {ClipTable::kClip, ClipTable::kRegion, ClipTable::kDevice}) {
    table_->horizontalHeader()->setSectionResizeMode(column, QHeaderView::Stretch);
  }
  empty_ = new EmptyState(page);
  results_ = new QStackedWidget(page);
  results_->addWidget(table_);
  results_->addWidget(empty_);
  auto* hints = new KeyHints(page);
  hints->setHints(
      {{"Ctrl+F", "words"}, {"↓", "to the clips"}, {"Enter", "open in Review"}, {"Esc", "clear"}});
  auto* bottom = new QHBoxLayout;
  bottom->setContentsMargins(0, 8, 0, 12);
  bottom->addWidget(hints);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(20, 16, 20, 0);
  column->setSpacing(8);
  auto* top = new QHBoxLayout;
  top->setSpacing(16);
  top->addWidget(heading_);
  top->addWidget(asked_, 1);
  column->addLayout(top);
  column->addWidget(results_, 1);
  column->addLayout(bottom);
  return page;
}

void SearchView::connectForm() {
  for (QLineEdit* edit : {ui_->words, ui_->fromDay, ui_->toDay}) {
    connect(edit, &QLineEdit::textChanged, this, &SearchView::takeForm);
  }
  for (QComboBox* box : {static_cast<QComboBox*>(ui_->region), static_cast<QComboBox*>(ui_->device),
                         static_cast<QComboBox*>(ui_->label), static_cast<QComboBox*>(ui_->tracked),
                         static_cast<QComboBox*>(ui_->drawn)}) {
    connect(box, &QComboBox::currentIndexChanged, this, &SearchView::takeForm);
  }
  connect(ui_->patient, &ChoiceBox::settled, this, &SearchView::takeForm);
  connect(ui_->clear, &QPushButton::clicked, this, &SearchView::clear);
  connect(empty_->button(), &QPushButton::clicked, this, [this] {
    if (session_.patients().empty()) {
      Q_EMIT goTo(Place::kLibrary);
    } else {
      clear();
    }
  });
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& row) {
            if (following_ || !row.isValid()) return;
            session_.selectClip(row.data(ClipTable::kIdRole).toString().toStdString());
          });
  connect(table_, &QTableView::doubleClicked, this, &SearchView::openClip);
}

void SearchView::connectSaved() {
  connect(ui_->name, &QLineEdit::textChanged, this, &SearchView::updateSave);
  const auto save = [this] {
    if (!search_.canSave(ui_->name->text())) return;
    search_.save(ui_->name->text());
    ui_->name->clear();
  };
  connect(ui_->save, &QPushButton::clicked, this, save);
  connect(ui_->name, &QLineEdit::returnPressed, this, save);
  connect(ui_->saved, &QListWidget::itemClicked, this,
          [this](QListWidgetItem* item) { search_.apply(item->text().toStdString()); });
  connect(ui_->saved, &QListWidget::itemActivated, this,
          [this](QListWidgetItem* item) { search_.apply(item->text().toStdString()); });
  connect(ui_->remove, &QPushButton::clicked, this, &SearchView::askRemove);
}

void SearchView::enter() {
  search_.look();
  ui_->words->setFocus();
  ui_->words->selectAll();
}

void SearchView::setWords(const QString& words) {
  ui_->words->setText(words);
}

void SearchView::takeForm() {
  if (following_) return;
  store::ClipQuery query = search_.query();
  query.text = ui_->words->text().simplified().toStdString();
  query.patient_id = ui_->patient->currentText().simplified().toUpper().toStdString();
  query.body_region = chosen(*ui_->region);
  query.device_model = chosen(*ui_->device);
  query.label = chosen(*ui_->label);
  query.from_day = day(*ui_->fromDay);
  query.to_day = day(*ui_->toDay);
  query.tracked = yesNo(*ui_->tracked);
  query.annotated = yesNo(*ui_->drawn);
  search_.setQuery(query);
}

void SearchView::takeQuery() {
  const QScopedValueRollback guard(following_, true);
  const store::ClipQuery& query = search_.query();
  ui_->words->setText(words::from(query.text));
  ui_->fromDay->setText(dayText(query.from_day));
  ui_->toDay->setText(dayText(query.to_day));
  setYesNo(*ui_->tracked, query.tracked);
  setYesNo(*ui_->drawn, query.annotated);
  takeChoices();
}

void SearchView::takeChoices() {
  const QScopedValueRollback guard(following_, true);
  const store::ClipQuery& query = search_.query();
  const store::SearchChoices& choices = search_.choices();
  fill(*ui_->region, choices.body_regions, query.body_region, words::region);
  fill(*ui_->device, choices.device_models, query.device_model, words::from);
  fill(*ui_->label, choices.labels, query.label, words::label);
  QStringList patients;
  for (const PatientEntry& entry : session_.patients()) patients << words::from(entry.row.id);
  if (!ui_->patient->writing()) ui_->patient->setChoices(patients, words::from(query.patient_id));
}

void SearchView::takeFound() {
  const QScopedValueRollback guard(following_, true);
  clips_.setClips(search_.found());
  const QModelIndex shown = clips_.indexOf(session_.clipId());
  if (shown.isValid()) {
    table_->setCurrentIndex(shown);
  } else {
    table_->selectionModel()->clear();  // not the neighbour of a row that went
  }
  const bool nothing = session_.patients().empty();
  heading_->setText(search_.found().empty() ? QString() : search_.countWords());
  const QString conditions = search_.conditionWords();
  asked_->setText(search_.found().empty() ? QString() : conditions);
  ui_->clear->setEnabled(!conditions.isEmpty());
  if (nothing) {
    empty_->setWords(QStringLiteral("Nothing to search yet"),
                     QStringLiteral("Here clips of all patients are found by region, day, device, "
                                    "label or words. Import some first."),
                     QStringLiteral("Open the library"));
  } else {
    empty_->setWords(
        QStringLiteral("No clip matches"),
        QStringLiteral("Asked for: %1. Take a condition away, or all of them.").arg(conditions),
        QStringLiteral("Clear all conditions"));
  }
  results_->setCurrentIndex(search_.found().empty() ? 1 : 0);
  takeSaved();
}

void SearchView::takeSaved() {
  const QScopedValueRollback guard(following_, true);
  ui_->saved->clear();
  const std::string current = search_.savedName();
  for (const store::SavedSearch& saved : search_.saved()) {
    auto* item = new QListWidgetItem(words::from(saved.name), ui_->saved);
    item->setToolTip(QStringLiteral("By %1").arg(words::from(saved.author)));
    if (saved.name == current) ui_->saved->setCurrentItem(item);
  }
  ui_->saved->setVisible(!search_.saved().empty());
  ui_->noneSaved->setVisible(search_.saved().empty());
  const int rows = std::clamp(ui_->saved->count(), 1, kSavedShown);
  ui_->saved->setFixedHeight(rows * kRowHeight + 2);
  ui_->remove->setVisible(!search_.saved().empty());
  ui_->remove->setEnabled(!current.empty());
  updateSave();
}

void SearchView::updateSave() {
  const QString name = ui_->name->text();
  ui_->save->setEnabled(search_.canSave(name));
  ui_->save->setText(search_.isSaved(name) ? QStringLiteral("Replace") : QStringLiteral("Save"));
  describe(ui_->save, ui_->save->text() + QStringLiteral(" search"), {},
           search_.conditionWords().isEmpty() ? QStringLiteral("Choose a condition first")
                                              : search_.conditionWords());
}

void SearchView::askRemove() {
  const std::string name = search_.savedName();
  if (name.empty()) return;
  ConfirmDialog::ask(this,
                     {QStringLiteral("Delete the search “%1”?").arg(words::from(name)),
                      QStringLiteral("It asks for: %1. Everybody who uses this store loses it; "
                                     "no clip is touched.")
                          .arg(search_.conditionWords()),
                      QStringLiteral("Delete the search"), QStringLiteral("Keep it")},
                     [this, name] { search_.remove(name); });
}

void SearchView::clear() {
  search_.setQuery({});
  takeQuery();
  ui_->words->setFocus();
}

void SearchView::keyPressEvent(QKeyEvent* event) {
  const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
  const bool in_table = table_->hasFocus();
  if (enter && in_table && table_->currentIndex().isValid()) {
    Q_EMIT openClip();
  } else if ((enter || event->key() == Qt::Key_Down) && ui_->words->hasFocus() &&
             clips_.rowCount() > 0) {
    table_->setFocus();
    if (!table_->currentIndex().isValid()) table_->selectRow(0);
  } else if (event->key() == Qt::Key_Escape) {
    clear();
  } else {
    Workspace::keyPressEvent(event);
  }
}

}  // namespace sonotwin::workstation
