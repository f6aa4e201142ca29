// Write: what one message says of one resource, before anybody knows what the resource holds now.
//
// Place: the mapper makes writes, merge.hpp lays them over the present version, a store commits the result. A write
// is partial: it has *slots*, each a part of the resource that the message owns. What has no slot is left as it is;
// a slot without content deletes (HL7 v2's `""`). Slots and their keys:
//
//   status                    a whole element, choices without their type: `value` for valueQuantity
//   period.start              a member of an element that catalog/mappings/*/merge.yaml calls `members`
//   name@PID-5                the items of a list that one field (or one kind of segment) gave
//   identifier[urn:x|123]     one item of a list whose items have keys of their own
//   location#2024…Z|Location/… one observation of a timeline: where something was at that time
//
// Each slot has its Origin. The Stamp says which message it is and how much its word counts; later words of the same
// rank replace earlier ones, whatever the order of arrival.
// Threads: values; share const ones freely. Texts are inside the write.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/uuid.hpp"
#include "formats/fhir/schema.hpp"

namespace meridian::mapping {

/// How much a message's word on something counts.
enum class Rank : std::uint8_t {
  fallback,  ///< only where nothing is known: a status that the type of message suggests
  copy,      ///< a message about something else that repeats it: a patient's name in a result
  owner,     ///< the message is about this
};

/// Which message said it. Ordered as messages count: by time, then by control id as numbers would be (shorter first).
struct Stamp {
  std::int64_t time = 0;   ///< of MSH-7, in microseconds of UTC
  std::string control_id;  ///< MSH-10
  std::strong_ordering operator<=>(const Stamp& other) const;
  bool operator==(const Stamp&) const = default;
};

/// The place in the message that a slot's content came from. Numbers count from 1; 0: not said.
struct Origin {
  char segment[4] = {};          ///< "PID"; empty for what the mapping itself states
  std::uint16_t occurrence = 0;  ///< among the segments of that name in the message
  std::uint16_t field = 0;
  std::uint16_t repetition = 0;
  std::uint16_t component = 0;
  bool operator==(const Origin&) const = default;
};
/// `PID[1]-5[2].1`; of a document `CDA#1205`, of a record `REC#4`; empty for an empty origin.
std::string to_string(const Origin& origin);

inline constexpr char kOfDocument[4] = "CDA";
inline constexpr char kOfRecord[4] = "REC";
/// The origin that is an element of a CDA document or of a record, by its number there: the number in two halves as
/// occurrence and repetition. tree::Document::element() gives the element back, and so its path.
Origin origin_of_element(std::uint32_t number, const char (&of)[4] = kOfDocument);
/// 0: of a message, or empty.
std::uint32_t element_of(const Origin& origin);

enum class SlotKind : std::uint8_t { element, member, source, item, timeline };

/// A part of a resource. The views point into the Write.
struct Slot {
  std::string_view key;   ///< as above, unique within its write
  std::string_view json;  ///< element, member: `"key":value`; others: items joined by commas; empty: deleted
  SlotKind kind;
  Rank rank;
  fhir::NameId element;     ///< of the resource
  std::uint32_t items = 0;  ///< how many items of the list
  Origin origin;
};

class Write {
 public:
  Write(fhir::TypeId type, const Uuid& id) : type_(type), id_(id) {}
  /// Part of the message rather than of the record (MessageHeader): for bundle.hpp, not for a store.
  bool is_transient() const { return is_transient_; }
  void set_transient(bool is_transient) { is_transient_ = is_transient; }

  fhir::TypeId type() const { return type_; }
  const Uuid& id() const { return id_; }
  const Stamp& stamp() const { return stamp_; }
  void set_stamp(Stamp stamp) { stamp_ = std::move(stamp); }

  std::size_t size() const { return slots_.size(); }
  Slot slot(std::size_t index) const;
  /// Content and keys are copied.
  void add(const Slot& slot);

 private:
  struct Place {
    std::uint32_t key;
    std::uint32_t key_size;
    std::uint32_t json_size;  // behind the key
    Slot slot;                // its views are not used
  };
  fhir::TypeId type_;
  Uuid id_;
  Stamp stamp_;
  bool is_transient_ = false;
  std::string text_;
  std::vector<Place> slots_;
};

}  // namespace meridian::mapping
