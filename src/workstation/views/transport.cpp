// SPDX-License-Identifier: Apache-2.0
#include "views/transport.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSlider>

#include "presenters/cine.h"
#include "presenters/words.h"
#include "theme/theme.h"
#include "theme/tokens.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {

Transport::Transport(Cine& cine, QWidget* parent)
    : QWidget(parent),
      cine_(cine),
      play_(iconButton("play", "transport", "Play", "Space", this)),
      back_(iconButton("step-back", "transport", "Frame back", "←", this)),
      forward_(iconButton("step-forward", "transport", "Frame on", "→", this)),
      speed_(new ComboBox(this)),
      loop_(new QPushButton("Loop", this)),
      scrubber_(new QSlider(Qt::Horizontal, this)),
      time_(label({}, "secondary", this)) {
  play_->setObjectName(QStringLiteral("play"));
  scrubber_->setObjectName(QStringLiteral("scrubber"));
  speed_->setObjectName(QStringLiteral("speed"));
  for (const double speed : {0.25, 0.5, 1.0, 2.0}) {
    speed_->addItem(QStringLiteral("%1×").arg(speed), speed);
  }
  speed_->setCurrentIndex(2);
  describe(speed_, QStringLiteral("Speed"));
  loop_->setCheckable(true);
  loop_->setChecked(cine.loops());
  loop_->setFocusPolicy(Qt::TabFocus);
  loop_->setProperty("role", QStringLiteral("quiet"));
  describe(loop_, QStringLiteral("Loop"), QStringLiteral("L"));
  scrubber_->setFocusPolicy(Qt::TabFocus);
  describe(scrubber_, QStringLiteral("Frame"), QStringLiteral("Home End"));
  time_->setFont(theme::font(tokens::kBaseSize_px));
  time_->setMinimumWidth(
      time_->fontMetrics().horizontalAdvance(QStringLiteral("00:00.00 / 00:00.00")) + 8);
  time_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(10);
  for (QWidget* control :
       {static_cast<QWidget*>(play_), static_cast<QWidget*>(back_), static_cast<QWidget*>(forward_),
        static_cast<QWidget*>(speed_), static_cast<QWidget*>(loop_)}) {
    row->addWidget(control);
  }
  row->addWidget(scrubber_, 1);
  row->addWidget(time_);
  connectCine();
}

void Transport::connectCine() {
  connect(play_, &QPushButton::clicked, &cine_, &Cine::toggle);
  connect(back_, &QPushButton::clicked, this, [this] { cine_.step(-1); });
  connect(forward_, &QPushButton::clicked, this, [this] { cine_.step(1); });
  connect(speed_, &QComboBox::currentIndexChanged, this,
          [this] { cine_.setSpeed(speed_->currentData().toDouble()); });
  connect(loop_, &QPushButton::toggled, &cine_, &Cine::setLoops);
  connect(scrubber_, &QSlider::valueChanged, &cine_, &Cine::seek);
  connect(&cine_, &Cine::frameChanged, this, &Transport::takeFrame);
  connect(&cine_, &Cine::playingChanged, this, &Transport::takeState);
  connect(&cine_, &Cine::settingsChanged, this, &Transport::takeState);
  takeState();
}

void Transport::takeFrame() {
  const QSignalBlocker quiet(scrubber_);
  scrubber_->setValue(cine_.frame());
  time_->setText(words::clock(cine_.time_s()) + QStringLiteral(" / ") +
                 words::clock(cine_.duration_s()));
}

void Transport::takeState() {
  const bool moves = cine_.frameCount() > 1;
  {
    const QSignalBlocker quiet(scrubber_), quiet_loop(loop_);
    scrubber_->setRange(0, std::max(0, cine_.frameCount() - 1));
    loop_->setChecked(cine_.loops());
  }
  for (QWidget* control : findChildren<QWidget*>(Qt::FindDirectChildrenOnly)) {
    control->setEnabled(moves);
  }
  play_->setIcon(theme::icon(cine_.playing() ? QStringLiteral("pause") : QStringLiteral("play"),
                             tokens::kText));
  describe(play_, cine_.playing() ? QStringLiteral("Pause") : QStringLiteral("Play"),
           QStringLiteral("Space"));
  takeFrame();
}

bool Transport::handleKey(int key) {
  switch (key) {
    case Qt::Key_Space:
      cine_.toggle();
      return true;
    case Qt::Key_Left:
      cine_.step(-1);
      return true;
    case Qt::Key_Right:
      cine_.step(1);
      return true;
    case Qt::Key_Home:
      cine_.step(-cine_.frameCount());
      return true;
    case Qt::Key_End:
      cine_.step(cine_.frameCount());
      return true;
    case Qt::Key_L:
      cine_.setLoops(!cine_.loops());
      return true;
    default:
      return false;
  }
}

}  // namespace sonotwin::workstation
