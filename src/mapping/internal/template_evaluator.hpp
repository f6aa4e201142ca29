// TemplateEvaluator: runs the templates of one document over one Bundle.
//
// An element is made when one of the expressions in it gave something, or when it has none: so what records do not say
// leaves no empty elements behind, and templates need few conditions. Values that are written are noted as said.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "fhirpath/evaluation_context.hpp"
#include "fhirpath/ports.hpp"
#include "formats/fhir/document.hpp"
#include "formats/tree/document.hpp"
#include "mapping/internal/plan.hpp"

namespace meridian::tree {
class Builder;
}

namespace meridian::mapping::internal {

/// References between resources of a Bundle by their types and ids, whatever the entries are called.
class BundleReferences final : public fhirpath::ReferenceResolver {
 public:
  explicit BundleReferences(const fhir::Document& bundle);
  fhir::Node resolve(std::string_view reference, fhir::Node from) const override;

 private:
  std::unordered_map<std::string, fhir::Node> known_;
};

class TemplateEvaluator {
 public:
  TemplateEvaluator(const Plan& plan, const fhir::Document& bundle, Issues& issues, std::uint32_t max_elements);
  TemplateEvaluator(const TemplateEvaluator&) = delete;
  TemplateEvaluator& operator=(const TemplateEvaluator&) = delete;

  /// A variable of all templates; an empty text is an empty collection.
  void set(std::string_view name, fhir::Node node);
  void set(std::string_view name, std::string text);

  Result<tree::Document> run(const ExportPlan& plan);
  /// By Node::order(): what the document says.
  const std::vector<bool>& said() const { return said_; }
  /// … and what is not missed.
  const std::vector<bool>& passed() const { return passed_; }
  const BundleReferences& references() const { return references_; }

 private:
  struct Element {
    std::string name;  ///< empty: a text
    std::string text;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::vector<Element> children;
  };
  /// Whether expressions were asked, and whether one gave something.
  struct Tally {
    bool asked = false;
    bool answered = false;
    void add(Tally other) {
      asked = asked || other.asked;
      answered = answered || other.answered;
    }
    bool is_made() const { return answered || !asked; }
  };
  using Values = std::vector<fhirpath::Value>;
  struct Variable {
    std::string text;
    Values values;
  };

  Tally content(const std::vector<TemplateNode>& nodes, fhir::Node at, Element& into);
  Tally node(const TemplateNode& node, fhir::Node at, Element& into);
  Tally item(const TemplateNode& node, fhir::Node at, Element& into);
  Tally inside(const TemplateNode& node, fhir::Node at, Element& into);
  Tally with_arguments(const TemplateNode& node, fhir::Node at, Element& into);
  Tally attributes(const TemplateNode& node, fhir::Node at, Element& into);
  /// Whether all its parts gave something.
  Tally text(const TextPlan& plan, fhir::Node at, std::string& out);
  std::string converted(const TextPiece& piece, const fhirpath::Value& value);
  std::string of_node(Pipe pipe, fhir::Node node) const;
  fhirpath::Collection evaluate(int expression, fhir::Node at);
  void mark(fhir::Node node, std::vector<bool>& in) const;
  void bind(std::string_view name, Variable variable);
  void emit(const Element& element, tree::Builder& builder) const;

  const Plan& plan_;
  const fhir::Document& bundle_;
  Issues& issues_;
  std::uint32_t elements_left_;
  BundleReferences references_;
  fhirpath::EvaluationContext context_;
  std::map<std::string, std::unique_ptr<Variable>, std::less<>> variables_;
  std::map<std::string, std::unordered_set<std::uint32_t>, std::less<>> once_;
  std::vector<bool> said_;
  std::vector<bool> passed_;
};

}  // namespace meridian::mapping::internal
