// SPDX-License-Identifier: Apache-2.0
#include "acts.h"

#include <tuple>

#include "../dicom/synthetic_object.h"
#include "key_pair.h"
#include "sonotwin/dicom/deidentify.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;

const Origin kAnna = originOf("anna", 20000, "1.2.3"), kHannah = originOf("hannah", 20100, "1.2.4");

std::string nameOf(int source) {
  return std::to_string(source) + ".dcm";
}

// As an ingest does it.
ArrivingClip arriving(Desk& desk, int number, const Origin& origin) {
  Store& store = desk.store();
  const fs::path source = desk.source(nameOf(number));
  const PatientAlias alias = store.alias(origin);
  const dicom::Pseudonyms names{alias.id, alias.day_shift,
                                [&](const std::string& uid) { return store.keyedUid(uid); }};
  const fs::path file = store.temporaryFolder() / ("arriving-" + std::to_string(number));
  dicom::Deidentified done = dicom::deidentify(source, file, names, {}, {}, {});
  const IngestReport report{.actions = {{"(0010,0010)", "PatientName", "Z", 1}},
                            .method = done.method};
  return {dicom::readDicom(source).clip,
          origin,
          {.file = file, .frames = std::move(done.frames), .report = report}};
}

std::string firstClip(Desk& desk) {
  return desk.store().clips({.limit = 1}).at(0).id;
}
media::ClipMask drawn(Desk& desk, float confidence) {
  media::ClipMask mask = halfMask(desk.store().clip(firstClip(desk)).info);
  mask.frames.at(0).confidence = confidence;
  return mask;
}

/// What cannot be done twice is done.
void once(const std::function<void()>& change) {
  try {
    change();
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::kConflict && failure.kind() != ErrorKind::kNotFound) throw;
  }
}

std::string patientId(Desk& desk, const Origin& origin) {
  return desk.store().alias(origin).id;
}

void takeInTogether(Desk& desk) {
  std::vector<ArrivingClip> clips;
  for (int number = 0; number < 3; ++number) {
    clips.push_back(arriving(desk, number, number == 2 ? kHannah : kAnna));
  }
  desk.store().addClips(std::move(clips), {});
}

void takeInFromQuarantine(Desk& desk) {
  Store& store = desk.store();
  for (const QuarantineRow& row : store.quarantined("waiting")) {
    ArrivingClip came = arriving(desk, 3, kHannah);
    store.addQuarantined(row.id, came.clip, std::move(came.object), {});
  }
}

std::vector<StoreAct> actsOnClips() {
  return {
      {"make the store",
       [](Desk& desk) {
         if (!Store::exists(desk.folder())) Store::create(desk.folder());
       }},
      {"take a sweep in",
       [](Desk& desk) { desk.store().addClip(noiseClip(1, 2), originOf("anna"), {}); }},
      {"take DICOM objects in together", takeInTogether},
      {"keep a changed clip",
       [](Desk& desk) {
         desk.store().addDerivedClip(firstClip(desk), noiseClip(2),
                                     {.recipe_json = R"({"gain":2})"}, {});
       }},
      {"correct the calibration",
       [](Desk& desk) {
         media::ClipInfo info = desk.store().clip(firstClip(desk)).info;
         info.spacing_mm = {0.2, 0.2};
         info.spacing_source = "person";
         desk.store().setCalibration(firstClip(desk), info);
       }},
      {"say what a clip shows",
       [](Desk& desk) { desk.store().setView(firstClip(desk), "neck", "long"); }},
      {"add a report",
       [](Desk& desk) {
         if (!desk.store().ingestReports(firstClip(desk)).empty()) return;
         desk.store().addIngestReport(
             firstClip(desk),
             {.actions = {{"(0010,0020)", "PatientID", "Z", 1}}, .method = "basic profile"});
       }},
  };
}

std::vector<StoreAct> actsOnWhatIsMade() {
  return {
      {"register a model",
       [](Desk& desk) { desk.store().addModel("net", R"({"classes":["nerve","vessel"]})", {}); }},
      {"record a dataset",
       [](Desk& desk) { desk.store().addRecord("dataset", "set", R"({"cases":3})", {}); }},
      {"record a training",
       [](Desk& desk) {
         desk.store().addRecord("training", "run", R"({"epochs":2})",
                                {.made_from = {desk.store().records("dataset").at(0).id,
                                               desk.store().models().at(0).id}});
       }},
      {"add a mask",
       [](Desk& desk) {
         desk.store().addMask(firstClip(desk), drawn(desk, 0.5F), "net",
                              {.made_from = {desk.store().models().at(0).id}});
       }},
      {"draw a mask",
       [](Desk& desk) { desk.store().addAnnotation(firstClip(desk), drawn(desk, 0.6F), "ann"); }},
      {"draw its next version",
       [](Desk& desk) {
         desk.store().addAnnotation(firstClip(desk), drawn(desk, 0.7F), "ben",
                                    desk.store().annotations().at(0).id);
       }},
      {"decide about a drawn mask",
       [](Desk& desk) {
         desk.store().setAnnotationState(desk.store().annotations().at(1).id, "final");
       }},
      {"add a volume",
       [](Desk& desk) { desk.store().addVolume(firstClip(desk), rampVolume(), "mask", 0.7, {}); }},
      {"add a surface",
       [](Desk& desk) {
         desk.store().addSurface(desk.store().volumes().at(0).id, tetrahedron(), 0.1, 2.5, {});
       }},
  };
}

