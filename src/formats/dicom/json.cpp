#include "formats/dicom/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/base64.hpp"
#include "formats/dicom/dictionary.hpp"
#include "formats/dicom/internal/json_text.hpp"
#include "formats/dicom/internal/word_order.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::dicom {
namespace {

bool is_bytes(Vr vr) {
  switch (vr) {
    case Vr::none:
    case Vr::ob:
    case Vr::od:
    case Vr::of:
    case Vr::ol:
    case Vr::ov:
    case Vr::ow:
    case Vr::un:
      return true;
    default:
      return false;
  }
}

bool is_real(Vr vr) {
  return vr == Vr::fl || vr == Vr::fd;
}

class JsonOf {
 public:
  explicit JsonOf(const JsonOptions& options) : options_(options) {}

  void append(const DataSet& set) {
    out_ += '{';
    bool is_first = true;
    for (const Element* element : set.ordered()) {
      if (element->tag.is_group_length()) continue;
      if (!is_first) out_ += ',';
      is_first = false;
      append(set, *element);
    }
    out_ += '}';
  }
  std::string take() && { return std::move(out_); }

 private:
  void append(const DataSet& set, const Element& element) {
    const Vr vr = element.vr == Vr::none ? Vr::un : element.vr;
    const std::size_t above = path_.size();
    path_ += hex(element.tag);
    out_ += fmt::format(R"("{}":{{"vr":"{}")", hex(element.tag), name(vr));
    if (vr == Vr::sq) {
      items(element);
    } else if (is_bytes(vr)) {
      bytes(set, element);
    } else if (element.tag == tags::kCharacterSet) {
      out_ += R"(,"Value":["ISO_IR 192"])";  // what this text is (F.2.7)
    } else if (!element.value.empty()) {
      values(set, element);
    }
    out_ += '}';
    path_.resize(above);
  }

  void items(const Element& element) {
    if (element.items.empty()) return;
    const std::size_t above = path_.size();
    out_ += R"(,"Value":[)";
    for (std::size_t i = 0; i < element.items.size(); ++i) {
      if (i > 0) out_ += ',';
      path_ += fmt::format("/{}/", i);
      append(element.items[i]);
      path_.resize(above);
    }
    out_ += ']';
  }

  void bytes(const DataSet& set, const Element& element) {
    if (element.is_encapsulated() || element.value.size() > options_.max_inline_bytes) {
      out_ += R"(,"BulkDataURI":)";
      internal::append_json_text(out_, options_.bulk_data + path_);
    } else if (!element.value.empty()) {
      out_ += R"(,"InlineBinary":")" +
              to_base64(internal::in_order(element.value, element.vr, set.order, ByteOrder::little)) + '"';
    }
  }

  void values(const DataSet& set, const Element& element) {
    if (is_text(element.vr)) return text_values(set, element);
    const std::size_t count = count_numbers(element);
    if (count == 0) return;
    out_ += R"(,"Value":[)";
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) out_ += ',';
      number(set, element, i);
    }
    out_ += ']';
  }

  void number(const DataSet& set, const Element& element, std::size_t index) {
    if (element.vr == Vr::at) {
      const auto group = unsigned_at(set, element, 2 * index);
      out_ += fmt::format("\"{:04X}{:04X}\"", group, unsigned_at(set, element, 2 * index + 1));
    } else if (is_real(element.vr)) {
      const double value = real_at(set, element, index);
      if (!std::isfinite(value)) {
        out_ += std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
      } else if (element.vr == Vr::fl) {
        out_ += fmt::format("{}", static_cast<float>(value));
      } else {
        out_ += fmt::format("{}", value);
      }
    } else if (element.vr == Vr::uv) {
      out_ += fmt::format("{}", unsigned_at(set, element, index));
    } else {
      out_ += fmt::format("{}", integer_at(set, element, index));
    }
  }

  void text_values(const DataSet& set, const Element& element) {
    std::vector<std::string> all = texts(set, element);
    if (element.vr == Vr::pn) {
      for (std::string& name : all) {
        if (name.find_first_not_of("^= ") == std::string::npos) name.clear();
      }
    }
    if (std::all_of(all.begin(), all.end(), [](const std::string& value) { return value.empty(); })) return;
    out_ += R"(,"Value":[)";
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > 0) out_ += ',';
      if (all[i].empty()) {
        out_ += "null";
      } else if (element.vr == Vr::pn) {
        person(all[i]);
      } else if (const auto number = element.vr == Vr::ds || element.vr == Vr::is ? internal::json_number(all[i])
                                                                                  : std::optional<std::string>()) {
        out_ += *number;
      } else {
        internal::append_json_text(out_, all[i]);
      }
    }
    out_ += ']';
  }

  /// Components that are empty and stand last are left out, with their delimiters (PS3.5, 6.2.1).
  void person(std::string_view name) {
    out_ += '{';
    bool is_first = true;
    for (const char* key : {"Alphabetic", "Ideographic", "Phonetic"}) {
      const std::size_t end = name.find('=');
      const std::string_view group = name.substr(0, end);
      if (const std::size_t last = group.find_last_not_of("^ "); last != std::string_view::npos) {
        out_ += is_first ? "\"" : ",\"";
        out_ += key;
        out_ += "\":";
        internal::append_json_text(out_, group.substr(0, last + 1));
        is_first = false;
      }
      if (end == std::string_view::npos) break;
      name.remove_prefix(end + 1);
    }
    out_ += '}';
  }

  const JsonOptions& options_;
  std::string out_;
  std::string path_;
};

