// SPDX-License-Identifier: Apache-2.0
#include "smooth.h"

#include <itkBilateralImageFilter.h>
#include <itkCurvatureAnisotropicDiffusionImageFilter.h>
#include <itkGradientAnisotropicDiffusionImageFilter.h>
#include <itkImportImageFilter.h>
#include <itkMedianImageFilter.h>

#include <algorithm>
#include <string>

#include "sonotwin/base/error.h"

namespace sonotwin::enhance {
namespace {
using Picture = itk::Image<float, 2>;
using Import = itk::ImportImageFilter<float, 2>;

/// Runs an ITK filter on the patch's levels and takes its output back.
template <class Filter>
void run(Patch& patch, Filter* filter) {
  fillOutside(patch);
  const auto import = Import::New();
  Import::SizeType size;
  size[0] = static_cast<itk::SizeValueType>(patch.cols());
  size[1] = static_cast<itk::SizeValueType>(patch.rows());
  import->SetRegion(Import::RegionType(size));
  constexpr bool kFilterOwnsBuffer = false;
  import->SetImportPointer(patch.levels.data(), patch.levels.size(), kFilterOwnsBuffer);
  filter->SetInput(import->GetOutput());
  try {
    filter->Update();
  } catch (const itk::ExceptionObject& error) {
    throw Error(ErrorKind::kInternal,
                std::string("A speckle filter failed: ") + error.GetDescription());
  }
  const Picture* output = filter->GetOutput();
  std::copy_n(output->GetBufferPointer(), patch.levels.size(), patch.levels.begin());
}

template <class Filter>
void diffuse(Patch& patch, const Diffusion& diffusion) {
  const auto filter = Filter::New();
  filter->SetNumberOfIterations(static_cast<unsigned>(diffusion.iterations));
  filter->SetConductanceParameter(diffusion.conductance);
  filter->SetTimeStep(diffusion.time_step);
  run(patch, filter.GetPointer());
}
}  // namespace

void median(Patch& patch, double radius_px) {
  using Filter = itk::MedianImageFilter<Picture, Picture>;
  const auto filter = Filter::New();
  filter->SetRadius(static_cast<itk::SizeValueType>(radius_px));
  run(patch, filter.GetPointer());
}

void curvatureDiffusion(Patch& patch, const Diffusion& diffusion) {
  diffuse<itk::CurvatureAnisotropicDiffusionImageFilter<Picture, Picture>>(patch, diffusion);
}

void gradientDiffusion(Patch& patch, const Diffusion& diffusion) {
  diffuse<itk::GradientAnisotropicDiffusionImageFilter<Picture, Picture>>(patch, diffusion);
}

void bilateral(Patch& patch, double domain_sigma_px, double range_sigma) {
  using Filter = itk::BilateralImageFilter<Picture, Picture>;
  const auto filter = Filter::New();
  filter->SetDomainSigma(domain_sigma_px);
  filter->SetRangeSigma(range_sigma);
  run(patch, filter.GetPointer());
}

}  // namespace sonotwin::enhance
