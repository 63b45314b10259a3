// SPDX-License-Identifier: Apache-2.0
#include "volume_actor.h"

#include <vtkColorTransferFunction.h>
#include <vtkDataArray.h>
#include <vtkImageData.h>
#include <vtkMatrix4x4.h>
#include <vtkPiecewiseFunction.h>
#include <vtkPlane.h>
#include <vtkPointData.h>
#include <vtkSmartVolumeMapper.h>
#include <vtkVolume.h>
#include <vtkVolumeProperty.h>

#include <algorithm>
#include <string>

#include "palette.h"
#include "sonotwin/base/error.h"

namespace sonotwin::scene {
namespace {
int vtkType(media::PixelType type) {
  switch (type) {
    case media::PixelType::kUint8:
      return VTK_UNSIGNED_CHAR;
    case media::PixelType::kUint16:
      return VTK_UNSIGNED_SHORT;
    case media::PixelType::kFloat32:
      return VTK_FLOAT;
  }
  return VTK_UNSIGNED_CHAR;
}

vtkSmartPointer<vtkImageData> imageData(const media::Volume& volume) {
  const auto samples =
      vtkSmartPointer<vtkDataArray>::Take(vtkDataArray::CreateDataArray(vtkType(volume.type)));
  constexpr int kKeepOurs = 1;
  // VTK has no view of const memory; nothing in the pipeline writes to its input.
  samples->SetVoidArray(const_cast<std::byte*>(volume.data.data()),
                        static_cast<vtkIdType>(volume.voxelCount()), kKeepOurs);
  auto data = vtkSmartPointer<vtkImageData>::New();
  const Eigen::Vector3d spacing_mm = volume.spacing_mm();
  data->SetDimensions(volume.dims.data());
  data->SetSpacing(spacing_mm.data());
  data->GetPointData()->SetScalars(samples);
  return data;
}

vtkSmartPointer<vtkVolumeProperty> greyProperty(double white, double spacing_mm) {
  vtkNew<vtkPiecewiseFunction> opacity;  // tissue speckle stays a haze, bright interfaces stand out
  opacity->AddPoint(0.00 * white, 0.0);
  opacity->AddPoint(0.18 * white, 0.0);
  opacity->AddPoint(0.45 * white, 0.03);
  opacity->AddPoint(0.75 * white, 0.22);
  opacity->AddPoint(1.00 * white, 0.55);
  vtkNew<vtkColorTransferFunction> colour;
  colour->AddRGBPoint(0.0, kGround[0], kGround[1], kGround[2]);
  colour->AddRGBPoint(0.45 * white, 0.36, 0.40, 0.45);
  colour->AddRGBPoint(white, 0.96, 0.95, 0.92);
  auto property = vtkSmartPointer<vtkVolumeProperty>::New();
  property->SetScalarOpacity(opacity);
  property->SetColor(colour);
  property->SetInterpolationTypeToLinear();
  property->SetScalarOpacityUnitDistance(2.0 * spacing_mm);
  property->ShadeOff();
  return property;
}
}  // namespace

VolumeActor::VolumeActor(std::shared_ptr<const media::Volume> volume)
    : volume_(std::move(volume)),
      mapper_(vtkSmartPointer<vtkSmartVolumeMapper>::New()),
      prop_(vtkSmartPointer<vtkVolume>::New()) {
  if (!volume_->labels.empty()) {
    throwBadInput("A label volume has no grey levels to render: show its labels as surfaces.");
  }
  const auto data = imageData(*volume_);
  mapper_->SetInputData(data);
  mapper_->SetBlendModeToComposite();
  mapper_->AutoAdjustSampleDistancesOn();
  prop_->SetMapper(mapper_);
  const Eigen::Vector3d spacing_mm = volume_->spacing_mm();
  const double white =
      volume_->type == media::PixelType::kUint8 ? 255.0 : data->GetScalarRange()[1];
  prop_->SetProperty(greyProperty(std::max(white, 1e-6), spacing_mm.mean()));
  Eigen::Matrix<double, 4, 4, Eigen::RowMajor> world_from_grid = volume_->world_from_voxel.matrix();
  for (int axis = 0; axis < 3; ++axis) world_from_grid.col(axis) /= spacing_mm[axis];
  vtkNew<vtkMatrix4x4> matrix;
  matrix->DeepCopy(world_from_grid.data());
  prop_->SetUserMatrix(matrix);
}

VolumeActor::~VolumeActor() = default;

vtkVolume* VolumeActor::prop() const {
  return prop_;
}

void VolumeActor::setCut(vtkPlane* plane) {
  mapper_->RemoveAllClippingPlanes();
  if (plane != nullptr) mapper_->AddClippingPlane(plane);
}

void VolumeActor::suit(bool software) {
  if (software) {
    mapper_->SetRequestedRenderModeToRayCast();
  } else {
    mapper_->SetRequestedRenderModeToDefault();
  }
}

}  // namespace sonotwin::scene
