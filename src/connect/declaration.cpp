#include "connect/declaration.hpp"

#include <algorithm>
#include <charconv>

#include "base/file_system.hpp"

namespace meridian::connect {
namespace {

constexpr std::size_t kLargestFile = 1 << 20;

/// "127.0.0.1:2575", "[::]:2575"
bool read_address(const std::string& text, std::string& host, std::uint16_t& port) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + colon + 1, end, port);
  return error == std::errc() && at == end;
}

}  // namespace

void DeclarationReader::fault(const YAML::Node& node, const std::string& what) {
  const YAML::Mark mark = node.Mark();
  faults_.push_back(origin_ + ':' + std::to_string(mark.line + 1) + ": " + what);
  is_faulty_ = true;
}

void DeclarationReader::keys(const YAML::Node& map, std::initializer_list<std::string_view> known) {
  for (const auto& entry : map) {
    const auto key = entry.first.as<std::string>(std::string());
    if (std::ranges::find(known, key) != known.end()) continue;
    std::string what = "\"" + key + "\" is no setting here; known are";
    for (const std::string_view one : known) what += ' ' + std::string(one);
    fault(entry.first, what);
  }
}

std::string DeclarationReader::text(const YAML::Node& map, const char* key, bool is_required) {
  const YAML::Node node = map[key];
  if (!node.IsDefined()) {
    if (is_required) fault(map, "\"" + std::string(key) + "\" is missing");
    return {};
  }
  if (node.IsScalar()) return node.as<std::string>(std::string());
  fault(node, "\"" + std::string(key) + "\" must be a text");
  return {};
}

std::vector<std::string> DeclarationReader::texts(const YAML::Node& map, const char* key) {
  std::vector<std::string> out;
  const YAML::Node node = map[key];
  if (!node.IsDefined()) return out;
  if (!node.IsSequence()) fault(node, "\"" + std::string(key) + "\" must be a list");
  for (const YAML::Node& one : node) out.push_back(one.as<std::string>(std::string()));
  return out;
}

bool DeclarationReader::flag(const YAML::Node& map, const char* key, bool otherwise) {
  return choice(map, key, otherwise, {{"true", true}, {"false", false}});
}

YAML::Node DeclarationReader::map_in(const YAML::Node& map, const char* key, bool is_required) {
  const YAML::Node node = map[key];
  if (node.IsDefined() && node.IsMap()) return node;
  if (node.IsDefined() || is_required) {
    fault(node.IsDefined() ? node : map, "\"" + std::string(key) + "\" must be a map");
  }
  return YAML::Node(YAML::NodeType::Map);
}

void DeclarationReader::address(const YAML::Node& map, const char* key, const char* example, std::string& host,
                                std::uint16_t& port) {
  const std::string given = text(map, key, true);
  if (given.empty() || read_address(given, host, port)) return;
  fault(map[key], "\"" + std::string(key) + "\" is an address and a port: " + example);
}

bool DeclarationReader::server_tls(const YAML::Node& map, net::TlsServerOptions& options) {
  if (!map["tls"].IsDefined()) return false;
  const YAML::Node tls = map_in(map, "tls");
  keys(tls, {"certificate", "key", "client_authorities", "client_certificate"});
  options.certificate_chain = text(tls, "certificate", true);
  options.private_key = text(tls, "key", true);
  options.client_authorities = text(tls, "client_authorities");
  options.client_certificate =
      choice(tls, "client_certificate",
             options.client_authorities.empty() ? net::ClientCertificate::none : net::ClientCertificate::required,
             {{"none", net::ClientCertificate::none},
              {"optional", net::ClientCertificate::optional},
              {"required", net::ClientCertificate::required}});
  if (options.client_certificate != net::ClientCertificate::none && options.client_authorities.empty()) {
    fault(tls, "who may sign the certificates of senders is missing: \"client_authorities\"");
  }
  return true;
}

bool DeclarationReader::client_tls(const YAML::Node& map, net::TlsClientOptions& options) {
  if (!map["tls"].IsDefined()) return false;
  const YAML::Node tls = map_in(map, "tls");
  keys(tls, {"authorities", "certificate", "key"});
  options.authorities = text(tls, "authorities");
  options.certificate_chain = text(tls, "certificate");
  options.private_key = text(tls, "key");
  return true;
}

bool is_declared_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

Result<> read_declarations(const std::string& folder, const char* what, const TakeDeclaration& take,
                           const Callback<void(std::vector<std::string>& faults)>& check) {
  FileSystem& files = system_files();
  if (!TRY(files.exists(folder))) return {};
  std::vector<std::string> names = TRY(files.list(folder));
  std::ranges::sort(names);
  std::vector<std::string> faults;
  for (const std::string& name : names) {
    if (!name.ends_with(".yaml")) continue;
    std::string whole = folder;
    whole.append("/").append(name);
    take(TRY(read_whole_file(files, whole, kLargestFile)), name, faults);
  }
  check(faults);
  if (faults.empty()) return {};
  std::string all = std::string(what) + " cannot be read:";
  for (const std::string& fault : faults) all.append("\n  ").append(fault);
  return fail(ErrorCode::invalid_argument, std::move(all));
}

void take_from(const std::string& folder, std::string& path) {
  if (!path.empty() && !path.starts_with('/') && !path.starts_with("-----BEGIN")) path.insert(0, folder + '/');
}

}  // namespace meridian::connect
