// SPDX-License-Identifier: Apache-2.0
#include "presenters/exam_protocol.h"

namespace sonotwin::workstation {
namespace {
int viewsPresent(const store::ProtocolStatus& status) {
  return static_cast<int>(status.views.size()) - status.missing;
}
}  // namespace

ExamProtocol::ExamProtocol(Session& session, QObject* parent) : QObject(parent), session_(session) {
  connect(&session, &Session::patientChanged, this, &ExamProtocol::read);
}

std::string ExamProtocol::name(const std::string& study_id) const {
  const auto found = held_.find(study_id);
  return found == held_.end() ? std::string() : found->second.name;
}

void ExamProtocol::choose(const std::string& study_id, const std::string& name) {
  session_.change([study_id, name](store::Store& store) { store.holdToProtocol(study_id, name); });
}

const store::ProtocolStatus* ExamProtocol::status(const std::string& study_id) const {
  const auto found = held_.find(study_id);
  return found == held_.end() ? nullptr : &found->second.status;
}

QString ExamProtocol::words(const std::string& study_id) const {
  const auto* shown = status(study_id);
  if (!shown) return {};
  return shown->missing == 0 ? QStringLiteral("complete")
                             : QStringLiteral("%1 missing").arg(shown->missing);
}

void ExamProtocol::read() {
  held_.clear();
  session_.ask([this](const store::Store& store) {
    protocols_ = store.protocols();
    const std::string best = bestOf(store);
    for (const store::StudyRow& study : session_.studies()) {
      const std::string name = study.protocol.value_or(best);
      if (!name.empty()) held_[study.id] = {name, store.protocolStatus(study.id, name)};
    }
  });
  Q_EMIT changed();
}

std::string ExamProtocol::bestOf(const store::Store& store) const {
  std::string best;
  int most = 0;
  for (const store::AcquisitionProtocol& protocol : protocols_) {
    int present = 0;
    for (const store::StudyRow& study : session_.studies()) {
      present += viewsPresent(store.protocolStatus(study.id, protocol.name));
    }
    if (present <= most) continue;
    most = present;
    best = protocol.name;
  }
  return best;
}

}  // namespace sonotwin::workstation
