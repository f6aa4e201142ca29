#include "mapping/internal/evaluator.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "mapping/internal/text_rules.hpp"
#include "mapping/messages.hpp"

namespace meridian::mapping::internal {
namespace {

bool is_literal_type(fhir::Primitive type) {
  switch (type) {
    case fhir::Primitive::boolean:
    case fhir::Primitive::integer:
    case fhir::Primitive::unsigned_int:
    case fhir::Primitive::positive_int:
    case fhir::Primitive::decimal:
      return true;
    default:
      return false;
  }
}

}  // namespace

Evaluator::Evaluator(const Plan& plan, const MappingContext& context, const MappingLimits& limits)
    : plan_(plan), context_(context), limits_(limits), ids_(context.tenant_key) {
  fhirpath::EvaluationLimits bounds;
  bounds.max_steps = 100'000;
  bounds.max_items = 10'000;
  bounds.max_bytes = std::uint64_t{1} << 20;
  fhirpath_.set_limits(bounds);
}

void Evaluator::run(const MessageMap& map, const hl7v2::Message& message, Issues& issues) {
  begin(issues);
  message_ = &message;
  grouping_.assign(map, message);
  make_resources(map);
  fill_resources(map);
}

void Evaluator::begin(Issues& issues) {
  message_ = nullptr;
  document_ = nullptr;
  is_record_ = false;
  issues_ = &issues;
  is_full_ = false;
  builder_.clear();
  labels_.clear();
  occurrences_.clear();
  made_.clear();
  makers_.clear();
  default_authority_.clear();
}

bool Evaluator::has_room(const Scope& scope) {
  if (builder_.resource_count() < limits_.max_resources) return true;
  if (!is_full_)
    complain(Severity::warning, kTooMuch, {std::to_string(limits_.max_resources), "resources"}, scope.origin);
  is_full_ = true;
  return false;
}

Evaluator::Scope Evaluator::scope_of(std::size_t index) const {
  Scope scope;
  scope.segment = message_->segments()[index];
  scope.code = segment_code(scope.segment.name());
  scope.instance = grouping_.of_segment()[index];
  const std::string_view name = scope.segment.name();
  std::memcpy(scope.origin.segment, name.data(), std::min<std::size_t>(name.size(), 3));
  scope.origin.occurrence = static_cast<std::uint16_t>(std::min<std::size_t>(scope.segment.occurrence(), 0xFFFF));
  return scope;
}

void Evaluator::make_resources(const MessageMap& map) {
  const std::size_t count = grouping_.of_segment().size();
  for (std::size_t index = 0; index < count; ++index) {
    const Scope scope = scope_of(index);
    if (scope.instance == kNone) {
      complain(Severity::information, kSegmentDropped, {std::string(scope.segment.name())}, scope.origin);
      continue;
    }
    Instance& instance = grouping_.instances()[static_cast<std::size_t>(scope.instance)];
    for (const Action& action : map.groups[static_cast<std::size_t>(instance.group)].actions) {
      if (action.segment != scope.code || action.make == fhir::TypeId::none) continue;
      if (action.when != kNone && !holds(action.when, scope)) continue;
      if (!has_room(scope)) return;
      Uuid id;
      if (!identify(action.identity, action.make, scope, id)) {
        complain(Severity::information, kNoIdentity, {std::string(plan_.schema->type(action.make).name)}, scope.origin);
        continue;
      }
      bool is_new = false;
      const std::uint32_t resource = builder_.resource(action.make, id, is_new);
      instance.bound.emplace_back(action.name, resource);
      if (is_new) {
        builder_.at(resource).rank = action.rank;
        builder_.at(resource).is_transient = action.is_transient;
        makers_.emplace(resource, scope.instance);
      }
      made_.push_back({index, &action, resource, is_new});
    }
  }
}

void Evaluator::fill_resources(const MessageMap& map) {
  const std::size_t count = grouping_.of_segment().size();
  auto made = made_.begin();
  for (std::size_t index = 0; index < count; ++index) {
    const Scope scope = scope_of(index);
    if (scope.instance == kNone) continue;
    const Instance& instance = grouping_.instances()[static_cast<std::size_t>(scope.instance)];
    for (const Action& action : map.groups[static_cast<std::size_t>(instance.group)].actions) {
      if (action.segment != scope.code) continue;
      Frame frame;
      frame.is_top = true;
      if (action.make != fhir::TypeId::none) {
        if (made == made_.end() || made->segment != index || made->action != &action) continue;
        frame.resource = made->resource;
        const bool fills = made->fills;
        ++made;
        if (!fills) continue;
      } else {
        const int resource = grouping_.find_bound(scope.instance, action.name);
        if (resource < 0 || (action.when != kNone && !holds(action.when, scope))) continue;
        frame.resource = static_cast<std::uint32_t>(resource);
        // The same patient or order stands twice in the message: the group that made it speaks of it.
        const auto maker = makers_.find(frame.resource);
        if (maker == makers_.end() || !is_within(scope.instance, maker->second)) continue;
      }
      frame.container = builder_.at(frame.resource).root;
      frame.labels = labels_.size();
      run_rows(action.rows, scope, frame);
      labels_.resize(frame.labels);
      for (const int index_of_map : action.maps) run_map(index_of_map, scope, frame);
    }
  }
}

bool Evaluator::is_within(int instance, int outer) const {
  for (int i = instance; i != kNone; i = grouping_.instances()[static_cast<std::size_t>(i)].parent) {
    if (i == outer) return true;
  }
  return false;
}

/// The scope of a map that is applied to a value found in this one.
Evaluator::Scope Evaluator::within(const Scope& scope, const Source& source) const {
  Scope inner = scope;
  inner.input = source.input;
  inner.origin = source.origin;
  if (const tree::Element element = source.input.element()) {
    inner.element = element;
    inner.instance = instance_of_[element.number()];
  }
  return inner;
}

void Evaluator::run_map(int index, const Scope& scope, Frame frame) {
  const Map& map = plan_.maps[static_cast<std::size_t>(index)];
  for (const Choice& choice : map.choices) {
    if (choice.when != kNone && !holds(choice.when, scope)) continue;
    run_map(choice.map, scope, frame);
    break;
  }
  frame.labels = labels_.size();
  run_rows(map.rows, scope, frame);
  labels_.resize(frame.labels);
}

void Evaluator::run_rows(const std::vector<Row>& rows, const Scope& scope, const Frame& frame) {
  for (const Row& row : rows) run_row(row, scope, frame);
}

void Evaluator::run_row(const Row& row, const Scope& scope, const Frame& frame) {
  if (is_full_) return;
  if (builder_.node_count() >= limits_.max_nodes) {
    is_full_ = true;
    complain(Severity::warning, kTooMuch, {std::to_string(limits_.max_nodes), "elements"}, scope.origin);
    return;
  }
  if (row.when != kNone && !holds(row.when, scope)) return;
  Source source;
  source.origin = scope.origin;
  source.presence = hl7v2::Presence::value;
  if (row.from.empty()) {
    source.input = scope.input;
    apply(row, source, scope, frame);
    return;
  }
  for (const SourcePath& path : row.from) {
    if (path.place != kNone) {
      if (apply_places(row, path, scope, frame)) return;
      continue;
    }
    if (path.segment == 0) {
      source.origin = scope.origin;
      source.input = value(path, scope, source.origin);
      source.presence = source.input.presence();
      if (source.presence < hl7v2::Presence::null) continue;
      if (source.presence == hl7v2::Presence::value) apply(row, source, scope, frame);
      return;
    }
    Origin origin;
    const hl7v2::Field field = this->field(path, scope, origin);
    const hl7v2::Presence presence = field.presence();
    if (presence < hl7v2::Presence::null) continue;
    if (presence == hl7v2::Presence::null) {
      remove(row, origin, frame);
      return;
    }
    if (apply_repetitions(row, path, field, origin, scope, frame)) return;
  }
  if (row.convert == Convert::coding_system && frame.table != kNone && row.from.front().part == 3) {
    source.presence = hl7v2::Presence::absent;
    apply(row, source, scope, frame);
  }
}

/// Whether the path held anything.
bool Evaluator::apply_repetitions(const Row& row, const SourcePath& path, const hl7v2::Field& field,
                                  const Origin& origin, const Scope& scope, const Frame& frame) {
  const bool is_repeated = path.repetition == 0 && (row.target.last_list != kNone || row.target.steps.empty());
  bool found = false;
  std::uint32_t number = 0;
  for (const hl7v2::Repetition repetition : field.repetitions()) {
    ++number;
    if (path.repetition != 0 && number != path.repetition) continue;
    if (number > limits_.max_nodes || is_full_) break;
    Source source;
    source.input = Input(repetition);
    if (path.part != 0) source.input = source.input.part(path.part);
    if (path.subpart != 0) source.input = source.input.part(path.subpart);
    source.origin = origin;
    source.origin.repetition = static_cast<std::uint16_t>(std::min<std::uint32_t>(number, 0xFFFF));
    source.origin.component = path.part;
    source.repetition = number;
    source.presence = source.input.presence();
    if (source.presence == hl7v2::Presence::value) {
      found = true;
      apply(row, source, scope, frame);
    } else if (source.presence == hl7v2::Presence::null && path.part != 0 && number == 1) {
      remove(row, source.origin, frame);
      found = true;
    }
    if (!is_repeated && (path.repetition != 0 || number == 1)) break;
  }
  return found;
}

void Evaluator::apply(const Row& row, const Source& source, const Scope& scope, const Frame& frame) {
  if (row.remove) return remove(row, source.origin, frame);
  if (row.reference != kNone) return put_references(row, scope, frame, source);
  const std::vector<Step>& steps = row.target.steps;
  NodeIndex at = frame.container;
  NodeIndex anchor = kNoNode;
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    if (steps[i].is_choice && builder_.has_other_choice(at, steps[i].element, steps[i].key)) return;
    at = step(at, steps[i], frame, source.repetition);
    if (static_cast<int>(i) == row.target.last_list) anchor = at;
  }
  bool is_put = false;
  if (steps.empty()) {
    is_put = apply_complex(row, source, scope, frame, at);
  } else if (steps.back().is_choice && builder_.has_other_choice(at, steps.back().element, steps.back().key)) {
    return;
  } else if (row.target.primitive != fhir::Primitive::none) {
    std::string text;
    bool is_literal = false;
    if (!content(row, source, scope, frame, text, is_literal)) return;
    is_put = put_text(at, steps.back(), text, is_literal, source.origin, row.is_fallback || frame.is_fallback);
  } else {
    const NodeIndex node = step(at, steps.back(), frame, source.repetition);
    if (static_cast<int>(steps.size()) - 1 == row.target.last_list || anchor == kNoNode) anchor = node;
    is_put = apply_complex(row, source, scope, frame, node);
  }
  if (is_put && anchor != kNoNode) apply_with(row, frame, source, anchor);
}

