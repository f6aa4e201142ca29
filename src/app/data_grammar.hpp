// The words of the commands that work on stored data, added to the program's grammar.
#pragma once

#include <memory>
#include <optional>

#include "app/options.hpp"

namespace CLI {
class App;
}

namespace meridian::app {

class DataGrammar {
 public:
  /// Adds the subcommands; the App must not outlive this.
  explicit DataGrammar(CLI::App& app);
  ~DataGrammar();

  /// What was asked, when it was one of them.
  std::optional<Command> command(const CLI::App& app);

 private:
  struct Options;
  std::unique_ptr<Options> options_;
};

}  // namespace meridian::app
