// Setting: one row of the table of settings, from which come the configuration file, the environment, the flags,
// `meridian config explain` and docs/configuration.md.
//
// A module declares its rows beside the code that reads them, and the program joins the tables of all modules:
//
//   inline constexpr Setting kPort{.name = "http.port", .type = SettingType::integer, .initial = "8080",
//                                  .english = "The port to listen on; 0 lets the system choose.",
//                                  .chinese = "监听端口；0 表示由系统选择。", .minimum = 0, .maximum = 65535};
//   inline constexpr Setting kSettings[] = {kPort, …};
#pragma once

#include <cstdint>
#include <string_view>

namespace meridian {

enum class SettingType : std::uint8_t {
  boolean,  ///< true or false
  integer,  ///< within minimum and maximum
  text,
  path,      ///< of a file or folder, taken as it stands
  choice,    ///< one of `choices`
  duration,  ///< `250ms`, `30s`, `5m`, `2h`, `7d`; minimum and maximum are milliseconds
  bytes,     ///< `512`, `64KiB`, `4GiB`, `10MB`; minimum and maximum are bytes
};

enum class Secrecy : std::uint8_t { open, secret };  ///< a secret value is never shown or logged

struct Setting {  // NOLINT(clang-analyzer-optin.performance.Padding): the order in which settings are written down
  std::string_view name;  ///< lower case, words joined by `_`, parts by `.`: `http.header_limit`
  SettingType type;
  std::string_view initial;  ///< the value when nobody gives one, as text
  std::string_view english;  ///< what it is for: a sentence
  std::string_view chinese;
  std::string_view unit = {};     ///< of an integer, when it has one
  std::string_view choices = {};  ///< `debug|info|warning`
  std::int64_t minimum = INT64_MIN;
  std::int64_t maximum = INT64_MAX;
  Secrecy secrecy = Secrecy::open;
};

}  // namespace meridian