/// The text of a primitive: a constant, something computed, or the value.
bool Evaluator::content(const Row& row, const Source& source, const Scope& scope, const Frame& frame, std::string& out,
                        bool& is_literal) {
  is_literal = is_literal_type(row.target.primitive);
  if (row.constant != kNone) {
    out = plan_.texts[static_cast<std::size_t>(row.constant)];
    return true;
  }
  if (row.compute != kNone) {
    if (!compute(row.compute, scope, out) || out.empty()) return false;
    out = primitive(row.target.primitive, out, context_.zone, is_literal);
  } else if (!convert(row, source, scope, frame, out, is_literal)) {
    return false;
  }
  const bool is_wrong_code = row.target.required != fhir::ValueSetId::none && !out.empty() &&
                             plan_.schema->contains(row.target.required, "", out) == fhir::Membership::not_in;
  if (!out.empty() && !is_wrong_code) return true;
  complain(Severity::warning, kNotConverted,
           {std::string(row.target.steps.back().key), std::string(plan_.schema->type(row.target.type).name)},
           source.origin);
  return false;
}

bool Evaluator::apply_complex(const Row& row, const Source& source, const Scope& scope, const Frame& frame,
                              NodeIndex node) {
  Frame inner;
  inner.resource = frame.resource;
  inner.container = node;
  inner.table = row.table != kNone ? row.table : row.target.steps.empty() ? frame.table : kNone;
  inner.is_fallback = frame.is_fallback || row.is_fallback;
  if (row.codes != kNone) {
    const Code* code = map_code(row, source);
    if (code != nullptr) {
      const bool is_concept = put_codings(row, source, inner, node, *code);
      if (!is_concept || row.map == kNone) return true;
      inner.table = kNone;  // the translation says it; the original follows where the message names its system
    } else if (row.map == kNone) {
      return false;
    }
  }
  if (row.map == kNone) return true;
  const Map& map = plan_.maps[static_cast<std::size_t>(row.map)];
  if (map.is_resource && !row.target.steps.empty()) return resource_reference(row.map, source, scope, node);
  run_map(row.map, within(scope, source), inner);
  if (row.codes != kNone) tidy_codings(node);
  return builder_.has_content(node);
}

