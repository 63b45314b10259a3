// SPDX-License-Identifier: Apache-2.0
// Whole DICOM objects as the pixels of a clip, from a file to its frames again.
#include <gmock/gmock.h>

#include <map>

#include "../dicom/synthetic_object.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/dicom/deidentify.h"
#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using dicom::test::Bytes8;
using dicom::test::Shape;
using dicom::test::SyntheticObject;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Shape kShape{.rows = 24, .cols = 32, .frames = 5};

class Encoded : public testing::Test {
 protected:
  struct Arriving {
    media::Clip clip;
    EncodedObject object;
  };
  // As an ingest does it: de-identified into the store's own temporary folder.
  Arriving arrive(E_TransferSyntax syntax, const std::string& study_description = "first") {
    const Shape& shape = kShape;
    dicom::test::registerEncoders();
    const fs::path source = scratch_.path() / "source.dcm";
    SyntheticObject(shape)
        .set(DCM_PatientID, "ZORRO")
        .set(DCM_StudyDescription, study_description)
        .set(DCM_StudyDate, "20240229")
        .set(DCM_AcquisitionDateTime, "20240301101112")
        .pixels(dicom::test::faintNoise8(shape.sampleCount()))
        .save(source, syntax);
    const PatientAlias alias = store_.alias(origin_);
    const dicom::Pseudonyms names{alias.id, alias.day_shift,
                                  [this](const std::string& uid) { return store_.keyedUid(uid); }};
    const fs::path file = store_.temporaryFolder() / "arriving.dcm";
    dicom::Deidentified done = dicom::deidentify(source, file, names, {}, {}, {});
    return {dicom::readDicom(source).clip,
            {.file = file, .frames = std::move(done.frames), .report = report_}};
  }
  [[nodiscard]] std::vector<fs::path> objects() const { return filesUnder(folder_ / "objects"); }

  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store";
  Store store_ = Store::create(folder_);
  Origin origin_ = originOf("ZORRO", 20000, "1.2.3");
  IngestReport report_{.actions = {{"(0010,0010)", "PatientName", "Z", 1},
                                   {"(0040,0275)[0].(0040,0007)", "Description", "X", 3}},
                       .method = "basic profile"};
};

TEST_F(Encoded, EveryFrameIsTheReadersFrame) {
  for (const E_TransferSyntax syntax :
       {EXS_LittleEndianExplicit, EXS_RLELossless, EXS_JPEGProcess14SV1, EXS_JPEGLSLossless}) {
    Arriving arriving = arrive(syntax, DcmXfer(syntax).getXferName());
    origin_.series_key = DcmXfer(syntax).getXferName();
    const AddedClip added = store_.addClip(arriving.clip, origin_, std::move(arriving.object), {});
    EXPECT_TRUE(added.added);
    const media::Clip clip = store_.clip(added.id);
    ASSERT_EQ(clip.info.frame_count, kShape.frames);
    for (int i = kShape.frames - 1; i >= 0; --i) {
      const media::Image expected = arriving.clip.pixels->frame(i);
      EXPECT_EQ(clip.pixels->frame(i).data, expected.data) << i;
      EXPECT_EQ(store_.frame(added.id, i).data, expected.data) << i;
    }
  }
  EXPECT_THAT(filesUnder(store_.temporaryFolder()), IsEmpty());
  EXPECT_THAT(store_.verify(VerifyDepth::kBytes, {}), IsEmpty());
}

// The object in the store is a DICOM file as it is, of the bytes its name says.
TEST_F(Encoded, TheObjectIsAWholeFile) {
  Arriving arriving = arrive(EXS_RLELossless);
  store_.addClip(arriving.clip, origin_, std::move(arriving.object), {});
  ASSERT_EQ(objects().size(), 1U);
  EXPECT_EQ(sha256Hex(bytesOf(objects()[0])), objects()[0].filename().string());
  EXPECT_EQ(bytesOf(objects()[0]).substr(128, 4), "DICM");
  EXPECT_EQ(bytesOf(objects()[0]).find("ZORRO"), std::string::npos);
}

