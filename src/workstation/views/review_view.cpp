// SPDX-License-Identifier: Apache-2.0
#include "views/review_view.h"

#include <QKeyEvent>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QUndoStack>
#include <QVBoxLayout>

#include "presenters/clip_facts.h"
#include "presenters/pipeline_jobs.h"
#include "presenters/words.h"
#include "ui_review_inspector.h"
#include "views/recipe_panel.h"
#include "views/transport.h"
#include "widgets/caliper_canvas.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {
namespace {
constexpr double kDividerStep = 0.02;  ///< of the picture's width
}

ReviewView::ReviewView(ClipPlayer& player, QWidget* parent)
    : Workspace(parent),
      player_(player),
      review_(player),
      editor_(player),
      pages_(new QStackedWidget(this)),
      empty_(new EmptyState(this)),
      inspector_(new QWidget),
      ui_(new Ui::ReviewInspector) {
  empty_->setWords(QStringLiteral("Nothing to review yet"),
                   QStringLiteral("Here clips play, with masks and distances over the picture. "
                                  "Choose a patient's clip in the library first."),
                   QStringLiteral("Open the library"));
  connect(empty_->button(), &QPushButton::clicked, this, [this] { Q_EMIT goTo(Place::kLibrary); });
  buildCanvas();
  buildInspector();
  pages_->addWidget(empty_);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(pages_);
  connect(&player.session(), &Session::clipChanged, this, &ReviewView::takePage);
  connect(&player, &ClipPlayer::pictureChanged, this, &ReviewView::takePicture);
  connect(&review_, &Review::changed, this, &ReviewView::takeReview);
  connect(&player.content(), &ClipContent::maskLoaded, this, &ReviewView::updateMask);
  connect(&player.session(), &Session::derivedChanged, this, &ReviewView::takeMasks);
  connect(&player.session(), &Session::annotationsChanged, this, &ReviewView::takeMasks);
  connect(&player.content(), &ClipContent::maskLoaded, this, &ReviewView::takeMasks);
  connect(&player.session().jobs(), &JobRunner::idle, this, &ReviewView::takeMain);
  connect(&player.session().jobs(), &JobRunner::started, this, &ReviewView::takeMain);
  connect(&player, &ClipPlayer::failed, this, [this](const QString& error) {
    Q_EMIT problem(
        QStringLiteral("The clip of %1 cannot be shown.").arg(objectWords(player_.session())),
        error);
  });
  takePage();
}

ReviewView::~ReviewView() = default;

void ReviewView::buildCanvas() {
  auto* page = new QWidget(this);
  canvas_ = new CaliperCanvas(review_.calipers(), page);
  canvas_->setObjectName(QStringLiteral("reviewCanvas"));
  canvas_->setAccessibleName(QStringLiteral("Picture"));
  canvas_->setAccessibleDescription(
      QStringLiteral("Wheel zooms, middle button pans, double click fits"));
  bottom_ = new QWidget(page);
  bottom_->setObjectName(QStringLiteral("bottomBar"));
  bottom_->setAttribute(Qt::WA_StyledBackground);
  transport_ = new Transport(player_.cine(), bottom_);
  auto* hints = new KeyHints(bottom_);
  hints->setHints({{"Space", "play"},
                   {"← →", "frame"},
                   {"O", "overlay"},
                   {"D", "distance"},
                   {"R", "recipe"},
                   {"W", "compare"},
                   {"+ − 0", "zoom, fit"},
                   {"Ctrl+Z", "undo"},
                   {"F11", "picture only"}});
  auto* rows = new QVBoxLayout(bottom_);
  rows->setContentsMargins(20, 12, 20, 12);
  rows->setSpacing(10);
  rows->addWidget(transport_);
  rows->addWidget(hints);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(canvas_, 1);
  column->addWidget(bottom_);
  pages_->addWidget(page);
}

