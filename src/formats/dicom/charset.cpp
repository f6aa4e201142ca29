#include "formats/dicom/charset.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "formats/dicom/internal/text_converter.hpp"

namespace meridian::dicom {
namespace {

struct Term {
  std::string_view name;
  Repertoire repertoire;
};

constexpr Term kTerms[] = {
    {"", Repertoire::ascii},
    {"ISO_IR 6", Repertoire::ascii},
    {"ISO 2022 IR 6", Repertoire::ascii},
    {"ISO_IR 100", Repertoire::latin_1},
    {"ISO 2022 IR 100", Repertoire::latin_1},
    {"ISO_IR 101", Repertoire::latin_2},
    {"ISO 2022 IR 101", Repertoire::latin_2},
    {"ISO_IR 109", Repertoire::latin_3},
    {"ISO 2022 IR 109", Repertoire::latin_3},
    {"ISO_IR 110", Repertoire::latin_4},
    {"ISO 2022 IR 110", Repertoire::latin_4},
    {"ISO_IR 144", Repertoire::cyrillic},
    {"ISO 2022 IR 144", Repertoire::cyrillic},
    {"ISO_IR 127", Repertoire::arabic},
    {"ISO 2022 IR 127", Repertoire::arabic},
    {"ISO_IR 126", Repertoire::greek},
    {"ISO 2022 IR 126", Repertoire::greek},
    {"ISO_IR 138", Repertoire::hebrew},
    {"ISO 2022 IR 138", Repertoire::hebrew},
    {"ISO_IR 148", Repertoire::latin_5},
    {"ISO 2022 IR 148", Repertoire::latin_5},
    {"ISO_IR 203", Repertoire::latin_9},
    {"ISO 2022 IR 203", Repertoire::latin_9},
    {"ISO_IR 166", Repertoire::thai},
    {"ISO 2022 IR 166", Repertoire::thai},
    {"ISO_IR 13", Repertoire::katakana},
    {"ISO 2022 IR 13", Repertoire::katakana},
    {"ISO 2022 IR 87", Repertoire::jis_x_0208},
    {"ISO 2022 IR 159", Repertoire::jis_x_0212},
    {"ISO 2022 IR 149", Repertoire::ks_x_1001},
    {"ISO 2022 IR 58", Repertoire::gb_2312},
    {"ISO_IR 192", Repertoire::utf_8},
    {"GB18030", Repertoire::gb18030},
    {"GBK", Repertoire::gbk},
};

Repertoire repertoire_of(std::string_view term) {
  const std::size_t end = term.find_last_not_of(std::string_view(" \0", 2));
  term = end == std::string_view::npos ? std::string_view() : term.substr(0, end + 1);
  const std::size_t begin = term.find_first_not_of(' ');
  if (begin != std::string_view::npos) term.remove_prefix(begin);
  // "ISO-IR 100", "ISO_IR_100" and "ISO IR 100" are met, too.
  std::string plain(term);
  if (plain.size() > 6 && plain.starts_with("ISO") && plain.substr(4, 2) == "IR") {
    plain[3] = '_';
    plain[6] = ' ';
  } else if (plain.size() > 11 && plain.starts_with("ISO") && plain.substr(4, 4) == "2022") {
    plain[3] = plain[8] = plain[11] = ' ';
  }
  for (const Term& known : kTerms) {
    if (known.name == plain) return known.repertoire;
  }
  return Repertoire::unknown;
}

bool is_double_byte(Repertoire repertoire) {
  return repertoire == Repertoire::jis_x_0208 || repertoire == Repertoire::jis_x_0212 ||
         repertoire == Repertoire::ks_x_1001 || repertoire == Repertoire::gb_2312;
}

struct Escape {
  std::string_view sequence;  // after ESC
  bool is_g1;
  Repertoire repertoire;
};

// PS3.3, tables C.12-3 and C.12-4.
constexpr Escape kEscapes[] = {
    {"(B", false, Repertoire::ascii},       {"(J", false, Repertoire::ascii},     {")I", true, Repertoire::katakana},
    {"-A", true, Repertoire::latin_1},      {"-B", true, Repertoire::latin_2},    {"-C", true, Repertoire::latin_3},
    {"-D", true, Repertoire::latin_4},      {"-L", true, Repertoire::cyrillic},   {"-G", true, Repertoire::arabic},
    {"-F", true, Repertoire::greek},        {"-H", true, Repertoire::hebrew},     {"-M", true, Repertoire::latin_5},
    {"-b", true, Repertoire::latin_9},      {"-T", true, Repertoire::thai},       {"$B", false, Repertoire::jis_x_0208},
    {"$(D", false, Repertoire::jis_x_0212}, {"$)C", true, Repertoire::ks_x_1001}, {"$)A", true, Repertoire::gb_2312},
};

/// Text with the two code elements G0 and G1 of ISO 2022.
class Switching {
 public:
  Switching(std::string_view bytes, Repertoire first, std::string& out) : bytes_(bytes), first_(first), out_(out) {
    g1_ = first;
  }

