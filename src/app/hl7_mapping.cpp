#include "app/hl7_mapping.hpp"

#include <utility>

#include "app/open_key.hpp"
#include "app/report.hpp"
#include "mapping/bundle.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/coverage.hpp"
#include "mapping/mapper.hpp"
#include "mapping/merge.hpp"

namespace meridian::app {
struct Hl7Mapping::State {
  MappingOptions::As as;
  mapping::Mapper mapper;
  mapping::Merger merger;
  mapping::Coverage coverage = {};
};

Hl7Mapping::Hl7Mapping(std::unique_ptr<State> state) : state_(std::move(state)) {}
Hl7Mapping::~Hl7Mapping() = default;

Result<std::unique_ptr<Hl7Mapping>> Hl7Mapping::open(const MappingOptions& options, Language language) {
  Issues faults;
  auto catalogue = mapping::Catalogue::open(options.folder, faults);
  for (const Issue& fault : faults.all()) complain(issue_line(fault.path, fault, language));
  if (!catalogue) return fail(std::move(catalogue).error());
  mapping::MappingContext context;
  context.tenant_key = kOpenKey;
  context.zone = TRY(TimeZone::find(options.zone));
  auto state = std::make_unique<State>(
      State{options.as, mapping::Mapper(*catalogue, std::move(context)), mapping::Merger((*catalogue)->merge_rules())});
  return std::unique_ptr<Hl7Mapping>(new Hl7Mapping(std::move(state)));
}

std::string Hl7Mapping::convert(const hl7v2::Message& message, Issues& issues) {
  return written(state_->mapper.map(message), issues);
}

std::string Hl7Mapping::convert(const tree::Document& document, Issues& issues) {
  return written(state_->mapper.map(document), issues);
}

std::string Hl7Mapping::written(mapping::Mapped mapped, Issues& issues) {
  state_->coverage.add(mapped.coverage);
  std::string out;
  if (state_->as == MappingOptions::As::bundle) {
    if (!mapped.writes.empty()) out = mapping::bundle_of(mapped, state_->merger) + '\n';
  } else {
    for (const std::string& resource : mapping::resources_of(mapped, state_->merger)) out += resource + '\n';
  }
  issues.add_all(std::move(mapped.issues));
  return out;
}

std::string Hl7Mapping::coverage() const {
  return mapping::to_text(state_->coverage);
}

}  // namespace meridian::app