void Evaluator::apply_with(const Row& row, const Frame& frame, const Source& source, NodeIndex anchor) {
  for (const With& with : row.with) {
    NodeIndex at = anchor;
    for (std::size_t i = 0; i + 1 < with.target.steps.size(); ++i) {
      const Step& next = with.target.steps[i];
      // One item, however often: what stands there already is what is meant.
      NodeIndex list = next.is_list ? builder_.find(at, next.key) : kNoNode;
      at = list != kNoNode && next.label == kNone && builder_.node(list).first != kNoNode
               ? builder_.node(list).first
               : step(at, next, frame, source.repetition);
    }
    if (with.target.steps.empty()) continue;
    put_text(at, with.target.steps.back(), plan_.texts[static_cast<std::size_t>(with.text)],
             is_literal_type(with.target.primitive), source.origin, row.is_fallback || frame.is_fallback);
  }
}

void Evaluator::remove(const Row& row, const Origin& origin, const Frame& frame) {
  if (!frame.is_top || row.target.steps.empty()) return;
  const std::vector<Step>& steps = row.target.steps;
  builder_.at(frame.resource)
      .deletions.push_back(
          {steps[0].element, steps[0].key, steps.size() > 1 ? steps[1].key : std::string_view(), origin});
}

bool Evaluator::put_reference(NodeIndex node, std::uint32_t resource, const Origin& origin) {
  const OutResource& made = builder_.at(resource);
  std::string text(plan_.schema->type(made.type).name);
  text += '/';
  text += made.id.to_string();
  put(node, "reference", text, origin);
  return true;
}

