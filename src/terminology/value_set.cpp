#include "terminology/value_set.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace meridian::terminology {

using fhir::Membership;

namespace {

class Composer {
 public:
  Composer(const Sources& sources, ComposeLimits limits) : sources_(sources), limits_(limits) {}

  Result<CodeSet> compose(const ValueSet& set) {
    if (open_.size() >= limits_.max_depth || ++count_ > limits_.max_value_sets) {
      return fail(ErrorCode::too_costly, "more value sets include one another than ComposeLimits allow");
    }
    if (set.includes.size() + set.excludes.size() > limits_.max_includes) {
      return fail(ErrorCode::too_costly, "the value set has more includes than ComposeLimits allow: " + set.url);
    }
    if (!set.url.empty() && std::ranges::find(open_, set.url) != open_.end()) {
      return fail(ErrorCode::unprocessable, "value sets include each other in a circle: " + set.url);
    }
    open_.push_back(set.url);
    CodeSet made;
    for (const Include& include : set.includes) made = made.united(TRY(codes_of(include)));
    for (const Include& exclude : set.excludes) made = made.without(TRY(codes_of(exclude)));
    if (!set.takes_inactive) made.drop_inactive();
    open_.pop_back();
    return made;
  }

 private:
  Result<CodeSet> codes_of(const Include& include) {
    std::optional<CodeSet> made;
    if (!include.system.empty()) {
      made.emplace();
      const CodeSystemPtr known = sources_.code_system(include.system, include.version);
      looks_ += known ? include.filters.size() * known->size() : 0;
      if (looks_ > limits_.max_looks) {
        return fail(ErrorCode::too_costly, "the filters look at more codes than ComposeLimits allow");
      }
      made->add(of_system(include, *made));
    }
    for (const std::string& canonical : include.value_sets) {
      CodeSet imported = TRY(value_set(canonical));
      made = made ? made->common(imported) : std::move(imported);
    }
    return made.value_or(CodeSet());
  }

  Result<CodeSet> value_set(const std::string& canonical) {
    CodeSetPtr made;
    const ValueSet* defined = nullptr;
    if (!sources_.value_set(canonical, made, defined)) {
      CodeSet unknown;
      unknown.open();
      unknown.doubt("the value set " + canonical + " is not here");
      return unknown;
    }
    if (made) return *made;
    if (const auto found = composed_.find(canonical); found != composed_.end()) return found->second;
    CodeSet now = TRY(compose(*defined));
    composed_.emplace(canonical, now);
    return now;
  }

  SystemCodes of_system(const Include& include, CodeSet& doubts) const {
    SystemCodes codes;
    codes.system = include.system;
    codes.version = include.version;
    codes.known = sources_.code_system(include.system, include.version);
    const Grammar grammar = sources_.grammar(include.system);
    const bool is_complete = codes.known && codes.known->about().content == Content::complete;
    if (!include.codes.empty()) {
      list(include, grammar, is_complete, codes);
      return codes;
    }
    if (codes.known) codes.possible = Ranges::all(codes.known->size());
    bool is_understood = codes.known != nullptr || include.filters.empty();
    for (const Filter& filter : include.filters) {
      Ranges passed;
      if (codes.known && apply_filter(*codes.known, filter, passed)) {
        codes.possible = codes.possible.common(passed);
      } else {
        is_understood = false;
        doubts.doubt("the filter " + filter.property + " " + filter.op + " cannot be applied to " + include.system);
      }
    }
    if (is_understood) codes.sure = codes.possible;
    if (grammar != nullptr && include.filters.empty()) {
      codes.grammar = grammar;
    } else if (!is_complete) {
      codes.is_open = true;
      doubts.doubt("not all codes of " + include.system + " are here");
    }
    return codes;
  }

  static void list(const Include& include, Grammar grammar, bool is_complete, SystemCodes& codes) {
    std::vector<std::uint32_t> numbers;
    for (const auto& [code, wording] : include.codes) {
      const auto number = codes.known ? codes.known->find(code) : std::nullopt;
      if (number) {
        numbers.push_back(*number);
      } else if (is_complete || (grammar != nullptr && !grammar(code))) {
        continue;  // no code of its system, whatever the value set says
      } else {
        codes.listed.emplace(code, Membership::in);
      }
      if (!wording.display.empty() || !wording.names.empty()) {
        codes.words.emplace(number ? std::string(codes.known->code(*number)) : code, wording);
      }
    }
    codes.sure = Ranges::of(std::move(numbers));
    codes.possible = codes.sure;
  }

  const Sources& sources_;
  ComposeLimits limits_;
  std::vector<std::string> open_;
  std::map<std::string, CodeSet, std::less<>> composed_;
  std::uint32_t count_ = 0;
  std::uint64_t looks_ = 0;
};

}  // namespace

Result<CodeSet> compose(const ValueSet& set, const Sources& sources, ComposeLimits limits) {
  return Composer(sources, limits).compose(set);
}

}  // namespace meridian::terminology
