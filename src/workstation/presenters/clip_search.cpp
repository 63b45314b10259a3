// SPDX-License-Identifier: Apache-2.0
#include "presenters/clip_search.h"

#include <QStringList>
#include <algorithm>

#include "presenters/words.h"

namespace sonotwin::workstation {
namespace {
/// Two queries that ask the same have the same page, too.
store::ClipQuery withoutPage(store::ClipQuery query) {
  const store::ClipQuery fresh;
  query.limit = fresh.limit;
  query.offset = fresh.offset;
  return query;
}
}  // namespace

ClipSearch::ClipSearch(Session& session, QObject* parent) : QObject(parent), session_(session) {
  connect(&session, &Session::opened, this, [this] {
    query_ = {};
    readAll();
    Q_EMIT queryChanged();
  });
  connect(&session, &Session::patientsChanged, this, &ClipSearch::readAll);
}

void ClipSearch::look() {
  wanted_ = true;
  readAll();
}

void ClipSearch::setQuery(const store::ClipQuery& query) {
  const store::ClipQuery asked = withoutPage(query);
  if (asked == query_) return;
  query_ = asked;
  search();
}

void ClipSearch::readAll() {
  if (!wanted_) return;
  session_.ask([this](const store::Store& store) {
    choices_ = store.searchChoices();
    readSaved(store);
  });
  Q_EMIT choicesChanged();
  Q_EMIT savedChanged();
  search();
}

void ClipSearch::readSaved(const store::Store& store) {
  saved_ = store.savedSearches();
  for (store::SavedSearch& search : saved_) search.query = withoutPage(search.query);
}

void ClipSearch::search() {
  found_.clear();
  count_ = 0;
  session_.ask([this](const store::Store& store) {
    store::ClipQuery page = query_;
    page.limit = kMostShown;
    found_ = store.clips(page);
    const bool all = found_.size() < static_cast<std::size_t>(kMostShown);
    count_ = all ? static_cast<int>(found_.size()) : store.count(query_);
  });
  Q_EMIT foundChanged();
}

QString ClipSearch::countWords() const {
  const QString all = words::count(count_, QStringLiteral("clip"), QStringLiteral("clips"));
  if (count_ <= std::ssize(found_)) return all;
  return QStringLiteral("%1 of %2: add a condition to see the rest").arg(kMostShown).arg(all);
}

QString ClipSearch::conditionWords() const {
  QStringList parts;
  const auto add = [&](const char* what, const QString& value) {
    if (!value.isEmpty()) parts << QStringLiteral("%1 %2").arg(QLatin1String(what), value);
  };
  if (!query_.text.empty()) parts << QStringLiteral("“%1”").arg(words::from(query_.text));
  add("patient", words::from(query_.patient_id));
  add("exam", words::from(query_.study_id));
  add("region", words::region(query_.body_region));
  add("view", words::label(query_.view_label));
  add("device", words::from(query_.device_model));
  add("label", words::label(query_.label));
  if (query_.from_day) add("from", words::day(*query_.from_day));
  if (query_.to_day) add("to", words::day(*query_.to_day));
  if (query_.tracked) parts << (*query_.tracked ? "tracked" : "not tracked");
  if (query_.annotated) parts << (*query_.annotated ? "drawn on" : "not drawn on");
  return parts.join(QStringLiteral(", "));
}

std::string ClipSearch::savedName() const {
  const auto found = std::ranges::find(saved_, query_, &store::SavedSearch::query);
  return found == saved_.end() ? std::string() : found->name;
}

bool ClipSearch::isSaved(const QString& name) const {
  return std::ranges::find(saved_, name.simplified().toStdString(), &store::SavedSearch::name) !=
         saved_.end();
}

bool ClipSearch::canSave(const QString& name) const {
  return !name.simplified().isEmpty() && query_ != store::ClipQuery();
}

void ClipSearch::save(const QString& name) {
  if (!canSave(name)) return;
  session_.change([name = name.simplified().toStdString(), query = query_](store::Store& store) {
    store.saveSearch(name, query);
  });
}

void ClipSearch::remove(const std::string& name) {
  session_.change([name](store::Store& store) { store.removeSearch(name); });
}

void ClipSearch::apply(const std::string& name) {
  const auto found = std::ranges::find(saved_, name, &store::SavedSearch::name);
  if (found == saved_.end() || found->query == query_) return;
  query_ = found->query;
  Q_EMIT queryChanged();
  search();
}

}  // namespace sonotwin::workstation