std::vector<StoreAct> actsOnPeople() {
  return {
      {"put a file in quarantine",
       [](Desk& desk) {
         desk.store().quarantineAdd(desk.source(nameOf(3)), kHannah, {{1, 2, 3, 4}}, "text");
       }},
      {"take it in with its pixels blanked", takeInFromQuarantine},
      {"release it",
       [](Desk& desk) {
         for (const QuarantineRow& row : desk.store().quarantined("waiting")) {
           desk.store().quarantineRelease(row.id, "nothing names anybody");
         }
       }},
      {"put another in quarantine",
       [](Desk& desk) {
         if (!desk.store().quarantined("rejected").empty()) return;
         desk.store().quarantineAdd(desk.source(nameOf(4)), kAnna, {}, "no region");
       }},
      {"reject it",
       [](Desk& desk) {
         for (const QuarantineRow& row : desk.store().quarantined("waiting")) {
           desk.store().quarantineReject(row.id, "names somebody");
         }
       }},
      {"merge two patients",
       [](Desk& desk) {
         once(
             [&] { desk.store().mergePatients(patientId(desk, kAnna), patientId(desk, kHannah)); });
       }},
      {"unmerge them",
       [](Desk& desk) { once([&] { desk.store().unmergePatient(patientId(desk, kHannah)); }); }},
      {"save a search", [](Desk& desk) { desk.store().saveSearch("nerves", {.label = "nerve"}); }},
      {"remove the search", [](Desk& desk) { once([&] { desk.store().removeSearch("nerves"); }); }},
      {"save a protocol",
       [](Desk& desk) {
         desk.store().saveProtocol({"neck", {{"left", "neck", "long"}, {"right", "neck", ""}}});
       }},
      {"hold an exam to it",
       [](Desk& desk) {
         for (const StudyRow& row : desk.store().studies(patientId(desk, kAnna))) {
           desk.store().holdToProtocol(row.id, "neck");
         }
       }},
      {"remove the protocol",
       [](Desk& desk) { once([&] { desk.store().removeProtocol("neck"); }); }},
  };
}

std::vector<StoreAct> actsOnCopies() {
  const auto unlessThere = [](const fs::path& folder, const std::function<void()>& copy) {
    if (!Store::exists(folder)) copy();
  };
  return {
      {"back up with the key",
       [=](Desk& desk) {
         const fs::path copy = desk.root() / "kept" / "copy";
         unlessThere(copy,
                     [&] { std::ignore = desk.store().backup(copy, {.with_key = true}, {}); });
       }},
      {"back up by linking",
       [=](Desk& desk) {
         const fs::path copy = desk.root() / "linked";
         unlessThere(copy,
                     [&] { std::ignore = desk.store().backup(copy, {.link_objects = true}, {}); });
       }},
      {"enable a vault",
       [](Desk& desk) {
         if (!desk.store().hasVault()) {
           desk.store().enableVault(bytesOf(desk.source("officer.pem")));
         }
       }},
      {"seal who a patient is",
       [](Desk& desk) { desk.store().sealIdentity(kAnna, {.patient_id = "4711"}); }},
      {"restore",
       [=](Desk& desk) {
         const fs::path again = desk.root() / "again";
         unlessThere(again, [&] {
           std::ignore =
               Store::restore(desk.root() / "kept" / "copy", again, {.with_key = true}, {});
         });
       }},
  };
}
}  // namespace

Store& Desk::store() {
  if (!store_) store_ = Store::open(folder());
  return *store_;
}

std::vector<StoreAct> allActs() {
  std::vector<StoreAct> acts;
  for (std::vector<StoreAct> part :
       {actsOnClips(), actsOnWhatIsMade(), actsOnPeople(), actsOnCopies()}) {
    for (StoreAct& act : part) acts.push_back(std::move(act));
  }
  return acts;
}

void writeSources(const fs::path& folder) {
  const test::KeyPair officer(folder, "officer", test::kCurve);
  constexpr dicom::test::Shape kShape{.rows = 24, .cols = 32, .frames = 2};
  for (int number = 0; number < 5; ++number) {
    dicom::test::SyntheticObject(kShape)
        .set(DCM_PatientID, "ANNA")
        .pixels(dicom::test::noise8(kShape.sampleCount(), 10U + static_cast<unsigned>(number)))
        .save(folder / nameOf(number));
  }
}

}  // namespace sonotwin::store