  void run() {
    while (at_ < bytes_.size()) {
      const auto byte = static_cast<unsigned char>(bytes_[at_]);
      if (byte == 0x1B && escape()) continue;
      if (byte < 0x80 && is_double_byte(g0_) && byte > 0x20 && at_ + 1 < bytes_.size()) {
        take_run([](unsigned char c) { return c > 0x20 && c < 0x80; }, g0_);
      } else if (byte < 0x80) {
        out_ += bytes_[at_++];
        if (byte == '\\' || byte == '^' || byte == '=' || byte == '\r' || byte == '\n' || byte == '\f') reset();
      } else {
        take_run([](unsigned char c) { return c >= 0x80; }, g1_);
      }
    }
  }

 private:
  bool escape() {
    for (const Escape& known : kEscapes) {
      if (!bytes_.substr(at_ + 1).starts_with(known.sequence)) continue;
      (known.is_g1 ? g1_ : g0_) = known.repertoire;
      at_ += 1 + known.sequence.size();
      return true;
    }
    return false;
  }

  /// G1 stays where the first term gives it none: some writers do not repeat their escape after a delimiter.
  void reset() {
    g0_ = Repertoire::ascii;
    if (first_ != Repertoire::ascii) g1_ = first_;
  }

  template <typename Is>
  void take_run(Is is, Repertoire repertoire) {
    std::size_t end = at_;
    while (end < bytes_.size() && is(static_cast<unsigned char>(bytes_[end]))) ++end;
    // In seven bits, a delimiter ends the pairs only where it stands alone.
    if (is_double_byte(repertoire) && (end - at_) % 2 != 0 && end - at_ > 1) --end;
    internal::append_converted(out_, bytes_.substr(at_, end - at_), repertoire);
    at_ = end;
  }

  std::string_view bytes_;
  Repertoire first_;
  std::string& out_;
  Repertoire g0_ = Repertoire::ascii;
  Repertoire g1_;
  std::size_t at_ = 0;
};

}  // namespace

CharacterSet CharacterSet::of(std::string_view terms) {
  CharacterSet set;
  set.is_declared_ = terms.find_first_not_of(std::string_view(" \0", 2)) != std::string_view::npos;
  bool is_first = true;
  for (;;) {
    const std::size_t end = terms.find('\\');
    const Repertoire repertoire = repertoire_of(terms.substr(0, end));
    if (repertoire == Repertoire::unknown) {
      set.has_unknown_ = true;
    } else if (is_first) {
      set.first_ = repertoire;
    }
    // Escape sequences say themselves which set they mean, so that the other terms need not be kept.
    is_first = false;
    if (end == std::string_view::npos) break;
    terms.remove_prefix(end + 1);
  }
  return set;
}

bool CharacterSet::has_unknown() const {
  return has_unknown_;
}

std::string CharacterSet::decode(std::string_view bytes) const {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 2);
  if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<signed char>(c) >= 0 && c != 0x1B; })) {
    return out = bytes;
  }
  switch (first_) {
    case Repertoire::utf_8:
    case Repertoire::gb18030:
    case Repertoire::gbk:
      internal::append_converted(out, bytes, first_);
      return out;
    default:
      break;
  }
  if (first_ == Repertoire::ascii && bytes.find('\x1B') == std::string_view::npos) {
    // Nothing says what this is.
    if (is_valid_utf8(bytes)) return out = bytes;
    internal::append_converted(out, bytes, Repertoire::latin_1);
    return out;
  }
  Switching(bytes, first_, out).run();
  return out;
}

}  // namespace meridian::dicom
