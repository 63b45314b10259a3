// SPDX-License-Identifier: Apache-2.0
#include "presenters/calipers.h"

#include <QUndoCommand>
#include <cmath>
#include <utility>

namespace sonotwin::workstation {

double length_mm(const Caliper& caliper, const std::array<double, 2>& spacing_mm) {
  const QPointF d = caliper.b - caliper.a;
  return std::hypot(d.x() * spacing_mm[0], d.y() * spacing_mm[1]);
}

double length_px(const Caliper& caliper) {
  const QPointF d = caliper.b - caliper.a;
  return std::hypot(d.x(), d.y());
}

QString lengthText(const Caliper& caliper, const std::optional<std::array<double, 2>>& spacing_mm) {
  return spacing_mm ? QStringLiteral("%1 mm").arg(length_mm(caliper, *spacing_mm), 0, 'f', 1)
                    : QStringLiteral("%1 px").arg(length_px(caliper), 0, 'f', 0);
}

class Calipers::Edit : public QUndoCommand {
 public:
  Edit(Calipers& owner, const QString& name, std::vector<Caliper> after)
      : QUndoCommand(name), owner_(owner), before_(owner.calipers_), after_(std::move(after)) {}
  void undo() override { put(before_); }
  void redo() override { put(after_); }

 private:
  void put(const std::vector<Caliper>& calipers) {
    owner_.calipers_ = calipers;
    Q_EMIT owner_.changed();
  }

  Calipers& owner_;
  std::vector<Caliper> before_, after_;
};

Calipers::Calipers(QObject* parent) : QObject(parent) {}

void Calipers::add(const Caliper& caliper) {
  auto after = calipers_;
  after.push_back(caliper);
  edit(QStringLiteral("distance"), std::move(after));
}

void Calipers::replace(int index, const Caliper& caliper) {
  auto after = calipers_;
  after.at(static_cast<std::size_t>(index)) = caliper;
  if (after != calipers_) edit(QStringLiteral("move of a distance"), std::move(after));
}

void Calipers::remove(int index) {
  auto after = calipers_;
  after.erase(after.begin() + index);
  edit(QStringLiteral("removal of a distance"), std::move(after));
}

void Calipers::setAll(std::vector<Caliper> calipers) {
  undo_.clear();
  calipers_ = std::move(calipers);
  Q_EMIT changed();
}

void Calipers::edit(const QString& name, std::vector<Caliper> after) {
  undo_.push(new Edit(*this, name, std::move(after)));
}

}  // namespace sonotwin::workstation
