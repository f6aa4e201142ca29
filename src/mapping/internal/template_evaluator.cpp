#include "mapping/internal/template_evaluator.hpp"

#include <utility>

#include "fhirpath/value.hpp"
#include "formats/tree/builder.hpp"
#include "formats/tree/xml_writer.hpp"
#include "mapping/internal/template_values.hpp"
#include "mapping/messages.hpp"

namespace meridian::mapping::internal {

using fhirpath::Collection;
using fhirpath::Value;

BundleReferences::BundleReferences(const fhir::Document& bundle) {
  const fhir::Schema& schema = bundle.schema();
  for (const fhir::Node entry : bundle.root().children(schema.find_name("entry"))) {
    const fhir::Node resource = entry.child("resource");
    if (!resource) continue;
    const std::string id(child_text(resource, "id"));
    if (!id.empty()) known_.emplace(std::string(schema.type(resource.type()).name) + '/' + id, resource);
    if (const fhir::Node url = entry.child("fullUrl")) known_.emplace(std::string(url.text()), resource);
  }
}

fhir::Node BundleReferences::resolve(std::string_view reference, fhir::Node /*from*/) const {
  const std::string_view whole = reference.substr(0, reference.find("/_history/"));
  if (const auto found = known_.find(std::string(whole)); found != known_.end()) return found->second;
  // An absolute URL of a resource whose entry does not say its URL: by type and id, its last two steps.
  const std::size_t id = whole.rfind('/');
  const std::size_t type = id == std::string_view::npos || id == 0 ? id : whole.rfind('/', id - 1);
  if (type == std::string_view::npos) return {};
  const auto found = known_.find(std::string(whole.substr(type + 1)));
  return found == known_.end() ? fhir::Node() : found->second;
}

TemplateEvaluator::TemplateEvaluator(const Plan& plan, const fhir::Document& bundle, Issues& issues,
                                     std::uint32_t max_elements)
    : plan_(plan), bundle_(bundle), issues_(issues), elements_left_(max_elements), references_(bundle) {
  context_.set_reference_resolver(&references_);
  context_.set_resource(bundle.root());
  context_.set_root_resource(bundle.root());
  auto known = std::make_unique<Variable>();
  for (const auto& [uri, oid] : plan.templates.oids) known->values.push_back(Value::of_string(uri));
  context_.set_variable("systems", Collection(known->values.data(), known->values.size()));
  variables_["systems"] = std::move(known);
}

void TemplateEvaluator::bind(std::string_view name, Variable variable) {
  auto kept = std::make_unique<Variable>(std::move(variable));
  if (!kept->text.empty()) kept->values.assign(1, Value::of_string(kept->text));
  context_.set_variable(name, Collection(kept->values.data(), kept->values.size()));
  variables_.insert_or_assign(std::string(name), std::move(kept));
}
void TemplateEvaluator::set(std::string_view name, fhir::Node node) {
  bind(name, {{}, {Value(node)}});
}
void TemplateEvaluator::set(std::string_view name, std::string text) {
  bind(name, {std::move(text), {}});
}

Result<tree::Document> TemplateEvaluator::run(const ExportPlan& plan) {
  for (const int expression : plan.passed) {
    for (const Value& value : evaluate(expression, bundle_.root())) {
      if (value.is_node()) mark(value.node(), passed_);
    }
  }
  Element root;
  content(plan.content, bundle_.root(), root);
  if (elements_left_ == 0) return fail(ErrorCode::too_large, "the document has more elements than it may");
  if (root.children.empty()) return fail(ErrorCode::unprocessable, "nothing could be made of the Bundle");
  tree::Builder builder;
  emit(root.children.front(), builder);
  return builder.finish();
}

void TemplateEvaluator::emit(const Element& element, tree::Builder& builder) const {
  if (element.name.empty()) return builder.text(element.text);
  builder.open(element.name);
  for (const auto& [name, value] : element.attributes) builder.attribute(name, value);
  for (const Element& child : element.children) emit(child, builder);
  builder.close();
}

Collection TemplateEvaluator::evaluate(int expression, fhir::Node at) {
  const TemplateExpression& compiled = plan_.templates.expressions[static_cast<std::size_t>(expression)];
  Result<Collection> result = compiled.expression.evaluate(at, context_);
  if (result) return *result;
  issues_.add({Severity::warning,
               IssueType::processing,
               kComputationFailed,
               {compiled.place, std::string(result.error().message())},
               at.path()});
  return {};
}

void TemplateEvaluator::mark(fhir::Node node, std::vector<bool>& in) const {
  if (node.document() != bundle_.root().document()) return;
  if (in.size() <= node.order()) in.resize(node.order() + std::size_t{1});
  in[node.order()] = true;
}

TemplateEvaluator::Tally TemplateEvaluator::content(const std::vector<TemplateNode>& nodes, fhir::Node at,
                                                    Element& into) {
  Tally tally;
  for (const TemplateNode& node : nodes) tally.add(this->node(node, at, into));
  return tally;
}

TemplateEvaluator::Tally TemplateEvaluator::node(const TemplateNode& node, fhir::Node at, Element& into) {
  Tally tally;
  if (node.each < 0) {
    tally = item(node, at, into);
  } else {
    // What an evaluation gives goes away with the next.
    std::vector<fhir::Node> nodes;
    for (const Value& value : evaluate(node.each, at)) {
      if (value.is_node()) nodes.push_back(value.node());
    }
    tally.asked = true;
    for (const fhir::Node each : nodes) {
      if (!node.once.empty() && once_[node.once].contains(each.order())) continue;
      const bool is_made = item(node, each, into).is_made();
      if (is_made && !node.once.empty()) once_[node.once].insert(each.order());
      tally.answered = tally.answered || is_made;
    }
  }
  if (!tally.is_made() && !node.otherwise.empty() && node.kind == TemplateNode::Kind::element && elements_left_ > 0) {
    --elements_left_;
    Element null{node.name, {}, {}, {}};
    for (const AttributePlan& attribute : node.attributes) {
      if (attribute.text.size() == 1 && attribute.text.front().expression < 0)
        null.attributes.emplace_back(attribute.name, attribute.text.front().literal);
    }
    std::string flavor;
    if (text(node.otherwise, at, flavor).is_made()) {
      null.attributes.emplace_back("nullFlavor", flavor);
      into.children.push_back(std::move(null));
      return {true, true};
    }
  }
  return tally;
}

TemplateEvaluator::Tally TemplateEvaluator::item(const TemplateNode& node, fhir::Node at, Element& into) {
  Tally tally;
  if (elements_left_ == 0) return tally;
  bool is_conditional = node.each >= 0;
  if (node.when >= 0) {
    const TemplateExpression& condition = plan_.templates.expressions[static_cast<std::size_t>(node.when)];
    const Result<fhirpath::Truth> truth = condition.expression.truth(at, context_);
    if (!truth || *truth != fhirpath::Truth::yes) return {true, false};
    is_conditional = true;
  }
  if (node.kind == TemplateNode::Kind::element) {
    --elements_left_;
    Element made{node.name, {}, {}, {}};
    tally.add(attributes(node, at, made));
    tally.add(inside(node, at, made));
    if (!tally.is_made() && !node.is_kept) return tally;
    into.children.push_back(std::move(made));
    if (is_conditional) tally = {true, true};
  } else if (node.kind == TemplateNode::Kind::text) {
    Element made;
    tally = text(node.text, at, made.text);
    if (tally.is_made() && !made.text.empty()) into.children.push_back(std::move(made));
  } else {
    // A part of the element at hand, which is taken back when it says nothing.
    const std::size_t attributes_before = into.attributes.size();
    const std::size_t children_before = into.children.size();
    tally.add(attributes(node, at, into));
    tally.add(node.arguments.empty() ? inside(node, at, into) : with_arguments(node, at, into));
    if (!tally.is_made()) {
      into.attributes.resize(attributes_before);
      into.children.resize(children_before);
    } else if (is_conditional) {
      tally = {true, true};
    }
  }
  if (tally.is_made() && node.says >= 0) {
    for (const Value& value : evaluate(node.says, at)) {
      if (value.is_node()) mark(value.node(), said_);
    }
  }
  return tally;
}

TemplateEvaluator::Tally TemplateEvaluator::inside(const TemplateNode& node, fhir::Node at, Element& into) {
  if (node.uses < 0) return content(node.content, at, into);
  return content(plan_.templates.all[static_cast<std::size_t>(node.uses)].content, at, into);
}

TemplateEvaluator::Tally TemplateEvaluator::with_arguments(const TemplateNode& node, fhir::Node at, Element& into) {
  std::vector<std::pair<std::string, std::unique_ptr<Variable>>> before;
  for (const Argument& argument : node.arguments) {
    Variable variable;
    const Collection values = evaluate(argument.expression, at);
    for (const Value& value : values) {
      if (value.is_node()) variable.values.push_back(value);
    }
    if (variable.values.empty() && !values.empty()) variable.text = fhirpath::text(values.front());
    before.emplace_back(argument.name, std::move(variables_[argument.name]));
    bind(argument.name, std::move(variable));
  }
  const Tally tally = inside(node, at, into);
  while (!before.empty()) {
    auto& [name, variable] = before.back();
    context_.set_variable(name, variable ? Collection(variable->values.data(), variable->values.size()) : Collection());
    variables_[name] = std::move(variable);
    before.pop_back();
  }
  return tally;
}

TemplateEvaluator::Tally TemplateEvaluator::attributes(const TemplateNode& node, fhir::Node at, Element& into) {
  Tally tally;
  for (const AttributePlan& attribute : node.attributes) {
    std::string value;
    const Tally one = text(attribute.text, at, value);
    tally.add(one);
    if (one.is_made()) into.attributes.emplace_back(attribute.name, std::move(value));
  }
  return tally;
}

TemplateEvaluator::Tally TemplateEvaluator::text(const TextPlan& plan, fhir::Node at, std::string& out) {
  Tally tally;
  for (const TextPiece& piece : plan) {
    if (piece.expression < 0) {
      out += piece.literal;
      continue;
    }
    tally.asked = true;
    const Collection values = evaluate(piece.expression, at);
    if (values.empty()) return {true, false};
    const Value value = values.front();
    const std::string written = tree::xml_text(converted(piece, value));
    if (written.empty()) return {true, false};
    if (value.is_node() && piece.pipe != Pipe::anchor && piece.pipe != Pipe::uuid) {
      const bool is_identifier = piece.pipe == Pipe::root || piece.pipe == Pipe::extension;
      if (!is_identifier) mark(value.node(), said_);
      for (const char* part : {"system", "value"}) {
        if (const fhir::Node child = value.node().child(part); child && is_identifier) mark(child, said_);
      }
    }
    out += written;
    tally.answered = true;
  }
  return tally;
}

std::string TemplateEvaluator::of_node(Pipe pipe, fhir::Node node) const {
  switch (pipe) {
    case Pipe::root:
      return v3_root(node, plan_.templates.oids);
    case Pipe::extension:
      return v3_extension(node, plan_.templates.oids);
    case Pipe::uuid:
      return uuid_of(node);
    case Pipe::anchor:
      return "n" + std::to_string(node.order());
    default:
      return {};
  }
}

std::string TemplateEvaluator::converted(const TextPiece& piece, const Value& value) {
  if (piece.pipe == Pipe::root || piece.pipe == Pipe::extension || piece.pipe == Pipe::uuid ||
      piece.pipe == Pipe::anchor) {
    return value.is_node() ? of_node(piece.pipe, value.node()) : std::string();
  }
  if (value.is_node() && !value.node().has_value()) return {};
  std::string text = value.is_node() ? std::string(value.node().text()) : fhirpath::text(value);
  switch (piece.pipe) {
    case Pipe::time:
      return v3_time(text);
    case Pipe::oid:
      return v3_system(text, plan_.templates.oids);
    case Pipe::number:
      return v3_number(text);
    case Pipe::codes:
    case Pipe::display:
    case Pipe::system: {
      const CodeMap& map = plan_.code_maps[static_cast<std::size_t>(piece.codes)];
      const auto found = map.codes.find(text);
      if (found == map.codes.end() && map.unmapped == CodeMap::Unmapped::keep)
        return piece.pipe == Pipe::codes ? text : piece.pipe == Pipe::system ? map.other.system : std::string();
      if (found == map.codes.end() && map.unmapped != CodeMap::Unmapped::other) return {};
      const Code& code = found == map.codes.end() ? map.other : found->second;
      return piece.pipe == Pipe::codes ? code.code : piece.pipe == Pipe::display ? code.display : code.system;
    }
    default:
      return text;
  }
}

}  // namespace meridian::mapping::internal
