#include "imaging/orders.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "imaging/internal/records.hpp"
#include "mapping/stable_id.hpp"

namespace meridian::imaging {
namespace {

constexpr std::size_t kNumberCharacters = 16;  // SH
constexpr std::size_t kUidBytes = 64;
constexpr std::uint32_t kOrdersLookedAt = 500;
constexpr std::string_view kUids = "urn:dicom:uid";
constexpr std::string_view kUuidRoot = "2.25.";

/// PS3.5, B.2: a UUID as one decimal number below the root 2.25.
std::string uid_of(const Uuid& uuid) {
  std::array<std::uint8_t, 16> left = uuid.bytes();
  std::string digits;
  while (std::ranges::any_of(left, [](std::uint8_t byte) { return byte != 0; })) {
    unsigned rest = 0;
    for (std::uint8_t& byte : left) {
      const unsigned value = rest << 8 | byte;
      byte = static_cast<std::uint8_t>(value / 10);
      rest = value % 10;
    }
    digits += static_cast<char>('0' + rest);
  }
  std::ranges::reverse(digits);
  return std::string(kUuidRoot) + (digits.empty() ? "0" : digits);
}

/// The UUID that such a UID was made of.
std::optional<Uuid> uuid_of(std::string_view uid) {
  if (!uid.starts_with(kUuidRoot) || uid.size() == kUuidRoot.size()) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  for (const char digit : uid.substr(kUuidRoot.size())) {
    if (digit < '0' || digit > '9') return std::nullopt;
    auto carry = static_cast<unsigned>(digit - '0');
    for (std::size_t i = bytes.size(); i-- > 0;) {
      carry += bytes[i] * 10U;
      bytes[i] = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    if (carry != 0) return std::nullopt;
  }
  return Uuid(bytes);
}

bool is_uid(std::string_view text) {
  return !text.empty() && text.size() <= kUidBytes && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string_view type_of(fhir::Node identifier) {
  const fhir::Node type = identifier.child("type");
  const fhir::Node coding = type ? type.child("coding") : fhir::Node();
  return coding ? internal::text_in(coding, "code") : std::string_view();
}

/// As it goes into an SH: what is longer, or has what separates values, would be another number.
std::string number_of(std::string_view value) {
  const bool fits = value.size() <= kNumberCharacters && value.find_first_of("\\*?\n\r\t") == std::string_view::npos;
  return fits ? std::string(value) : std::string();
}

}  // namespace

std::string made_number(std::string_view type, std::string_view id, const mapping::StableIds& ids) {
  if (!id.empty() && id.size() <= kNumberCharacters) return std::string(id);
  std::string text = ids.id(type, "urn:meridian:number", id).to_string();
  std::erase(text, '-');
  return text.substr(0, kNumberCharacters);
}

OrderNumbers numbers_of(fhir::Node order, const mapping::StableIds& ids) {
  OrderNumbers numbers;
  std::string accession;
  for (const fhir::Node identifier : order.children()) {
    if (identifier.key() != "identifier") continue;
    const std::string_view value = internal::text_in(identifier, "value");
    const std::string_view type = type_of(identifier);
    if (internal::text_in(identifier, "system") == kUids) {
      const std::string_view uid = value.starts_with("urn:oid:") ? value.substr(8) : value;
      if (numbers.study.empty() && is_uid(uid)) numbers.study = uid;
    } else if (type == "ACSN") {
      if (accession.empty()) accession = number_of(value);
    } else if (type == "FILL") {
      if (numbers.filler.empty()) numbers.filler = value;
    } else if (numbers.placer.empty() && (type == "PLAC" || type.empty())) {
      numbers.placer = value;
    }
  }
  const std::string placer = number_of(numbers.placer);
  const std::string filler = number_of(numbers.filler);
  const std::string_view id = internal::text_in(order, "id");
  numbers.accession = !accession.empty() ? accession : !filler.empty() ? filler : placer;
  numbers.procedure = !placer.empty() ? placer : !filler.empty() ? filler : made_number("ServiceRequest", id, ids);
  if (numbers.study.empty()) {
    const Result<Uuid> uuid = Uuid::parse(id);
    numbers.study = uid_of(uuid ? *uuid : ids.id("ServiceRequest", kUids, id));
  }
  return numbers;
}

Result<std::string> order_of(const store::Store& store, const store::ReadContext& context,
                             const mapping::StableIds& ids, std::string_view study, std::string_view accession,
                             std::string_view patient) {
  internal::Records records(store, context);
  std::vector<fhir::Node> orders;
  if (!accession.empty()) {
    orders = records.all("ServiceRequest", {{"identifier", internal::escaped(accession)}}, kOrdersLookedAt);
  }
  const std::size_t by_number = orders.size();
  const std::optional<Uuid> uuid = uuid_of(study);
  if (const fhir::Node order = uuid ? records.read("ServiceRequest/" + uuid->to_string()) : fhir::Node()) {
    orders.push_back(order);
  }
  if (uuid && !patient.empty()) {
    const std::vector<fhir::Node> theirs =
        records.all("ServiceRequest", {{"subject", std::string(patient)}}, kOrdersLookedAt);
    orders.insert(orders.end(), theirs.begin(), theirs.end());
  }
  TRY(records.fault());
  std::string only;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const OrderNumbers numbers = numbers_of(orders[i], ids);
    std::string reference = "ServiceRequest/" + std::string(internal::text_in(orders[i], "id"));
    if (numbers.study == study) return reference;
    const fhir::Node subject = orders[i].child("subject");
    const bool is_theirs = subject && internal::text_in(subject, "reference") == patient;
    if (i >= by_number || !is_theirs || numbers.accession != accession) continue;
    // Several steps of one order have one accession number; of several orders nobody can tell.
    if (!only.empty() && only != reference) return std::string();
    only = std::move(reference);
  }
  return only;
}

}  // namespace meridian::imaging
