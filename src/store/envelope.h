// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sonotwin::store {

/// SHA-256 of a certificate. @throws Error(kBadInput) unless the text is an X.509 certificate, PEM,
/// of an RSA key of 2048 bits or more or of an elliptic-curve key
[[nodiscard]] std::string fingerprintOf(const std::string& certificate_pem);

/// Seals a message for the holder of a certificate's private key: CMS, AES-256-GCM; RSA keys with
/// OAEP and SHA-256. DER, as `openssl cms -decrypt -inform DER` opens it.
/// Source: RFC 5652, RFC 5083, RFC 5084, RFC 3560.
[[nodiscard]] std::vector<std::byte> sealed(const std::string& message,
                                            const std::string& certificate_pem);

/// A private key, opened once.
class PrivateKey {
 public:
  /// @param passphrase  asked only where the key needs one
  /// @throws Error(kBadInput) where the text is no private key or the passphrase is wrong
  PrivateKey(const std::string& pem, const std::function<std::string()>& passphrase);
  ~PrivateKey();
  PrivateKey(const PrivateKey&) = delete;
  PrivateKey& operator=(const PrivateKey&) = delete;

  [[nodiscard]] bool belongsTo(const std::string& certificate_pem) const;
  /// @returns nothing where the message was sealed for another key or is damaged
  [[nodiscard]] std::optional<std::string> open(std::span<const std::byte> sealed) const;

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace sonotwin::store
