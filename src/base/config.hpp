// Config: the values of all settings (base/setting.hpp), and for each where it came from.
//
//   ConfigLoader loader(settings);
//   TRY(loader.read_file("/etc/meridian.yaml"));
//   loader.read_environment(environ);               // MERIDIAN_HTTP_PORT=8080
//   loader.set_flag("http.port", "8080");           // --set http.port=8080
//   const Config config = TRY(loader.finish());
//   server.listen(config.integer(http::kPort));
//
// Flags win over the environment, the environment over the file, the file over the table. Unknown names and bad
// values are errors, all of them told at once, each with where it stands and the name that was probably meant.
// A Config does not change; any thread may read it. Asking for a setting that is not in the table, or as another
// type, is a fault of ours and stops the program.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/issue.hpp"
#include "base/result.hpp"
#include "base/setting.hpp"

namespace meridian {

class Config {
 public:
  bool boolean(const Setting& setting) const;
  std::int64_t integer(const Setting& setting) const;
  Duration duration(const Setting& setting) const;
  std::uint64_t bytes(const Setting& setting) const;
  /// Of a text, a path or a choice.
  const std::string& text(const Setting& setting) const;

  struct Row {
    const Setting* setting;
    std::string value;   ///< `(secret)` when it is one and is set
    std::string origin;  ///< `default`, `environment MERIDIAN_HTTP_PORT`, `meridian.yaml:3`, `flag`
  };
  /// Every setting, in the table's order.
  std::vector<Row> rows() const;
  /// The rows for people: name, value, origin, description.
  std::string explain(Language language) const;

 private:
  friend class ConfigLoader;
  struct Value {
    Setting setting;
    std::string text;
    std::int64_t number = 0;  // boolean, integer, microseconds, bytes
    std::string origin;
    int rank = 0;  // which source gave it: 0 the table, then file, environment, flag
  };
  const Value& value(const Setting& setting, SettingType type) const;
  std::vector<Value> values_;
};

class ConfigLoader {
 public:
  explicit ConfigLoader(std::span<const Setting> table);

  /// YAML: `http.port: 8080`, or nested maps. Not found and not readable are errors of their own, at once.
  Result<> read_file(const std::string& path);
  void read_yaml(const std::string& text, const std::string& origin);
  /// Variables that begin with MERIDIAN_, except those named here, which others read.
  void read_environment(const char* const* variables, std::span<const std::string_view> of_others = {});
  void set_flag(std::string_view name, std::string_view value);

  /// invalid_argument with a line for each fault.
  Result<Config> finish();

 private:
  Config::Value* find(std::string_view name);
  void set(Config::Value& value, std::string_view text, int rank, const std::string& origin);
  void unknown(std::string_view name, const std::string& origin);

  Config config_;
  std::vector<std::string> faults_;
};

/// The variable of a setting: `http.port` is MERIDIAN_HTTP_PORT.
std::string environment_name(std::string_view setting);

/// The table as a page of documentation.
std::string settings_markdown(std::span<const Setting> table, Language language);

}  // namespace meridian
