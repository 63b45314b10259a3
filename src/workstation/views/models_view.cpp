// SPDX-License-Identifier: Apache-2.0
#include "views/models_view.h"

#include <QHeaderView>
#include <QListWidget>
#include <QStackedWidget>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <exception>

#include "ui_models_inspector.h"
#include "widgets/controls.h"
#include "widgets/delegates.h"

namespace sonotwin::workstation {
namespace {
constexpr int kRowHeight = 34;
constexpr int kListHeight = 340;
}  // namespace

ModelsView::ModelsView(QWidget* parent)
    : Workspace(parent),
      pages_(new QStackedWidget(this)),
      empty_(new EmptyState(this)),
      list_(new QListWidget(this)),
      scores_(new QTableWidget(this)),
      inspector_(new QWidget),
      ui_(new Ui::ModelsInspector) {
  ui_->setupUi(inspector_);
  empty_->setWords(QStringLiteral("No networks installed"),
                   QStringLiteral("Here are the networks that draw masks. A folder with card.json "
                                  "and weights.safetensors under the program's models folder "
                                  "appears here."));
  list_->setObjectName(QStringLiteral("models"));
  list_->setAccessibleName(QStringLiteral("Installed networks"));
  list_->setItemDelegate(new RowDelegate(list_));
  scores_->setObjectName(QStringLiteral("scores"));
  scores_->setAccessibleName(QStringLiteral("Scores of the network"));
  scores_->setColumnCount(5);
  scores_->setHorizontalHeaderLabels({QStringLiteral("Split"), QStringLiteral("Label"),
                                      QStringLiteral("Cases"), QStringLiteral("Dice (95 %)"),
                                      QStringLiteral("HD95 (95 %)")});
  scores_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  scores_->verticalHeader()->hide();
  scores_->setShowGrid(false);
  scores_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  scores_->setSelectionBehavior(QAbstractItemView::SelectRows);
  scores_->setItemDelegate(new RowDelegate(scores_));
  scores_->setTabKeyNavigation(false);
  scores_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  auto* page = new QWidget(this);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(20, 16, 20, 16);
  column->setSpacing(10);
  column->addWidget(new Heading(QStringLiteral("Installed networks"), page));
  column->addWidget(list_);
  column->addSpacing(6);
  column->addWidget(new Heading(QStringLiteral("Scores"), page));
  column->addWidget(scores_, 1);
  pages_->addWidget(page);
  pages_->addWidget(empty_);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(pages_);
  connect(list_, &QListWidget::currentRowChanged, this, &ModelsView::showCard);
}

ModelsView::~ModelsView() = default;

void ModelsView::enter() {
  reload();
  list_->setFocus();
}

void ModelsView::reload() {
  const int row = list_->currentRow();
  cards_.clear();
  list_->clear();
  try {
    for (const auto& model : pipeline::installedModels()) cards_.push_back(readCard(model));
  } catch (const std::exception& error) {
    Q_EMIT problem(QStringLiteral("A network's card cannot be read."),
                   QString::fromUtf8(error.what()));
  }
  for (const ModelCard& card : cards_) {
    auto* item = new QListWidgetItem(card.name, list_);
    item->setData(RowDelegate::kDetailRole, card.labels.join(QStringLiteral(", ")));
    if (card.synthetic) item->setData(RowDelegate::kBadgeRole, QStringLiteral("simulated data"));
  }
  list_->setFixedHeight(std::min(kListHeight, static_cast<int>(cards_.size()) * kRowHeight + 2));
  pages_->setCurrentIndex(cards_.empty() ? 1 : 0);
  inspector_->setVisible(!cards_.empty());
  Q_EMIT inspectorChanged();
  list_->setCurrentRow(std::clamp(row, 0, std::max(0, int(cards_.size()) - 1)));
}

void ModelsView::showCard(int row) {
  if (row < 0 || row >= std::ssize(cards_)) return;
  const ModelCard& card = cards_[static_cast<std::size_t>(row)];
  ui_->modelHeading->setText(card.name);
  QList<Fact> facts = {{QStringLiteral("Labels"), card.labels.join(QStringLiteral(", "))}};
  if (!card.purpose.isEmpty()) facts.append({QStringLiteral("For"), card.purpose});
  ui_->modelFacts->setFacts(facts + card.facts);
  ui_->syntheticNote->setText(
      QStringLiteral("Trained on simulated images: not meant for real ones."));
  ui_->syntheticNote->setVisible(card.synthetic);
  scores_->setRowCount(static_cast<int>(card.scores.size()));
  for (int i = 0; i < card.scores.size(); ++i) {
    const ScoreLine& line = card.scores[i];
    const QStringList cells = {line.split, line.label, line.cases, line.dice, line.hd95};
    for (int j = 0; j < cells.size(); ++j) scores_->setItem(i, j, new QTableWidgetItem(cells[j]));
  }
}

}  // namespace sonotwin::workstation
