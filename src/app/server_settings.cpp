#include "app/server_settings.hpp"

#include <arpa/inet.h>

#include <string>
#include <utility>

#include "app/settings.hpp"
#include "base/input.hpp"

namespace meridian::app {
namespace {

bool is_loopback(const std::string& address) {
  return address == "::1" || address.starts_with("127.");
}

bool is_ip_address(const std::string& address) {
  in6_addr room{};
  return inet_pton(AF_INET, address.c_str(), &room) == 1 || inet_pton(AF_INET6, address.c_str(), &room) == 1;
}

/// The same outcome, its error told from further out.
template <typename T>
Result<T> within(std::string_view what, Result<T> outcome) {
  if (outcome) return outcome;
  return fail(std::move(outcome).error().within(what));
}

/// Half of TLS is worse than none: it would serve in plain what was meant to be sealed.
Result<net::TlsServerOptions> tls_options(const Config& config) {
  net::TlsServerOptions tls;
  tls.certificate_chain = config.text(kTlsCertificate);
  tls.private_key = config.text(kTlsKey);
  tls.client_authorities = config.text(kTlsClientAuthorities);
  const std::string& clients = config.text(kTlsClients);
  tls.client_certificate = clients == "required"   ? net::ClientCertificate::required
                           : clients == "optional" ? net::ClientCertificate::optional
                                                   : net::ClientCertificate::none;
  if (tls.certificate_chain.empty() != tls.private_key.empty()) {
    return fail(ErrorCode::invalid_argument, "for TLS set both tls.certificate and tls.key");
  }
  for (const Setting* setting : {&kTlsCertificate, &kTlsKey, &kTlsClientAuthorities}) {
    const std::string& file = config.text(*setting);
    if (!file.empty()) TRY(within(setting->name, open_raw_input(file)));
  }
  if (tls.client_certificate == net::ClientCertificate::none) return tls;
  if (tls.certificate_chain.empty() || tls.client_authorities.empty()) {
    return fail(ErrorCode::invalid_argument,
                "tls.clients " + clients + " needs tls.certificate, tls.key and tls.client_authorities");
  }
  return tls;
}

}  // namespace

Result<http::ListenAddress> listen_address(const Config& config) {
  http::ListenAddress listen;
  const std::string& address = config.text(kHttpAddress);
  listen.host = address == "localhost" ? "127.0.0.1" : address;
  listen.port = static_cast<std::uint16_t>(config.integer(kHttpPort));
  if (!is_ip_address(listen.host)) {
    return fail(ErrorCode::invalid_argument, "http.address takes an IP address, such as 127.0.0.1, not " + listen.host);
  }
  if (!is_loopback(listen.host) && !config.boolean(kHttpInsecureListen)) {
    return fail(ErrorCode::invalid_argument,
                "http.address " + listen.host +
                    " can be reached from other machines, and nobody has to log in yet; "
                    "listen on 127.0.0.1, or accept that with --set http.insecure_listen=true");
  }
  listen.tls = !config.text(kTlsCertificate).empty();
  return listen;
}

Result<http::ServerOptions> server_options(const Config& config) {
  http::ServerOptions options;
  options.tls = TRY(tls_options(config));
  options.limits.body_bytes = config.bytes(kHttpBodyLimit);
  options.limits.header_bytes = static_cast<std::uint32_t>(config.bytes(kHttpHeaderLimit));
  options.limits.connections = static_cast<std::uint32_t>(config.integer(kHttpConnections));
  options.quota.requests_per_second = static_cast<double>(config.integer(kHttpQuota));
  options.quota.burst = static_cast<std::uint32_t>(config.integer(kHttpQuotaBurst));
  options.times.header_ms = config.duration(kHttpHeaderTime).milliseconds();
  options.times.idle_ms = config.duration(kHttpIdleTime).milliseconds();
  options.times.answer_ms = config.duration(kHttpAnswerTime).milliseconds();
  options.cors.origins = split(config.text(kHttpCorsOrigins));
  options.cors.enabled = !options.cors.origins.empty();
  return options;
}

}  // namespace meridian::app
