// SPDX-License-Identifier: Apache-2.0
#include "presenters/recipe_editor.h"

#include <QUndoCommand>
#include <algorithm>
#include <tuple>
#include <utility>

#include "presenters/clip_facts.h"
#include "presenters/pipeline_jobs.h"
#include "presenters/words.h"
#include "sonotwin/base/error.h"
#include "sonotwin/enhance/own_recipes.h"
#include "sonotwin/store/identifying_text.h"

namespace sonotwin::workstation {
namespace {
constexpr const char* kFirstName = "my recipe";
constexpr const char* kLast = "z-score";
constexpr qsizetype kHashShown = 8;

template <class List>
bool holds(const List& list, int index) {
  return index >= 0 && index < std::ssize(list);
}

bool anyOn(const enhance::Recipe& recipe) {
  return std::ranges::any_of(recipe.steps, &enhance::Step::on);
}

/// A name without the number that made it free: "smooth" of "smooth 2".
std::string stem(const std::string& name) {
  const auto digits = name.find_last_not_of("0123456789");
  const bool numbered =
      digits != std::string::npos && digits > 0 && digits + 1 < name.size() && name[digits] == ' ';
  return numbered ? name.substr(0, digits) : name;
}
}  // namespace

class RecipeEditor::Edit : public QUndoCommand {
 public:
  Edit(RecipeEditor& owner, const QString& name, State after)
      : QUndoCommand(name), owner_(owner), before_(owner.state_), after_(std::move(after)) {}
  void undo() override { owner_.put(before_); }
  void redo() override { owner_.put(after_); }

