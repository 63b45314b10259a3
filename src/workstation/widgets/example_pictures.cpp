// SPDX-License-Identifier: Apache-2.0
#include "widgets/example_pictures.h"

#include <QPainter>
#include <algorithm>
#include <cmath>
#include <cstring>

#include "presenters/picture.h"
#include "presenters/words.h"
#include "theme/theme.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
constexpr int kHead = 26, kGap = 8, kName = 18, kSample_px = 22;
constexpr int kCaption_px = 11;
constexpr int kMost = 4;
constexpr double kDashShare = 1.0 / 45.0;  ///< of the picture's width

QRgb colourOf(int label) {
  const auto [r, g, b] = media::labelColour(label);
  return qRgb(r, g, b);
}

QPen truthPen() {
  return QPen(tokens::colour(tokens::kText), 1.5, Qt::SolidLine, Qt::FlatCap);
}

/// Segments are short: dashes are whole segments left out, not pieces of each.
QList<QLineF> dashed(const QList<QLineF>& lines, int cols) {
  const double dash_px = std::max(2.0, cols * kDashShare);
  QList<QLineF> kept;
  for (const QLineF& line : lines) {
    const QPointF middle = line.center();
    const int phase = static_cast<int>(std::floor((middle.x() + middle.y()) / dash_px));
    if (phase % 2 == 0) kept.append(line);
  }
  return kept;
}

media::FrameMask maskOf(const std::vector<std::uint8_t>& labels, int rows, int cols) {
  media::FrameMask mask;
  mask.rows = rows;
  mask.cols = cols;
  mask.labels = labels;
  return mask;
}

QImage imageOf(const segment::TrainExample& example) {
  QImage image(example.cols, example.rows, QImage::Format_Grayscale8);
  for (int row = 0; row < example.rows; ++row) {
    std::memcpy(image.scanLine(row),
                example.gray.data() + static_cast<std::ptrdiff_t>(row) * example.cols,
                static_cast<std::size_t>(example.cols));
  }
  return image;
}
}  // namespace

ExamplePictures::ExamplePictures(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  setAccessibleName(QStringLiteral("Example predictions"));
}

QSize ExamplePictures::minimumSizeHint() const {
  return {400, kHead + 110 + kName};
}

void ExamplePictures::setLabels(const std::vector<media::Label>& labels) {
  labels_ = labels;
  update();
}

void ExamplePictures::setEmptyWords(const QString& words) {
  empty_words_ = words;
  update();
}

void ExamplePictures::setExamples(const std::vector<segment::TrainExample>& examples) {
  pictures_.clear();
  QStringList names;
  for (const segment::TrainExample& example : examples) {
    if (count() == kMost) break;
    Shown shown{words::from(example.name), imageOf(example), {}, {}};
    const media::FrameMask truth = maskOf(example.truth, example.rows, example.cols);
    const media::FrameMask predicted = maskOf(example.predicted, example.rows, example.cols);
    for (const media::Label& label : labels_) {
      shown.truth += maskOutline(truth, label.value);
      shown.predicted.append(
          {colourOf(label.value), dashed(maskOutline(predicted, label.value), example.cols)});
    }
    names << shown.name;
    pictures_.push_back(std::move(shown));
  }
  setAccessibleDescription(names.join(QStringLiteral(", ")));
  update();
}

void ExamplePictures::paintLegend(QPainter& painter) const {
  const int middle = kHead / 2;
  painter.setFont(theme::captionFont());
  painter.setPen(tokens::colour(tokens::kSecondary));
  const QString title = QStringLiteral("Validation pictures");
  painter.drawText(QRect(0, 0, width(), kHead), Qt::AlignLeft | Qt::AlignVCenter, title);
  int x = painter.fontMetrics().horizontalAdvance(title) + 24;
  painter.setFont(theme::font(kCaption_px));
  const auto entry = [&](const QPen& pen, const QString& words) {
    painter.setPen(pen);
    painter.drawLine(x, middle, x + kSample_px, middle);
    painter.setPen(tokens::colour(tokens::kSecondary));
    painter.drawText(QRect(x + kSample_px + 6, 0, width(), kHead), Qt::AlignLeft | Qt::AlignVCenter,
                     words);
    x += kSample_px + 6 + painter.fontMetrics().horizontalAdvance(words) + 18;
  };
  entry(truthPen(), QStringLiteral("drawn by people"));
  for (const media::Label& label : labels_) {
    entry(QPen(tokens::colour(colourOf(label.value)), 2.0, Qt::DashLine, Qt::FlatCap),
          words::label(label.name) + QStringLiteral(", the network"));
  }
}

void ExamplePictures::paintPicture(QPainter& painter, const Shown& shown,
                                   const QRectF& place) const {
  const QSizeF size = QSizeF(shown.image.size()).scaled(place.size(), Qt::KeepAspectRatio);
  const QRectF picture(QPointF(place.left(), place.top()), size);
  painter.drawImage(picture, shown.image);
  painter.save();
  painter.translate(picture.topLeft());
  painter.scale(picture.width() / shown.image.width(), picture.height() / shown.image.height());
  QPen pen = truthPen();
  pen.setCosmetic(true);
  painter.setPen(pen);
  painter.drawLines(shown.truth);
  for (const Outline& outline : shown.predicted) {
    pen = QPen(tokens::colour(outline.colour), 2.25);
    pen.setCosmetic(true);
    painter.setPen(pen);
    painter.drawLines(outline.lines);
  }
  painter.restore();
  painter.setFont(theme::font(kCaption_px));
  painter.setPen(tokens::colour(tokens::kSecondary));
  const QRectF name(picture.left(), picture.bottom() + 2, place.width(), kName - 2);
  painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(shown.name, Qt::ElideMiddle,
                                                    static_cast<int>(name.width())));
}

void ExamplePictures::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  paintLegend(painter);
  if (pictures_.empty()) {
    painter.setFont(theme::font(tokens::kBaseSize_px));
    painter.setPen(tokens::colour(tokens::kSecondary));
    painter.drawText(rect().adjusted(0, kHead, 0, 0), Qt::AlignCenter | Qt::TextWordWrap,
                     empty_words_);
    return;
  }
  const double wide = (width() - kGap * (kMost - 1)) / double(kMost);
  for (int i = 0; i < count(); ++i) {
    paintPicture(painter, pictures_[static_cast<std::size_t>(i)],
                 {i * (wide + kGap), double(kHead), wide, double(height() - kHead - kName)});
  }
}

}  // namespace sonotwin::workstation
