#include "app/completion.hpp"

#include <algorithm>

namespace meridian::app {
namespace {

std::string joined(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::string names(const std::vector<CompletedCommand>& commands) {
  std::vector<std::string> all;
  for (const CompletedCommand& command : commands) all.push_back(command.name);
  return joined(all);
}

/// The shell's own files are completed where no flag and no word is expected.
std::string bash(const std::vector<CompletedCommand>& commands) {
  std::string out =
      "_meridian() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} words=\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then COMPREPLY=($(compgen -W \"" +
      names(commands) +
      "\" -- \"$current\")); return; fi\n"
      "  case ${COMP_WORDS[1]} in\n";
  for (const CompletedCommand& command : commands) {
    std::vector<std::string> words = command.flags;
    words.insert(words.end(), command.words.begin(), command.words.end());
    out += "    " + command.name + ") words=\"" + joined(words) + "\" ;;\n";
  }
  out +=
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\") $(compgen -f -- \"$current\"))\n"
      "}\n"
      "complete -o filenames -F _meridian meridian\n";
  return out;
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string zsh(const std::vector<CompletedCommand>& commands) {
  std::string out =
      "#compdef meridian\n"
      "_meridian() {\n"
      "  local -a commands\n"
      "  commands=(\n";
  for (const CompletedCommand& command : commands) out += "    " + quoted(command.name + ":" + command.summary) + "\n";
  out +=
      "  )\n"
      "  if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
      "  case $words[2] in\n";
  for (const CompletedCommand& command : commands) {
    std::vector<std::string> words = command.flags;
    words.insert(words.end(), command.words.begin(), command.words.end());
    out += "    " + command.name + ") compadd -- " + joined(words) + " ;;\n";
  }
  out +=
      "  esac\n"
      "  _files\n"
      "}\n"
      "compdef _meridian meridian\n";
  return out;
}

std::string fish(const std::vector<CompletedCommand>& commands) {
  std::string out;
  for (const CompletedCommand& command : commands) {
    out += "complete -c meridian -n __fish_use_subcommand -a " + command.name + " -d " + quoted(command.summary) + "\n";
    const std::string seen = " -n '__fish_seen_subcommand_from " + command.name + "'";
    for (const std::string& flag : command.flags) out += "complete -c meridian" + seen + " -l " + flag.substr(2) + "\n";
    for (const std::string& word : command.words) out += "complete -c meridian" + seen + " -a " + word + "\n";
  }
  return out;
}

}  // namespace

std::string write_completion(const std::string& shell, const std::vector<CompletedCommand>& commands) {
  if (shell == "bash") return bash(commands);
  if (shell == "zsh") return zsh(commands);
  if (shell == "fish") return fish(commands);
  return {};
}

}  // namespace meridian::app
