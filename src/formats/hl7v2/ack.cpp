#include "formats/hl7v2/ack.hpp"

#include <algorithm>

#include "formats/hl7v2/builder.hpp"
#include "formats/hl7v2/header.hpp"
#include "formats/hl7v2/path.hpp"

namespace meridian::hl7v2 {

namespace {

/// Table 0357.
struct Condition {
  std::string_view code;
  std::string_view text;
};

Condition condition_of(const Issue& issue) {
  switch (issue.type) {
    case IssueType::required:
      return {"101", "Required field missing"};
    case IssueType::code_invalid:
      return {"103", "Table value not found"};
    case IssueType::value:
    case IssueType::invalid:
    case IssueType::too_long:
      return {"102", "Data type error"};
    case IssueType::structure:
      return {"100", "Segment sequence error"};
    case IssueType::not_supported:
      return {"200", "Unsupported message type"};
    case IssueType::not_found:
      return {"204", "Unknown key identifier"};
    case IssueType::duplicate:
      return {"205", "Duplicate key identifier"};
    default:
      return {"207", "Application internal error"};
  }
}

/// Table 0516.
std::string_view severity_code(Severity severity) {
  switch (severity) {
    case Severity::warning:
      return "W";
    case Severity::information:
      return "I";
    default:
      return "E";
  }
}

std::string number(std::uint32_t value) {
  return value == 0 ? std::string() : std::to_string(value);
}

/// Since v2.5 an error has a segment of its own.
bool has_new_errors(std::string_view version) {
  return version.size() < 3 || !version.starts_with("2.") || version[2] >= '5';
}

bool has_ack_structure(std::string_view version) {
  return has_new_errors(version) || version == "2.3.1" || version == "2.4";
}

class AckWriter {
 public:
  AckWriter(const Message& message, const Issues& issues, const AckOptions& options)
      : header_(message.header()), issues_(issues), options_(options), out_(usable(message)) {}

  std::string write(AckCode code) {
    for (const Issue& issue : issues_.all()) {
      if (issue.severity > Severity::warning || said_.size() >= options_.max_errors) continue;
      said_.push_back(&issue);
    }
    write_header();
    out_.segment("MSA").set(1, name(code)).raw(2, header_.segment().field(10).raw());
    if (!has_new_errors(header_.version()) && !said_.empty()) out_.set(3, text(*said_.front(), options_.language));
    if (has_new_errors(header_.version())) {
      for (const Issue* issue : said_) write_error(*issue);
    } else if (!said_.empty()) {
      write_old_errors();
    }
    return std::move(out_).take();
  }

 private:
  /// Its own separators, or the usual ones where one is missing.
  static Separators usable(const Message& message) {
    const Separators s = message.separators();
    const bool is_whole = s.component != '\0' && s.repetition != '\0' && s.escape != '\0' && s.subcomponent != '\0';
    return message && is_whole ? s : Separators();
  }

  void write_header() {
    const Segment& msh = header_.segment();
    const std::string_view version = header_.version();
    out_.segment("MSH");
    for (const auto& [to, from] : {std::pair{3U, 5U}, {4U, 6U}, {5U, 3U}, {6U, 4U}})
      out_.raw(to, msh.field(from).raw());
    out_.set(7, options_.time);
    out_.set(9, "ACK");
    if (!header_.trigger().empty() && version != "2.1") out_.raw({.field = 9, .component = 2}, header_.trigger());
    if (has_ack_structure(version) && !header_.trigger().empty()) out_.set({.field = 9, .component = 3}, "ACK");
    out_.set(10, options_.control_id);
    header_.processing_id().empty() ? out_.set(11, "P") : out_.raw(11, msh.field(11).raw());
    version.empty() ? out_.set(12, "2.5.1") : out_.raw(12, msh.field(12).raw());
    if (!is_ascii()) out_.set(18, "UNICODE UTF-8");
  }

  bool is_ascii() const {
    const auto plain = [](std::string_view bytes) {
      return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    };
    if (!plain(header_.segment().raw())) return false;
    return std::all_of(said_.begin(), said_.end(),
                       [&](const Issue* issue) { return plain(text(*issue, options_.language)); });
  }

  void write_error(const Issue& issue) {
    out_.segment("ERR");
    if (const auto path = Path::parse(issue.path)) {
      const std::string parts[] = {path->segment,           number(path->occurrence),
                                   number(path->field),     number(path->repetition),
                                   number(path->component), number(path->subcomponent)};
      for (std::uint32_t i = 0; i < 6; ++i) {
        if (!parts[i].empty()) out_.set({.field = 2, .component = i + 1}, parts[i]);
      }
    }
    const Condition condition = condition_of(issue);
    out_.set(3, condition.code).set({.field = 3, .component = 2}, condition.text);
    out_.set({.field = 3, .component = 3}, "HL70357");
    out_.set(4, severity_code(issue.severity));
    out_.set(7, issue.message->id).set(8, text(issue, options_.language));
  }

  /// ERR-1 of v2.1 to v2.4: segment, which of them, field, and the condition in subcomponents.
  void write_old_errors() {
    out_.segment("ERR");
    std::uint32_t repetition = 0;
    for (const Issue* issue : said_) {
      ++repetition;
      const auto set = [&](std::uint32_t component, std::uint32_t subcomponent, std::string_view value) {
        if (!value.empty()) out_.set({1, repetition, component, subcomponent}, value);
      };
      if (const auto path = Path::parse(issue->path)) {
        set(1, 1, path->segment);
        set(2, 1, number(path->occurrence));
        set(3, 1, number(path->field));
      }
      const Condition condition = condition_of(*issue);
      set(4, 1, condition.code);
      set(4, 2, condition.text);
      set(4, 3, "HL70357");
    }
  }

  Header header_;
  const Issues& issues_;
  const AckOptions& options_;
  MessageBuilder out_;
  std::vector<const Issue*> said_;
};

}  // namespace

AckCode ack_code(AckStage stage, Outcome outcome) {
  constexpr AckCode kCodes[2][3] = {{AckCode::CA, AckCode::CE, AckCode::CR}, {AckCode::AA, AckCode::AE, AckCode::AR}};
  return kCodes[static_cast<std::size_t>(stage)][static_cast<std::size_t>(outcome)];
}

std::string_view name(AckCode code) {
  constexpr std::string_view kNames[] = {"AA", "AE", "AR", "CA", "CE", "CR"};
  return kNames[static_cast<std::size_t>(code)];
}

bool is_ack_wanted(const Header& header, AckStage stage, Outcome outcome) {
  if (header.type() == "ACK") return false;
  if (!header.is_enhanced_mode()) return stage == AckStage::application;
  switch (stage == AckStage::accept ? header.accept_ack() : header.application_ack()) {
    case AckWanted::always:
      return true;
    case AckWanted::on_error:
      return outcome != Outcome::accepted;
    case AckWanted::on_success:
      return outcome == Outcome::accepted;
    case AckWanted::absent:
    case AckWanted::never:
      return false;
  }
  return false;
}

std::string make_ack(const Message& message, AckCode code, const Issues& issues, const AckOptions& options) {
  return AckWriter(message, issues, options).write(code);
}

}  // namespace meridian::hl7v2
