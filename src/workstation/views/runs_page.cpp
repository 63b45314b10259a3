// SPDX-License-Identifier: Apache-2.0
#include "views/runs_page.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "theme/theme.h"
#include "theme/tokens.h"
#include "views/training_curves.h"
#include "widgets/controls.h"
#include "widgets/curve_plot.h"
#include "widgets/delegates.h"

namespace sonotwin::workstation {
namespace {
constexpr int kListWidth = 250;
constexpr int kRowHeight = 46;
constexpr int kColours = 8;
enum RunRole { kStateRole = Qt::UserRole + 1, kColourRole };

/// A run's name with the colour of its curves, and how far it came below.
class RunDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    const bool chosen = option.state & QStyle::State_Selected;
    const bool current = option.state & QStyle::State_HasFocus;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (chosen) painter->fillRect(option.rect, tokens::colour(tokens::kAccentRow));
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      tokens::colour(tokens::kLine));
    if (current) {
      painter->fillRect(QRect(option.rect.topLeft(), QSize(4, option.rect.height())),
                        tokens::colour(tokens::kAccent));
    }
    const QRect box(option.rect.left() + 14, option.rect.top() + 9, 12, 12);
    const QVariant colour = index.data(kColourRole);
    painter->setPen(QPen(
        chosen && colour.isValid() ? colour.value<QColor>() : tokens::colour(tokens::kFaint), 1.5));
    painter->setBrush(chosen && colour.isValid() ? QBrush(colour.value<QColor>()) : Qt::NoBrush);
    painter->drawRoundedRect(box, 3, 3);
    const QRect words = option.rect.adjusted(36, 5, -6, -4);
    say(*painter, words, theme::font(tokens::kBaseSize_px, QFont::Medium), tokens::kText,
        Qt::AlignTop, index.data().toString());
    say(*painter, words, theme::font(tokens::kCaptionSize_px), tokens::kSecondary, Qt::AlignBottom,
        index.data(kStateRole).toString());
    painter->restore();
  }

  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    return {kListWidth, kRowHeight};
  }

 private:
  static void say(QPainter& painter, const QRect& room, const QFont& font, QRgb colour,
                  Qt::Alignment where, const QString& words) {
    painter.setFont(font);
    painter.setPen(tokens::colour(colour));
    painter.drawText(room, static_cast<int>(where | Qt::AlignLeft),
                     painter.fontMetrics().elidedText(words, Qt::ElideRight, room.width()));
  }
};

QRgb colourOf(qsizetype place) {
  return labelColourOf(1 + static_cast<int>(place % kColours));
}

QString valueOf(const TrainingRun& run, const QString& name) {
  const auto found = std::ranges::find(run.facts, name, &Fact::name);
  return found == run.facts.end() ? QStringLiteral("–") : found->value;
}

/// Names of facts of all, in the order in which they come.
QStringList factNames(const QList<const TrainingRun*>& runs) {
  QStringList names;
  for (const TrainingRun* run : runs) {
    qsizetype at = 0;
    for (const Fact& fact : run->facts) {
      if (const qsizetype found = names.indexOf(fact.name); found >= 0) {
        at = found + 1;
      } else {
        names.insert(at++, fact.name);
      }
    }
  }
  return names;
}
}  // namespace

RunsPage::RunsPage(QWidget* parent)
    : QWidget(parent),
      pages_(new QStackedWidget(this)),
      empty_(new EmptyState(this)),
      list_(new QListWidget(this)),
      note_(label({}, "look", this)),
      dice_(new CurvePlot(this)),
      loss_(new CurvePlot(this)),
      table_(new QTableWidget(this)) {
  empty_->setWords(QStringLiteral("No runs yet"),
                   QStringLiteral("Here trainings stand side by side: their curves, data and "
                                  "scores, and those that were stopped can be gone on with."),
                   QStringLiteral("Train a network…"));
  buildPage();
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(pages_);
  connect(list_, &QListWidget::itemSelectionChanged, this, &RunsPage::takeChoice);
  connect(list_, &QListWidget::currentRowChanged, this, &RunsPage::currentChanged);
  setRuns({});
}

