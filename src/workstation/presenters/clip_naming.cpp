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

}  // namespace sonotwin::workstation
