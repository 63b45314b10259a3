// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QEventLoop>
#include <QTimer>

namespace sonotwin::workstation::testing {

/// Runs the event loop until `holds()`, asked again at every emission of `signal`. @returns whether
/// it came to hold within `limit_ms`, which is only the time after which the test has failed.
template <class Sender, class Signal, class Holds>
bool waitFor(Sender* sender, Signal signal, Holds holds, int limit_ms = 15000) {
  if (holds()) return true;
  QEventLoop loop;
  QObject scope;
  QObject::connect(sender, signal, &scope, [&] {
    if (holds()) loop.quit();
  });
  QTimer::singleShot(limit_ms, &loop, &QEventLoop::quit);
  loop.exec();
  return holds();
}

/// Waits for one more emission.
template <class Sender, class Signal>
bool waitForSignal(Sender* sender, Signal signal, int limit_ms = 15000) {
  bool came = false;
  QObject scope;
  QObject::connect(sender, signal, &scope, [&] { came = true; });
  return waitFor(
      sender, signal, [&] { return came; }, limit_ms);
}

}  // namespace sonotwin::workstation::testing
