// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QLineF>
#include <QList>
#include <QString>
#include <QWidget>
#include <vector>

#include "sonotwin/media/mask.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::workstation {

/// Pictures in a row, each with the outlines that a person drew and those of the network.
class ExamplePictures : public QWidget {
  Q_OBJECT

 public:
  explicit ExamplePictures(QWidget* parent = nullptr);
  void setLabels(const std::vector<media::Label>& labels);
  void setExamples(const std::vector<segment::TrainExample>& examples);
  void setEmptyWords(const QString& words);
  [[nodiscard]] int count() const { return static_cast<int>(pictures_.size()); }
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  struct Outline {
    QRgb colour;
    QList<QLineF> lines;
  };
  struct Shown {
    QString name;
    QImage image;
    QList<QLineF> truth;
    QList<Outline> predicted;
  };

  void paintLegend(QPainter& painter) const;
  void paintPicture(QPainter& painter, const Shown& shown, const QRectF& place) const;

  std::vector<media::Label> labels_;
  std::vector<Shown> pictures_;
  QString empty_words_;
};

}  // namespace sonotwin::workstation
