#include "ingest/message_format.hpp"

#include <utility>

#include "ingest/cda_format.hpp"
#include "ingest/device_format.hpp"
#include "ingest/device_register.hpp"
#include "ingest/feed.hpp"
#include "ingest/hl7_files.hpp"
#include "ingest/hl7_header.hpp"
#include "ingest/hl7_mapper.hpp"
#include "ingest/messages.hpp"
#include "ingest/record_format.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/record.hpp"

namespace meridian::ingest {
namespace {

constexpr std::string_view kHl7 = "hl7v2";
constexpr std::string_view kCda = "cda";

/// Of feeds whose mapping is not there.
class NoMapper final : public Mapper {
 public:
  explicit NoMapper(std::string name) : name_(std::move(name)) {}
  std::shared_ptr<const mapping::MergeRules> rules() const override { return nullptr; }
  Writes map(const Message& /*message*/, Issues& issues) const override {
    issues.add({Severity::error, IssueType::not_supported, kNoMapping, {name_}});
    return {};
  }

 private:
  const std::string name_;
};

}  // namespace

bool has_mapping(const Feed& feed, const mapping::Catalogue& mappings) {
  return feed.mapping == kHl7 || feed.mapping == kCda || feed.mapping == kDeviceMapping ||
         mapping::has_record_map(mappings, feed.mapping);
}

Result<MessageFormat> format_of(const Feed& feed, std::shared_ptr<const mapping::Catalogue> mappings,
                                const std::string& tenant_key, const DeviceRegister* devices) {
  static const DeviceRegister none;
  mapping::MappingContext context = TRY(context_of(feed, tenant_key));
  MessageFormat format;
  if (feed.mapping == kCda) {
    format.reader = std::make_unique<CdaHeaderReader>();
    format.mapper = std::make_unique<CdaMapper>(std::move(mappings), std::move(context));
    format.files = std::make_unique<CdaFiles>();
    return format;
  }
  if (feed.mapping == kDeviceMapping && mappings != nullptr) {
    const DeviceRegister& known = devices != nullptr ? *devices : none;
    format.reader = std::make_unique<DeviceHeaderReader>(mappings, known);
    format.mapper = std::make_unique<DeviceMapper>(std::move(mappings), std::move(context), known, nullptr);
    format.files = std::make_unique<RecordFiles>(feed.records);
    return format;
  }
  if (feed.mapping != kHl7 && mappings != nullptr && mapping::has_record_map(*mappings, feed.mapping)) {
    format.reader = std::make_unique<RecordHeaderReader>(mappings, feed.mapping, context.zone);
    format.mapper = std::make_unique<RecordMapper>(std::move(mappings), feed.mapping, std::move(context));
    format.files = std::make_unique<RecordFiles>(feed.records);
    return format;
  }
  format.reader = std::make_unique<Hl7HeaderReader>();
  format.files = std::make_unique<Hl7Files>();
  if (feed.mapping == kHl7) {
    format.mapper = std::make_unique<Hl7Mapper>(std::move(mappings), std::move(context), charset_of(feed));
  } else {
    format.mapper = std::make_unique<NoMapper>(feed.mapping);
  }
  return format;
}

Result<mapping::MappingContext> context_of(const Feed& feed, const std::string& tenant_key) {
  mapping::MappingContext context;
  context.tenant_key = tenant_key;
  if (!feed.zone.empty()) context.zone = TRY(TimeZone::find(feed.zone));
  context.default_authority = feed.authority;
  for (const auto& [name, system] : feed.authorities) context.authorities.push_back({name, system});
  return context;
}

}  // namespace meridian::ingest
