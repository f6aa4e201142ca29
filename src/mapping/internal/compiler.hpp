// Compiler: from the texts of a catalogue to the parts of a Plan: paths, conditions, targets.
//
//   path       PID-3  PID-3.1  PID-3[2].4.1  CX.4.1  CX (all of it); in files below cda/: place.hpp
//   condition  PID-29 valued and not (PID-30 = Y|T or OBX-5 count > 1) · OBX-5 number · PID-7 longer 8 · has encounter
//   target     name · component#v*.code (an item for each repetition) · period.start · coding#1.code · valueQuantity ·
//   extension(url).valueCode · $this
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/issue.hpp"
#include "mapping/internal/plan.hpp"
#include "mapping/internal/yaml_tree.hpp"

namespace meridian::mapping::internal {

class Compiler {
 public:
  Compiler(Plan& plan, Issues& issues) : plan_(plan), issues_(issues) {}

  void set_file(const std::string& path) {
    file_ = path;
    is_document_ = path.starts_with("cda/") || path.starts_with("records/");
  }
  bool is_document() const { return is_document_; }
  void complain(std::uint32_t line, const Message& message, std::vector<std::string> arguments);

  int text(std::string_view text);
  int name(std::string_view name);
  std::optional<SourcePath> path(std::string_view text, std::uint32_t line);
  int condition(const YamlTree& tree);
  int computation(std::string_view text, std::uint32_t line);
  /// A target within a value of `type`. `labels` are per map.
  std::optional<Target> target(std::string_view text, fhir::TypeId type, std::vector<std::string>& labels,
                               std::uint32_t line);

 private:
  struct Words;
  std::optional<SourcePath> read(std::string_view text);
  int either(Words& words);
  int both(Words& words);
  int one(Words& words);
  int test(Words& words);
  int add(ConditionNode node);
  bool extension_step(std::string_view url, bool is_nested, Step& step, std::vector<std::string>& labels);

  Plan& plan_;
  Issues& issues_;
  std::string file_;
  bool is_document_ = false;
};

}  // namespace meridian::mapping::internal
