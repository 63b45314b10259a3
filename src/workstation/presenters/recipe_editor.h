// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <QUndoStack>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "presenters/clip_player.h"
#include "sonotwin/enhance/recipe.h"

namespace sonotwin::workstation {

/// The recipe that the playing clip is shown with: chosen, changed, saved, applied. Every change is
/// on the picture at once, and can be undone. A built-in recipe that is changed becomes a copy
/// under another name; what is written is found by other programs once it is saved.
class RecipeEditor : public QObject {
  Q_OBJECT

 public:
  struct Known {
    enhance::Recipe recipe;
    bool own = false;  ///< a person saved it
  };

  explicit RecipeEditor(ClipPlayer& player, QObject* parent = nullptr);

  /// Built-in recipes, then a person's own.
  [[nodiscard]] const std::vector<Known>& all() const { return all_; }
  /// Reads a person's own again: another program may have saved one.
  void reload();

  /// The recipe in work; without steps: the clip as stored.
  [[nodiscard]] const enhance::Recipe& written() const { return state_.written; }
  /// Which of `all` it is, changed or not; -1: as stored, or not saved yet.
  [[nodiscard]] int index() const;
  /// The step whose parameters are shown; -1: none.
  [[nodiscard]] int step() const { return state_.step; }
  /// What is written is not what is saved under its name.
  [[nodiscard]] bool dirty() const;
  /// What is to be mended before it can be shown or saved; empty: nothing.
  [[nodiscard]] QString problem() const;
  /// "built in · version 2", "saved · version 3 · 1a2b3c4d", "not saved"
  [[nodiscard]] QString stateWords() const;

  /// One of `all`; -1: as stored.
  void choose(int index);
  void select(int step);
  void setName(const QString& name);
  /// Adds behind the selected step; before a "z-score" that ends the recipe.
  void addStep(const std::string& filter);
  void removeStep(int step);
  /// @param by  -1 up, 1 down
  void moveStep(int step, int by);
  void switchStep(int step, bool on);
  void setParameter(int step, const std::string& name, double value);
  void setDefaults(int step);
  /// Goes on with an unsaved copy under another name.
  void duplicate();
  [[nodiscard]] QUndoStack& undoStack() { return undo_; }

  /// Nothing where there is a problem, or nothing to save. @returns whether it is saved now
  bool save();
  /// Deletes the saved recipe; Ctrl Z brings back what was written.
  void remove();
  /// A new clip with the recipe, as a job; saves first.
  void apply();
  [[nodiscard]] bool canApply() const;

 Q_SIGNALS:
  /// What is written, where it stands, or which recipes there are.
  void changed();
  /// What was done, in words.
  void said(const QString& what);
  /// What could not be done, and why.
  void refused(const QString& why);

 private:
  struct State {
    enhance::Recipe written;
    std::string saved_as;  ///< name of the recipe of `all` that this follows; empty: none
    int step = -1;
    bool operator==(const State&) const = default;
  };
  class Edit;

  void edit(const QString& what, const std::function<void(State&)>& change);
  void put(const State& state);
  void preview();
  [[nodiscard]] const Known* known(const std::string& name) const;
  [[nodiscard]] std::string freeName(const std::string& like) const;

  ClipPlayer& player_;
  std::vector<Known> all_;
  State state_;
  std::set<std::string> saved_here_;
  QUndoStack undo_;
};

}  // namespace sonotwin::workstation
