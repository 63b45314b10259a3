// SPDX-License-Identifier: Apache-2.0
#include "views/recipe_panel.h"

#include <QKeyEvent>
#include <QMenu>
#include <QScopedValueRollback>
#include <QShortcut>
#include <algorithm>

#include "presenters/words.h"
#include "theme/theme.h"
#include "theme/tokens.h"
#include "ui_recipe_panel.h"
#include "views/confirm_dialog.h"
#include "widgets/controls.h"
#include "widgets/delegates.h"
#include "widgets/number_box.h"

namespace sonotwin::workstation {
namespace {
constexpr int kStepHeight = 32;
constexpr int kMostStepsSeen = 6;

QString titleOf(const std::string& filter) {
  return words::from(enhance::filterNamed(filter).title);
}

void setIcon(QPushButton* button, const char* icon) {
  button->setIcon(theme::icon(QLatin1String(icon), tokens::kText));
  button->setIconSize({18, 18});
}
}  // namespace

RecipePanel::RecipePanel(ClipPlayer& player, Review& review, RecipeEditor& editor, QWidget* parent)
    : QWidget(parent), player_(player), review_(review), editor_(editor), ui_(new Ui::RecipePanel) {
  ui_->setupUi(this);
  ui_->steps->setItemDelegate(new StepDelegate(ui_->steps));
  ui_->steps->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  describeControls();
  fillFilters();
  connectControls();
  connectSteps();
  connect(&editor, &RecipeEditor::changed, this, &RecipePanel::takeRecipe);
  connect(&review, &Review::changed, this, &RecipePanel::takeTime);
  ui_->name->installEventFilter(this);
  setFocusProxy(ui_->choose);
  takeRecipe();
  takeTime();
}

RecipePanel::~RecipePanel() = default;

void RecipePanel::describeControls() {
  setIcon(ui_->undo, "undo");
  setIcon(ui_->redo, "redo");
  setIcon(ui_->closeEditor, "close");
  setIcon(ui_->up, "up");
  setIcon(ui_->down, "down");
  setIcon(ui_->removeStep, "remove");
  describe(ui_->undo, tr("Undo"), QStringLiteral("Ctrl Z"));
  describe(ui_->redo, tr("Redo"), QStringLiteral("Ctrl Shift Z"));
  describe(ui_->closeEditor, tr("Close the editor"), QStringLiteral("R"),
           tr("The picture keeps the recipe"));
  describe(ui_->add, tr("Add a filter"), QStringLiteral("Ctrl +"), tr("Behind the chosen one"));
  describe(ui_->up, tr("Move the filter up"), QStringLiteral("Alt ↑"));
  describe(ui_->down, tr("Move the filter down"), QStringLiteral("Alt ↓"));
  describe(ui_->removeStep, tr("Remove the filter"), QStringLiteral("Ctrl Del"));
  describe(ui_->defaults, tr("Defaults of this filter"), QStringLiteral("Ctrl 0"));
  describe(ui_->compare, tr("Original left of the divider, enhanced right of it"),
           QStringLiteral("W"), tr("Drag the divider, or Shift ← →"));
  describe(ui_->save, tr("Save"), QStringLiteral("Ctrl S"),
           tr("For you, here and on the command line"));
  describe(ui_->duplicate, tr("Duplicate"), QStringLiteral("Ctrl D"),
           tr("Goes on with a copy under another name"));
  describe(ui_->remove, tr("Delete the recipe"), {}, tr("Asks first"));
  clickOn(ui_->closeEditor, QKeySequence(Qt::Key_R));
  clickOn(ui_->add, QKeySequence(QStringLiteral("Ctrl++")));
  clickOn(ui_->up, QKeySequence(QStringLiteral("Alt+Up")));
  clickOn(ui_->down, QKeySequence(QStringLiteral("Alt+Down")));
  clickOn(ui_->removeStep, QKeySequence(QStringLiteral("Ctrl+Del")));
  clickOn(ui_->defaults, QKeySequence(QStringLiteral("Ctrl+0")));
  clickOn(ui_->compare, QKeySequence(Qt::Key_W));
  clickOn(ui_->save, QKeySequence(QStringLiteral("Ctrl+S")));
  clickOn(ui_->duplicate, QKeySequence(QStringLiteral("Ctrl+D")));
  clickOn(ui_->apply, QKeySequence(QStringLiteral("Ctrl+Return")));
}

void RecipePanel::fillFilters() {
  auto* menu = new QMenu(ui_->add);
  QString group;
  for (const enhance::FilterInfo& filter : enhance::filters()) {
    const QString of = words::from(filter.group);
    if (of != group) {
      menu->addSection(of.left(1).toUpper() + of.mid(1));
      group = of;
    }
    QAction* action = menu->addAction(words::from(filter.title));
    action->setObjectName(QStringLiteral("add-") + words::from(filter.name));
    action->setToolTip(words::from(filter.meaning));
    connect(action, &QAction::triggered, this, [this, name = filter.name] {
      editor_.addStep(name);
      ui_->steps->setFocus();
    });
  }
  menu->setToolTipsVisible(true);
  connect(ui_->add, &QPushButton::clicked, this,
          [this, menu] { menu->popup(ui_->add->mapToGlobal(QPoint(0, ui_->add->height() + 2))); });
}

void RecipePanel::connectControls() {
  connect(ui_->choose, &QComboBox::activated, this, [this](int row) { editor_.choose(row - 1); });
  connect(ui_->name, &QLineEdit::editingFinished, this, &RecipePanel::giveName);
  connect(ui_->name, &QLineEdit::textEdited, this, [this] { ui_->save->setEnabled(true); });
  QUndoStack* stack = &editor_.undoStack();
  connect(ui_->undo, &QPushButton::clicked, stack, &QUndoStack::undo);
  connect(ui_->redo, &QPushButton::clicked, stack, &QUndoStack::redo);
  for (const auto& [keys, button] :
       {std::pair(QKeySequence::Undo, ui_->undo), std::pair(QKeySequence::Redo, ui_->redo)}) {
    auto* shortcut = new QShortcut(QKeySequence(keys), this);
    shortcut->setContext(Qt::WidgetWithChildrenShortcut);
    connect(shortcut, &QShortcut::activated, button, &QPushButton::click);
  }
  connect(ui_->closeEditor, &QPushButton::clicked, this, &RecipePanel::closed);
  connect(ui_->compare, &QPushButton::toggled, &review_, &Review::compare);
  connect(ui_->defaults, &QPushButton::clicked, this,
          [this] { editor_.setDefaults(editor_.step()); });
  // By their keys they come while a name is still being typed.
  connect(ui_->save, &QPushButton::clicked, this, [this] {
    giveName();
    editor_.save();
  });
  connect(ui_->duplicate, &QPushButton::clicked, this, [this] {
    giveName();
    editor_.duplicate();
  });
  connect(ui_->remove, &QPushButton::clicked, this, &RecipePanel::askRemove);
  connect(ui_->apply, &QPushButton::clicked, this, [this] {
    giveName();
    editor_.apply();
  });
  connect(&player_.session().jobs(), &JobRunner::started, this, &RecipePanel::takeTime);
  connect(&player_.session().jobs(), &JobRunner::idle, this, &RecipePanel::takeTime);
  connect(&player_.session(), &Session::clipChanged, this, &RecipePanel::takeTime);
}

void RecipePanel::connectSteps() {
  connect(ui_->steps, &QListWidget::currentRowChanged, this, [this](int row) {
    if (!following_) editor_.select(row);
  });
  connect(ui_->steps, &QListWidget::itemChanged, this, &RecipePanel::takeStep);
  connect(ui_->up, &QPushButton::clicked, this, [this] { editor_.moveStep(editor_.step(), -1); });
  connect(ui_->down, &QPushButton::clicked, this, [this] { editor_.moveStep(editor_.step(), 1); });
  connect(ui_->removeStep, &QPushButton::clicked, this,
          [this] { editor_.removeStep(editor_.step()); });
  connect(ui_->parameters, &ParameterForm::edited, this,
          [this](const QString& parameter, double value) {
            editor_.setParameter(editor_.step(), parameter.toStdString(), value);
          });
}

void RecipePanel::giveName() {
  if (!ui_->name->isModified()) return;
  ui_->name->setModified(false);
  editor_.setName(ui_->name->text());
  takeRecipe();
}

void RecipePanel::takeStep(QListWidgetItem* item) {
  if (following_) return;
  editor_.switchStep(ui_->steps->row(item), item->checkState() == Qt::Checked);
}

void RecipePanel::takeRecipe() {
  const QScopedValueRollback guard(following_, true);
  takeChoice();
  takeSteps();
  takeFilter();
  const QString problem = editor_.problem();
  ui_->problem->setText(problem);
  ui_->problem->setVisible(!problem.isEmpty());
  ui_->save->setEnabled(ui_->name->isModified() || (editor_.dirty() && problem.isEmpty()));
  ui_->undo->setEnabled(editor_.undoStack().canUndo());
  ui_->redo->setEnabled(editor_.undoStack().canRedo());
  takeTime();
}

void RecipePanel::takeChoice() {
  const bool any = !editor_.written().steps.empty();
  ui_->choose->clear();
  ui_->choose->addItem(tr("as stored"));
  for (const auto& known : editor_.all()) ui_->choose->addItem(words::from(known.recipe.name));
  ui_->choose->setCurrentIndex(editor_.index() < 0 && any ? -1 : editor_.index() + 1);
  const QString name = words::from(editor_.written().name);
  if (!ui_->name->isModified() && ui_->name->text() != name) ui_->name->setText(name);
  ui_->name->setEnabled(any);
  ui_->state->setText(editor_.stateWords());
  const int now = editor_.index();
  ui_->remove->setEnabled(now >= 0 && editor_.all()[std::size_t(now)].own);
  ui_->duplicate->setEnabled(any);
}

// Row by row: one that has the focus keeps it.
void RecipePanel::takeSteps() {
  const auto& steps = editor_.written().steps;
  const int count = static_cast<int>(steps.size());
  QListWidget& list = *ui_->steps;
  while (list.count() > count) delete list.takeItem(list.count() - 1);
  while (list.count() < count) list.addItem(new QListWidgetItem);
  for (int row = 0; row < count; ++row) {
    const enhance::Step& step = steps[std::size_t(row)];
    QListWidgetItem* item = list.item(row);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
    item->setText(titleOf(step.filter));
    item->setCheckState(step.on ? Qt::Checked : Qt::Unchecked);
    item->setToolTip(tr("Space switches it on and off"));
  }
  list.setCurrentRow(editor_.step());
  list.setFixedHeight(std::min(count, kMostStepsSeen) * kStepHeight + 2);
  list.setVisible(count > 0);
  ui_->noSteps->setVisible(count == 0);
  const int at = editor_.step();
  ui_->up->setEnabled(at > 0);
  ui_->down->setEnabled(at >= 0 && at + 1 < count);
  ui_->removeStep->setEnabled(at >= 0);
}

void RecipePanel::takeFilter() {
  const int at = editor_.step();
  const bool any = at >= 0 && at < std::ssize(editor_.written().steps);
  for (QWidget* part :
       {static_cast<QWidget*>(ui_->filterHeading), static_cast<QWidget*>(ui_->meaning),
        static_cast<QWidget*>(ui_->parameters), static_cast<QWidget*>(ui_->line3)}) {
    part->setVisible(any);
  }
  if (!any) {
    ui_->defaults->setVisible(false);
    return ui_->parameters->setValues(nullptr, {});
  }
  const enhance::Step& step = editor_.written().steps[std::size_t(at)];
  const enhance::FilterInfo& filter = enhance::filterNamed(step.filter);
  ui_->filterHeading->setText(words::from(filter.title));
  ui_->meaning->setText(words::from(filter.group + ": " + filter.meaning));
  ui_->parameters->setValues(&filter, step.parameters);
  ui_->parameters->setVisible(!filter.parameters.empty());
  ui_->defaults->setVisible(!filter.parameters.empty());
  ui_->defaults->setEnabled(std::ranges::any_of(filter.parameters, [&](const auto& parameter) {
    return step.parameters.at(parameter.name) != parameter.default_value;
  }));
  for (auto* box : ui_->parameters->findChildren<NumberBox*>()) box->installEventFilter(this);
}

void RecipePanel::takeTime() {
  const bool recipe = player_.recipe().has_value();
  ui_->compare->setEnabled(recipe);
  ui_->compare->setChecked(review_.comparing());
  ui_->time->setText(review_.enhanceTime());
  ui_->time->setVisible(recipe);
  ui_->time->setToolTip(tr("What enhancing the shown frame took on this machine"));
  const QString apply = editor_.dirty() ? tr("Save and apply to clip") : tr("Apply to clip");
  ui_->apply->setText(apply);
  describe(ui_->apply, apply, editor_.dirty() ? QString() : QStringLiteral("Ctrl ↵"),
           tr("A new clip in the same exam; the original stays"));
  ui_->apply->setEnabled(editor_.canApply() && !player_.session().jobs().busy());
}

void RecipePanel::askRemove() {
  ConfirmDialog::ask(
      this,
      {tr("Delete the recipe “%1”?").arg(words::from(editor_.written().name)),
       tr("It is no longer found here and on the command line. Clips that were made with it stay, "
          "and say how they were made."),
       tr("Delete the recipe"), tr("Keep it")},
      [this] { editor_.remove(); });
}

bool RecipePanel::eventFilter(QObject* watched, QEvent* event) {
  const bool key = event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride;
  if (!key) return false;
  auto* line = qobject_cast<QLineEdit*>(watched);
  if (!line) line = watched->findChild<QLineEdit*>();
  if (!line || line->isUndoAvailable() || line->isRedoAvailable()) return false;
  auto* pressed = static_cast<QKeyEvent*>(event);
  const bool undo = pressed->matches(QKeySequence::Undo);
  if (!undo && !pressed->matches(QKeySequence::Redo)) return false;
  event->accept();
  if (event->type() == QEvent::KeyPress) {
    undo ? editor_.undoStack().undo() : editor_.undoStack().redo();
  }
  return true;
}

}  // namespace sonotwin::workstation
