// The words of the commands about feeds, added to the program's grammar.
#pragma once

#include <memory>
#include <optional>

#include "app/options.hpp"

namespace CLI {
class App;
}

namespace meridian::app {

class FeedGrammar {
 public:
  /// Adds the subcommands, `send` to `hl7`, which is there; the App must not outlive this.
  explicit FeedGrammar(CLI::App& app);
  ~FeedGrammar();

  /// What was asked, when it was one of them.
  std::optional<Command> command(const CLI::App& app);

 private:
  struct Options;
  std::unique_ptr<Options> options_;
};

}  // namespace meridian::app
