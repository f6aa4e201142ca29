#include "formats/hl7v2/path.hpp"

#include <charconv>
#include <utility>

namespace meridian::hl7v2 {

namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<Path> run() {
    Path path;
    while (at_ < text_.size() && is_name(text_[at_])) path.segment += text_[at_++];
    if (path.segment.size() != 3) return wrong("a segment's name of three letters or digits");
    if (peek() == '[') path.occurrence = TRY(index());
    if (peek() == '-' || peek() == '.') {
      ++at_;
      path.field = TRY(number());
      if (peek() == '[') path.repetition = TRY(index());
      if (accept('.')) path.component = TRY(number());
      if (path.component != 0 && accept('.')) path.subcomponent = TRY(number());
    }
    if (at_ != text_.size()) return wrong("the end");
    return path;
  }

 private:
  static bool is_name(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  Result<std::uint32_t> number() {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc() || value == 0 || value == Path::kEvery) return wrong("a number from 1");
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }

  Result<std::uint32_t> index() {
    ++at_;
    const std::uint32_t value = accept('*') ? Path::kEvery : TRY(number());
    if (!accept(']')) return wrong("\"]\"");
    return value;
  }

  tl::unexpected<Error> wrong(std::string_view expected) const {
    return fail(ErrorCode::invalid_argument, "HL7 path \"" + std::string(text_) + "\", column " +
                                                 std::to_string(at_ + 1) + ": expected " + std::string(expected));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string index_text(std::uint32_t index) {
  return index == Path::kEvery ? "[*]" : "[" + std::to_string(index) + "]";
}

/// Calls `use(value)` for each value at the path, until it returns false.
template <typename Use>
class Walk {
 public:
  Walk(const Path& path, Use use) : path_(path), use_(std::move(use)) {}

  void run(const Message& message) {
    std::uint32_t occurrence = 0;
    for (const Segment segment : message.segments()) {
      if (!segment.is(path_.segment)) continue;
      ++occurrence;
      if (path_.occurrence != Path::kEvery && occurrence != path_.occurrence) continue;
      if (!in_field(segment.field(path_.field)) || path_.occurrence != Path::kEvery) return;
    }
  }

 private:
  bool in_field(const Field& field) {
    if (path_.repetition == 0 && path_.component == 0) return use_(field);
    if (path_.repetition == Path::kEvery) {
      for (const Repetition repetition : field) {
        if (!in_repetition(repetition)) return false;
      }
      return true;
    }
    return in_repetition(field.repetition(path_.repetition == 0 ? 1 : path_.repetition));
  }
  bool in_repetition(const Repetition& repetition) {
    if (path_.component == 0) return use_(repetition);
    const Component component = repetition.component(path_.component);
    return path_.subcomponent == 0 ? use_(component) : use_(component.subcomponent(path_.subcomponent));
  }

  const Path& path_;
  Use use_;
};

}  // namespace

Result<Path> Path::parse(std::string_view text) {
  return Reader(text).run();
}

std::string to_string(const Path& path) {
  std::string out = path.segment;
  if (path.occurrence > 1) out += index_text(path.occurrence);
  if (path.field == 0) return out;
  out += "-" + std::to_string(path.field);
  if (path.repetition != 0) out += index_text(path.repetition);
  if (path.component != 0) out += "." + std::to_string(path.component);
  if (path.subcomponent != 0) out += "." + std::to_string(path.subcomponent);
  return out;
}

Value find(const Message& message, const Path& path) {
  Value found;
  Walk(path, [&found](const Value& value) {
    if (value.presence() == Presence::absent) return true;
    found = value;
    return false;
  }).run(message);
  return found;
}

std::vector<Value> find_all(const Message& message, const Path& path) {
  std::vector<Value> found;
  Walk(path, [&found](const Value& value) {
    if (value.presence() != Presence::absent) found.push_back(value);
    return true;
  }).run(message);
  return found;
}

Segment find_segment(const Message& message, const Path& path) {
  return message.segment(path.segment, path.occurrence == Path::kEvery ? 1 : path.occurrence);
}

}  // namespace meridian::hl7v2