TEST_F(Encoded, TheSameFileAddsNothing) {
  Arriving first = arrive(EXS_RLELossless), second = first;
  const std::string id = store_.addClip(first.clip, origin_, std::move(first.object), {}).id;
  second = arrive(EXS_RLELossless);
  const AddedClip again = store_.addClip(second.clip, origin_, std::move(second.object), {});
  EXPECT_FALSE(again.added);
  EXPECT_EQ(again.id, id);
  EXPECT_EQ(objects().size(), 1U);
  EXPECT_THAT(filesUnder(store_.temporaryFolder()), IsEmpty());
}

// A header that tells more, or a later program that cleans it otherwise, makes no other clip.
TEST_F(Encoded, TheIdRestsOnTheFrames) {
  Arriving first = arrive(EXS_RLELossless, "first");
  const std::string id = store_.addClip(first.clip, origin_, std::move(first.object), {}).id;
  Arriving other = arrive(EXS_RLELossless, "first");
  std::string bytes = bytesOf(other.object.file) + std::string(2, '\0');
  writeBytes(other.object.file, bytes);
  EXPECT_EQ(store_.addClip(other.clip, origin_, std::move(other.object), {}).id, id);
  // Uncompressed frames are what version 1 stored: the id is the one it gave.
  Arriving plain = arrive(EXS_LittleEndianExplicit);
  const std::string encoded_id =
      store_.addClip(plain.clip, origin_, std::move(plain.object), {}).id;
  EXPECT_EQ(store_.addClip(plain.clip, origin_, {}).id, encoded_id);
}

TEST_F(Encoded, ManyAreAddedTogetherOrNotAtAll) {
  std::vector<ArrivingClip> clips;
  const auto add = [&](const std::string& series) {
    Arriving arriving = arrive(EXS_RLELossless);
    const fs::path file = store_.temporaryFolder() / (series + ".dcm");
    fs::rename(arriving.object.file, file);
    arriving.object.file = file;
    Origin origin = origin_;
    origin.series_key = series;
    clips.push_back({arriving.clip, origin, std::move(arriving.object)});
  };
  for (const char* const series : {"1", "2", "3"}) add(series);
  clips[2].object.frames.frames[0].offset = ~0ULL;
  EXPECT_EQ(failureOf([&] { store_.addClips(std::move(clips), {}); }).kind, ErrorKind::kBadInput);
  EXPECT_THAT(store_.clips(), IsEmpty());
  EXPECT_THAT(filesUnder(store_.temporaryFolder()), IsEmpty());
  clips.clear();
  for (const char* const series : {"1", "2", "1"}) add(series + std::string("x"));
  const std::vector<AddedClip> added = store_.addClips(std::move(clips), {});
  ASSERT_EQ(added.size(), 3U);
  EXPECT_TRUE(added[1].added);
  EXPECT_FALSE(added[2].added) << "the same as the first";
  EXPECT_EQ(added[2].id, added[0].id);
  EXPECT_EQ(store_.clips().size(), 2U);
  EXPECT_EQ(objects().size(), 1U) << "the same bytes in two series are one object";
  EXPECT_THAT(store_.verify(VerifyDepth::kBytes, {}), IsEmpty());
}

TEST_F(Encoded, AnObjectThatAPowerLossSpoiltIsReplaced) {
  Arriving arriving = arrive(EXS_RLELossless);
  const std::string bytes = bytesOf(arriving.object.file);
  const std::string hash = sha256Hex(bytes);
  writeBytes(folder_ / "objects" / hash.substr(0, 2) / hash, std::string(bytes.size(), '\0'));
  store_.addClip(arriving.clip, origin_, std::move(arriving.object), {});
  EXPECT_EQ(bytesOf(folder_ / "objects" / hash.substr(0, 2) / hash), bytes);
}

TEST_F(Encoded, AFileStoredDecodedBeforeIsTheSameClip) {
  origin_.source_sha256 = "the file";
  Arriving arriving = arrive(EXS_RLELossless);
  const std::string id = store_.addClip(arriving.clip, origin_, {}).id;
  const AddedClip again = store_.addClip(arriving.clip, origin_, std::move(arriving.object), {});
  EXPECT_FALSE(again.added);
  EXPECT_EQ(again.id, id);
}

