// SPDX-License-Identifier: Apache-2.0
#include "presenters/exam_protocol.h"

#include <algorithm>
#include <utility>

namespace sonotwin::workstation {
namespace {
int viewsPresent(const store::ProtocolStatus& status) {
  return static_cast<int>(status.views.size()) - status.missing;
}
}  // namespace

ExamProtocol::ExamProtocol(Session& session, QObject* parent) : QObject(parent), session_(session) {
  connect(&session, &Session::patientChanged, this, &ExamProtocol::read);
  connect(&session, &Session::opened, this, [this] {
    wanted_.reset();
    read();
  });
}

void ExamProtocol::choose(const std::string& name) {
  wanted_ = name;
  read();
}

const store::ProtocolStatus* ExamProtocol::status(const std::string& study_id) const {
  const auto found = statuses_.find(study_id);
  return found == statuses_.end() ? nullptr : &found->second;
}

QString ExamProtocol::words(const std::string& study_id) const {
  const auto* shown = status(study_id);
  if (!shown) return {};
  return shown->missing == 0 ? QStringLiteral("complete")
                             : QStringLiteral("%1 missing").arg(shown->missing);
}

void ExamProtocol::read() {
  session_.ask([this](const store::Store& store) {
    protocols_ = store.protocols();
    const bool known =
        wanted_ && std::ranges::find(protocols_, *wanted_, &store::AcquisitionProtocol::name) !=
                       protocols_.end();
    if (known || wanted_ == std::string()) {
      name_ = *wanted_;
      statuses_ = statusesOf(store, name_);
    } else {
      takeBest(store);
    }
  });
  Q_EMIT changed();
}

void ExamProtocol::takeBest(const store::Store& store) {
  name_.clear();
  statuses_.clear();
  int most = 0;
  for (const store::AcquisitionProtocol& protocol : protocols_) {
    Statuses statuses = statusesOf(store, protocol.name);
    int present = 0;
    for (const auto& [study, status] : statuses) present += viewsPresent(status);
    if (present <= most) continue;
    most = present;
    name_ = protocol.name;
    statuses_ = std::move(statuses);
  }
}

ExamProtocol::Statuses ExamProtocol::statusesOf(const store::Store& store,
                                                const std::string& name) const {
  Statuses statuses;
  if (name.empty()) return statuses;
  for (const store::StudyRow& study : session_.studies()) {
    statuses.emplace(study.id, store.protocolStatus(study.id, name));
  }
  return statuses;
}

}  // namespace sonotwin::workstation
