// Any bytes: validation ends, says the same twice, and says the same of the text with white space added between its
// tokens, but for positions.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "validation/validator.hpp"

namespace {

using namespace meridian;

std::vector<std::string> findings(const std::string& text) {
  static const validation::Validator validator(fhir::Schema::r4());
  static validation::ValidationSession session(validator);
  Issues issues;
  const fhir::Document document = fhir::DocumentParser().parse_borrowed(text, issues);
  if (!document.has_root()) return {"no document"};
  issues.clear();
  session.validate(document, issues);
  std::vector<std::string> found;
  for (const Issue& issue : issues.all()) {
    found.push_back(std::string(issue.message->id) + " " + issue.path + " " + meridian::text(issue, Language::english) +
                    meridian::text(issue, Language::chinese));
  }
  return found;
}

// A space after each token that may have one.
std::string spread(const std::string& json) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    out += json[i];
    if (in_string && json[i] == '\\' && i + 1 < json.size()) {
      out += json[++i];
      continue;
    }
    if (json[i] == '"') in_string = !in_string;
    if (!in_string && (json[i] == ',' || json[i] == ':' || json[i] == '{' || json[i] == '[')) out += "\n ";
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 100'000) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> once = findings(text);
  if (findings(text) != once) std::abort();
  if (once.size() == 1 && once.front() == "no document") return 0;
  if (findings(spread(text)) != once) std::abort();
  return 0;
}
