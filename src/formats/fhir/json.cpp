#include "formats/fhir/json.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace meridian::fhir {

namespace {

constexpr std::string_view kEndsWord = ",:]}";

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// Copies one JSON value, which is known to be well-formed, and chooses its white space.
class Reformatter {
 public:
  Reformatter(std::string_view text, JsonStyle style, std::string& out) : text_(text), style_(style), out_(out) {}

  void copy_value() {
    std::size_t depth = 0;
    std::size_t at = 0;
    do {
      const char c = text_[at];
      switch (c) {
        case '"':
          at = copy_string(at);
          continue;
        case '{':
        case '[':
          out_ += c;
          at = after_space(at + 1);
          ++depth;
          if (text_[at] != '}' && text_[at] != ']') {
            new_line(depth);
          } else {
            out_ += text_[at++];
            --depth;
          }
          continue;
        case '}':
        case ']':
          --depth;
          new_line(depth);
          out_ += c;
          ++at;
          continue;
        case ',':
          out_ += c;
          new_line(depth);
          ++at;
          continue;
        case ':':
          out_ += style_ == JsonStyle::pretty ? ": " : ":";
          ++at;
          continue;
        default:
          at = is_space(c) ? after_space(at) : copy_word(at);
      }
    } while (depth > 0);
  }

 private:
  std::size_t after_space(std::size_t at) const {
    while (is_space(text_[at])) ++at;
    return at;
  }

  std::size_t copy_string(std::size_t begin) {
    std::size_t at = begin + 1;
    for (;;) {
      const std::size_t quote = text_.find('"', at);
      std::size_t backslashes = 0;
      while (text_[quote - 1 - backslashes] == '\\') ++backslashes;
      at = quote + 1;
      if (backslashes % 2 == 0) break;
    }
    out_.append(text_.substr(begin, at - begin));
    return at;
  }

  std::size_t copy_word(std::size_t begin) {
    std::size_t at = begin;
    while (at < text_.size() && !is_space(text_[at]) && kEndsWord.find(text_[at]) == std::string_view::npos) ++at;
    out_.append(text_.substr(begin, at - begin));
    return at;
  }

  void new_line(std::size_t depth) {
    if (style_ != JsonStyle::pretty) return;
    out_ += '\n';
    out_.append(2 * depth, ' ');
  }

  std::string_view text_;
  JsonStyle style_;
  std::string& out_;
};

}  // namespace

namespace internal {
namespace {

/// Writes nodes by their records; depth is bounded by DocumentLimits::kDeepest.
class CanonicalWriter {
 public:
  explicit CanonicalWriter(const Tape& tape) : tape_(tape) {}

  void value(std::uint32_t index) {
    const Record& record = tape_.records[index];
    switch (record.kind) {
      case JsonKind::object:
        object(index);
        break;
      case JsonKind::array:
        json_.begin_array();
        for (std::uint32_t at = index + 1; at < record.extent; at = tape_.after(at)) value(at);
        json_.end_array();
        break;
      case JsonKind::null:
        json_.null();
        break;
      case JsonKind::string:
        json_.string(Tape::node(&tape_, index).text());
        break;
      case JsonKind::number:
      case JsonKind::boolean:
        json_.raw(Tape::node(&tape_, index).text());
        break;
    }
  }

  std::string take() && { return std::move(json_).take(); }

 private:
  void object(std::uint32_t index) {
    const Record& record = tape_.records[index];
    json_.begin_object();
    if (record.type != TypeId::none && tape_.schema->type(record.type).kind == TypeKind::resource) {
      json_.key("resourceType").string(tape_.schema->type(record.type).name);
    }
    std::vector<std::uint32_t> members;
    for (std::uint32_t at = index + 1; at < record.extent; at = tape_.after(at)) members.push_back(at);
    // Elements of one type have ids in the order of their definition; unknown members have the greatest.
    const auto place = [this](std::uint32_t member) {
      const Record& found = tape_.records[member];
      return std::tuple(found.element, found.type, (found.flags & kShadow) != 0, member);
    };
    std::sort(members.begin(), members.end(), [&](std::uint32_t a, std::uint32_t b) { return place(a) < place(b); });
    for (const std::uint32_t member : members) {
      const bool is_shadow = (tape_.records[member].flags & kShadow) != 0;
      json_.key(is_shadow ? "_" : "", Tape::node(&tape_, member).key());
      value(member);
    }
    json_.end_object();
  }

  const Tape& tape_;
  JsonWriter json_;
};

}  // namespace
}  // namespace internal

std::string write_json(Node node, JsonStyle style) {
  std::string out;
  if (!node) return out;
  const auto* tape = static_cast<const internal::Tape*>(node.document());
  const std::string_view text = tape->source.substr(tape->skipped + tape->text_offset(node.order()));
  if (node.order() == 0) out.reserve(text.size());
  Reformatter(text, style, out).copy_value();
  return out;
}

std::string write_json(const Document& document, JsonStyle style) {
  return write_json(document.root(), style);
}

std::string write_canonical_json(Node node) {
  if (!node) return {};
  internal::CanonicalWriter writer(*static_cast<const internal::Tape*>(node.document()));
  writer.value(node.order());
  return std::move(writer).take();
}

std::string write_canonical_json(const Document& document) {
  return write_canonical_json(document.root());
}

}  // namespace meridian::fhir
