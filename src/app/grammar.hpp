// What the grammars of the command line share: words for flags, and the options that many commands have.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "app/data_options.hpp"

namespace meridian::app {

/// What a flag may be set to, in the order in which help shows it.
template <typename T>
using Choices = std::vector<std::pair<std::string, T>>;

/// A flag with a choice of words. CLI11's own would show numbers in help and call a word "not in {json,text}". The
/// choices outlive the app.
template <typename T>
CLI::Option* choice(CLI::App& app, const std::string& flag, T& target, const Choices<T>& choices,
                    const std::string& help) {
  std::string shown;
  for (const auto& [word, value] : choices) shown += (shown.empty() ? "" : "|") + word;
  const auto set = [&target, &choices, flag, shown](const std::string& given) {
    for (const auto& [word, value] : choices) {
      if (word != given) continue;
      target = value;
      return;
    }
    throw CLI::ValidationError(flag, "takes " + shown + ", not \"" + given + "\"");
  };
  return app.add_option_function<std::string>(flag, set, help)->type_name(shown);
}

CLI::Option* positional(CLI::Option* option);
/// A subcommand that the options of the program may follow.
CLI::App* add_command(CLI::App& app, const char* name, const char* about);

/// --data and --server.
void add_folder_or_server(CLI::App& command, Place& place);
/// --format table|json.
void add_table(CLI::App& command, Table& format);

/// The data folder where neither it nor a server was named.
inline constexpr const char* kDefaultData = "meridian-data";
template <typename Options>
Options placed(Options options) {
  if (options.place.data.empty() && options.place.server.empty()) options.place.data = kDefaultData;
  return options;
}

}  // namespace meridian::app
