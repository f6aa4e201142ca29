// Headers: the field lines of a message, in the order received, names compared without regard to case.
//
// One run of text and a table of places in it, so that reading a request's fields costs two allocations and reusing
// the object costs none. Views given out hold until the next change. Not for several threads at once.
// Names and values set by the program are checked: a name that is no token, or a value with CR, LF or NUL, is a
// programming error and the field is left out (and reported), never sent.
// https://www.rfc-editor.org/rfc/rfc9110#section-5
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meridian::http {

struct Field {
  std::string_view name;
  std::string_view value;
};

class Headers {
 public:
  /// The first value of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  /// The first value of that name, or "".
  std::string_view get(std::string_view name) const { return find(name).value_or(std::string_view{}); }
  bool contains(std::string_view name) const { return find(name).has_value(); }
  std::size_t count(std::string_view name) const;
  /// All values of that name joined by ", " as RFC 9110 section 5.2 allows.
  std::string joined(std::string_view name) const;

  void add(std::string_view name, std::string_view value);
  /// For parsers, which have found a token and a field value and said so if not.
  void add_checked(std::string_view name, std::string_view value);
  /// Replaces every field of that name by this one.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  void clear();

  std::size_t size() const { return places_.size(); }
  bool empty() const { return places_.empty(); }
  Field operator[](std::size_t index) const;

 private:
  struct Place {
    std::uint32_t name_at;
    std::uint32_t name_size;
    std::uint32_t value_at;
    std::uint32_t value_size;
  };
  std::string text_;
  std::vector<Place> places_;
};

/// ASCII letters without regard to case.
bool equals_ignoring_case(std::string_view a, std::string_view b);
/// Whether the comma-separated list has this member, without regard to case: list_contains("close, TE", "te").
bool list_contains(std::string_view list, std::string_view member);
/// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
bool is_token(std::string_view text);
/// No CR, LF, NUL or other control but TAB. https://www.rfc-editor.org/rfc/rfc9110#section-5.5
bool is_field_value(std::string_view text);

}  // namespace meridian::http