void ReviewView::buildInspector() {
  inspector_->setObjectName(QStringLiteral("inspectorPage"));
  review_page_ = new QWidget(inspector_);
  ui_->setupUi(review_page_);
  recipe_panel_ = new RecipePanel(player_, review_, editor_, inspector_);
  recipe_panel_->hide();
  auto* column = new QVBoxLayout(inspector_);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(review_page_);
  column->addWidget(recipe_panel_);
  describe(ui_->overlay, QStringLiteral("Overlay opacity"), QStringLiteral("O shows and hides"));
  describe(ui_->editRecipe, tr("Edit the recipe"), QStringLiteral("R"));
  describe(ui_->compare, tr("Original left of a divider, enhanced right of it"),
           QStringLiteral("W"), tr("Drag the divider, or Shift ← →"));
  clickOn(ui_->editRecipe, QKeySequence(Qt::Key_R));
  clickOn(ui_->compare, QKeySequence(Qt::Key_W));
  connectInspector();
  takeRecipe();
  takeReview();
  takeMasks();
}

void ReviewView::connectInspector() {
  const auto window = [this] {
    review_.setWindow({double(ui_->window->value()), double(ui_->level->value())});
  };
  connect(ui_->window, &QSlider::valueChanged, this, window);
  connect(ui_->level, &QSlider::valueChanged, this, window);
  connect(ui_->overlay, &QSlider::valueChanged, this, [this](int value) {
    review_.setOverlayOpacity(value / 100.0);
    updateMask();
  });
  connect(ui_->recipe, &QComboBox::activated, this, [this](int row) { editor_.choose(row - 1); });
  connect(ui_->editRecipe, &QPushButton::clicked, this, [this] { editRecipe(true); });
  connect(ui_->compare, &QPushButton::toggled, &review_, &Review::compare);
  connect(&editor_, &RecipeEditor::changed, this, &ReviewView::takeRecipe);
  connect(&editor_, &RecipeEditor::said, this, &ReviewView::said);
  connect(&editor_, &RecipeEditor::refused, this,
          [this](const QString& why) { Q_EMIT problem(tr("The recipe stays as it was."), why); });
  connect(recipe_panel_, &RecipePanel::closed, this, [this] { editRecipe(false); });
  connect(ui_->mask, &QComboBox::activated, this, [this] {
    player_.content().chooseMask(ui_->mask->currentData().toString().toStdString());
  });
  connect(ui_->main, &QPushButton::clicked, this, &ReviewView::mainAction);
}

void ReviewView::takeRecipe() {
  const enhance::Recipe& recipe = editor_.written();
  const bool any = !recipe.steps.empty();
  ui_->recipe->clear();
  ui_->recipe->addItem(tr("as stored"));
  for (const auto& known : editor_.all()) ui_->recipe->addItem(words::from(known.recipe.name));
  ui_->recipe->setPlaceholderText(words::from(recipe.name));
  ui_->recipe->setCurrentIndex(any && editor_.index() < 0 ? -1 : editor_.index() + 1);
  ui_->recipeMeaning->setText(editor_.dirty() ? tr("Changed and not saved.")
                                              : words::from(recipe.description));
  ui_->recipeMeaning->setVisible(any && !ui_->recipeMeaning->text().isEmpty());
  ui_->compare->setEnabled(any);
}

void ReviewView::editRecipe(bool open) {
  if (open == !recipe_panel_->isHidden()) return;
  if (open) {
    editor_.reload();
    compared_before_ = review_.comparing();
  }
  review_page_->setVisible(!open);
  recipe_panel_->setVisible(open);
  review_.compare(open || compared_before_);
  if (open) {
    recipe_panel_->setFocus();
  } else {
    canvas_->setFocus();
  }
}

void ReviewView::enter() {
  (pages_->currentWidget() == empty_ ? static_cast<QWidget*>(empty_->button()) : canvas_)
      ->setFocus();
}

void ReviewView::setChromeShown(bool shown) {
  bottom_->setVisible(shown);
}

void ReviewView::takePage() {
  const bool empty = player_.session().clipId().empty();
  pages_->setCurrentIndex(empty ? 1 : 0);
  inspector_->setVisible(!empty);
  Q_EMIT inspectorChanged();
}

void ReviewView::takePicture() {
  canvas_->setSpacing(review_.spacing_mm());
  canvas_->setPicture(player_.picture(), review_.spacing_mm());
  const bool enhanced = player_.original() != player_.picture();
  canvas_->setOriginal(enhanced ? player_.original() : nullptr);
  canvas_->setFrame(player_.shownFrame());
  updateMask();
}

void ReviewView::updateMask() {
  const bool shown = review_.overlayShown() && player_.picture();
  canvas_->setMask(shown ? player_.shownMask() : nullptr, review_.overlayOpacity());
}

