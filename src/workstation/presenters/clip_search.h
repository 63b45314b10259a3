// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <string>
#include <vector>

#include "presenters/session.h"

namespace sonotwin::workstation {

/// A search over all clips of the store: conditions, what they find, and searches under a name.
/// Lists come from the store's index on the GUI thread, as the session's do.
class ClipSearch : public QObject {
  Q_OBJECT

 public:
  static constexpr int kMostShown = 500;

  explicit ClipSearch(Session& session, QObject* parent = nullptr);

  /// The place has come into view: everything is read from now on, and again.
  void look();
  [[nodiscard]] const store::ClipQuery& query() const { return query_; }
  /// Searches at once. Page and limit of the query are not looked at.
  void setQuery(const store::ClipQuery& query);

  /// The first of those found, in order of patient and day.
  [[nodiscard]] const std::vector<store::ClipRow>& found() const { return found_; }
  /// How many there are in all.
  [[nodiscard]] int count() const { return count_; }
  /// "31 clips", "500 of 9,940 clips: add a condition to see the rest"
  [[nodiscard]] QString countWords() const;
  /// "region Liver, tracked, from day 0"; empty without conditions.
  [[nodiscard]] QString conditionWords() const;

  /// What can be asked for.
  [[nodiscard]] const store::SearchChoices& choices() const { return choices_; }

  [[nodiscard]] const std::vector<store::SavedSearch>& saved() const { return saved_; }
  /// The saved search that asks what is asked now; empty: none.
  [[nodiscard]] std::string savedName() const;
  [[nodiscard]] bool isSaved(const QString& name) const;
  /// A search can be kept under a name that has any letters, once it asks for anything.
  [[nodiscard]] bool canSave(const QString& name) const;
  /// In the background; replaces one of the same name.
  void save(const QString& name);
  void remove(const std::string& name);
  /// Asks what a saved search asks.
  void apply(const std::string& name);

 Q_SIGNALS:
  /// Other conditions than the form shows.
  void queryChanged();
  void foundChanged();
  void choicesChanged();
  void savedChanged();

 private:
  void readAll();
  void readSaved(const store::Store& store);
  void search();

  Session& session_;
  bool wanted_ = false;
  store::ClipQuery query_;
  std::vector<store::ClipRow> found_;
  int count_ = 0;
  store::SearchChoices choices_;
  std::vector<store::SavedSearch> saved_;
};

}  // namespace sonotwin::workstation