TEST_F(Encoded, RefusesFramesOutsideTheFile) {
  const auto refused = [&](const std::function<void(Arriving&)>& spoil) {
    Arriving arriving = arrive(EXS_RLELossless);
    spoil(arriving);
    const auto kind = failureOf([&] {
                        store_.addClip(arriving.clip, origin_, std::move(arriving.object), {});
                      }).kind;
    EXPECT_THAT(filesUnder(store_.temporaryFolder()), IsEmpty());
    return kind;
  };
  const std::optional<ErrorKind> bad = ErrorKind::kBadInput;
  EXPECT_EQ(refused([](Arriving& a) { a.object.frames.frames.pop_back(); }), bad);
  EXPECT_EQ(refused([](Arriving& a) { a.object.frames.frames[1].size = 1ULL << 40; }), bad);
  EXPECT_EQ(refused([](Arriving& a) { a.object.frames.frames[1].offset = ~0ULL; }), bad);
  EXPECT_EQ(refused([](Arriving& a) { a.object.frames.frames[1].offset -= 9; }), bad);
  EXPECT_EQ(refused([](Arriving& a) { a.object.frames.frames[1].size = 0; }), bad);
  EXPECT_EQ(refused([](Arriving& a) { fs::remove(a.object.file); }),
            std::optional(ErrorKind::kNotFound));
  EXPECT_THAT(store_.clips(), IsEmpty());
}

TEST_F(Encoded, ADamagedFrameIsNamed) {
  Arriving arriving = arrive(EXS_RLELossless);
  const dicom::FrameBytes place = arriving.object.frames.frames[2];
  const std::string id = store_.addClip(arriving.clip, origin_, std::move(arriving.object), {}).id;
  std::string bytes = bytesOf(objects()[0]);
  bytes.replace(place.offset, place.size, std::string(place.size, '\x55'));
  writeBytes(objects()[0], bytes);
  const media::Clip clip = store_.clip(id);
  EXPECT_NO_THROW(std::ignore = clip.pixels->frame(1));
  EXPECT_EQ(failureOf([&] { std::ignore = clip.pixels->frame(2); }).kind, ErrorKind::kDamaged);
  const std::vector<Damage> found = store_.verify(VerifyDepth::kBytes, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].object, id);
}

TEST_F(Encoded, TheReportStaysWithTheClip) {
  Arriving arriving = arrive(EXS_RLELossless);
  const std::string id = store_.addClip(arriving.clip, origin_, std::move(arriving.object), {}).id;
  Arriving again = arrive(EXS_RLELossless);
  store_.addClip(again.clip, origin_, std::move(again.object), {});
  const std::vector<IngestReport> reports = store_.ingestReports(id);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].method, "basic profile");
  ASSERT_EQ(reports[0].actions.size(), 2U);
  EXPECT_EQ(reports[0].actions[1].path, "(0040,0275)[0].(0040,0007)");
  EXPECT_EQ(reports[0].actions[1].count, 3);
}

/// What of an object's header says whose it is and when it was made.
std::map<std::string, std::string> headerOf(const fs::path& file) {
  DcmFileFormat object;
  EXPECT_TRUE(object.loadFile(file.c_str()).good());
  std::map<std::string, std::string> header;
  for (const DcmTagKey& key : {DCM_PatientID, DCM_PatientName, DCM_StudyDate,
                               DCM_AcquisitionDateTime, DCM_SOPInstanceUID, DCM_StudyInstanceUID}) {
    OFString text;
    object.getDataset()->findAndGetOFString(key, text);
    header[DcmTag(key).getTagName()] = text.c_str();
  }
  return header;
}

