// Writes shell completion scripts from the list of commands.
#pragma once

#include <string>
#include <vector>

namespace meridian::app {

struct CompletedCommand {
  std::string name;
  std::string summary;
  std::vector<std::string> flags;
  std::vector<std::string> words;  ///< what may follow instead of a file
};

/// For "bash", "zsh" or "fish"; empty for another shell.
std::string write_completion(const std::string& shell, const std::vector<CompletedCommand>& commands);

}  // namespace meridian::app