void Evaluator::put_references(const Row& row, const Scope& scope, const Frame& frame, const Source& source) {
  std::vector<std::uint32_t> resources;
  if (row.all) {
    const std::vector<Instance>& instances = grouping_.instances();
    const auto first = row.others ? 0 : static_cast<std::size_t>(scope.instance);
    // `references: "*"`: whatever stands in this section, but not in one within it.
    const bool is_any = plan_.names[static_cast<std::size_t>(row.reference)] == "*";
    const int section = is_any ? grouping_.section_of(scope.instance) : kNone;
    std::unordered_set<std::uint32_t> seen;
    for (std::size_t i = first; i < instances.size() && (i == first || instances[i].depth > instances[first].depth);
         ++i) {
      for (const auto& [name, resource] : instances[i].bound) {
        const bool is_meant = is_any ? grouping_.section_of(static_cast<int>(i)) == section : name == row.reference;
        if (!is_meant || (row.others && resource == frame.resource)) continue;
        if (!is_any || seen.insert(resource).second) resources.push_back(resource);
      }
    }
  } else if (const int resource = grouping_.find_bound(scope.instance, row.reference); resource >= 0) {
    resources.push_back(static_cast<std::uint32_t>(resource));
  }
  std::uint32_t number = 0;
  for (const std::uint32_t resource : resources) {
    NodeIndex at = frame.container;
    NodeIndex anchor = kNoNode;
    ++number;
    for (std::size_t i = 0; i < row.target.steps.size(); ++i) {
      at = step(at, row.target.steps[i], frame, row.all ? number : source.repetition);
      if (static_cast<int>(i) == row.target.last_list) anchor = at;
    }
    if (builder_.has_content(at)) continue;
    put_reference(at, resource, source.origin);
    if (anchor != kNoNode) apply_with(row, frame, source, anchor);
  }
}

/// A resource that a data type makes by the way (a practitioner of an XCN), and the reference to it.
bool Evaluator::resource_reference(int index, const Source& source, const Scope& scope, NodeIndex node) {
  const Scope within = this->within(scope, source);
  const Map* map = &plan_.maps[static_cast<std::size_t>(index)];
  while (!map->choices.empty()) {
    const auto chosen = std::find_if(map->choices.begin(), map->choices.end(), [&](const Choice& choice) {
      return choice.when == kNone || holds(choice.when, within);
    });
    if (chosen == map->choices.end()) return false;
    index = chosen->map;
    map = &plan_.maps[static_cast<std::size_t>(index)];
  }
  std::string display;
  for (const SourcePath& path : map->display) {
    const std::string part = clean(trimmed(text(path, within)));
    if (!part.empty()) display += (display.empty() ? "" : " ") + part;
  }
  Uuid id;
  const bool has_room = builder_.resource_count() < limits_.max_resources;
  if (has_room && map->identity != kNone && identify(map->identity, map->type, within, id)) {
    bool is_new = false;
    const std::uint32_t resource = builder_.resource(map->type, id, is_new);
    if (is_new) {
      Frame frame;
      frame.resource = resource;
      frame.container = builder_.at(resource).root;
      run_map(index, within, frame);
    }
    put_reference(node, resource, source.origin);
  }
  if (!display.empty()) put(node, "display", display, source.origin);
  return builder_.has_content(node);
}

}  // namespace meridian::mapping::internal
