#include "mapping/testing/record.hpp"

#include <cstdio>
#include <cstdlib>

#include "base/input.hpp"
#include "fhirpath/expression.hpp"
#include "formats/cda/document.hpp"
#include "formats/fhir/document.hpp"
#include "mapping/device_reading.hpp"
#include "mapping/record.hpp"

namespace meridian::mapping::testing {

std::shared_ptr<const Catalogue> catalogue() {
  static const std::shared_ptr<const Catalogue> opened = [] {
    Issues issues;
    Result<std::shared_ptr<const Catalogue>> result = Catalogue::open({}, issues);
    if (result) return *result;
    std::fprintf(stderr, "%s\n", result.error().message().c_str());
    std::abort();
  }();
  return opened;
}

MappingContext context() {
  MappingContext context;
  context.tenant_key = "test";
  if (const Result<TimeZone> zone = TimeZone::find("Asia/Shanghai")) context.zone = *zone;
  return context;
}

std::string file_text(const std::string& path) {
  std::string text;
  Result<std::unique_ptr<ByteSource>> source = open_input(path);
  if (!source) return text;
  std::string piece(std::size_t{1} << 16, '\0');
  while (true) {
    const Result<std::size_t> size = (*source)->read(piece);
    if (!size || *size == 0) return text;
    text.append(piece, 0, *size);
  }
}

hl7v2::Message message(std::string_view lines) {
  std::string text(lines);
  for (char& c : text) c = c == '\n' ? '\r' : c;
  Issues issues;
  hl7v2::MessageParser parser;
  hl7v2::Message parsed = parser.parse(std::move(text), issues);
  if (!parsed) std::abort();
  return parsed;
}

Record::Record(MappingContext of)
    : zone_(of.zone), mapper_(catalogue(), std::move(of)), merger_(catalogue()->merge_rules()) {}

Mapped Record::take(std::string_view lines) {
  return take(message(lines));
}

Mapped Record::take(const hl7v2::Message& message) {
  Mapped mapped = mapper_.map(message);
  keep(mapped);
  return mapped;
}

Mapped Record::take_document(std::string_view xml) {
  Issues issues;
  const tree::Document document = cda::parse_document(xml, {}, issues);
  if (!document) std::abort();
  Mapped mapped = mapper_.map(document);
  keep(mapped);
  return mapped;
}

Mapped Record::take_device(std::string_view kind, std::string_view json, Instant arrived) {
  const DeviceKind* known = catalogue()->device_kind(kind);
  Issues issues;
  const tree::Document sent = read_record(json, issues);
  if (!sent || known == nullptr) std::abort();
  const DeviceReading reading =
      read_device(*known, sent, {device_number(*known, sent), "ICU 3, bed 12"}, zone_, arrived, issues);
  if (!reading.record) return Mapped();
  Mapped mapped = mapper_.map(known->record_map(), reading.record, {reading.time.microseconds(), std::string(json)});
  for (const Issue& issue : issues.all()) mapped.issues.add(issue);
  keep(mapped);
  return mapped;
}

Mapped Record::take_record(std::string_view map, std::string_view json) {
  Issues issues;
  const tree::Document record = read_record(json, issues);
  if (!record) std::abort();
  const RecordHeader header = read_record_header(*catalogue(), map, record, zone_);
  Mapped mapped = mapper_.map(map, record, {header.time.value_or(0), header.id});
  keep(mapped);
  return mapped;
}

void Record::keep(const Mapped& mapped) {
  for (const Write& write : mapped.writes) {
    if (write.is_transient()) continue;
    const std::string name = std::string(fhir::Schema::r4().type(write.type()).name) + '/' + write.id().to_string();
    Result<Merged> merged = merger_.merge(resources_[name], origins_[name], write);
    if (!merged) std::abort();
    versions_ += merged->changed ? 1U : 0U;
    resources_[name] = std::move(merged->json);
    origins_[name] = std::move(merged->origins);
  }
}

std::vector<std::string> Record::all(std::string_view type) const {
  std::vector<std::string> out;
  for (const auto& [name, json] : resources_) {
    if (name.starts_with(std::string(type) + '/')) out.push_back(json);
  }
  return out;
}

std::string Record::only(std::string_view type) const {
  const std::vector<std::string> found = all(type);
  return found.size() == 1 ? found.front() : std::string();
}

std::string find(std::string_view json, std::string_view expression) {
  Issues issues;
  fhir::DocumentParser parser;
  const fhir::Document document = parser.parse(std::string(json), issues);
  if (!document.has_root()) return "not a resource";
  Result<fhirpath::Expression> compiled = fhirpath::Expression::compile_or_error(expression);
  if (!compiled) return compiled.error().message();
  fhirpath::EvaluationContext context;
  const Result<fhirpath::Collection> values = compiled->evaluate(document.root(), context);
  if (!values) return values.error().message();
  std::string out;
  for (const fhirpath::Value& value : *values) out += (out.empty() ? "" : ",") + fhirpath::text(value);
  return out;
}

}  // namespace meridian::mapping::testing
