// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vtkSmartPointer.h>

#include <memory>

#include "sonotwin/media/volume.h"

class vtkPlane;
class vtkSmartVolumeMapper;
class vtkVolume;

namespace sonotwin::scene {

/// Direct rendering of a grey-level volume. Shares the volume's samples and keeps them alive.
class VolumeActor {
 public:
  /// @throws Error(kBadInput) for a label volume.
  explicit VolumeActor(std::shared_ptr<const media::Volume> volume);
  ~VolumeActor();
  VolumeActor(const VolumeActor&) = delete;
  VolumeActor& operator=(const VolumeActor&) = delete;

  [[nodiscard]] vtkVolume* prop() const;
  [[nodiscard]] const media::Volume& volume() const { return *volume_; }
  /// Null: whole.
  void setCut(vtkPlane* plane);
  /// Casts rays on the graphics processor, or on the CPU where OpenGL itself is `software`.
  void suit(bool software);

 private:
  std::shared_ptr<const media::Volume> volume_;
  vtkSmartPointer<vtkSmartVolumeMapper> mapper_;
  vtkSmartPointer<vtkVolume> prop_;
};

}  // namespace sonotwin::scene