// Both were made on the same real day, so that on one time line they bear the same date.
TEST_F(Encoded, AnExportIsInThePersonsNameOnThePersonsTimeLine) {
  for (const E_TransferSyntax syntax : {EXS_LittleEndianExplicit, EXS_RLELossless}) {
    const std::string series = DcmXfer(syntax).getXferName();
    const auto add = [&](const std::string& patient) {
      origin_ = originOf(patient, 19782, "1.2.3." + patient);
      origin_.series_key = series;
      Arriving arriving = arrive(syntax);
      return store_.addClip(arriving.clip, origin_, std::move(arriving.object), {}).id;
    };
    const std::string kept = add("ZORRO"), other = add("VADIM");
    const auto exported = [&](const std::string& clip) {
      const fs::path out = scratch_.path() / "out.dcm";
      EXPECT_TRUE(store_.writeDicom(clip, out, {}));
      EXPECT_EQ(filesUnder(scratch_.path()).size(), filesUnder(folder_).size() + 3);
      return out;
    };
    // While they are merged, either key gives the person's pseudonym.
    const std::string into = store_.pseudonym("ZORRO"), from = store_.pseudonym("VADIM");
    const auto before = headerOf(exported(other));
    const std::string bytes = bytesOf(exported(other));
    const auto person = headerOf(exported(kept));
    ASSERT_NE(before.at("StudyDate"), person.at("StudyDate"));
    const std::vector<fs::path> stored = objects();

    store_.mergePatients(into, from);
    const fs::path out = exported(other);
    const auto after = headerOf(out);
    EXPECT_EQ(after.at("PatientID"), into);
    for (const char* const name :
         {"PatientID", "PatientName", "StudyDate", "AcquisitionDateTime"}) {
      EXPECT_EQ(after.at(name), person.at(name)) << name;
    }
    for (const char* const name : {"SOPInstanceUID", "StudyInstanceUID"}) {
      EXPECT_EQ(after.at(name), before.at(name)) << name;
    }
    EXPECT_EQ(bytesOf(out).find(from), std::string::npos);
    const media::Clip read = dicom::readDicom(out).clip;
    for (int i = 0; i < kShape.frames; ++i) {
      EXPECT_EQ(read.pixels->frame(i).data, store_.frame(other, i).data) << i;
    }
    EXPECT_EQ(objects(), stored);
    EXPECT_EQ(headerOf(exported(kept)), person) << "the one that is kept stays as it was";

    store_.unmergePatient(from);
    EXPECT_EQ(bytesOf(exported(other)), bytes);
  }
  EXPECT_THAT(store_.verify(VerifyDepth::kBytes, {}), IsEmpty());
}

TEST_F(Encoded, ADamagedObjectIsExportedInNobodysName) {
  Arriving arriving = arrive(EXS_RLELossless);
  const std::string id = store_.addClip(arriving.clip, origin_, std::move(arriving.object), {}).id;
  store_.addClip(noiseClip(1), originOf("VADIM"), {});
  store_.mergePatients(store_.pseudonym("VADIM"), store_.pseudonym("ZORRO"));
  fs::path dicom;
  for (const fs::path& object : objects()) {
    if (bytesOf(object).substr(128, 4) == "DICM") dicom = object;
  }
  std::string bytes = bytesOf(dicom);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  writeBytes(dicom, bytes);
  const fs::path out = scratch_.path() / "out.dcm";
  EXPECT_EQ(failureOf([&] { std::ignore = store_.writeDicom(id, out, {}); }).kind,
            ErrorKind::kDamaged);
  EXPECT_FALSE(fs::exists(out));
}

TEST_F(Encoded, AliasAndUidsAreKeyedAndLast) {
  const PatientAlias alias = store_.alias(origin_);
  EXPECT_EQ(alias.id, store_.pseudonym("ZORRO"));
  EXPECT_LE(alias.day_shift, -365);
  const std::string uid = store_.keyedUid("1.2.3");
  EXPECT_EQ(uid, Store::open(folder_).keyedUid("1.2.3"));
  EXPECT_NE(uid, store_.keyedUid("1.2.4"));
  EXPECT_THAT(uid, testing::MatchesRegex("2\\.25\\.[1-9][0-9]*"));
  EXPECT_LE(uid.size(), 44U);  // 39 digits at most
  const Store other = Store::create(scratch_.path() / "other");
  EXPECT_NE(other.keyedUid("1.2.3"), uid);
  EXPECT_EQ(failureOf([&] { std::ignore = store_.keyedUid(""); }).kind, ErrorKind::kBadInput);
}
}  // namespace
}  // namespace sonotwin::store
