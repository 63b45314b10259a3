// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "context.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

constexpr std::uint64_t kLargestKeyFile = 1 << 20;

// ---- vault --------------------------------------------------------------------------------------

void enable(Context& context, const std::string& certificate) {
  const std::string pem = readTextFile(certificate, kLargestKeyFile);
  store::Store store = context.openStore();
  try {
    store.enableVault(pem);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kBadInput) throw;
    throwBadInput(certificate + ": " + error.what());
  }
  context.print(
      "From now on an ingest seals who the patients are for the holder of this certificate's "
      "private key, in " +
          store.folder().string() +
          ".vault. Those who came before are not in it: ingest their files again. Keep the private "
          "key off this machine.",
      {{"vault", store.folder().string() + ".vault"}});
}

void status(Context& context) {
  const bool enabled = context.openStore().hasVault();
  context.print(enabled ? "There is a vault: who the patients are is sealed at ingest."
                        : "There is no vault: who the patients are is kept nowhere.",
                {{"enabled", enabled}});
}

// ---- reidentify ---------------------------------------------------------------------------------

/// A terminal that shows nothing of what is typed.
class Hidden {
 public:
  Hidden() : terminal_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (terminal_ < 0 || ::tcgetattr(terminal_, &before_) != 0) {
      throwUsage("The key needs a passphrase: run this on a terminal, or give --passphrase-fd.");
    }
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(terminal_, TCSAFLUSH, &silent);
  }
  ~Hidden() {
    ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    ::close(terminal_);
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;
  [[nodiscard]] int descriptor() const { return terminal_; }

 private:
  int terminal_;
  termios before_{};
};

std::string lineFrom(int descriptor) {
  std::string line;
  for (char c = 0; ::read(descriptor, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

std::string passphrase(int descriptor) {
  if (descriptor >= 0) return lineFrom(descriptor);
  const Hidden terminal;
  constexpr std::string_view kQuestion = "Passphrase of the private key: ";
  std::ignore = ::write(terminal.descriptor(), kQuestion.data(), kQuestion.size());
  std::string word = lineFrom(terminal.descriptor());
  std::ignore = ::write(terminal.descriptor(), "\n", 1);
  return word;
}

struct ReidentifyArguments {
  std::string patient, key, why;
  int passphrase_descriptor = -1;
};

json identityJson(const store::SealedIdentity& entry) {
  const store::PatientIdentity& who = entry.identity;
  return {{"pseudonym", entry.pseudonym}, {"patient_id", who.patient_id},
          {"issuer", who.issuer},         {"name", who.name},
          {"birth_date", who.birth_date}, {"given", who.given},
          {"sealed", entry.sealed_utc}};
}

std::string identityText(const store::SealedIdentity& entry) {
  std::string text = entry.pseudonym + ", sealed " + entry.sealed_utc + "\n";
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) text += std::string("  ") + name + value + "\n";
  };
  line("patient id  ", entry.identity.patient_id);
  line("issuer      ", entry.identity.issuer);
  line("name        ", entry.identity.name);
  line("birth date  ", entry.identity.birth_date);
  line("given       ", entry.identity.given);
  return text;
}

void reidentify(Context& context, const ReidentifyArguments& arguments) {
  store::Store store = context.openStore();
  const std::string key = readTextFile(arguments.key, kLargestKeyFile);
  const auto entries = store.reidentify(
      arguments.patient, key, [&] { return passphrase(arguments.passphrase_descriptor); },
      arguments.why);
  json document = {{"patient", arguments.patient}, {"identities", json::array()}};
  std::string text;
  for (const store::SealedIdentity& entry : entries) {
    document["identities"].push_back(identityJson(entry));
    text += identityText(entry);
  }
  context.print(text, document);
}
}  // namespace

void addVaultCommands(CLI::App& app, Context& context) {
  CLI::App* vault = app.add_subcommand(
      "vault", "Who the patients are, sealed for a person with a key that is kept elsewhere");
  vault->require_subcommand(1);
  const auto certificate = std::make_shared<std::string>();
  CLI::App* on = vault->add_subcommand("enable", "Seal from now on; off unless enabled");
  on->add_option("--certificate", *certificate, "X.509, PEM, of an RSA or elliptic-curve key")
      ->required();
  on->callback([&context, certificate] { enable(context, *certificate); });
  vault->add_subcommand("status", "Whether there is one")->callback([&context] {
    status(context);
  });

  const auto given = std::make_shared<ReidentifyArguments>();
  CLI::App* who = app.add_subcommand(
      "reidentify", "Who a patient is, from the vault; the audit log keeps that it was asked");
  who->add_option("patient", given->patient, "Pseudonym")->required();
  who->add_option("--key", given->key, "Private key of the vault's certificate, PEM")->required();
  who->add_option("--why", given->why, "Kept in the audit log: name no patient")->required();
  who->add_option("--passphrase-fd", given->passphrase_descriptor,
                  "File descriptor to read the key's passphrase from, else the terminal is asked");
  who->callback([&context, given] { reidentify(context, *given); });
}

}  // namespace sonotwin::cli
