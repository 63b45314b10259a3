// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dicom_command_line.h"
#include "key_pair.h"

namespace sonotwin {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class Vault : public DicomCommandLine {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    writeFileAtomically(folder_ / name, text);
    return (folder_ / name).string();
  }
};

TEST_F(Vault, TellsTheHolderOfTheKeyWhoItIsAndTheLogThatItDid) {
  const test::KeyPair pair(folder_.path(), "officer", "rsa:2048", "a long secret");
  EXPECT_FALSE(document("vault status")["enabled"]);
  EXPECT_EQ(run("vault enable --certificate " + pair.key.string()).code, 3);
  EXPECT_THAT(errors(), HasSubstr("not an X.509 certificate"));
  document("vault enable --certificate " + pair.certificate.string());
  EXPECT_TRUE(document("vault status")["enabled"]);

  const json added = document("ingest " + writeObject("a.dcm", {}))["added"];
  const std::string patient = added.at(0)["patient"];
  const std::string ask = "reidentify " + patient + " --key " + pair.key.string();
  EXPECT_EQ(run(ask).code, 2);  // why?
  const std::string why = " --why 'an incidental finding'";
  const json told = document(ask + why + " --passphrase-fd 0 < " +
                             file("right", "a long secret\n"))["identities"];
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0]["pseudonym"], patient);
  EXPECT_EQ(told[0]["patient_id"], "4711");
  EXPECT_EQ(told[0]["name"], kName);
  EXPECT_EQ(run(ask + why + " --passphrase-fd 0 < " + file("wrong", "guess\n")).code, 3);
  EXPECT_EQ(run("reidentify P-0000-0000 --key " + pair.key.string() + why).code, 5);

  const std::string log = run("audit").out;
  EXPECT_THAT(log, HasSubstr("re-identified"));
  EXPECT_THAT(log, HasSubstr("re-identification failed"));
  EXPECT_THAT(log, HasSubstr("an incidental finding"));
  EXPECT_THAT(log, Not(HasSubstr("Qwertz")));
  EXPECT_TRUE(document("verify --deep")["ok"]);
}

TEST_F(Vault, IsOffByDefault) {
  const json added = document("ingest " + writeObject("a.dcm", {}))["added"];
  EXPECT_FALSE(fs::exists(folder_ / "store.vault"));
  const test::KeyPair pair(folder_.path(), "officer");
  EXPECT_EQ(run("reidentify " + added.at(0)["patient"].get<std::string>() + " --why x --key " +
                pair.key.string())
                .code,
            5);
}

using KnownOtherwise = DicomCommandLine;

TEST_F(KnownOtherwise, IsSaidSo) {
  const std::string file = writeObject("a.dcm", {});
  document("ingest " + file);
  EXPECT_THAT(document("ingest " + file)["known"].dump(), Not(HasSubstr("with other options")));
  const json known = document("ingest --keep-device " + file)["known"];
  ASSERT_EQ(known.size(), 1U);
  EXPECT_THAT(known[0]["notes"].dump(), HasSubstr("with other options"));
}
}  // namespace
}  // namespace sonotwin
