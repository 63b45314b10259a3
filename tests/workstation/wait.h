// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractEventDispatcher>
#include <QEventLoop>
#include <QTimer>

namespace sonotwin::workstation::testing {

/// Runs the event loop until `holds()`. It is asked again at every emission of `signal` and each
/// time the loop has nothing left to do, since another event may be what makes it hold. @returns
/// whether it came to hold within `limit_ms`, which is only the time after which the test has
/// failed.
template <class Sender, class Signal, class Holds>
bool waitFor(Sender* sender, Signal signal, Holds holds, int limit_ms = 60000) {
  if (holds()) return true;
  QEventLoop loop;
  QObject scope;
  const auto ask = [&] {
    if (holds()) loop.quit();
  };
  QObject::connect(sender, signal, &scope, ask);
  QObject::connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock,
                   &scope, ask);
  QTimer::singleShot(limit_ms, &loop, &QEventLoop::quit);
  loop.exec();
  return holds();
}

/// Waits for one more emission.
template <class Sender, class Signal>
bool waitForSignal(Sender* sender, Signal signal, int limit_ms = 60000) {
  bool came = false;
  QObject scope;
  QObject::connect(sender, signal, &scope, [&] { came = true; });
  return waitFor(
      sender, signal, [&] { return came; }, limit_ms);
}

}  // namespace sonotwin::workstation::testing
