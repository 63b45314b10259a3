// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QWidget>
#include <memory>
#include <set>
#include <string>

#include "presenters/clip_player.h"
#include "presenters/space_content.h"

class QCheckBox;

namespace Ui {
class ModelInspector;
}

namespace sonotwin::workstation {

/// What of the clip in space the person wants to see.
struct SceneLayers {
  bool volume = false;
  bool sweep = true;
  bool frame = true;
  bool axes = true;
  std::set<std::string> hidden_labels = {};
};

/// Numbers of the 3D model, what is shown of it, rebuild and export.
class ModelInspectorView : public QWidget {
  Q_OBJECT

 public:
  ModelInspectorView(ClipPlayer& player, SpaceContent& space, QWidget* parent = nullptr);
  ~ModelInspectorView() override;

  [[nodiscard]] const SceneLayers& layers() const { return layers_; }

 Q_SIGNALS:
  void layersChanged();

 private:
  void takeSpace();
  void takeFacts();
  void takeJobs();
  void addLabelBox(const ShownSurface& shown);
  void addLayerBox(const QString& name, const QColor& colour, bool& layer, const QString& key);
  QCheckBox* addBox(const QString& name, const QColor& colour, bool on, const QString& key);
  void rebuild();
  void chooseExport();
  void exportObject(const std::string& id, const QString& name, const QString& suffix,
                    const QString& filter);

  ClipPlayer& player_;
  SpaceContent& space_;
  SceneLayers layers_;
  QList<QCheckBox*> boxes_;
  std::unique_ptr<Ui::ModelInspector> ui_;
};

}  // namespace sonotwin::workstation
