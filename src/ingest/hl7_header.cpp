#include "ingest/hl7_header.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

namespace meridian::ingest {
namespace {

constexpr std::size_t kLongestValue = 250;

struct Marks {
  char field = '|';
  char component = '^';
  char repetition = '~';
  char subcomponent = '&';
};

std::string_view until(std::string_view text, char mark) {
  return text.substr(0, text.find(mark));
}

/// The n-th part from 0, or an empty one.
std::string_view part(std::string_view text, char mark, std::size_t n) {
  for (; n > 0; --n) {
    const std::size_t end = text.find(mark);
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return until(text, mark);
}

/// The next segment, taken from the front.
std::string_view take_segment(std::string_view& bytes) {
  const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
  const std::string_view segment = bytes.substr(0, end);
  const std::size_t next = std::min(bytes.find_first_not_of("\r\n", end), bytes.size());
  bytes.remove_prefix(next);
  return segment;
}

std::optional<Marks> marks_of(std::string_view header) {
  if (header.size() < 8) return std::nullopt;
  const std::string_view name = header.substr(0, 3);
  if (name != "MSH" && name != "FHS" && name != "BHS") return std::nullopt;
  const auto may_separate = [](char c) { return c > ' ' && c < '\x7f' && !(c >= '0' && c <= '9') && c != '"'; };
  Marks marks{header[3], header[4], header[5], '&'};
  if (!may_separate(marks.field) || !may_separate(marks.component) || marks.field == marks.component) {
    return std::nullopt;
  }
  if (const std::string_view encoding = until(header.substr(4), marks.field); encoding.size() >= 4) {
    marks.subcomponent = encoding[3];
  }
  return marks;
}

/// A field of the header by its number; MSH-1 is the separator itself.
std::string_view header_field(std::string_view header, const Marks& marks, std::size_t number) {
  return part(header, marks.field, number - 1).substr(0, kLongestValue);
}

AcceptWhen accept_of(std::string_view text) {
  if (text == "AL") return AcceptWhen::always;
  if (text == "NE") return AcceptWhen::never;
  if (text == "ER") return AcceptWhen::on_error;
  if (text == "SU") return AcceptWhen::on_success;
  return AcceptWhen::absent;
}

void add_key(std::vector<std::string>& keys, std::string_view field, const Marks& marks) {
  const std::string_view identifier = until(field, marks.repetition);
  const std::string_view id = until(until(identifier, marks.component), marks.subcomponent);
  if (id.empty() || id == "\"\"") return;
  const std::string_view authority = until(part(identifier, marks.component, 3), marks.subcomponent);
  std::string key =
      "patient|" + std::string(authority.substr(0, kLongestValue)) + '|' + std::string(id.substr(0, kLongestValue));
  if (std::ranges::find(keys, key) == keys.end()) keys.push_back(std::move(key));
}

std::string time_text(Instant now) {
  // 2024-02-29T12:00:00.500Z -> 20240229120000+0000
  const std::string iso = Instant::from_seconds(now.seconds()).to_string();
  std::string text;
  for (const char c : iso.substr(0, 19)) {
    if (c >= '0' && c <= '9') text += c;
  }
  return text + "+0000";
}

constexpr std::string_view name(AckCode code) {
  constexpr std::string_view kNames[] = {"AA", "AE", "AR", "CA", "CE", "CR"};
  return kNames[static_cast<std::size_t>(code)];
}

std::string escaped(std::string_view text, const Marks& marks) {
  std::string out;
  for (const char c : text) {
    if (c == marks.field) {
      out += "\\F\\";
    } else if (c == marks.component) {
      out += "\\S\\";
    } else if (c == marks.repetition) {
      out += "\\R\\";
    } else if (c == marks.subcomponent) {
      out += "\\T\\";
    } else if (c == '\\') {
      out += "\\E\\";
    } else {
      out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return out;
}

/// "PID-3[2].1" -> PID^1^3^2^1, the form of ERR-2. https://hl7.org v2.5.1, 2.15.5.2
std::string location(std::string_view path, const Marks& marks) {
  std::string out(path.substr(0, 3));
  std::array<std::string, 3> numbers;  // field, repetition, component
  std::size_t at = 0;
  for (const char c : path.size() > 3 ? path.substr(3) : std::string_view()) {
    if (c == '[') at = 1;
    if (c == '.') at = 2;
    if (c >= '0' && c <= '9') numbers[at] += c;
  }
  if (numbers[0].empty()) return out;
  out = out + marks.component + '1' + marks.component + numbers[0] + marks.component +
        (numbers[1].empty() ? "1" : numbers[1]);
  if (!numbers[2].empty()) out = out + marks.component + numbers[2];
  return out;
}

}  // namespace

MessageHeader Hl7HeaderReader::read(std::string_view bytes) const {
  MessageHeader header;
  const std::string_view first = take_segment(bytes);
  const std::optional<Marks> marks = marks_of(first);
  if (!marks) return header;
  header.is_readable = true;
  if (first.starts_with("MSH")) {
    const std::string_view type = header_field(first, *marks, 9);
    header.type = std::string(part(type, marks->component, 0));
    if (const std::string_view event = part(type, marks->component, 1); !event.empty()) {
      header.type += '^';
      header.type += event;
    }
    header.control_id = std::string(until(header_field(first, *marks, 10), marks->component));
    header.accept = accept_of(header_field(first, *marks, 15));
    header.application = accept_of(header_field(first, *marks, 16));
  } else {
    header.type = std::string(first.substr(0, 3));
    header.control_id = std::string(until(header_field(first, *marks, 11), marks->component));
  }
  while (!bytes.empty()) {
    const std::string_view segment = take_segment(bytes);
    if (segment.size() < 4 || segment[3] != marks->field) continue;
    if (segment.starts_with("PID")) add_key(header.order_keys, part(segment, marks->field, 3), *marks);
    if (segment.starts_with("MRG")) add_key(header.order_keys, part(segment, marks->field, 1), *marks);
  }
  return header;
}

std::string make_ack(std::string_view message, AckCode code, const std::vector<AckError>& errors, std::string_view id,
                     Instant now) {
  const std::string_view first = take_segment(message);
  const std::optional<Marks> found = first.starts_with("MSH") ? marks_of(first) : std::nullopt;
  const Marks marks = found.value_or(Marks{});
  const auto field = [&](std::size_t number) {
    return found ? header_field(first, marks, number) : std::string_view();
  };
  const std::string f(1, marks.field);
  const std::string encoding = found ? std::string(until(first.substr(4), marks.field)) : std::string("^~\\&");
  const std::string_view event = part(field(9), marks.component, 1);
  std::string ack = "MSH" + f + encoding + f;
  for (const std::size_t number : {5, 6, 3, 4}) ack += std::string(field(number)) + f;  // the answer goes back
  ack += time_text(now) + f + f + "ACK";
  if (!event.empty()) ack += marks.component + std::string(event) + marks.component + "ACK";
  const std::string_view processing = field(11).empty() ? std::string_view("P") : field(11);
  const std::string_view version = field(12).empty() ? std::string_view("2.5.1") : field(12);
  ack += f + std::string(id) + f + std::string(processing) + f + std::string(version);
  if (!field(18).empty()) ack += f + f + f + f + f + f + std::string(field(18));
  ack += "\rMSA" + f + std::string(name(code)) + f + std::string(field(10)) + "\r";
  for (const AckError& error : errors) {
    const std::string severity = code == AckCode::aa || code == AckCode::ca ? "W" : "E";
    ack += "ERR" + f + f + location(error.path, marks) + f + "207" + f + severity + f + f + f + f +
           escaped(error.text, marks) + "\r";
  }
  return ack;
}

}  // namespace meridian::ingest
