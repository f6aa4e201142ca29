// The half of the evaluator that reads: values of the message, conditions, conversions, codes; and puts them into
// nodes.
#include <algorithm>
#include <cstring>

#include "base/base64.hpp"
#include "mapping/china.hpp"
#include "mapping/internal/evaluator.hpp"
#include "mapping/internal/record_value.hpp"
#include "mapping/internal/text_rules.hpp"
#include "mapping/messages.hpp"

namespace meridian::mapping::internal {

NodeIndex Evaluator::step(NodeIndex at, const Step& step, const Frame& frame, std::uint32_t repetition) {
  NodeIndex found = builder_.find(at, step.key);
  if (!step.is_list) {
    return found != kNoNode ? found : builder_.append(at, step.key, step.element, OutNode::Kind::object);
  }
  if (found == kNoNode) found = builder_.append(at, step.key, step.element, OutNode::Kind::list);
  if (!step.is_per_repetition) repetition = 0;
  if (step.label != kNone) {
    for (std::size_t i = frame.labels; i < labels_.size(); ++i) {
      const Label& label = labels_[i];
      if (label.container == at && label.label == step.label && label.repetition == repetition &&
          label.key == step.key.data()) {
        return label.item;
      }
    }
  }
  const NodeIndex item = builder_.append(found, {}, step.element, OutNode::Kind::object);
  if (step.label != kNone) labels_.push_back({at, step.key.data(), step.label, repetition, item});
  if (step.extension != kNone) put(item, "url", plan_.texts[static_cast<std::size_t>(step.extension)], {});
  return item;
}

void Evaluator::put(NodeIndex object, std::string_view key, std::string_view text, const Origin& origin) {
  if (builder_.find(object, key) != kNoNode) return;
  const NodeIndex node = builder_.append(object, key, fhir::NameId::none, OutNode::Kind::string);
  builder_.node(node).text = builder_.keep(text);
  builder_.node(node).origin = origin;
}

bool Evaluator::put_text(NodeIndex parent, const Step& step, std::string_view text, bool is_literal,
                         const Origin& origin, bool is_fallback) {
  NodeIndex found = builder_.find(parent, step.key);
  if (step.is_list) {
    if (found == kNoNode) found = builder_.append(parent, step.key, step.element, OutNode::Kind::list);
    found = builder_.append(found, {}, step.element, OutNode::Kind::string);
  } else if (found == kNoNode) {
    found = builder_.append(parent, step.key, step.element, OutNode::Kind::string);
  } else if (builder_.has_content(found) && (is_fallback || builder_.node(found).rank != Rank::fallback)) {
    return false;  // the first wins, but a fallback only where nothing better comes
  }
  OutNode& node = builder_.node(found);
  node.kind = is_literal ? OutNode::Kind::literal : OutNode::Kind::string;
  node.text = is_clean(text) ? builder_.keep(text) : builder_.keep(clean(text));
  node.origin = origin;
  node.rank = is_fallback ? Rank::fallback : Rank::owner;
  return true;
}

hl7v2::Field Evaluator::field(const SourcePath& path, const Scope& scope, Origin& origin) const {
  hl7v2::Segment segment = scope.segment;
  if (path.segment != scope.code || !segment) {
    const int index = grouping_.find_segment(scope.instance, path.segment);
    if (index < 0) return {};
    segment = message_->segments()[static_cast<std::size_t>(index)];
    origin = {};
    const std::string_view name = segment.name();
    std::memcpy(origin.segment, name.data(), std::min<std::size_t>(name.size(), 3));
    origin.occurrence = static_cast<std::uint16_t>(std::min<std::size_t>(segment.occurrence(), 0xFFFF));
  } else {
    std::memcpy(origin.segment, scope.origin.segment, sizeof origin.segment);
    origin.occurrence = scope.origin.occurrence;
  }
  origin.field = path.field;
  return segment.field(path.field);
}

Input Evaluator::value(const SourcePath& path, const Scope& scope, Origin& origin) {
  Input input;
  if (path.place != kNone) {
    for (const PlaceValue& found : places(path, scope)) {
      if (!found.exists()) continue;
      origin = origin_at(found.element);
      return Input(found);
    }
    return input;
  }
  if (path.segment == 0) {
    input = scope.input;
    if (path.part != 0 && origin.component == 0) origin.component = path.part;
  } else {
    input = Input(field(path, scope, origin).repetition(path.repetition == 0 ? 1 : path.repetition));
  }
  if (path.part != 0) input = input.part(path.part);
  return path.subpart != 0 ? input.part(path.subpart) : input;
}

std::string Evaluator::text(const SourcePath& path, const Scope& scope) {
  Origin origin;
  const Input input = value(path, scope, origin);
  std::string buffer;
  return input.has_value() ? std::string(input.text(buffer)) : std::string();
}

bool Evaluator::holds(int index, const Scope& scope) {
  const ConditionNode& node = plan_.conditions[static_cast<std::size_t>(index)];
  switch (node.kind) {
    case ConditionNode::Kind::both:
      return holds(node.left, scope) && holds(node.right, scope);
    case ConditionNode::Kind::either:
      return holds(node.left, scope) || holds(node.right, scope);
    case ConditionNode::Kind::negated:
      return !holds(node.left, scope);
    case ConditionNode::Kind::bound:
      return grouping_.find_bound(scope.instance, node.number) >= 0;
    case ConditionNode::Kind::fhirpath: {
      std::string out;
      return compute(node.number, scope, out) && out == "true";
    }
    case ConditionNode::Kind::equal:
      if (node.path.place != kNone) {
        const std::vector<PlaceValue> found = places(node.path, scope);
        return std::any_of(found.begin(), found.end(), [&node](const PlaceValue& value) {
          return value.exists() &&
                 std::find(node.values.begin(), node.values.end(), trimmed(value.text())) != node.values.end();
        });
      }
      break;
    case ConditionNode::Kind::count_above: {
      Origin origin;
      if (node.path.place != kNone) return places(node.path, scope).size() > static_cast<std::size_t>(node.number);
      return field(node.path, scope, origin).repetitions().size() > static_cast<std::size_t>(node.number);
    }
    default:
      break;
  }
  Origin origin;
  const Input input = value(node.path, scope, origin);
  if (node.kind == ConditionNode::Kind::valued) return input.has_value();
  if (!input.has_value()) return false;
  std::string buffer;
  const std::string_view text = trimmed(input.text(buffer));
  if (node.kind == ConditionNode::Kind::number) return !number(text).empty();
  if (node.kind == ConditionNode::Kind::measured) return !read_measured(text).number.empty();
  if (node.kind == ConditionNode::Kind::longer) return text.size() > static_cast<std::size_t>(node.number);
  return std::find(node.values.begin(), node.values.end(), text) != node.values.end();
}

bool Evaluator::compute(int index, const Scope& scope, std::string& out) {
  const Computation& computation = plan_.computations[static_cast<std::size_t>(index)];
  std::vector<std::string> texts;
  std::vector<fhirpath::Value> values(computation.variables.size());
  texts.reserve(values.size());
  fhirpath_.clear_variables();
  for (std::size_t i = 0; i < values.size(); ++i) {
    texts.push_back(clean(trimmed(text(computation.variables[i].second, scope))));
    if (texts.back().empty()) continue;
    values[i] = fhirpath::Value::of_string(texts.back());
    fhirpath_.set_variable(computation.variables[i].first, fhirpath::Collection(&values[i], 1));
  }
  const Result<fhirpath::Collection> result = computation.expression.evaluate(fhirpath::Collection(), fhirpath_);
  if (!result) {
    complain(Severity::warning, kComputationFailed, {to_string(scope.origin), result.error().message()}, scope.origin);
    return false;
  }
  if (result->empty()) return false;
  out = fhirpath::text(result->front());
  return true;
}

/// The system of a coded value; of a code that its table lacks, since every hospital adds its own, the hospital's.
std::string Evaluator::system_of_code(const SourcePath& name, std::string_view text, const Scope& scope,
                                      const Frame& frame) {
  std::string system = coding_system(text);
  if (name.place != kNone) return system;
  if (system.empty() && frame.table != kNone && name.part == 3)
    system = plan_.texts[static_cast<std::size_t>(frame.table)];
  const fhir::CodeSystemId known = plan_.schema->find_code_system(system);
  if (known == fhir::CodeSystemId::none || !plan_.schema->code_system(known).is_complete) return system;
  SourcePath path = name;  // the code stands two parts before the name of its system
  path.part = static_cast<std::uint8_t>(name.part - 2);
  const std::string code(trimmed(this->text(path, scope)));
  if (name.part < 3 || code.empty() || plan_.schema->find_code(known, code)) return system;
  return local_system(text.empty() ? std::string_view(system).substr(system.rfind('/') + 1) : text);
}

bool Evaluator::convert(const Row& row, const Source& source, const Scope& scope, const Frame& frame, std::string& out,
                        bool& is_literal) {
  if (row.convert >= Convert::ii_system || (row.convert == Convert::system_of_contact && source.input.element()))
    return convert_element(row, source, out);
  std::string buffer;
  const std::string_view text =
      source.presence == hl7v2::Presence::value ? source.input.text(buffer) : std::string_view();
  if (is_record_) {
    if (const std::optional<bool> done = convert_of_record(row, text, out, is_literal)) return *done;
  }
  switch (row.convert) {
    case Convert::coding_system:
      out = system_of_code(row.from.front(), trimmed(text), scope, frame);
      return !out.empty();
    case Convert::authority:
      // `from: EI`: its namespace stands in the second part; an HD is one itself.
      out = authority(source.input, row.from.front().part == 0 && row.from.front().segment == 0 ? 2 : 1);
      return !out.empty();
    case Convert::text:
      out = source.input.whole_text();
      return !trimmed(out).empty();
    case Convert::identity_card:
    case Convert::card_birth:
    case Convert::card_gender: {
      const std::optional<IdentityCard> card = read_identity_card(trimmed(text));
      if (!card) {
        complain(Severity::warning, kBadIdentityCard, {}, source.origin);
        return false;
      }
      out = row.convert == Convert::identity_card ? card->number
            : row.convert == Convert::card_birth  ? card->birth_date
            : card->is_female                     ? "female"
                                                  : "male";
      return true;
    }
    case Convert::base64:
      out = to_base64(source.input.whole_text());
      return !out.empty();
    default:
      break;
  }
  if (row.codes != kNone) {
    const Code* code = map_code(row, source);
    if (code == nullptr) return false;
    out = code->code;
    return !out.empty();
  }
  out = primitive(row.target.primitive, text, context_.zone, is_literal);
  return !out.empty() || !trimmed(text).empty();
}

/// What the code map makes of the value's code; nullptr: nothing.
const Code* Evaluator::map_code(const Row& row, const Source& source) {
  const CodeMap& map = plan_.code_maps[static_cast<std::size_t>(row.codes)];
  std::string buffer;
  const std::string_view text = trimmed(source.input.text(buffer));
  if (text.empty()) return nullptr;
  const auto found = map.codes.find(std::string(text));
  if (found != map.codes.end()) return found->second.code.empty() ? nullptr : &found->second;
  if (map.unmapped == CodeMap::Unmapped::other) return &map.other;
  if (map.unmapped == CodeMap::Unmapped::keep) {
    kept_code_ = {clean(text), {}, map.other.system};
    return &kept_code_;
  }
  if (row.map == kNone && map.unmapped != CodeMap::Unmapped::silent)
    complain(Severity::information, kCodeNotMapped, {map.name}, source.origin);
  return nullptr;
}

/// Puts a mapped code into a Coding, or as the first coding of a CodeableConcept. Whether it was a concept.
bool Evaluator::put_codings(const Row& row, const Source& source, const Frame&, NodeIndex node, const Code& code) {
  const bool is_concept = plan_.schema->type(row.target.type).name == "CodeableConcept";
  NodeIndex coding = node;
  if (is_concept) {
    NodeIndex list = builder_.find(node, "coding");
    const fhir::NameId name = plan_.schema->find_name("coding");
    if (list == kNoNode) list = builder_.append(node, plan_.schema->name(name), name, OutNode::Kind::list);
    coding = builder_.append(list, {}, name, OutNode::Kind::object);
  }
  if (!code.system.empty()) put(coding, "system", code.system, source.origin);
  put(coding, "code", code.code, source.origin);
  if (!code.display.empty()) put(coding, "display", code.display, source.origin);
  return is_concept;
}

/// The original code behind its translation, unless it says no more.
void Evaluator::tidy_codings(NodeIndex concept_node) {
  const NodeIndex list = builder_.find(concept_node, "coding");
  if (list == kNoNode) return;
  const NodeIndex first = builder_.node(list).first;
  if (first == kNoNode || builder_.node(first).next == kNoNode) return;
  const NodeIndex second = builder_.node(first).next;
  const NodeIndex system = builder_.find(second, "system");
  const NodeIndex mapped = builder_.find(first, "system");
  const bool is_same_system =
      system != kNoNode && mapped != kNoNode && builder_.node(system).text == builder_.node(mapped).text;
  if (system != kNoNode && !is_same_system) return;
  builder_.node(first).next = builder_.node(second).next;
  if (builder_.node(list).last == second) builder_.node(list).last = first;
}

void Evaluator::complain(Severity severity, const Message& message, std::vector<std::string> arguments,
                         const Origin& origin) {
  if (document_ == nullptr) {
    issues_->add({severity, IssueType::processing, message, std::move(arguments), to_string(origin)});
    return;
  }
  // A path costs something: not for what is only counted.
  const tree::Element element = issues_->dropped() > 0 ? tree::Element() : document_->element(element_of(origin));
  issues_->add(
      {severity, IssueType::processing, message, std::move(arguments), element.path(), document_->position(element)});
}

}  // namespace meridian::mapping::internal
