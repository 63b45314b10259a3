// SPDX-License-Identifier: Apache-2.0
#include "presenters/protocol_editor.h"

#include <QPointer>
#include <algorithm>
#include <utility>

#include "presenters/words.h"

namespace sonotwin::workstation {
namespace {
std::string tidy(const std::string& text) {
  return words::from(text).simplified().toStdString();
}

/// As people read it: regions are in capitals in the store.
store::AcquisitionProtocol shown(store::AcquisitionProtocol protocol) {
  for (auto& view : protocol.views) {
    view.body_region = words::region(view.body_region).toStdString();
  }
  return protocol;
}

/// As the store has it.
store::AcquisitionProtocol meant(store::AcquisitionProtocol protocol) {
  protocol.name = tidy(protocol.name);
  for (auto& view : protocol.views) {
    view.name = tidy(view.name);
    view.body_region = words::regionTerm(words::from(view.body_region));
    view.view_label = tidy(view.view_label);
  }
  return protocol;
}

bool sameView(const store::ProtocolView& a, const store::ProtocolView& b) {
  return a.name == b.name && a.body_region == b.body_region && a.view_label == b.view_label;
}
}  // namespace

ProtocolEditor::ProtocolEditor(Session& session, QObject* parent)
    : QObject(parent), session_(session) {
  connect(&session, &Session::patientsChanged, this, &ProtocolEditor::read);
  read();
  choose(0);
}

const store::AcquisitionProtocol* ProtocolEditor::stored(const std::string& name) const {
  const auto found = std::ranges::find(all_, name, &store::AcquisitionProtocol::name);
  return found == all_.end() ? nullptr : &*found;
}

int ProtocolEditor::index() const {
  const auto* const now = stored(name_);
  return now ? static_cast<int>(now - all_.data()) : -1;
}

bool ProtocolEditor::dirty() const {
  const store::AcquisitionProtocol now = meant(written_);
  const auto* const before = stored(name_);
  if (!before) return !now.name.empty() || !now.views.empty();
  const auto was = meant(shown(*before));
  return now.name != was.name || !std::ranges::equal(now.views, was.views, sameView);
}

QString ProtocolEditor::problem() const {
  const store::AcquisitionProtocol now = meant(written_);
  if (now.name.empty()) return tr("Give the protocol a name.");
  if (now.name != name_ && stored(now.name)) return tr("Another protocol has this name.");
  if (now.views.empty()) return tr("Add the views that an exam should have.");
  for (const store::ProtocolView& view : now.views) {
    if (view.name.empty()) return tr("Each view needs a name.");
    if (view.body_region.empty()) {
      return tr("“%1” needs a body region, as its clips have it.").arg(words::from(view.name));
    }
  }
  return {};
}

void ProtocolEditor::choose(int index) {
  if (index < 0 || index >= std::ssize(all_)) return create();
  name_ = all_[static_cast<std::size_t>(index)].name;
  discard();
}

void ProtocolEditor::create() {
  name_.clear();
  discard();
}

void ProtocolEditor::discard() {
  const auto* const before = stored(name_);
  written_ = before ? shown(*before) : store::AcquisitionProtocol();
  Q_EMIT listChanged();
  Q_EMIT changed();
}

void ProtocolEditor::setName(const QString& name) {
  written_.name = name.toStdString();
  Q_EMIT changed();
}

void ProtocolEditor::addView() {
  store::ProtocolView view;
  if (!written_.views.empty()) view.body_region = written_.views.back().body_region;
  written_.views.push_back(std::move(view));
  Q_EMIT listChanged();
  Q_EMIT changed();
}

void ProtocolEditor::setView(int row, const store::ProtocolView& view) {
  written_.views.at(static_cast<std::size_t>(row)) = view;
  Q_EMIT changed();
}

void ProtocolEditor::removeView(int row) {
  if (row < 0 || row >= std::ssize(written_.views)) return;
  written_.views.erase(written_.views.begin() + row);
  Q_EMIT listChanged();
  Q_EMIT changed();
}

void ProtocolEditor::moveView(int row, int by) {
  const int to = row + by;
  if (row < 0 || to < 0 || std::max(row, to) >= std::ssize(written_.views)) return;
  std::swap(written_.views[static_cast<std::size_t>(row)],
            written_.views[static_cast<std::size_t>(to)]);
  Q_EMIT listChanged();
  Q_EMIT changed();
}

void ProtocolEditor::save() {
  if (!dirty() || !problem().isEmpty()) return;
  const store::AcquisitionProtocol saved = meant(written_);
  session_.change(
      [saved, before = name_](store::Store& store) { store.saveProtocol(saved, before); },
      [self = QPointer(this), saved] {
        if (self) self->takeSaved(saved.name);
      });
}

void ProtocolEditor::takeSaved(const std::string& name) {
  name_ = name;
  discard();
  Q_EMIT said(tr("Protocol “%1” saved.").arg(words::from(name)));
}

void ProtocolEditor::remove() {
  if (!stored(name_)) return;
  session_.change([name = name_](store::Store& store) { store.removeProtocol(name); },
                  [self = QPointer(this), name = name_] {
                    if (!self) return;
                    self->choose(0);
                    Q_EMIT self->said(tr("Protocol “%1” deleted.").arg(words::from(name)));
                  });
}

void ProtocolEditor::read() {
  const bool kept = dirty();
  session_.ask([this](const store::Store& store) { all_ = store.protocols(); });
  if (kept) {
    Q_EMIT listChanged();
  } else {
    discard();
  }
}

}  // namespace sonotwin::workstation
