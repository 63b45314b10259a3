// SPDX-License-Identifier: Apache-2.0
#include "presenters/store_watch.h"

#include <QElapsedTimer>
#include <QStringList>
#include <algorithm>
#include <array>

#include "presenters/words.h"
#include "sonotwin/base/error.h"

namespace sonotwin::workstation {
namespace {
constexpr int kLookShare = 20;  ///< of the time between two looks that reading may take: one part

struct Added {
  const char* act;  ///< in the store's log
  const char* one;
  const char* many;
};
constexpr std::array kAdded = {Added{"clip added", "clip", "clips"},
                               Added{"clip derived", "derived clip", "derived clips"},
                               Added{"mask added", "mask", "masks"},
                               Added{"volume added", "volume", "volumes"},
                               Added{"surface added", "surface", "surfaces"},
                               Added{"model added", "network", "networks"},
                               Added{"measurement added", "measurement", "measurements"}};
}  // namespace

QString elsewhereWords(const std::vector<store::AuditEntry>& entries) {
  const auto number = [&](const char* act) {
    return std::ranges::count(entries, act, &store::AuditEntry::act);
  };
  QStringList parts;
  for (const Added& added : kAdded) {
    if (const auto count = number(added.act); count > 0) {
      parts << words::count(count, QLatin1String(added.one), QLatin1String(added.many));
    }
  }
  if (!parts.isEmpty()) {
    return StoreWatch::tr("%1 added by another program").arg(parts.join(QStringLiteral(", ")));
  }
  if (const auto waiting = number("quarantined"); waiting > 0) {
    return StoreWatch::tr("%1 put in the quarantine by another program")
        .arg(words::count(waiting, StoreWatch::tr("object"), StoreWatch::tr("objects")));
  }
  return StoreWatch::tr("Lists read again: another program changed the store");
}

StoreWatch::StoreWatch(Session& session, QObject* parent) : QObject(parent), session_(session) {
  timer_.setInterval(kPeriod);
  connect(&timer_, &QTimer::timeout, this, &StoreWatch::look);
  connect(&session, &Session::changedElsewhere, this,
          [this](const std::vector<store::AuditEntry>& entries) {
            Q_EMIT said(elsewhereWords(entries));
          });
}

void StoreWatch::setOn(bool on) {
  if (on == timer_.isActive()) return;
  if (on) {
    timer_.start();
    look();
  } else {
    timer_.stop();
  }
}

void StoreWatch::look() {
  QElapsedTimer clock;
  clock.start();
  try {
    session_.refresh();
  } catch (const Error& error) {
    timer_.stop();  // it would be said every second
    Q_EMIT session_.failed(QString::fromUtf8(error.what()));
    return;
  }
  const auto shortest = static_cast<int>(kPeriod.count());
  const auto interval = std::max(shortest, kLookShare * static_cast<int>(clock.elapsed()));
  if (timer_.isActive() && interval != timer_.interval()) timer_.start(interval);
}

}  // namespace sonotwin::workstation
