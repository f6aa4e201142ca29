// The command line: from words to an Invocation. Pure; reads nothing but its arguments.
#pragma once

#include <string>
#include <vector>

#include "app/options.hpp"

namespace meridian::app {

/// `arguments` without the program's name. A usage error becomes Leave with exit code 2 and a text that says
/// what to write instead. `default_language` is the environment's; `--lang` overrides it.
Invocation parse_command_line(std::vector<std::string> arguments, Language default_language);

/// A completion script for bash, zsh or fish, made from the same definitions; empty for another shell.
std::string completion_script(const std::string& shell);

}  // namespace meridian::app
