// The program: words in, exit code out.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "app/command_line.hpp"
#include "app/commands.hpp"

namespace {

/// The language of messages, by the environment variables that POSIX names, in its order.
meridian::Language environment_language() {
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') {
      return std::string_view(value).substr(0, 2) == "zh" ? meridian::Language::chinese : meridian::Language::english;
    }
  }
  return meridian::Language::english;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  return meridian::app::run(meridian::app::parse_command_line(words, environment_language()));
}
