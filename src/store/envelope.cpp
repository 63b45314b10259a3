// SPDX-License-Identifier: Apache-2.0
#include "envelope.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"

namespace sonotwin::store {
namespace {
template <auto free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Message = std::unique_ptr<CMS_ContentInfo, Freed<CMS_ContentInfo_free>>;

constexpr int kLeastRsaBits = 2048;

Bio memoryOf(const void* bytes, std::size_t size) {
  return Bio(BIO_new_mem_buf(bytes, static_cast<int>(size)));
}

std::string contentOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

void require(bool done, const char* what) {
  if (done) return;
  ERR_clear_error();
  throw Error(ErrorKind::kInternal, std::string("The vault's entry cannot be sealed: ") + what);
}

Certificate certificateOf(const std::string& pem) {
  const Bio text = memoryOf(pem.data(), pem.size());
  Certificate certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!certificate) {
    throwBadInput("It is not an X.509 certificate in PEM form (-----BEGIN CERTIFICATE-----).");
  }
  EVP_PKEY* key = X509_get0_pubkey(certificate.get());
  const bool rsa = key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
                   EVP_PKEY_get_bits(key) >= kLeastRsaBits;
  const bool curve = key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
  if (!rsa && !curve) {
    throwBadInput("The certificate's key can seal nothing well: it must be RSA of " +
                  std::to_string(kLeastRsaBits) + " bits or more, or on an elliptic curve.");
  }
  return certificate;
}

// OpenSSL asks for a passphrase through this, and only where the key needs one.
int answerPassphrase(char* buffer, int size, int, void* ask) {
  const std::string word = (*static_cast<const std::function<std::string()>*>(ask))();
  const int length = static_cast<int>(std::min(word.size(), static_cast<std::size_t>(size)));
  std::memcpy(buffer, word.data(), static_cast<std::size_t>(length));
  return length;
}
}  // namespace

std::string fingerprintOf(const std::string& certificate_pem) {
  const Certificate certificate = certificateOf(certificate_pem);
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  require(size > 0, "its certificate cannot be read");
  const std::string sha256 =
      sha256Hex(std::as_bytes(std::span(der, static_cast<std::size_t>(size))));
  OPENSSL_free(der);
  return sha256;
}

std::vector<std::byte> sealed(const std::string& message, const std::string& certificate_pem) {
  const Certificate certificate = certificateOf(certificate_pem);
  const Bio plain = memoryOf(message.data(), message.size());
  const unsigned flags = CMS_BINARY | CMS_PARTIAL;
  const Message cms(CMS_encrypt(nullptr, plain.get(), EVP_aes_256_gcm(), flags));
  require(cms != nullptr, "no envelope");
  CMS_RecipientInfo* recipient =
      CMS_add1_recipient_cert(cms.get(), certificate.get(), CMS_KEY_PARAM);
  require(recipient != nullptr, "no recipient");
  if (CMS_RecipientInfo_type(recipient) == CMS_RECIPINFO_TRANS) {
    EVP_PKEY_CTX* context = CMS_RecipientInfo_get0_pkey_ctx(recipient);
    require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 &&
                EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) > 0,
            "no OAEP");
  }
  require(CMS_final(cms.get(), plain.get(), nullptr, CMS_BINARY) == 1, "encryption failed");
  const Bio out(BIO_new(BIO_s_mem()));
  require(i2d_CMS_bio(out.get(), cms.get()) == 1, "no bytes");
  const std::string der = contentOf(out.get());
  const auto bytes = std::as_bytes(std::span(der));
  return {bytes.begin(), bytes.end()};
}

struct PrivateKey::Handle {
  Key key;
};

PrivateKey::PrivateKey(const std::string& pem, const std::function<std::string()>& passphrase)
    : handle_(std::make_unique<Handle>()) {
  const Bio text = memoryOf(pem.data(), pem.size());
  auto ask = passphrase;
  handle_->key.reset(PEM_read_bio_PrivateKey(text.get(), nullptr, answerPassphrase, &ask));
  ERR_clear_error();
  if (!handle_->key) {
    throwBadInput("It is not a private key in PEM form, or the passphrase is not its.");
  }
}

PrivateKey::~PrivateKey() = default;

bool PrivateKey::belongsTo(const std::string& certificate_pem) const {
  const Certificate certificate = certificateOf(certificate_pem);
  const bool same = EVP_PKEY_eq(X509_get0_pubkey(certificate.get()), handle_->key.get()) == 1;
  ERR_clear_error();
  return same;
}

std::optional<std::string> PrivateKey::open(std::span<const std::byte> sealed) const {
  const Bio in = memoryOf(sealed.data(), sealed.size());
  const Message cms(d2i_CMS_bio(in.get(), nullptr));
  const Bio out(BIO_new(BIO_s_mem()));
  const bool opened = cms && CMS_decrypt(cms.get(), handle_->key.get(), nullptr, nullptr, out.get(),
                                         CMS_BINARY) == 1;
  ERR_clear_error();
  return opened ? std::optional(contentOf(out.get())) : std::nullopt;
}

}  // namespace sonotwin::store
