#include "base/config.hpp"

#include <yaml-cpp/yaml.h>

#include <cstdio>
#include <memory>

#include "base/check.hpp"
#include "base/internal/setting_value.hpp"
#include "base/nearest.hpp"

namespace meridian {
namespace {

enum Rank : int { kTable, kFile, kEnvironment, kFlag };

constexpr std::string_view kPrefix = "MERIDIAN_";
constexpr std::size_t kLargestFile = std::size_t{1} << 20;
constexpr int kMostYamlNodes = 10'000;  // aliases can make many of few
constexpr int kDeepestYaml = 16;

/// One `name: value` of a YAML file, with the maps around it joined into the name.
struct Entry {
  std::string name;
  std::string value;
  int line;
};

void flatten(const YAML::Node& node, const std::string& name, int depth, std::vector<Entry>& entries, int& left,
             std::vector<std::string>& faults) {
  const int line = node.Mark().line + 1;
  if (--left < 0 || depth > kDeepestYaml) {
    if (left == -1 || depth > kDeepestYaml) faults.emplace_back("it is too large or too deep for a configuration");
    return;
  }
  if (node.IsMap()) {
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) {
        faults.push_back("line " + std::to_string(entry.first.Mark().line + 1) + ": a key is a name");
        continue;
      }
      std::string path = name;
      if (!path.empty()) path += '.';
      path += entry.first.Scalar();
      flatten(entry.second, path, depth + 1, entries, left, faults);
    }
  } else if (node.IsScalar()) {
    entries.push_back({name, node.Scalar(), line});
  } else if (!name.empty()) {
    faults.push_back("line " + std::to_string(line) + ": " + name + " needs a value");
  }
}

std::string shown(const Setting& setting, const std::string& text) {
  return setting.secrecy == Secrecy::secret && !text.empty() ? "(secret)" : text;
}

}  // namespace

std::string environment_name(std::string_view setting) {
  std::string name(kPrefix);
  for (const char c : setting) name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

const Config::Value& Config::value(const Setting& setting, SettingType type) const {
  CHECK(setting.type == type);
  for (const Value& value : values_) {
    if (value.setting.name == setting.name) return value;
  }
  CHECK(!"the setting is in the table");
  __builtin_unreachable();
}

bool Config::boolean(const Setting& setting) const {
  return value(setting, SettingType::boolean).number != 0;
}
std::int64_t Config::integer(const Setting& setting) const {
  return value(setting, SettingType::integer).number;
}
Duration Config::duration(const Setting& setting) const {
  return Duration::microseconds(value(setting, SettingType::duration).number);
}
std::uint64_t Config::bytes(const Setting& setting) const {
  return static_cast<std::uint64_t>(value(setting, SettingType::bytes).number);
}
const std::string& Config::text(const Setting& setting) const {
  CHECK(setting.type == SettingType::text || setting.type == SettingType::path || setting.type == SettingType::choice);
  return value(setting, setting.type).text;
}

std::vector<Config::Row> Config::rows() const {
  std::vector<Row> rows;
  rows.reserve(values_.size());
  for (const Value& value : values_) rows.push_back({&value.setting, shown(value.setting, value.text), value.origin});
  return rows;
}

std::string Config::explain(Language language) const {
  std::string out;
  for (const Row& row : rows()) {
    out += row.setting->name;
    out += " = ";
    out += row.value;
    out += "    # ";
    out += row.origin;
    out += "\n    ";
    out += language == Language::chinese ? row.setting->chinese : row.setting->english;
    out += '\n';
  }
  return out;
}

ConfigLoader::ConfigLoader(std::span<const Setting> table) {
  for (const Setting& setting : table) {
    CHECK(find(setting.name) == nullptr);  // no two modules share a name
    const Result<std::int64_t> number = internal::setting_number(setting, setting.initial);
    CHECK(number.has_value());  // the table's own value is a good one
    config_.values_.push_back({setting, std::string(setting.initial), *number, "default", kTable});
  }
}

Config::Value* ConfigLoader::find(std::string_view name) {
  for (Config::Value& value : config_.values_) {
    if (value.setting.name == name) return &value;
  }
  return nullptr;
}

void ConfigLoader::set(Config::Value& value, std::string_view text, int rank, const std::string& origin) {
  // Good values of weaker sources are read too: a fault in them is told even where a stronger one hides it.
  const Result<std::int64_t> number = internal::setting_number(value.setting, text);
  if (!number) {
    faults_.push_back(origin + ": " + std::string(value.setting.name) + ": " + number.error().message());
    return;
  }
  if (rank < value.rank) return;
  value.text = text;
  value.number = *number;
  value.rank = rank;
  value.origin = origin;
}

void ConfigLoader::unknown(std::string_view name, const std::string& origin) {
  std::vector<std::string_view> names;
  names.reserve(config_.values_.size());
  for (const Config::Value& value : config_.values_) names.push_back(value.setting.name);
  const std::string_view meant = nearest(name, names);
  faults_.push_back(origin + ": there is no setting " + std::string(name.substr(0, 100)) +
                    (meant.empty() ? std::string() : "; did you mean " + std::string(meant) + "?"));
}

Result<> ConfigLoader::read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (!file) return fail(ErrorCode::not_found, "the configuration file " + path + " cannot be opened");
  std::string text(kLargestFile + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) {
    return fail(ErrorCode::io_failure, "the configuration file " + path + " cannot be read");
  }
  if (text.size() > kLargestFile)
    return fail(ErrorCode::too_large, "the configuration file " + path + " is over 1 MiB");
  read_yaml(text, path);
  return {};
}

