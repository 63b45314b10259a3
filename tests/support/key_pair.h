// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace sonotwin::test {

/// A private key and its certificate, made by the `openssl` tool.
struct KeyPair {
  std::filesystem::path key, certificate;

  /// @param kind        as `openssl req -newkey` takes it: "rsa:2048", "ec -pkeyopt ..."
  /// @param passphrase  of the key; empty: it has none
  KeyPair(const std::filesystem::path& folder, const std::string& name,
          const std::string& kind = "rsa:2048", const std::string& passphrase = {})
      : key(folder / (name + ".key.pem")), certificate(folder / (name + ".pem")) {
    const std::string protect =
        passphrase.empty() ? " -nodes" : " -passout 'pass:" + passphrase + "'";
    const std::string command = "openssl req -x509 -newkey " + kind + protect +
                                " -subj /CN=Officer -days 2 -keyout " + key.string() + " -out " +
                                certificate.string() + " 2>/dev/null";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl makes no key");
  }
};

inline constexpr const char* kCurve = "ec -pkeyopt ec_paramgen_curve:prime256v1";

}  // namespace sonotwin::test
