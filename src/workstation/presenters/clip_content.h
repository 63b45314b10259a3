// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <cstdint>
#include <memory>
#include <optional>

#include "presenters/session.h"
#include "sonotwin/media/clip.h"
#include "sonotwin/media/mask.h"

namespace sonotwin::workstation {

/// The selected clip and one of its masks, read in the background, for every workspace that shows
/// frames.
class ClipContent : public QObject {
  Q_OBJECT

 public:
  explicit ClipContent(Session& session, QObject* parent = nullptr);

  /// Null while it is read, or where none is selected.
  [[nodiscard]] const std::shared_ptr<const media::Clip>& clip() const { return clip_; }
  [[nodiscard]] const std::shared_ptr<const media::ClipMask>& mask() const { return mask_; }
  [[nodiscard]] const std::optional<store::MaskRow>& maskRow() const { return mask_row_; }
  /// The mask of a frame; null where it has none.
  [[nodiscard]] const media::FrameMask* maskOf(int frame) const;
  /// The name of a label of the mask.
  [[nodiscard]] QString labelName(int value) const;

  /// Another of the clip's masks than the newest.
  void chooseMask(const std::string& id);
  [[nodiscard]] bool loading() const { return loading_ > 0; }

 Q_SIGNALS:
  void clipLoaded();
  void maskLoaded();
  void failed(const QString& error);

 private:
  void loadClip();
  void takeCorrection();
  void loadNewestMask();
  void loadMask(const store::MaskRow& row);

  Session& session_;
  std::shared_ptr<const media::Clip> clip_;
  std::shared_ptr<const media::ClipMask> mask_;
  std::optional<store::MaskRow> mask_row_;
  std::uint64_t clip_generation_ = 0;
  std::uint64_t mask_generation_ = 0;
  int loading_ = 0;
};

}  // namespace sonotwin::workstation
