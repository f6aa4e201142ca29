#include <algorithm>
#include <utility>

#include "terminology/value_set.hpp"

// Three-valued logic (Kleene's) on sets of codes: sure is a subset of possible.

namespace meridian::terminology {

using fhir::Membership;

namespace {

struct Either {
  static Membership of(Membership a, Membership b) {
    if (a == Membership::in || b == Membership::in) return Membership::in;
    return a == Membership::unknown || b == Membership::unknown ? Membership::unknown : Membership::not_in;
  }
  static Ranges sure(const SystemCodes& a, const SystemCodes& b) { return a.sure.united(b.sure); }
  static Ranges possible(const SystemCodes& a, const SystemCodes& b) { return a.possible.united(b.possible); }
  static bool open(bool a, bool b) { return a || b; }
};

struct Both {
  static Membership of(Membership a, Membership b) {
    if (a == Membership::not_in || b == Membership::not_in) return Membership::not_in;
    return a == Membership::unknown || b == Membership::unknown ? Membership::unknown : Membership::in;
  }
  static Ranges sure(const SystemCodes& a, const SystemCodes& b) { return a.sure.common(b.sure); }
  static Ranges possible(const SystemCodes& a, const SystemCodes& b) { return a.possible.common(b.possible); }
};

Membership negated(Membership a) {
  if (a == Membership::unknown) return a;
  return a == Membership::in ? Membership::not_in : Membership::in;
}

struct Without {
  static Membership of(Membership a, Membership b) { return Both::of(a, negated(b)); }
  static Ranges sure(const SystemCodes& a, const SystemCodes& b) { return a.sure.without(b.possible); }
  static Ranges possible(const SystemCodes& a, const SystemCodes& b) { return a.possible.without(b.sure); }
};

/// What holds of codes that are neither in the known system nor listed, and that a grammar takes.
Membership of_unlisted(const SystemCodes& codes) {
  if (codes.grammar != nullptr) return Membership::in;
  return codes.is_open ? Membership::unknown : Membership::not_in;
}

/// The same codes as numbers of another version of the system.
SystemCodes renumbered(SystemCodes codes, const CodeSystemPtr& target) {
  if (codes.known == target) return codes;
  SystemCodes made = codes;
  made.known = target;
  made.listed.clear();
  std::vector<std::uint32_t> sure;
  std::vector<std::uint32_t> possible;
  const auto put = [&](std::string_view code, Membership verdict) {
    const auto number = target ? target->find(code) : std::nullopt;
    if (!number) {
      made.listed.emplace(code, verdict);
      return;
    }
    if (verdict == Membership::in) sure.push_back(*number);
    if (verdict != Membership::not_in) possible.push_back(*number);
  };
  for (const Run run : codes.possible.runs()) {
    for (std::uint32_t n = run.begin; n < run.end; ++n) {
      put(codes.known->code(n), codes.sure.contains(n) ? Membership::in : Membership::unknown);
    }
  }
  for (const auto& [code, verdict] : codes.listed) put(code, verdict);
  made.sure = Ranges::of(std::move(sure));
  made.possible = Ranges::of(std::move(possible));
  if (target && codes.is_open) made.possible = Ranges::all(target->size());
  return made;
}

}  // namespace

Membership SystemCodes::contains(std::string_view code) const {
  if (known) {
    if (const auto number = known->find(code)) {
      if (sure.contains(*number)) return Membership::in;
      return possible.contains(*number) ? Membership::unknown : Membership::not_in;
    }
  }
  if (const auto found = listed.find(code); found != listed.end()) return found->second;
  if (grammar != nullptr) return grammar(code) ? Membership::in : Membership::not_in;
  return is_open ? Membership::unknown : Membership::not_in;
}

Membership CodeSet::contains(std::string_view system, std::string_view code) const {
  Membership verdict = Membership::not_in;
  bool is_mentioned = false;
  for (const SystemCodes& codes : systems_) {
    if (!system.empty() && codes.system != system) continue;
    is_mentioned = true;
    verdict = Either::of(verdict, codes.contains(code));
    if (verdict == Membership::in) return verdict;
  }
  if (is_open_ && (system.empty() || !is_mentioned)) verdict = Either::of(verdict, Membership::unknown);
  return verdict;
}

bool CodeSet::is_listable() const {
  return !is_open_ && std::ranges::all_of(systems_, [](const SystemCodes& codes) {
    const bool is_decided =
        std::ranges::none_of(codes.listed, [](const auto& listed) { return listed.second == Membership::unknown; });
    return !codes.is_open && codes.grammar == nullptr && codes.sure == codes.possible && is_decided;
  });
}

std::size_t CodeSet::size() const {
  std::size_t count = 0;
  for (const SystemCodes& codes : systems_) {
    count += codes.sure.size();
    for (const auto& [code, verdict] : codes.listed) count += verdict == Membership::in ? 1 : 0;
  }
  return count;
}

void CodeSet::doubt(std::string why) {
  constexpr std::size_t kMaxDoubts = 16;
  if (doubts_.size() < kMaxDoubts && std::ranges::find(doubts_, why) == doubts_.end())
    doubts_.push_back(std::move(why));
}

void CodeSet::add(SystemCodes codes) {
  CodeSet one;
  one.systems_.push_back(std::move(codes));
  *this = united(one);
}

SystemCodes CodeSet::part(std::string_view system, const SystemCodes* like) const {
  for (const SystemCodes& codes : systems_) {
    if (codes.system == system) return like != nullptr ? renumbered(codes, like->known) : codes;
  }
  SystemCodes none;
  none.system = system;
  if (like != nullptr) none.known = like->known;
  none.is_open = is_open_;
  if (is_open_ && none.known) none.possible = Ranges::all(none.known->size());
  return none;
}

template <typename Combine>
CodeSet CodeSet::combined(const CodeSet& other, Combine /*how*/) const {
  CodeSet made;
  made.doubts_ = doubts_;
  for (const std::string& why : other.doubts_) made.doubt(why);
  made.is_open_ = Combine::of(is_open_ ? Membership::unknown : Membership::not_in,
                              other.is_open_ ? Membership::unknown : Membership::not_in) == Membership::unknown;
  std::vector<std::string> names;
  for (const std::vector<SystemCodes>* list : {&systems_, &other.systems_}) {
    for (const SystemCodes& codes : *list) {
      if (std::ranges::find(names, codes.system) == names.end()) names.push_back(codes.system);
    }
  }
  for (const std::string& name : names) {
    SystemCodes a = part(name, nullptr);
    SystemCodes b = other.part(name, nullptr);
    // One numbering for both: the first that is there.
    if (!a.known && b.known) {
      a = part(name, &b);
    } else {
      b = other.part(name, &a);
    }
    SystemCodes both;
    both.system = name;
    both.version = a.version.empty() ? b.version : a.version;
    both.known = a.known;
    both.sure = Combine::sure(a, b);
    both.possible = Combine::possible(a, b);
    const Membership unlisted = Combine::of(of_unlisted(a), of_unlisted(b));
    if (unlisted == Membership::in) both.grammar = a.grammar != nullptr ? a.grammar : b.grammar;
    both.is_open = unlisted == Membership::unknown;
    for (const auto* listed : {&a.listed, &b.listed}) {
      for (const auto& [code, verdict] : *listed) {
        if (both.listed.contains(code)) continue;
        const Membership now = Combine::of(a.contains(code), b.contains(code));
        if (now != Membership::not_in || unlisted != Membership::not_in) both.listed.emplace(code, now);
      }
    }
    both.words = std::move(a.words);
    both.words.merge(b.words);
    const bool is_empty = both.possible.empty() && both.listed.empty() && unlisted == Membership::not_in;
    // Where other systems are open, it must be said that nothing of this one is in.
    if (!is_empty || made.is_open_) made.systems_.push_back(std::move(both));
  }
  return made;
}

CodeSet CodeSet::united(const CodeSet& other) const {
  return combined(other, Either());
}
CodeSet CodeSet::common(const CodeSet& other) const {
  return combined(other, Both());
}
CodeSet CodeSet::without(const CodeSet& other) const {
  return combined(other, Without());
}

void CodeSet::drop_inactive() {
  for (SystemCodes& codes : systems_) {
    if (!codes.known) continue;
    Ranges inactive;
    for (std::uint32_t number = 0; number < codes.known->size(); ++number) {
      if (!codes.known->is_active(number)) inactive.append(number);
    }
    codes.sure = codes.sure.without(inactive);
    codes.possible = codes.possible.without(inactive);
  }
}

}  // namespace meridian::terminology
