#include "ingest/device_format.hpp"

#include <string>
#include <utility>

#include "base/metrics.hpp"
#include "formats/tree/document.hpp"
#include "ingest/device_register.hpp"
#include "ingest/internal/reading.hpp"
#include "ingest/messages.hpp"
#include "ingest/series.hpp"
#include "mapping/record.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kLongestNumber = 200;

/// A question, a control sample or a trial, as the connector of analysers says it (device_connector.cpp).
bool is_not_of_patient(const tree::Document& sent) {
  for (tree::Element one = sent.root().first_child(); one; one = one.next()) {
    if (one.is("purpose") || one.is("question")) return true;
  }
  return false;
}

/// Who sent it, as far as the catalogue and the register know.
struct Sender {
  std::string number;  ///< empty: no kind finds one
  const RegisteredDevice* device = nullptr;
};

Sender sender_of(const mapping::Catalogue& catalogue, const DeviceList& list, const tree::Document& sent) {
  Sender sender;
  // The register says of which kind a device is, and the kind where its number stands: both must agree.
  for (std::string& number : mapping::device_numbers(catalogue.device_kinds(), sent)) {
    const RegisteredDevice* device = list.find(number);
    if (sender.number.empty()) sender.number = number.substr(0, kLongestNumber);
    if (device == nullptr) continue;
    const mapping::DeviceKind* kind = catalogue.device_kind(device->kind);
    if (kind != nullptr && mapping::device_number(*kind, sent) != number) continue;
    return {std::move(number), device};
  }
  return sender;
}

struct DeviceMetrics {
  Counter& values = metrics().counter({"meridian_device_values", "Values of devices that were taken"});
  Counter& implausible = metrics().counter({"meridian_device_implausible", "Values of devices that cannot be true"});
  Counter& clocks = metrics().counter({"meridian_device_clocks", "Messages of devices whose time was set right"});
  Counter& samples = metrics().counter({"meridian_series_samples", "Samples of waves"});
};

DeviceMetrics& counts() {
  static DeviceMetrics all;
  return all;
}

void count(const mapping::DeviceReading& reading) {
  DeviceMetrics& all = counts();
  if (reading.values > 0) all.values.add(reading.values);
  if (reading.implausible > 0) all.implausible.add(reading.implausible);
  if (reading.is_clock_corrected) all.clocks.add();
  for (const mapping::DeviceSeries& series : reading.series) all.samples.add(series.samples.size());
}

}  // namespace

bool is_quarantine(std::string_view code) {
  return code == kDeviceUnknown.id || code == kDeviceUnproven.id || code == kDeviceDisabled.id ||
         code == kDeviceNoKind.id;
}

MessageHeader DeviceHeaderReader::read(std::string_view bytes) const {
  MessageHeader header;
  Issues ignored;
  const tree::Document sent = mapping::read_record(bytes, ignored);
  if (!sent) return header;
  const std::shared_ptr<const DeviceList> list = devices_.list();
  const Sender sender = sender_of(*catalogue_, *list, sent);
  header.is_readable = true;
  header.type = sender.device != nullptr ? sender.device->kind : "unknown";
  header.control_id = internal::name_of_content(bytes);
  if (!sender.number.empty()) header.order_keys.push_back("device|" + sender.number);
  return header;
}

DeviceMapper::DeviceMapper(std::shared_ptr<const mapping::Catalogue> catalogue, mapping::MappingContext context,
                           const DeviceRegister& devices, const SeriesPort* series)
    : mappers_(std::move(catalogue), std::move(context)), devices_(devices), series_(series) {}

Writes DeviceMapper::map(const Message& message, Issues& issues) const {
  const tree::Document sent = mapping::read_record(message.content, issues);
  if (!sent) return {};
  const std::shared_ptr<const DeviceList> list = devices_.list();
  const Sender sender = sender_of(mappers_.catalogue(), *list, sent);
  const auto quarantine = [&](const meridian::Message& why) {
    issues.add({Severity::error, IssueType::security, why, {sender.number}});
    return Writes();
  };
  if (sender.number.empty()) {
    issues.add({Severity::error, IssueType::required, kDeviceNoNumber});
    return {};
  }
  if (sender.device == nullptr) return quarantine(kDeviceUnknown);
  const RegisteredDevice& device = *sender.device;
  if (!device.is_enabled) return quarantine(kDeviceDisabled);
  if (!is_proven(device, message.source)) return quarantine(kDeviceUnproven);
  const mapping::DeviceKind* kind = mappers_.catalogue().device_kind(device.kind);
  if (kind == nullptr) return quarantine(kDeviceNoKind);

  mapping::DeviceReading reading = mapping::read_device(*kind, sent, {device.number, device.where},
                                                        mappers_.context().zone, message.arrived, issues);
  if (!reading.record) return {};
  count(reading);
  const bool has_series = !reading.series.empty();
  if (has_series && series_ != nullptr) {
    const Result<> taken = series_->take({message.id, device.number, std::move(reading.series)});
    if (!taken) issues.add({Severity::error, IssueType::processing, kSeriesNotTaken, {taken.error().message()}});
  }
  if (reading.values + reading.implausible == 0) {
    if (is_not_of_patient(sent)) {
      issues.add({Severity::information, IssueType::processing, kDeviceNotOfPatient});
    } else if (!has_series) {
      issues.add({Severity::error, IssueType::required, kDeviceNothing, {device.kind}});
    }
    return {};
  }
  const mapping::Stamp stamp{reading.time.microseconds(), message.header.control_id};
  const std::string map = kind->record_map();
  mapping::Mapped mapped = mappers_.map(std::string_view(map), reading.record, stamp);
  internal::add_softly(std::move(mapped.issues), issues);
  if (mapped.writes.empty()) issues.add({Severity::error, IssueType::required, kNothingMade});
  return std::move(mapped.writes);
}

std::shared_ptr<const mapping::MergeRules> DeviceMapper::rules() const {
  return mappers_.catalogue().merge_rules();
}

}  // namespace meridian::ingest
