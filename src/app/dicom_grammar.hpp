// The words of the commands that talk to DICOM peers and to the archive, added to the program's grammar.
#pragma once

#include <memory>
#include <optional>

#include "app/options.hpp"

namespace CLI {
class App;
}

namespace meridian::app {

class DicomGrammar {
 public:
  /// Adds `echo` and `send` to `dicom`, which is there; the App must not outlive this.
  explicit DicomGrammar(CLI::App& app);
  ~DicomGrammar();

  /// What was asked, when it was one of them.
  std::optional<Command> command();

 private:
  struct Options;
  std::unique_ptr<Options> options_;
};

}  // namespace meridian::app