void ReviewView::takeReview() {
  canvas_->setWindow(review_.window());
  canvas_->setWiped(review_.comparing());
  ui_->compare->setChecked(review_.comparing());
  canvas_->setCorners(
      {review_.topLeft(), review_.topRight(), review_.bottomLeft(), review_.bottomRight()});
  QList<Fact> distances;
  for (const Caliper& caliper : review_.calipers().all()) {
    distances.append(
        {QStringLiteral("Distance %1 · frame %2").arg(distances.size() + 1).arg(caliper.frame + 1),
         lengthText(caliper, review_.spacing_mm())});
  }
  ui_->measurements->setFacts(distances);
  ui_->measurements->setVisible(!distances.isEmpty());
  ui_->noMeasurements->setVisible(distances.isEmpty());
  QList<Fact> areas;
  for (const LabelArea& area : review_.areas()) areas.append({area.name, area.area});
  ui_->maskFacts->setFacts(areas);
  ui_->maskFacts->setVisible(!areas.isEmpty());
}

void ReviewView::takeMasks() {
  const auto& masks = player_.session().masks();
  const auto& shown = player_.content().maskRow();
  const QSignalBlocker quiet(ui_->mask);
  ui_->mask->clear();
  for (std::size_t i = 0; i < masks.size(); ++i) {
    ui_->mask->addItem(maskNameAndState(player_.session(), masks[i]), words::from(masks[i].id));
    if (shown && shown->id == masks[i].id) ui_->mask->setCurrentIndex(static_cast<int>(i));
  }
  for (QWidget* part : {static_cast<QWidget*>(ui_->mask), static_cast<QWidget*>(ui_->maskLabel)}) {
    part->setVisible(!masks.empty());
  }
  ui_->noMask->setVisible(masks.empty());
  takeMain();
}

ReviewView::Next ReviewView::next() const {
  const Session& session = player_.session();
  const auto clip = session.clip();
  const bool in_space = clip && clip->tracked && clip->calibrated;
  if (!session.surfaces().empty()) return Next::kModel;
  return session.masks().empty() || in_space ? Next::kBuild : Next::kAnnotate;
}

void ReviewView::takeMain() {
  const auto clip = player_.session().clip();
  const Next step = next();
  const QString text = step == Next::kModel      ? QStringLiteral("See in 3D")
                       : step == Next::kAnnotate ? QStringLiteral("Correct the masks")
                       : clip                    ? buildName(*clip)
                                                 : QString();
  ui_->main->setText(text);
  describe(ui_->main, text,
           step == Next::kModel      ? QStringLiteral("F4")
           : step == Next::kAnnotate ? QStringLiteral("F3")
                                     : QString());
  ui_->main->setEnabled(clip && (step != Next::kBuild || !player_.session().jobs().busy()));
}

void ReviewView::mainAction() {
  Session& session = player_.session();
  switch (next()) {
    case Next::kModel:
      Q_EMIT goTo(Place::kModel);
      break;
    case Next::kAnnotate:
      Q_EMIT goTo(Place::kAnnotate);
      break;
    case Next::kBuild:
      session.jobs().start(
          buildJob(session.place(), *session.clip(), objectWords(session), session.model()));
  }
}

void ReviewView::keyPressEvent(QKeyEvent* event) {
  const bool editing = !recipe_panel_->isHidden();
  QUndoStack& edits = editing ? editor_.undoStack() : review_.calipers().undoStack();
  const bool aside = event->modifiers() == Qt::ShiftModifier && canvas_->comparing();
  if (event->matches(QKeySequence::Undo)) {
    edits.undo();
  } else if (event->matches(QKeySequence::Redo)) {
    edits.redo();
  } else if (aside && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)) {
    canvas_->moveDivider(event->key() == Qt::Key_Left ? -kDividerStep : kDividerStep);
  } else if (event->key() == Qt::Key_W) {
    review_.compare(!review_.comparing());
  } else if (event->key() == Qt::Key_R) {
    editRecipe(!editing);
  } else if (event->key() == Qt::Key_O) {
    review_.showOverlay(!review_.overlayShown());
    updateMask();
  } else if (event->key() == Qt::Key_D) {
    canvas_->arm(!canvas_->armed());
  } else if (!transport_->handleKey(event->key())) {
    Workspace::keyPressEvent(event);
  }
}

}  // namespace sonotwin::workstation
