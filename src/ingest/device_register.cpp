#include "ingest/device_register.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/file_system.hpp"
#include "base/hash.hpp"
#include "base/hex.hpp"
#include "base/trim.hpp"
#include "connect/declaration.hpp"
#include "connect/mqtt_packet.hpp"

namespace meridian::ingest {
namespace {

using connect::DeclarationReader;

constexpr std::size_t kLargestFile = std::size_t{64} << 20;
constexpr std::size_t kLongestNumber = 200;
constexpr std::string_view kFile = "registered.yaml";

bool is_hash(std::string_view text) {
  return text.size() == 64 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

RegisteredDevice read_device(DeclarationReader& reader, const YAML::Node& node) {
  RegisteredDevice device;
  if (!node.IsMap()) {
    reader.fault(node, "a device is a map: number, kind and so on");
    return device;
  }
  reader.keys(node, {"number", "kind", "where", "topic", "key_sha256", "certificate_sha256", "enabled"});
  device.number = reader.text(node, "number", true);
  if (device.number.size() > kLongestNumber) reader.fault(node["number"], "\"number\" is too long");
  device.kind = reader.text(node, "kind", true);
  device.where = reader.text(node, "where");
  device.topic = reader.text(node, "topic");
  if (!device.topic.empty() && !connect::is_topic_filter(device.topic)) {
    reader.fault(node["topic"], "\"" + device.topic + "\" is no topic filter of MQTT");
  }
  const auto hash = [&](const char* key) {
    std::string digits = reader.text(node, key);
    if (node[key].IsDefined() && !is_hash(digits)) {
      reader.fault(node[key], "\"" + std::string(key) + "\" is 64 digits of hexadecimal, in lower case");
    }
    return digits;
  };
  device.key_sha256 = hash("key_sha256");
  device.certificate_sha256 = hash("certificate_sha256");
  device.is_enabled = reader.flag(node, "enabled", true);
  return device;
}

/// Blank lines and comments alone.
bool says_nothing(std::string_view yaml) {
  while (!yaml.empty()) {
    const std::string_view line = trimmed(yaml.substr(0, yaml.find('\n')));
    if (!line.empty() && !line.starts_with('#')) return false;
    yaml.remove_prefix(std::min(yaml.find('\n'), yaml.size() - 1) + 1);
  }
  return true;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string path_of(const std::string& catalog) {
  return catalog + "/devices/" + std::string(kFile);
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

}  // namespace

std::shared_ptr<const DeviceList> DeviceList::parse(const std::string& yaml, std::vector<std::string>& faults) {
  if (says_nothing(yaml)) return std::make_shared<const DeviceList>();
  std::optional<DeviceList> read = connect::declared<DeviceList>(
      yaml, std::string(kFile), faults, [](DeclarationReader& reader, const YAML::Node& root, DeviceList& out) {
        reader.keys(root, {"devices"});
        const YAML::Node devices = root["devices"];
        if (devices.IsDefined() && !devices.IsSequence() && !devices.IsNull()) {
          reader.fault(devices, "\"devices\" must be a list");
        }
        for (const YAML::Node& node : devices) {
          RegisteredDevice device = read_device(reader, node);
          if (!out.by_number_.emplace(device.number, out.devices_.size()).second && !device.number.empty()) {
            reader.fault(node, "the device " + device.number + " is there twice");
          }
          out.devices_.push_back(std::move(device));
        }
      });
  if (!read) return nullptr;
  return std::make_shared<const DeviceList>(*std::move(read));
}

const RegisteredDevice* DeviceList::find(std::string_view number) const {
  const auto at = by_number_.find(std::string(number));
  return at == by_number_.end() ? nullptr : &devices_[at->second];
}

DeviceRegister::DeviceRegister() : list_(std::make_shared<const DeviceList>()) {}

std::shared_ptr<const DeviceList> DeviceRegister::list() const {
  const std::lock_guard lock(mutex_);
  return list_;
}

void DeviceRegister::put(std::shared_ptr<const DeviceList> list) {
  const std::lock_guard lock(mutex_);
  list_ = std::move(list);
}

std::string shown_by(std::string_view key, std::string_view certificate_sha256) {
  std::string shown;
  if (!key.empty()) shown += " key=" + to_hex(sha256(key));
  if (!certificate_sha256.empty()) shown.append(" certificate=").append(certificate_sha256);
  return shown;
}

bool is_proven(const RegisteredDevice& device, std::string_view source) {
  if (!device.proves_itself() || source.starts_with("edit of ")) return true;
  constexpr std::string_view kMqtt = "mqtt ";
  if (source.starts_with(kMqtt))
    return !device.topic.empty() && connect::is_topic_of(device.topic, source.substr(kMqtt.size()));
  if (!source.starts_with("http ") && !source.starts_with("tcp ") && !source.starts_with("astm ")) return false;
  // What was shown stands behind the kind and the address, before anything that the sender chose.
  for (int skipped = 0; !source.empty(); ++skipped) {
    const std::string_view word = source.substr(0, source.find(' '));
    source.remove_prefix(std::min(word.size() + 1, source.size()));
    if (skipped < 2) continue;
    constexpr std::string_view kKey = "key=";
    constexpr std::string_view kCertificate = "certificate=";
    if (word.starts_with(kKey)) {
      if (!device.key_sha256.empty() && word.substr(kKey.size()) == device.key_sha256) return true;
    } else if (word.starts_with(kCertificate)) {
      if (!device.certificate_sha256.empty() && word.substr(kCertificate.size()) == device.certificate_sha256)
        return true;
    } else {
      return false;
    }
  }
  return false;
}

Result<std::string> read_register_text(const std::string& catalog) {
  if (!TRY(system_files().exists(path_of(catalog)))) return std::string();
  return read_whole_file(system_files(), path_of(catalog), kLargestFile);
}

Result<std::shared_ptr<const DeviceList>> read_register(const std::string& text) {
  std::vector<std::string> faults;
  std::shared_ptr<const DeviceList> list = DeviceList::parse(text, faults);
  if (list != nullptr) return list;
  std::string lines = "the register of devices cannot be read:";
  for (const std::string& fault : faults) lines += "\n  " + fault;
  return fail(ErrorCode::invalid_argument, std::move(lines));
}

Result<> add_to_register(const std::string& catalog, const RegisteredDevice& device) {
  for (const std::string* text : {&device.number, &device.kind, &device.where, &device.topic}) {
    if (has_control(*text)) return fail(ErrorCode::invalid_argument, "a device is not described by control characters");
  }
  std::string text = TRY(read_register_text(catalog));
  const auto list = TRY(read_register(text));
  if (list->find(device.number) != nullptr) {
    return fail(ErrorCode::conflict,
                "the device " + device.number + " is registered already: change its line in " + std::string(kFile));
  }
  if (list->all().empty()) text = "devices:\n";
  if (!text.ends_with('\n')) text += '\n';
  text += "  - {number: " + quoted(device.number) + ", kind: " + quoted(device.kind);
  if (!device.where.empty()) text += ", where: " + quoted(device.where);
  if (!device.topic.empty()) text += ", topic: " + quoted(device.topic);
  if (!device.key_sha256.empty()) text += ", key_sha256: " + device.key_sha256;
  if (!device.certificate_sha256.empty()) text += ", certificate_sha256: " + device.certificate_sha256;
  text += "}\n";
  TRY(read_register(text));
  for (const std::string& folder : {catalog, catalog + "/devices"}) {
    if (!TRY(system_files().exists(folder))) TRY(system_files().create_directory(folder));
  }
  return replace_file(system_files(), path_of(catalog), text);
}

}  // namespace meridian::ingest
