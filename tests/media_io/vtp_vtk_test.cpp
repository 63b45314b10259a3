// SPDX-License-Identifier: Apache-2.0
// Our .vtp against VTK's own reader and writer.
#include <gtest/gtest.h>
#include <vtkCellArray.h>
#include <vtkFieldData.h>
#include <vtkNew.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkStringArray.h>
#include <vtkXMLPolyDataReader.h>
#include <vtkXMLPolyDataWriter.h>

#include "sonotwin/base/error.h"
#include "sonotwin/media/surface_io.h"
#include "temporary_folder.h"

namespace sonotwin::media {
namespace {
// Large enough for several of VTK's compression blocks.
Surface ribbon(std::uint32_t steps) {
  Surface surface;
  for (std::uint32_t i = 0; i < steps; ++i) {
    const auto x = static_cast<float>(i);
    surface.vertices_mm.push_back({x * 0.25F, 1.0F / (x + 1.0F), -x});
    if (i >= 2) surface.triangles.push_back({i - 2, i - 1, i});
  }
  surface.label = "liver";
  return surface;
}

TEST(VtpAgainstVtk, VtkReadsWhatWeWrite) {
  const test::TemporaryFolder folder;
  const Surface surface = ribbon(100);
  writeSurface(folder / "a.vtp", surface);
  vtkNew<vtkXMLPolyDataReader> reader;
  reader->SetFileName((folder / "a.vtp").c_str());
  reader->Update();
  vtkPolyData* mesh = reader->GetOutput();
  ASSERT_EQ(mesh->GetNumberOfPoints(), 100);
  ASSERT_EQ(mesh->GetNumberOfPolys(), 98);
  for (vtkIdType i = 0; i < 100; ++i) {
    const auto& vertex = surface.vertices_mm[static_cast<std::size_t>(i)];
    for (int k = 0; k < 3; ++k) {
      ASSERT_EQ(static_cast<float>(mesh->GetPoint(i)[k]), vertex[static_cast<std::size_t>(k)]);
    }
  }
  vtkIdType count = 0;
  const vtkIdType* ids = nullptr;
  mesh->GetPolys()->GetCellAtId(41, count, ids);
  ASSERT_EQ(count, 3);
  EXPECT_EQ(ids[0], 41);
  EXPECT_EQ(ids[2], 43);
  auto* label =
      vtkStringArray::SafeDownCast(mesh->GetFieldData()->GetAbstractArray("sonotwin_label"));
  ASSERT_NE(label, nullptr);
  EXPECT_EQ(label->GetValue(0), "liver");
}

TEST(VtpAgainstVtk, WeReadEveryWayVtkWrites) {
  const test::TemporaryFolder folder;
  const Surface surface = ribbon(30000);
  vtkNew<vtkPoints> points;
  for (const auto& vertex : surface.vertices_mm) points->InsertNextPoint(vertex.data());
  vtkNew<vtkCellArray> cells;
  for (const auto& triangle : surface.triangles) {
    cells->InsertNextCell({triangle[0], triangle[1], triangle[2]});
  }
  vtkNew<vtkPolyData> mesh;
  mesh->SetPoints(points);
  mesh->SetPolys(cells);
  for (const int mode : {vtkXMLWriter::Ascii, vtkXMLWriter::Binary, vtkXMLWriter::Appended}) {
    for (const bool zlib : {false, true}) {
      for (const bool base64 : {false, true}) {
        for (const int header : {vtkXMLWriter::UInt32, vtkXMLWriter::UInt64}) {
          for (const int order : {vtkXMLWriter::LittleEndian, vtkXMLWriter::BigEndian}) {
            vtkNew<vtkXMLPolyDataWriter> writer;
            writer->SetFileName((folder / "a.vtp").c_str());
            writer->SetInputData(mesh);
            writer->SetDataMode(mode);
            writer->SetCompressorType(zlib ? vtkXMLWriter::ZLIB : vtkXMLWriter::NONE);
            writer->SetEncodeAppendedData(base64);
            writer->SetHeaderType(header);
            writer->SetByteOrder(order);
            ASSERT_EQ(writer->Write(), 1);
            const Surface back = readSurface(folder / "a.vtp");
            ASSERT_EQ(back.triangles, surface.triangles) << mode << zlib << base64 << header;
            if (mode != vtkXMLWriter::Ascii) {
              ASSERT_EQ(back.vertices_mm, surface.vertices_mm);
            }
          }
        }
      }
    }
  }
}
}  // namespace
}  // namespace sonotwin::media
