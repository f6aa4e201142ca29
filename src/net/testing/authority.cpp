#include "net/testing/authority.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace meridian::net::testing {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

std::string take(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return out;
}

std::string text(X509* certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  return take(bio);
}

}  // namespace

struct Authority::State {
  /// Without a key: the authority itself.
  Certificate make(const char* common_name, EVP_PKEY* key_of_it, const std::string& names) {
    const bool is_authority = key_of_it == nullptr;
    Certificate made(X509_new(), X509_free);
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), is_authority ? key.get() : key_of_it);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
    X509* const issuer = is_authority ? made.get() : certificate.get();
    X509_set_issuer_name(made.get(), X509_get_subject_name(issuer));
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, made.get(), nullptr, nullptr, 0);
    const auto extend = [&](int kind, const std::string& value) {
      X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
      X509_add_ext(made.get(), extension, -1);
      X509_EXTENSION_free(extension);
    };
    if (is_authority) extend(NID_basic_constraints, "critical,CA:TRUE");
    if (!names.empty()) extend(NID_subject_alt_name, names);
    X509_sign(made.get(), key.get(), EVP_sha256());
    return made;
  }

  int serial = 0;
  Key key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  Certificate certificate{nullptr, X509_free};
};

Authority::Authority() : state_(std::make_unique<State>()) {
  state_->certificate = state_->make("Test Authority", nullptr, "");
}
Authority::~Authority() = default;

std::string Authority::pem() const {
  return text(state_->certificate.get());
}

Identity Authority::identity(const char* common_name, const std::string& names) {
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Certificate certificate = state_->make(common_name, key.get(), names);
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {text(certificate.get()), take(bio)};
}

}  // namespace meridian::net::testing
