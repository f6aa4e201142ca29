#include "mapping/mapper.hpp"

#include "formats/cda/header.hpp"
#include "formats/hl7v2/header.hpp"
#include "formats/hl7v2/message.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/internal/evaluator.hpp"
#include "mapping/internal/plan.hpp"
#include "mapping/internal/slots.hpp"
#include "mapping/internal/text_rules.hpp"
#include "mapping/messages.hpp"

namespace meridian::mapping {
namespace {

using internal::Plan;

const internal::MessageMap* find_map(const Plan& plan, const hl7v2::Header& header) {
  const std::string type(header.type());
  for (const std::string& trigger : {type + '^' + std::string(header.trigger()), type}) {
    const auto found = plan.triggers.find(trigger);
    if (found != plan.triggers.end()) return &plan.messages[static_cast<std::size_t>(found->second)];
  }
  return nullptr;
}

/// Whether any map takes the field. MSH-1 and MSH-2 are the separators.
bool is_taken(const Plan& plan, internal::SegmentCode segment, std::size_t field) {
  const auto found = plan.taken.find(segment);
  return found != plan.taken.end() && field < found->second.size() && found->second[field];
}

void cover(const Plan& plan, const hl7v2::Message& message, const internal::Grouping& grouping, Coverage& coverage) {
  std::size_t index = 0;
  for (const hl7v2::Segment segment : message.segments()) {
    const bool is_placed = index < grouping.of_segment().size() && grouping.of_segment()[index] != internal::kNone;
    ++index;
    const internal::SegmentCode code = internal::segment_code(segment.name());
    char name[4] = {};
    segment.name().copy(name, 3);
    const bool is_header = segment.is("MSH");
    for (std::size_t field = is_header ? 3 : 1; field <= segment.field_count() && field < 1000; ++field) {
      if (segment.field(field).presence() < hl7v2::Presence::null) continue;
      coverage.count(name, static_cast<std::uint16_t>(field), is_placed && is_taken(plan, code, field));
    }
  }
}

}  // namespace

struct Mapper::State {
  State(std::shared_ptr<const Catalogue> shared, MappingContext given, MappingLimits bounds)
      : catalogue(std::move(shared)),
        context(std::move(given)),
        limits(bounds),
        evaluator(catalogue->plan(), context, limits) {}
  std::shared_ptr<const Catalogue> catalogue;
  MappingContext context;
  MappingLimits limits;
  internal::Evaluator evaluator;
};

Mapper::Mapper(std::shared_ptr<const Catalogue> catalogue, MappingContext context, MappingLimits limits)
    : state_(std::make_unique<State>(std::move(catalogue), std::move(context), limits)) {}
Mapper::~Mapper() = default;
Mapper::Mapper(Mapper&&) noexcept = default;
Mapper& Mapper::operator=(Mapper&&) noexcept = default;

Mapped Mapper::map(const hl7v2::Message& message) {
  Mapped mapped;
  mapped.issues = Issues(state_->limits.max_issues);
  const Plan& plan = state_->catalogue->plan();
  const hl7v2::Header header = message.header();
  const internal::MessageMap* map = find_map(plan, header);
  if (map == nullptr) {
    mapped.issues.add({Severity::warning,
                       IssueType::not_supported,
                       kNoMap,
                       {internal::clean(header.type()) + '^' + internal::clean(header.trigger())},
                       "MSH-9"});
    return mapped;
  }
  mapped.map = map->name;
  state_->evaluator.run(*map, message, mapped.issues);
  Stamp stamp;
  stamp.time = internal::microseconds(header.time(), state_->context.zone);
  stamp.control_id = internal::clean(header.control_id());
  mapped.writes = internal::make_writes(state_->evaluator.builder(), *plan.schema, *plan.merge_rules, stamp);
  cover(plan, message, state_->evaluator.grouping(), mapped.coverage);
  return mapped;
}

Mapped Mapper::map(const tree::Document& document) {
  Mapped mapped;
  mapped.issues = Issues(state_->limits.max_issues);
  const Plan& plan = state_->catalogue->plan();
  const cda::Header header = cda::read_header(document);
  // The first template that has a map of its own; any other document's is CDA.
  auto found = plan.triggers.end();
  for (const cda::Identifier& each : header.templates) {
    if (found == plan.triggers.end()) found = plan.triggers.find("CDA^" + std::string(each.root));
  }
  if (found == plan.triggers.end()) found = plan.triggers.find("CDA");
  if (found == plan.triggers.end()) {
    mapped.issues.add({Severity::warning, IssueType::not_supported, kNoMap, {"CDA"}});
    return mapped;
  }
  const internal::MessageMap& map = plan.messages[static_cast<std::size_t>(found->second)];
  mapped.map = map.name;
  state_->evaluator.run(map, document, mapped.issues);
  Stamp stamp;
  stamp.time = internal::microseconds(header.time, state_->context.zone);
  stamp.control_id = internal::clean(std::string(header.id.root) + '^' + std::string(header.id.extension));
  mapped.writes = internal::make_writes(state_->evaluator.builder(), *plan.schema, *plan.merge_rules, stamp);
  return mapped;
}

Mapped Mapper::map(std::string_view record_map, const tree::Document& record, const Stamp& stamp) {
  Mapped mapped;
  mapped.issues = Issues(state_->limits.max_issues);
  const Plan& plan = state_->catalogue->plan();
  const auto found = plan.records.find(record_map);
  if (found == plan.records.end()) {
    mapped.issues.add({Severity::warning, IssueType::not_supported, kNoMap, {std::string(record_map)}});
    return mapped;
  }
  const internal::MessageMap& map = plan.messages[static_cast<std::size_t>(found->second)];
  mapped.map = map.name;
  state_->evaluator.run_record(map, record, stamp.control_id, mapped.issues);
  mapped.writes = internal::make_writes(state_->evaluator.builder(), *plan.schema, *plan.merge_rules, stamp);
  return mapped;
}

}  // namespace meridian::mapping
