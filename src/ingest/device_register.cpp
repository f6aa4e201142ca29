#include "ingest/device_register.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <utility>

#include "base/file_system.hpp"
#include "base/hash.hpp"
#include "base/hex.hpp"
#include "connect/mqtt_subscriber.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kLargestFile = std::size_t{64} << 20;
constexpr std::size_t kLongestNumber = 200;
constexpr std::string_view kFile = "registered.yaml";

bool is_hash(std::string_view text) {
  return text.size() == 64 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

class ListReader {
 public:
  explicit ListReader(std::vector<std::string>& faults) : faults_(faults) {}

  RegisteredDevice device(const YAML::Node& node) {
    RegisteredDevice device;
    if (!node.IsMap()) {
      fault(node, "a device is a map: number, kind and so on");
      return device;
    }
    for (const auto& entry : node) {
      const auto key = entry.first.as<std::string>(std::string());
      const auto value = entry.second.as<std::string>(std::string());
      if (key == "number") {
        device.number = value;
      } else if (key == "kind") {
        device.kind = value;
      } else if (key == "where") {
        device.where = value;
      } else if (key == "topic") {
        device.topic = value;
        if (!connect::is_topic_filter(value)) fault(entry.second, "\"" + value + "\" is no topic filter of MQTT");
      } else if (key == "key_sha256" || key == "certificate_sha256") {
        (key.starts_with("key") ? device.key_sha256 : device.certificate_sha256) = value;
        if (!is_hash(value)) fault(entry.second, "\"" + key + "\" is 64 digits of hexadecimal, in lower case");
      } else if (key == "enabled") {
        device.is_enabled = value != "false";
        if (value != "true" && value != "false") fault(entry.second, "\"enabled\" is true or false");
      } else {
        fault(entry.first, "\"" + key +
                               "\" is nothing here; known are number kind where topic key_sha256 certificate_sha256 "
                               "enabled");
      }
    }
    if (device.number.empty() || device.number.size() > kLongestNumber) fault(node, "a device has a \"number\"");
    if (device.kind.empty()) fault(node, "a device has a \"kind\"");
    return device;
  }
  void fault(const YAML::Node& node, const std::string& what) {
    faults_.push_back(std::string(kFile) + ':' + std::to_string(node.Mark().line + 1) + ": " + what);
  }

 private:
  std::vector<std::string>& faults_;
};

/// `+` one level, `#` all that follow. Specification: MQTT 3.1.1, 4.7.
bool matches(std::string_view filter, std::string_view topic) {
  while (true) {
    const std::size_t f = filter.find('/');
    const std::size_t t = topic.find('/');
    const std::string_view level = filter.substr(0, f);
    if (level == "#") return true;
    if (level != "+" && level != topic.substr(0, t)) return false;
    if (t == std::string_view::npos) {
      return f == std::string_view::npos || filter.substr(f) == "/#";
    }
    if (f == std::string_view::npos) return false;
    filter.remove_prefix(f + 1);
    topic.remove_prefix(t + 1);
  }
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
  auto list = std::make_shared<DeviceList>();
  const std::size_t before = faults.size();
  try {
    const YAML::Node root = YAML::Load(yaml);
    if (root.IsNull()) return list;
    ListReader reader(faults);
    const YAML::Node devices = root.IsMap() ? root["devices"] : YAML::Node();
    if (!root.IsMap() || root.size() != 1 || !(devices.IsSequence() || devices.IsNull())) {
      reader.fault(root, "the file is a list called \"devices\"");
      return nullptr;
    }
    for (const YAML::Node& node : devices) {
      RegisteredDevice device = reader.device(node);
      if (!list->by_number_.emplace(device.number, list->devices_.size()).second) {
        reader.fault(node, "the device " + device.number + " is there twice");
      }
      list->devices_.push_back(std::move(device));
    }
  } catch (const YAML::Exception& exception) {
    faults.push_back(std::string(kFile) + ':' + std::to_string(exception.mark.line + 1) +
                     ": this is not YAML: " + exception.msg);
  }
  return faults.size() == before ? list : nullptr;
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
  if (source.starts_with(kMqtt)) return !device.topic.empty() && matches(device.topic, source.substr(kMqtt.size()));
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