class Dump {
 public:
  explicit Dump(const DumpOptions& options) : options_(options) {}

  void append(const DataSet& set, std::size_t depth) {
    for (const Element& element : set.elements) append(set, element, depth);
  }
  std::string take() && { return std::move(out_); }

 private:
  void append(const DataSet& set, const Element& element, std::size_t depth) {
    const std::string_view word = keyword(element.tag);
    out_ += fmt::format("{:{}}{} {} {}:", "", depth * 2, to_string(element.tag), name(element.vr),
                        word.empty() ? "-" : word);
    if (element.vr == Vr::sq) {
      out_ += fmt::format(" {} item{}\n", element.items.size(), element.items.size() == 1 ? "" : "s");
      for (std::size_t i = 0; i < element.items.size(); ++i) {
        out_ += fmt::format("{:{}}[{}]\n", "", depth * 2 + 2, i);
        append(element.items[i], depth + 2);
      }
      return;
    }
    const std::string value = shown(set, element);
    if (!value.empty()) out_ += ' ' + value;
    out_ += '\n';
  }

  std::string shown(const DataSet& set, const Element& element) const {
    if (element.is_encapsulated()) {
      std::size_t bytes = 0;
      for (const std::string_view fragment : element.fragments) bytes += fragment.size();
      const std::size_t count = element.fragments.size() - 1;
      return fmt::format("<{} fragment{}, {} bytes>", count, count == 1 ? "" : "s",
                         bytes - element.fragments[0].size());
    }
    if (is_bytes(element.vr)) return element.value.empty() ? "" : fmt::format("<{} bytes>", element.value.size());
    return is_text(element.vr) ? shown_text(set, element) : shown_numbers(set, element);
  }

  std::string shown_text(const DataSet& set, const Element& element) const {
    std::string all;
    for (const std::string& value : texts(set, element)) all += (all.empty() ? "" : "\\") + value;
    if (const std::string_view what = element.vr == Vr::ui ? uid_name(all) : ""; !what.empty()) {
      all += fmt::format(" ({})", what);
    }
    std::string line;
    for (const char c : all) {
      if (line.size() >= options_.max_value_bytes && (static_cast<unsigned char>(c) & 0xC0U) != 0x80) {
        return line + " ...";
      }
      line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
    return line;
  }

  std::string shown_numbers(const DataSet& set, const Element& element) const {
    std::string line;
    const std::size_t count = count_numbers(element);
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) line += '\\';
      if (line.size() >= options_.max_value_bytes) return line + " ...";
      if (element.vr == Vr::at) {
        line += fmt::format("({:04X},{:04X})", unsigned_at(set, element, 2 * i), unsigned_at(set, element, 2 * i + 1));
      } else if (is_real(element.vr)) {
        const double value = real_at(set, element, i);
        line += element.vr == Vr::fl ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
      } else {
        line += fmt::format("{}", integer_at(set, element, i));
      }
    }
    return line;
  }

  static std::string_view uid_name(std::string_view uid) {
    const TransferSyntax* syntax = find_transfer_syntax(uid);
    return syntax == nullptr ? std::string_view() : syntax->name;
  }

  const DumpOptions& options_;
  std::string out_;
};

}  // namespace

std::string to_json(const DataSet& set, const JsonOptions& options) {
  JsonOf json(options);
  json.append(set);
  return std::move(json).take();
}

std::string dump(const File& file, const DumpOptions& options) {
  Dump lines(options);
  lines.append(file.meta(), 0);
  lines.append(file.data_set(), 0);
  return std::move(lines).take();
}

}  // namespace meridian::dicom
