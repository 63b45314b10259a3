// SPDX-License-Identifier: Apache-2.0
#include "presenters/clip_naming.h"

#include <algorithm>
#include <vector>

#include "presenters/words.h"

namespace sonotwin::workstation {
namespace {
/// As the store writes them, each once, in order of use.
struct KnownNames {
  std::vector<std::string> regions, views;
};

void addNew(std::vector<std::string>& names, const std::string& name) {
  if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
}

KnownNames knownNames(Session& session, const std::string& body_region) {
  KnownNames known;
  session.ask([&](const store::Store& store) {
    const auto protocols = store.protocols();
    const store::SearchChoices used = store.searchChoices();
    for (const auto& protocol : protocols) {
      for (const store::ProtocolView& view : protocol.views) {
        if (view.body_region == body_region) addNew(known.views, view.view_label);
      }
    }
    for (const std::string& region : used.body_regions) addNew(known.regions, region);
    for (const std::string& view : used.view_labels) addNew(known.views, view);
    for (const auto& protocol : protocols) {
      for (const store::ProtocolView& view : protocol.views) {
        addNew(known.regions, view.body_region);
        addNew(known.views, view.view_label);
      }
    }
  });
  return known;
}

/// The known name that is shown like that; else what `written` gives.
std::string resolve(const std::vector<std::string>& known, QString (*shown)(const std::string&),
                    const QString& text, const std::string& written) {
  const auto same = [&](const std::string& name) {
    return shown(name).compare(text.simplified(), Qt::CaseInsensitive) == 0;
  };
  const auto found = std::ranges::find_if(known, same);
  return found == known.end() ? written : *found;
}
}  // namespace

ShownChoices shownChoices(Session& session, const std::string& body_region) {
  const KnownNames known = knownNames(session, body_region);
  ShownChoices choices;
  for (const std::string& region : known.regions) choices.regions << words::region(region);
  for (const std::string& view : known.views) choices.views << words::label(view);
  choices.regions.removeDuplicates();
  choices.views.removeDuplicates();
  return choices;
}

void nameClip(Session& session, const store::ClipRow& clip, const QString& region,
              const QString& view) {
  const KnownNames known = knownNames(session, clip.body_region);
  const std::string new_region =
      resolve(known.regions, words::region, region, words::regionTerm(region));
  const std::string new_view =
      resolve(known.views, words::label, view, view.simplified().toStdString());
  session.change([id = clip.id, new_region, new_view](store::Store& store) {
    store.setView(id, new_region, new_view);
  });
}

OrientationChoices orientationChoices(Session& session, const store::ClipRow& clip) {
  store::ClipName name;
  session.ask([&](const store::Store& store) { name = store.clipNames(clip.id).orientation; });
  OrientationChoices choices;
  const auto add = [&](const QString& text, const std::optional<std::string>& value) {
    choices.texts << text;
    choices.values.push_back(value);
  };
  const QString header = words::from(clip.header_orientation);
  add(header.isEmpty() ? QStringLiteral("As the file: none")
                       : QStringLiteral("As the file: %1").arg(header),
      std::nullopt);
  add(QStringLiteral("Not known"), std::string());
  for (const std::string& term : store::orientationTerms()) add(words::region(term), term);
  if (!name.author.empty()) {
    const auto said = std::ranges::find(choices.values, std::optional(name.value));
    if (said != choices.values.end()) {
      choices.current = static_cast<int>(said - choices.values.begin());
    }
  }
  return choices;
}

void sayOrientation(Session& session, const store::ClipRow& clip,
                    const std::optional<std::string>& orientation) {
  session.change(
      [id = clip.id, orientation](store::Store& store) { store.setOrientation(id, orientation); });
}

QString saidWords(Session& session, const store::ClipRow& clip) {
  store::ClipNames names;
  session.ask([&](const store::Store& store) { names = store.clipNames(clip.id); });
  QStringList lines;
  const auto add = [&](const QString& what, const store::ClipName& name, const QString& file) {
    if (name.author.empty()) return;
    QString line = QStringLiteral("%1 by %2, %3")
                       .arg(what, words::from(name.author),
                            words::since(name.said_utc, QDateTime::currentDateTime()));
    if (!file.isEmpty()) line += QStringLiteral("; the file says %1").arg(file);
    lines << line + QLatin1Char('.');
  };
  add(QStringLiteral("Region"), names.body_region, words::region(names.body_region.from_header));
  add(QStringLiteral("View"), names.view_label, {});
  add(QStringLiteral("Orientation"), names.orientation, words::from(names.orientation.from_header));
  return lines.join(QLatin1Char('\n'));
}

}  // namespace sonotwin::workstation