 private:
  RecipeEditor& owner_;
  State before_, after_;
};

RecipeEditor::RecipeEditor(ClipPlayer& player, QObject* parent) : QObject(parent), player_(player) {
  reload();
}

void RecipeEditor::reload() {
  all_.clear();
  for (const enhance::Recipe& recipe : enhance::builtInRecipes()) all_.push_back({recipe, false});
  for (enhance::Recipe& recipe : enhance::ownRecipes().recipes) {
    all_.push_back({std::move(recipe), true});
  }
  Q_EMIT changed();
}

const RecipeEditor::Known* RecipeEditor::known(const std::string& name) const {
  const auto found =
      std::ranges::find(all_, name, [](const Known& entry) { return entry.recipe.name; });
  return found == all_.end() ? nullptr : &*found;
}

int RecipeEditor::index() const {
  const Known* now = state_.saved_as.empty() ? nullptr : known(state_.saved_as);
  return now ? static_cast<int>(now - all_.data()) : -1;
}

bool RecipeEditor::dirty() const {
  const Known* now = state_.saved_as.empty() ? nullptr : known(state_.saved_as);
  if (!now) return !written().steps.empty();
  return now->recipe.name != written().name || now->recipe.steps != written().steps;
}

QString RecipeEditor::problem() const {
  if (!dirty()) return {};
  const int before = index();
  try {
    std::ignore = enhance::completed(written());
    store::requireNamesNobody("name of the recipe", written().name);
    enhance::requireOwnName(written().name,
                            before >= 0 && all_[std::size_t(before)].own ? state_.saved_as : "");
  } catch (const Error& error) {
    return QString::fromUtf8(error.what());
  }
  return {};
}

QString RecipeEditor::stateWords() const {
  if (written().steps.empty()) return tr("no filters: the clip as it is stored");
  if (dirty()) return tr("not saved");
  const Known& now = all_[std::size_t(index())];
  const QString version = tr("version %1").arg(now.recipe.version);
  const QString hash = words::from(enhance::hashOf(now.recipe)).left(kHashShown);
  return (now.own ? tr("saved") : tr("comes with the program")) + QStringLiteral(" · ") + version +
         QStringLiteral(" · ") + hash;
}

void RecipeEditor::choose(int index) {
  if (index == this->index() && !dirty()) return;
  edit(tr("choice of a recipe"), [&](State& state) {
    state = {};
    if (!holds(all_, index)) return;
    state.written = all_[std::size_t(index)].recipe;
    state.saved_as = state.written.name;
    state.step = state.written.steps.empty() ? -1 : 0;
  });
}

void RecipeEditor::select(int step) {
  if (step == state_.step || !holds(written().steps, step)) return;
  state_.step = step;
  Q_EMIT changed();
}

void RecipeEditor::setName(const QString& name) {
  const std::string tidy = name.simplified().toStdString();
  if (tidy == written().name) return;
  edit(tr("name"), [&](State& state) { state.written.name = tidy; });
}

void RecipeEditor::addStep(const std::string& filter) {
  edit(tr("filter added"), [&](State& state) {
    auto& steps = state.written.steps;
    int at = state.step + 1;
    if (filter == kLast) at = static_cast<int>(steps.size());
    if (at > 0 && steps[std::size_t(at - 1)].filter == kLast) --at;
    enhance::Step step{filter, {}, true};
    for (const auto& parameter : enhance::filterNamed(filter).parameters) {
      step.parameters[parameter.name] = parameter.default_value;
    }
    steps.insert(steps.begin() + at, std::move(step));
    state.step = at;
    if (state.written.name.empty()) state.written.name = freeName(kFirstName);
  });
}

void RecipeEditor::removeStep(int step) {
  if (!holds(written().steps, step)) return;
  edit(tr("filter removed"), [&](State& state) {
    auto& steps = state.written.steps;
    steps.erase(steps.begin() + step);
    state.step = std::min(step, static_cast<int>(steps.size()) - 1);
  });
}

void RecipeEditor::moveStep(int step, int by) {
  if (!holds(written().steps, step) || !holds(written().steps, step + by)) return;
  edit(tr("filter moved"), [&](State& state) {
    auto& steps = state.written.steps;
    std::swap(steps[std::size_t(step)], steps[std::size_t(step + by)]);
    state.step = step + by;
  });
}

void RecipeEditor::switchStep(int step, bool on) {
  if (!holds(written().steps, step) || written().steps[std::size_t(step)].on == on) return;
  edit(on ? tr("filter on") : tr("filter off"), [&](State& state) {
    state.written.steps[std::size_t(step)].on = on;
    state.step = step;
  });
}

void RecipeEditor::setParameter(int step, const std::string& name, double value) {
  if (!holds(written().steps, step)) return;
  if (written().steps[std::size_t(step)].parameters.at(name) == value) return;
  edit(tr("parameter"),
       [&](State& state) { state.written.steps[std::size_t(step)].parameters[name] = value; });
}

void RecipeEditor::setDefaults(int step) {
  if (!holds(written().steps, step)) return;
  edit(tr("defaults"), [&](State& state) {
    enhance::Step& changed = state.written.steps[std::size_t(step)];
    for (const auto& parameter : enhance::filterNamed(changed.filter).parameters) {
      changed.parameters[parameter.name] = parameter.default_value;
    }
  });
}

void RecipeEditor::duplicate() {
  if (written().steps.empty()) return;
  edit(tr("copy"), [&](State& state) {
    state.written.name = freeName(state.written.name);
    state.written.version = 1;
    state.saved_as.clear();
  });
}

bool RecipeEditor::save() {
  if (!dirty()) return index() >= 0;
  if (!problem().isEmpty()) return false;
  const int before = index();
  const std::string follows =
      before >= 0 && all_[std::size_t(before)].own ? state_.saved_as : std::string();
  try {
    const enhance::Recipe saved = enhance::saveOwnRecipe(written(), follows);
    state_.written = saved;
    state_.saved_as = saved.name;
    saved_here_.insert(saved.name);
    reload();
    preview();
    Q_EMIT said(
        tr("Recipe “%1” saved, version %2.").arg(words::from(saved.name)).arg(saved.version));
    return true;
  } catch (const Error& error) {
    Q_EMIT refused(QString::fromUtf8(error.what()));
    return false;
  }
}

void RecipeEditor::remove() {
  const int now = index();
  if (now < 0 || !all_[std::size_t(now)].own) return;
  const std::string name = state_.saved_as;
  try {
    enhance::removeOwnRecipe(name);
    edit(tr("deletion"), [](State& state) { state = {}; });
    reload();
    Q_EMIT said(tr("Recipe “%1” deleted.").arg(words::from(name)));
  } catch (const Error& error) {
    reload();
    Q_EMIT refused(QString::fromUtf8(error.what()));
  }
}

bool RecipeEditor::canApply() const {
  return player_.session().clip() && anyOn(written()) && problem().isEmpty();
}

void RecipeEditor::apply() {
  if (!canApply() || !save()) return;
  Session& session = player_.session();
  session.jobs().start(
      enhanceJob(session.place(), *session.clip(), objectWords(session), written()));
}

void RecipeEditor::edit(const QString& what, const std::function<void(State&)>& change) {
  State after = state_;
  change(after);
  const Known* follows = after.saved_as.empty() ? nullptr : known(after.saved_as);
  const bool changes = follows && follows->recipe.steps != after.written.steps;
  if (changes && !follows->own && after.written.name == follows->recipe.name) {
    after.written.name = freeName(after.written.name);
    after.written.description = "Made from " + follows->recipe.name + ".";
    after.written.version = 1;
    after.saved_as.clear();
  }
  if (after != state_) undo_.push(new Edit(*this, what, std::move(after)));
}

void RecipeEditor::put(const State& state) {
  state_ = state;
  // What is undone to before it was first saved is now a change of what was saved.
  if (state_.saved_as.empty() && saved_here_.contains(written().name) && known(written().name)) {
    state_.saved_as = written().name;
  }
  preview();
  Q_EMIT changed();
}

void RecipeEditor::preview() {
  if (!anyOn(written())) return player_.setRecipe(std::nullopt);
  enhance::Recipe shown = written();
  if (shown.name.empty()) shown.name = kFirstName;  // a name is no part of the picture
  try {
    player_.setRecipe(enhance::completed(shown));
  } catch (const Error&) {
    // `problem` says what is wrong; the picture stays as it last could be made.
  }
}

std::string RecipeEditor::freeName(const std::string& like) const {
  if (!known(like) && like != written().name) return like;
  for (int number = 2;; ++number) {
    std::string name = stem(like) + " " + std::to_string(number);
    if (!known(name) && name != written().name) return name;
  }
}

}  // namespace sonotwin::workstation
