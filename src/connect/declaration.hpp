// Declarations: what files of a catalogue say of peers, read from YAML with every fault told where it is.
//
//   read_declarations(folder, "the feeds", [&](const std::string& yaml, const std::string& name, faults) { … });
//
//   std::optional<Feed> feed = declared<Feed>(yaml, origin, faults, [](DeclarationReader& reader, const YAML::Node&
//   root,
//                                             Feed& feed) { feed.name = reader.text(root, "feed", true); … });
//
// A fault is a line "lab.yaml:7: …"; reading goes on behind it, so that all of them are told at once. For sources only:
// no header includes this one.
#pragma once

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "net/tls.hpp"

namespace meridian::connect {

class DeclarationReader {
 public:
  DeclarationReader(std::string origin, std::vector<std::string>& faults)
      : origin_(std::move(origin)), faults_(faults) {}

  void fault(const YAML::Node& node, const std::string& what);
  bool is_faulty() const { return is_faulty_; }

  /// Whether every key is one of these.
  void keys(const YAML::Node& map, std::initializer_list<std::string_view> known);
  std::string text(const YAML::Node& map, const char* key, bool is_required = false);
  std::vector<std::string> texts(const YAML::Node& map, const char* key);  ///< a list
  bool flag(const YAML::Node& map, const char* key, bool otherwise);
  template <typename T>
  T choice(const YAML::Node& map, const char* key, T otherwise,
           std::initializer_list<std::pair<std::string_view, T>> choices);
  YAML::Node map_in(const YAML::Node& map, const char* key, bool is_required = false);
  /// ADDRESS:PORT; `example` for people.
  void address(const YAML::Node& map, const char* key, const char* example, std::string& host, std::uint16_t& port);
  /// The map `tls` of a listener: certificate, key, client_authorities, client_certificate. False: there is none.
  bool server_tls(const YAML::Node& map, net::TlsServerOptions& options);
  /// The map `tls` of one who connects: authorities, certificate, key. False: there is none.
  bool client_tls(const YAML::Node& map, net::TlsClientOptions& options);

 private:
  std::string origin_;
  std::vector<std::string>& faults_;
  bool is_faulty_ = false;
};

/// [a-z0-9_-]{1,64}
bool is_declared_name(std::string_view name);

/// What one file declares; nothing when it has faults, or is no map.
template <typename T, typename Read>
std::optional<T> declared(const std::string& yaml, const std::string& origin, std::vector<std::string>& faults,
                          Read read) {
  try {
    const YAML::Node root = YAML::Load(yaml);
    DeclarationReader reader(origin, faults);
    T value;
    if (root.IsMap()) {
      read(reader, root, value);
    } else {
      reader.fault(root, "a declaration is a map");
    }
    if (reader.is_faulty()) return std::nullopt;
    return value;
  } catch (const YAML::Exception& exception) {
    faults.push_back(origin + ':' + std::to_string(exception.mark.line + 1) + ": this is not YAML: " + exception.msg);
    return std::nullopt;
  }
}

/// Every *.yaml of a folder, in the order of their names; a folder that is not there has none. invalid_argument with a
/// line for each fault, beginning with `what`: "the feeds".
using TakeDeclaration =
    Callback<void(const std::string& yaml, const std::string& name, std::vector<std::string>& faults)>;
Result<> read_declarations(const std::string& folder, const char* what, const TakeDeclaration& take,
                           const Callback<void(std::vector<std::string>& faults)>& check);
/// A path of a declaration, taken from its folder on; PEM text stays.
void take_from(const std::string& folder, std::string& path);

template <typename T>
T DeclarationReader::choice(const YAML::Node& map, const char* key, T otherwise,
                            std::initializer_list<std::pair<std::string_view, T>> choices) {
  const YAML::Node node = map[key];
  if (!node.IsDefined()) return otherwise;
  const std::string given = text(map, key);
  std::string known;
  for (const auto& [name, value] : choices) {
    if (name == given) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  fault(node, "\"" + std::string(key) + "\" is one of " + known + ", not \"" + given + "\"");
  return otherwise;
}

}  // namespace meridian::connect