void RunsPage::buildPage() {
  list_->setObjectName(QStringLiteral("runs"));
  list_->setFixedWidth(kListWidth);
  list_->setItemDelegate(new RunDelegate(list_));
  list_->setSelectionMode(QAbstractItemView::MultiSelection);
  describe(list_, QStringLiteral("Runs"), QStringLiteral("Space"),
           QStringLiteral("Choose two or more to compare them"));
  note_->setObjectName(QStringLiteral("runsNote"));
  note_->setWordWrap(true);
  dice_->setObjectName(QStringLiteral("runsDice"));
  dice_->setTitle(QStringLiteral("Dice in validation, all labels"));
  loss_->setObjectName(QStringLiteral("runsLoss"));
  loss_->setTitle(QStringLiteral("Loss in training"));
  table_->setObjectName(QStringLiteral("runFacts"));
  table_->setAccessibleName(QStringLiteral("Facts of the runs"));
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(30);
  table_->setShowGrid(false);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setItemDelegate(new RowDelegate(table_));
  table_->setTabKeyNavigation(false);
  table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  auto* page = new QWidget(this);
  auto* plots = new QHBoxLayout;
  plots->setSpacing(24);
  plots->addWidget(dice_);
  plots->addWidget(loss_);
  auto* right = new QVBoxLayout;
  right->setSpacing(10);
  right->addWidget(note_);
  right->addLayout(plots, 1);
  right->addWidget(table_, 1);
  auto* row = new QHBoxLayout(page);
  row->setContentsMargins(0, 4, 20, 8);
  row->setSpacing(20);
  row->addWidget(list_);
  row->addLayout(right, 1);
  pages_->addWidget(empty_);
  pages_->addWidget(page);
}

void RunsPage::setRuns(std::vector<TrainingRun> runs) {
  QStringList chosen;
  for (const QListWidgetItem* item : list_->selectedItems()) chosen << item->text();
  const QString current = list_->currentItem() ? list_->currentItem()->text() : QString();
  runs_ = std::move(runs);
  {
    const QSignalBlocker quiet(list_);
    list_->clear();
    for (const TrainingRun& run : runs_) {
      auto* item = new QListWidgetItem(run.name, list_);
      item->setData(kStateRole, valueOf(run, QStringLiteral("State")));
      item->setSelected(chosen.contains(run.name));
    }
    const auto found = list_->findItems(current, Qt::MatchExactly);
    QListWidgetItem* here = found.isEmpty() ? list_->item(0) : found.front();
    if (here) {
      list_->setCurrentItem(here, QItemSelectionModel::NoUpdate);
      if (list_->selectedItems().isEmpty()) here->setSelected(true);
    }
  }
  pages_->setCurrentIndex(runs_.empty() ? 0 : 1);
  takeChoice();
  Q_EMIT currentChanged();
}

const TrainingRun* RunsPage::current() const {
  const int row = list_->currentRow();
  return row < 0 || row >= std::ssize(runs_) ? nullptr : &runs_[static_cast<std::size_t>(row)];
}

void RunsPage::takeChoice() {
  QList<const TrainingRun*> chosen;
  const QSignalBlocker quiet(list_);
  for (int row = 0; row < list_->count(); ++row) {
    if (!list_->item(row)->isSelected()) continue;
    list_->item(row)->setData(kColourRole, tokens::colour(colourOf(chosen.size())));
    chosen << &runs_[static_cast<std::size_t>(row)];
  }
  QStringList notes;
  if (const QString difference = differenceNote(chosen); !difference.isEmpty()) {
    notes << QStringLiteral("◆ ") + difference;
  }
  for (const TrainingRun* run : chosen) {
    for (const QString& problem : run->curve.problems) {
      notes << QStringLiteral("◆ %1: %2").arg(run->name, problem);
    }
  }
  note_->setText(notes.join(QLatin1Char('\n')));
  note_->setVisible(!notes.isEmpty());
  fillCurves(chosen);
  fillTable(chosen);
}

void RunsPage::fillCurves(const QList<const TrainingRun*>& chosen) {
  QList<CurvePlot::Curve> dice, loss;
  double last = 1.0;
  for (qsizetype i = 0; i < chosen.size(); ++i) {
    const auto& epochs = chosen[i]->curve.epochs;
    dice << diceCurve(epochs, chosen[i]->name, colourOf(i));
    loss << lossCurve(epochs, chosen[i]->name, colourOf(i));
    if (!epochs.empty()) last = std::max<double>(last, epochs.back().epoch);
  }
  const QString none = chosen.isEmpty() ? QStringLiteral("Choose runs at the left.")
                                        : QStringLiteral("No epoch was recorded.");
  dice_->setEmptyWords(none);
  loss_->setEmptyWords(none);
  dice_->setRange(diceRange(dice));
  dice_->setCurves(dice, last);
  loss_->setCurves(loss, last);
}

void RunsPage::fillTable(const QList<const TrainingRun*>& chosen) {
  const QStringList names = factNames(chosen);
  table_->clear();
  table_->setRowCount(static_cast<int>(names.size()));
  table_->setColumnCount(static_cast<int>(chosen.size()) + 1);
  QStringList header = {QString()};
  for (const TrainingRun* run : chosen) header << run->name;
  table_->setHorizontalHeaderLabels(header);
  for (int row = 0; row < names.size(); ++row) {
    table_->setItem(row, 0, new QTableWidgetItem(names[row]));
    for (int i = 0; i < chosen.size(); ++i) {
      auto* item = new QTableWidgetItem(valueOf(*chosen[i], names[row]));
      item->setToolTip(item->text());
      table_->setItem(row, i + 1, item);
    }
  }
}

}  // namespace sonotwin::workstation
