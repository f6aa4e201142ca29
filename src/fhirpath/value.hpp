// Value: one item of a collection: a node of a Document, or a value of FHIRPath's own System types.
//
// 40 bytes, copied freely. A Value owns nothing: nodes and most texts are views of the Document, constants of the
// Expression, and what an evaluation made (a joined string, a quantity) of its context. So a result lives until the
// context's next evaluation, and as long as Document and Expression. Value::of_string and its like borrow from whoever
// calls them.
//
// A FHIR primitive (Patient.birthDate) stays a node, since it has an id and extensions too; system() gives its
// value as a System type, as operators and functions do by themselves.
// Threads: immutable. Specification: http://hl7.org/fhirpath/N1/#types-and-reflection,
// https://hl7.org/fhir/R4/fhirpath.html#types
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/date_time.hpp"
#include "base/decimal.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::fhirpath {

enum class ValueType : std::uint8_t {
  none,  ///< no value; never an item of a collection
  node,
  boolean,
  integer,       ///< 32 bits
  long_integer,  ///< 64 bits
  decimal,
  string,
  date,
  date_time,
  time,
  quantity,
  type_info,  ///< what type() gives
};

/// A quantity of the System type: an exact number and its unit.
struct Quantity {
  Decimal value;
  std::string_view unit;     ///< a UCUM code; or, when is_calendar, a word such as `days`, as it was written
  bool is_calendar = false;  ///< a calendar duration: `1 month`, which is not `1 'mo'`
};

/// A type by name, as type() tells it.
struct TypeName {
  std::string_view space;  ///< "System" or "FHIR"
  std::string_view name;
};

class Value {
 public:
  Value() {}  // NOLINT(modernize-use-equals-default): the payload stays as it is
  explicit Value(fhir::Node node) : type_(ValueType::node) { put(node); }

  static Value of_boolean(bool value) { return with(ValueType::boolean, value); }
  static Value of_integer(std::int32_t value) { return with(ValueType::integer, std::int64_t{value}); }
  static Value of_long(std::int64_t value) { return with(ValueType::long_integer, value); }
  static Value of_decimal(const Decimal& value) { return with(ValueType::decimal, value); }
  static Value of_string(std::string_view borrowed) { return with(ValueType::string, borrowed); }
  static Value of_date(const Date& value) { return with(ValueType::date, value); }
  static Value of_date_time(const DateTime& value) { return with(ValueType::date_time, value); }
  static Value of_time(const Time& value) { return with(ValueType::time, value); }
  static Value of_quantity(const Quantity* borrowed) { return with(ValueType::quantity, borrowed); }
  static Value of_type(const TypeName* borrowed) { return with(ValueType::type_info, borrowed); }

  ValueType type() const { return type_; }
  bool is_node() const { return type_ == ValueType::node; }
  explicit operator bool() const { return type_ != ValueType::none; }

  // Each asks for its own type of value; the caller has looked at type().
  fhir::Node node() const { return get<fhir::Node>(); }
  bool boolean() const { return get<bool>(); }
  std::int64_t integer() const { return get<std::int64_t>(); }  ///< also of long_integer
  Decimal decimal() const { return get<Decimal>(); }
  std::string_view string() const { return get<std::string_view>(); }
  Date date() const { return get<Date>(); }
  DateTime date_time() const { return get<DateTime>(); }
  Time time() const { return get<Time>(); }
  const Quantity& quantity() const { return *get<const Quantity*>(); }
  const TypeName& type_info() const { return *get<const TypeName*>(); }

 private:
  template <typename T>
  static Value with(ValueType type, const T& payload) {
    Value value;
    value.type_ = type;
    value.put(payload);
    return value;
  }
  // NOLINTBEGIN(bugprone-sizeof-expression): some payloads are pointers
  template <typename T>
  void put(const T& payload) {
    static_assert(sizeof(T) <= sizeof(payload_) && std::is_trivially_copyable_v<T>);
    std::memcpy(payload_, static_cast<const void*>(&payload), sizeof(T));
  }
  template <typename T>
  T get() const {
    T payload;
    std::memcpy(static_cast<void*>(&payload), payload_, sizeof(T));
    return payload;
  }
  // NOLINTEND(bugprone-sizeof-expression)

  alignas(8) unsigned char payload_[32];
  ValueType type_ = ValueType::none;
};
static_assert(sizeof(Value) == 40);

/// "FHIR.HumanName", "System.String".
std::string type_name(const Value& value);
/// The value as a person would write it: `Peter`, `1.50`, `4 'mg'`, `2015-02-04`; a complex node as its JSON.
std::string text(const Value& value);
/// The value alone as JSON: primitives as JSON primitives, nodes as they stand, quantities as {"value":…,"unit":…}.
std::string json(const Value& value);
/// {"type":"FHIR.code","value":"male"}
std::string typed_json(const Value& value);

/// A list of values that lie somewhere else. What an evaluation gives lies in its context (see above); to keep it,
/// copy the values to a vector of one's own, and mind what they refer to.
class Collection {
 public:
  Collection() = default;
  Collection(const Value* first, std::size_t count) : first_(first), count_(count) {}

  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  const Value* begin() const { return first_; }
  const Value* end() const { return first_ + count_; }
  const Value& operator[](std::size_t index) const { return first_[index]; }
  const Value& front() const { return *first_; }

 private:
  const Value* first_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace meridian::fhirpath
