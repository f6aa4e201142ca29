#include "imaging/dicom_node.hpp"

#include <map>

#include "connect/declaration.hpp"
#include "imaging/worklist_rules.hpp"

namespace meridian::imaging {
namespace {

using connect::DeclarationReader;

bool is_title(std::string_view title) {
  return !title.empty() && title.size() <= 16 && title.find_first_of("\\\n\r\t") == std::string_view::npos;
}

void read_peer(DeclarationReader& reader, const YAML::Node& map, DicomNode& node) {
  reader.keys(map, {"title", "address", "certificate_sha256", "to", "tls"});
  connect::DicomKnownPeer peer;
  peer.title = reader.text(map, "title", true);
  if (map["title"].IsDefined() && !is_title(peer.title)) {
    reader.fault(map["title"], "an AE title has 1 to 16 characters and no backslash");
  }
  peer.address = reader.text(map, "address");
  peer.certificate_sha256 = reader.text(map, "certificate_sha256");
  if (!peer.certificate_sha256.empty() && !node.server.tls) {
    reader.fault(map["certificate_sha256"], "certificates are seen only with \"tls\"");
  }
  if (map["to"].IsDefined()) {
    connect::DicomDestination to;
    to.title = peer.title;
    reader.address(map, "to", "10.0.0.9:104", to.host, to.port);
    to.tls = reader.client_tls(map, to.certificates);
    node.destinations.push_back(std::move(to));
  } else if (map["tls"].IsDefined()) {
    reader.fault(map["tls"], "\"tls\" of a peer is for sending \"to\" it, which is missing");
  }
  node.server.peers.push_back(std::move(peer));
}

void read_worklist(DeclarationReader& reader, const YAML::Node& root, DicomNode& node) {
  const YAML::Node worklist = root["worklist"];
  if (!worklist.IsDefined()) return;
  if (!worklist.IsMap()) {
    if (!reader.flag(root, "worklist", true)) node.worklist.reset();
    return;
  }
  reader.keys(worklist, {"stations", "modalities"});
  node.worklist = WorklistView{reader.texts(worklist, "stations"), reader.texts(worklist, "modalities")};
  for (const std::string& title : node.worklist->stations) {
    if (!is_title(title)) {
      reader.fault(worklist["stations"], "an AE title has 1 to 16 characters and no backslash");
    }
  }
  for (const std::string& modality : node.worklist->modalities) {
    if (!is_modality(modality)) {
      reader.fault(worklist["modalities"], "\"" + modality + "\" is no modality of DICOM (PS3.3, C.7.3.1.1.1)");
    }
  }
}

void read_node(DeclarationReader& reader, const YAML::Node& root, DicomNode& node) {
  reader.keys(root, {"node", "title", "listen", "titles", "tls", "peers", "anyone", "on_conflict", "associations",
                     "worklist", "enabled"});
  node.name = reader.text(root, "node", true);
  if (root["node"].IsDefined() && !connect::is_declared_name(node.name)) {
    reader.fault(root["node"], "a node is named by 1 to 64 of a-z 0-9 _ -");
  }
  const YAML::Node title = reader.map_in(root, "title");
  reader.keys(title, {"en", "zh"});
  node.title_english = reader.text(title, "en");
  node.title_chinese = reader.text(title, "zh");
  connect::DicomServerOptions& server = node.server;
  server.name = node.name;
  reader.address(root, "listen", "0.0.0.0:11112", server.host, server.port);
  server.titles = reader.texts(root, "titles");
  for (const std::string& one : server.titles) {
    if (!is_title(one)) reader.fault(root["titles"], "an AE title has 1 to 16 characters and no backslash");
  }
  server.tls = reader.server_tls(root, server.certificates);
  const YAML::Node peers = root["peers"];
  if (peers.IsDefined() && !peers.IsSequence()) reader.fault(peers, "\"peers\" must be a list");
  for (const YAML::Node& peer : peers) {
    peer.IsMap() ? read_peer(reader, peer, node) : reader.fault(peer, "a peer is a map: title, address, to");
  }
  const bool is_for_anyone = reader.flag(root, "anyone", false);
  if (server.peers.empty() && !is_for_anyone) {
    reader.fault(root, "nobody may ask: name \"peers\", or say \"anyone: true\"");
  }
  if (is_for_anyone) server.peers.clear();
  node.on_conflict = reader.choice(root, "on_conflict", OnConflict::refuse,
                                   {{"refuse", OnConflict::refuse}, {"replace", OnConflict::replace}});
  if (const YAML::Node limit = root["associations"]; limit.IsDefined()) {
    server.associations = limit.as<std::uint32_t>(0);
    if (server.associations == 0 || server.associations > 4096) {
      reader.fault(limit, "\"associations\" is a number from 1 to 4096");
    }
    server.associations_per_address = server.associations;
  }
  read_worklist(reader, root, node);
  node.is_enabled = reader.flag(root, "enabled", true);
}

void check_nodes(const std::vector<DicomNode>& nodes, std::vector<std::string>& faults) {
  std::map<std::string, std::string> names;
  std::map<std::string, std::string> addresses;
  for (const DicomNode& node : nodes) {
    if (const auto [at, is_new] = names.emplace(node.name, node.origin); !is_new) {
      faults.push_back(node.origin + ": the node \"" + node.name + "\" is also in " + at->second);
    }
    if (!node.is_enabled || node.server.port == 0) continue;
    const std::string address = node.server.host + ':' + std::to_string(node.server.port);
    if (const auto [at, is_new] = addresses.emplace(address, node.origin); !is_new) {
      faults.push_back(node.origin + ": " + address + " is also where " + at->second + " listens");
    }
  }
}

}  // namespace

std::optional<DicomNode> parse_dicom_node(const std::string& yaml, const std::string& origin,
                                          std::vector<std::string>& faults) {
  std::optional<DicomNode> node = connect::declared<DicomNode>(yaml, origin, faults, read_node);
  if (node) {
    node->origin = origin;
    node->text = yaml;
  }
  return node;
}

Result<std::vector<DicomNode>> read_dicom_nodes(const std::string& folder) {
  std::vector<DicomNode> nodes;
  const auto take = [&](const std::string& yaml, const std::string& name, std::vector<std::string>& faults) {
    if (name == kWorklistFile) return;  // worklist_rules.hpp
    std::optional<DicomNode> node = parse_dicom_node(yaml, name, faults);
    if (!node) return;
    net::TlsServerOptions& tls = node->server.certificates;
    for (std::string* path : {&tls.certificate_chain, &tls.private_key, &tls.client_authorities}) {
      connect::take_from(folder, *path);
    }
    for (connect::DicomDestination& to : node->destinations) {
      net::TlsClientOptions& theirs = to.certificates;
      for (std::string* path : {&theirs.authorities, &theirs.certificate_chain, &theirs.private_key}) {
        connect::take_from(folder, *path);
      }
    }
    nodes.push_back(*std::move(node));
  };
  const auto check = [&](std::vector<std::string>& faults) { check_nodes(nodes, faults); };
  TRY(connect::read_declarations(folder, "the DICOM nodes", take, check));
  return nodes;
}

}  // namespace meridian::imaging