void ConfigLoader::read_yaml(const std::string& text, const std::string& origin) {
  std::vector<Entry> entries;
  std::vector<std::string> faults;
  try {
    const YAML::Node root = YAML::Load(text);
    int left = kMostYamlNodes;
    if (root.IsMap()) {
      flatten(root, "", 0, entries, left, faults);
    } else if (!root.IsNull()) {
      faults.emplace_back("a configuration is names and their values");
    }
  } catch (const YAML::Exception& exception) {
    faults.push_back("line " + std::to_string(exception.mark.line + 1) + ": this is not YAML: " + exception.msg);
  }
  for (std::string& fault : faults) faults_.push_back(fault.insert(0, origin + ": "));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string place = origin + ":" + std::to_string(entries[i].line);
    for (std::size_t j = 0; j < i; ++j) {
      if (entries[j].name == entries[i].name) {
        faults_.push_back(place + ": " + entries[i].name + " stands in line " + std::to_string(entries[j].line) +
                          " too");
      }
    }
    if (Config::Value* const value = find(entries[i].name)) {
      set(*value, entries[i].value, kFile, place);
    } else {
      unknown(entries[i].name, place);
    }
  }
}

void ConfigLoader::read_environment(const char* const* variables, std::span<const std::string_view> of_others) {
  for (; *variables != nullptr; ++variables) {
    const std::string_view variable = *variables;
    const std::size_t equals = variable.find('=');
    if (!variable.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    const std::string_view name = variable.substr(0, equals);
    bool known = false;
    for (const std::string_view other : of_others) known = known || other == name;
    for (Config::Value& value : config_.values_) {
      if (environment_name(value.setting.name) != name) continue;
      set(value, variable.substr(equals + 1), kEnvironment, "environment " + std::string(name));
      known = true;
    }
    if (known) continue;
    // As it would be written in a file, so that the nearest name can be found.
    std::string plain(name.substr(kPrefix.size()));
    for (char& c : plain) c = c == '_' ? '.' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    unknown(plain, "environment " + std::string(name));
  }
}

void ConfigLoader::set_flag(std::string_view name, std::string_view value) {
  if (Config::Value* const known = find(name)) {
    set(*known, value, kFlag, "flag");
  } else {
    unknown(name, "flag");
  }
}

Result<Config> ConfigLoader::finish() {
  if (faults_.empty()) return std::move(config_);
  std::string all;
  for (const std::string& fault : faults_) all += (all.empty() ? "" : "\n") + fault;
  return fail(ErrorCode::invalid_argument, all);
}

std::string settings_markdown(std::span<const Setting> table, Language language) {
  const bool chinese = language == Language::chinese;
  std::string out =
      chinese ? "| 名称 | 环境变量 | 默认值 | 可取值 | 说明 |\n" : "| name | variable | default | takes | what for |\n";
  out += "| --- | --- | --- | --- | --- |\n";
  for (const Setting& setting : table) {
    std::string form = internal::setting_form(setting);
    out += "| `" + std::string(setting.name) + "` | `" + environment_name(setting.name) + "` | ";
    out += setting.initial.empty() ? "" : "`" + std::string(setting.initial) + "`";
    out += " | " + form + " | ";
    out += chinese ? setting.chinese : setting.english;
    if (setting.secrecy == Secrecy::secret) out += chinese ? "（保密）" : " (secret)";
    out += " |\n";
  }
  return out;
}

}  // namespace meridian
