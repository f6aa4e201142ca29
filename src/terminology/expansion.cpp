#include "terminology/expansion.hpp"

#include <algorithm>

namespace meridian::terminology {

using fhir::Membership;

namespace {

constexpr bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
}
constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool holds_word(std::string_view text, std::string_view word) {
  if (word.size() > text.size()) return false;
  const bool is_ascii = static_cast<unsigned char>(word.front()) < 0x80;
  for (std::size_t at = 0; at + word.size() <= text.size(); ++at) {
    if (is_ascii && at > 0 && is_word(word.front()) && is_word(text[at - 1])) {
      const bool follows_ascii = static_cast<unsigned char>(text[at - 1]) < 0x80;
      if (follows_ascii) continue;
    }
    const bool is_same = std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                                    [](char a, char b) { return lower(a) == lower(b); });
    if (is_same) return true;
  }
  return false;
}

class Expander {
 public:
  Expander(const Snapshot& snapshot, const ExpansionRequest& request) : snapshot_(snapshot), request_(request) {
    end_ = request.count ? std::uint64_t{request.offset} + *request.count : UINT64_MAX;
  }

  Result<Expansion> expand(const CodeSet& set) {
    if (!set.is_listable()) {
      const std::string why = set.doubts().empty() ? "its codes follow a grammar" : set.doubts().front();
      return fail(ErrorCode::too_costly, "the value set cannot be listed: " + why);
    }
    for (const SystemCodes& codes : set.systems()) {
      if (codes.known) known(codes);
      for (const auto& [code, verdict] : codes.listed) {
        if (verdict == Membership::in) listed(codes, code);
      }
    }
    if (!request_.count && made_.total > request_.max_codes) {
      return fail(ErrorCode::too_costly, "the value set has " + std::to_string(made_.total) +
                                             " codes; ask for pages with count and offset, or give a filter");
    }
    return std::move(made_);
  }

 private:
  /// Counts one more; whether it is to be shown.
  bool is_on_page() {
    const std::uint64_t place = made_.total++;
    if (!request_.count && made_.total > request_.max_codes) return false;
    return place >= request_.offset && place < end_;
  }

  void known(const SystemCodes& codes) {
    const CodeSystem& system = *codes.known;
    const bool takes_all = request_.filter.empty() && !request_.active_only;
    for (const Run run : codes.sure.runs()) {
      if (takes_all && (made_.total + (run.end - run.begin) <= request_.offset || made_.total >= end_)) {
        made_.total += run.end - run.begin;  // whole runs before and behind the page
        continue;
      }
      for (CodeNumber number = run.begin; number < run.end; ++number) {
        if (request_.active_only && !system.is_active(number)) continue;
        if (!request_.filter.empty() && !matches(codes, system, number)) continue;
        if (is_on_page()) show(codes, system, number);
      }
    }
  }

  bool matches(const SystemCodes& codes, const CodeSystem& system, CodeNumber number) const {
    const std::string& filter = request_.filter;
    if (matches_words(system.display(number), filter) || matches_words(system.code(number), filter)) return true;
    if (const Wording* words = words_of(codes, system.code(number))) {
      if (matches_words(words->display, filter)) return true;
      if (std::ranges::any_of(words->names, [&](const auto& name) { return matches_words(name.value, filter); })) {
        return true;
      }
    }
    return std::ranges::any_of(snapshot_.designations(system, number),
                               [&](const Designation& name) { return matches_words(name.value, filter); });
  }

  static const Wording* words_of(const SystemCodes& codes, std::string_view code) {
    if (codes.words.empty()) return nullptr;
    const auto found = codes.words.find(code);
    return found == codes.words.end() ? nullptr : &found->second;
  }

  /// How the value set itself names a code; empty where it does not, or not in the language asked for.
  std::string_view worded(const Wording* words) const {
    if (words == nullptr) return {};
    for (const Wording::Name& name : words->names) {
      if (!request_.language.empty() && speaks(name.language, request_.language)) return name.value;
    }
    return words->display;
  }

  void add_names(const Wording* words, ExpandedCode& code) const {
    if (!request_.with_designations || words == nullptr) return;
    for (const Wording::Name& name : words->names) code.designations.push_back({name.language, name.use, name.value});
  }

  void show(const SystemCodes& codes, const CodeSystem& system, CodeNumber number) {
    ExpandedCode code{codes.system, system.about().version, system.code(number), {}, false, false, {}};
    const Wording* words = words_of(codes, code.code);
    code.display = worded(words);
    if (code.display.empty() || (!request_.language.empty() && code.display == words->display)) {
      const std::string_view plain = system.display(number);
      const std::string_view own = snapshot_.display(system, number, request_.language);
      if (code.display.empty() || own != plain) code.display = own;
    }
    code.is_inactive = !system.is_active(number);
    code.is_abstract = system.is_abstract(number);
    if (request_.with_designations) code.designations = snapshot_.designations(system, number);
    add_names(words, code);
    made_.codes.push_back(std::move(code));
  }

  void listed(const SystemCodes& codes, std::string_view text) {
    const Wording* words = words_of(codes, text);
    const std::string_view display = worded(words);
    if (!request_.filter.empty() && !matches_words(display, request_.filter) && !matches_words(text, request_.filter)) {
      return;
    }
    if (!is_on_page()) return;
    ExpandedCode code{codes.system, codes.version, text, display, false, false, {}};
    add_names(words, code);
    made_.codes.push_back(std::move(code));
  }

  const Snapshot& snapshot_;
  const ExpansionRequest& request_;
  std::uint64_t end_;
  Expansion made_;
};

}  // namespace

bool matches_words(std::string_view text, std::string_view wanted) {
  while (!wanted.empty()) {
    const std::size_t space = std::min(wanted.find(' '), wanted.size());
    const std::string_view word = wanted.substr(0, space);
    if (!word.empty() && !holds_word(text, word)) return false;
    wanted.remove_prefix(std::min(space + 1, wanted.size()));
  }
  return true;
}

Result<Expansion> expand(const CodeSet& set, const Snapshot& snapshot, const ExpansionRequest& request) {
  return Expander(snapshot, request).expand(set);
}

}  // namespace meridian::terminology
