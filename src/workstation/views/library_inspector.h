// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "presenters/clip_content.h"

namespace Ui {
class LibraryInspector;
}

namespace sonotwin::workstation {

/// What is known of the selected clip, what was made from it, and what can be done with it.
class LibraryInspectorView : public QWidget {
  Q_OBJECT

 public:
  LibraryInspectorView(Session& session, ClipContent& content, QWidget* parent = nullptr);
  ~LibraryInspectorView() override;

  /// Lists the networks anew.
  void takeModels();

 Q_SIGNALS:
  void openClip();

 private:
  void takeClip();
  void takeMade();
  void takeMeasured();
  void build();
  void updateBuild();
  void takeShown();
  void nameShown();
  void takeOrientation(const store::ClipRow& clip);
  void sayLie(int choice);

  Session& session_;
  ClipContent& content_;
  std::string shown_clip_;                                ///< whose region and view are written
  std::vector<std::optional<std::string>> orientations_;  ///< in the box's order
  std::unique_ptr<Ui::LibraryInspector> ui_;
};

}  // namespace sonotwin::workstation
