#include "rest/preferences.hpp"

#include <string>
#include <string_view>

#include "base/trim.hpp"
#include "rest/internal/text.hpp"

namespace meridian::rest {
namespace {

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

}  // namespace

Preferences preferences_of(const http::Headers& headers) {
  Preferences preferences;
  bool has_return = false;
  bool has_handling = false;
  const std::string all = headers.joined("Prefer");
  for (std::string_view one : split(all, ',')) {
    one = without_blanks(one.substr(0, one.find(';')));
    const std::size_t equals = one.find('=');
    const std::string_view name = without_blanks(one.substr(0, equals));
    const std::string_view value =
        equals == one.npos ? std::string_view{} : unquoted(without_blanks(one.substr(equals + 1)));
    if (http::equals_ignoring_case(name, "respond-async")) {
      preferences.respond_async = true;
    } else if (http::equals_ignoring_case(name, "handling") && !has_handling) {
      has_handling = true;
      preferences.strict = value == "strict";
    } else if (http::equals_ignoring_case(name, "return") && !has_return) {
      has_return = true;
      if (value == "minimal") preferences.returned = ReturnPreference::minimal;
      if (value == "representation") preferences.returned = ReturnPreference::representation;
      if (value == "OperationOutcome") preferences.returned = ReturnPreference::operation_outcome;
    }
  }
  return preferences;
}

}  // namespace meridian::rest
