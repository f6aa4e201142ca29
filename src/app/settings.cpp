#include "app/settings.hpp"

#include <unistd.h>

#include "base/log.hpp"

namespace meridian::app {

Result<Config> load_config(const CommonOptions& options) {
  ConfigLoader loader(kSettings);
  if (!options.config_file.empty()) TRY(loader.read_file(options.config_file));
  constexpr std::string_view kOfOthers[] = {"MERIDIAN_SHARED_DATA"};
  loader.read_environment(environ, kOfOthers);
  for (const auto& [name, value] : options.settings) loader.set_flag(name, value);
  return loader.finish();
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> members;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view member = list.substr(0, comma);
    const std::size_t first = member.find_first_not_of(' ');
    if (first != std::string_view::npos) {
      members.emplace_back(member.substr(first, member.find_last_not_of(' ') - first + 1));
    }
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
  return members;
}

void apply_log_settings(const Config& config) {
  const std::string& level = config.text(kLogLevel);
  LogOptions log;
  log.level = level == "debug"     ? LogLevel::debug
              : level == "warning" ? LogLevel::warning
              : level == "error"   ? LogLevel::error
              : level == "off"     ? LogLevel::off
                                   : LogLevel::info;
  log.format = config.text(kLogFormat) == "json" ? LogFormat::json : LogFormat::human;
  configure_log(log);
}

}  // namespace meridian::app
