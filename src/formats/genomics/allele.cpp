#include "formats/genomics/allele.hpp"

#include <algorithm>

#include "formats/genomics/internal/text.hpp"

namespace meridian::genomics {
namespace {

using internal::is_digit;
using internal::is_graphic;
using internal::is_letter;

bool is_base(char c) {
  switch (c) {
    case 'A':
    case 'C':
    case 'G':
    case 'T':
    case 'N':
    case 'a':
    case 'c':
    case 'g':
    case 't':
    case 'n':
      return true;
    default:
      return false;
  }
}

}  // namespace

bool is_bases(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_base);
}

AlleleKind kind_of(std::string_view allele) {
  if (allele.size() == 1 && is_base(allele[0])) return AlleleKind::bases;
  if (allele.empty()) return AlleleKind::wrong;
  if (allele == ".") return AlleleKind::missing;
  if (allele == "*") return AlleleKind::overlapping;
  if (allele == "<*>" || allele == "<NON_REF>") return AlleleKind::unspecified;
  if (allele.front() == '<' && allele.back() == '>' && allele.find('[') == std::string_view::npos &&
      allele.find(']') == std::string_view::npos) {
    return AlleleKind::symbol;
  }
  if (is_bases(allele)) return AlleleKind::bases;
  if (allele.front() == '.' && is_bases(allele.substr(1))) return AlleleKind::single;
  if (allele.back() == '.' && is_bases(allele.substr(0, allele.size() - 1))) return AlleleKind::single;
  if (parse_breakend(allele)) return AlleleKind::breakend;
  // A symbol may hold brackets, if it has a pair of angle brackets around it and is no breakend.
  return allele.front() == '<' && allele.back() == '>' ? AlleleKind::symbol : AlleleKind::wrong;
}

bool is_symbol(std::string_view id, int version) {
  if (id.empty()) return false;
  for (const char c : id) {
    if (!is_graphic(c) || c == '<' || c == '>' || c == ',') return false;
  }
  const std::size_t colon = id.find(':');
  if (colon == std::string_view::npos) return true;
  const std::string_view type = id.substr(0, colon);
  if (type == "BND") return version < 4;
  for (const char* known : {"DEL", "INS", "DUP", "INV", "CNV"}) {
    if (type == known) return true;
  }
  return false;
}

std::string_view symbol_type(std::string_view allele) {
  if (kind_of(allele) != AlleleKind::symbol) return {};
  allele = allele.substr(1, allele.size() - 2);
  return allele.substr(0, allele.find(':'));
}

bool is_contig_name(std::string_view name, int version) {
  if (name.empty()) return false;
  if (version < 3) {
    // No white space, and nothing that a breakend or a list could not be told from.
    return std::all_of(name.begin(), name.end(), [](char c) {
      return is_graphic(c) && c != '<' && c != '>' && c != ',' && c != '[' && c != ']';
    });
  }
  // Section 1.4.7: [0-9A-Za-z!#$%&+./:;?@^_|~-][0-9A-Za-z!#$%&*+./:;=?@^_|~-]*
  constexpr std::string_view kOthers = "!#$%&+./:;?@^_|~-";
  const auto may_begin = [&](char c) {
    return is_digit(c) || is_letter(c) || kOthers.find(c) != std::string_view::npos;
  };
  return may_begin(name[0]) &&
         std::all_of(name.begin() + 1, name.end(), [&](char c) { return may_begin(c) || c == '*' || c == '='; });
}

std::optional<Breakend> parse_breakend(std::string_view allele) {
  const std::size_t open = allele.find_first_of("[]");
  if (open == std::string_view::npos) return std::nullopt;
  const char bracket = allele[open];
  const std::size_t close = allele.find(bracket, open + 1);
  if (close == std::string_view::npos) return std::nullopt;
  Breakend breakend;
  breakend.joins_after = open > 0;
  breakend.extends_right = bracket == '[';
  breakend.bases = breakend.joins_after ? allele.substr(0, open) : allele.substr(close + 1);
  if (breakend.joins_after && close + 1 != allele.size()) return std::nullopt;
  if (!is_bases(breakend.bases)) return std::nullopt;
  std::string_view mate = allele.substr(open + 1, close - open - 1);
  const std::size_t colon = mate.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto position = internal::number_of<std::uint64_t>(mate.substr(colon + 1));
  if (!position) return std::nullopt;
  breakend.position = *position;
  mate = mate.substr(0, colon);
  if (mate.size() > 2 && mate.front() == '<' && mate.back() == '>') mate = mate.substr(1, mate.size() - 2);
  if (!is_contig_name(mate, 1)) return std::nullopt;
  breakend.contig = mate;
  return breakend;
}

}  // namespace meridian::genomics
