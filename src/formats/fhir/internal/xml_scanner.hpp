// XmlScanner: XML text, token by token, strictly.
//
// It knows the part of XML 1.0 that FHIR allows and refuses the rest by name: no DOCTYPE and so no entities but
// the five of XML and character references; UTF-8 only. Everything that XML calls a well-formedness error is a
// fault here, and the first one ends the scan. Memory: the stack of open names and one element's attributes.
//
// The text must be valid UTF-8 without a byte order mark (find_bad_character() checks) and outlive the scanner.
// Specification: https://www.w3.org/TR/xml/ and https://hl7.org/fhir/R4/xml.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"

namespace meridian::fhir::internal {

enum class XmlToken : std::uint8_t {
  start,  ///< a start tag; an empty-element tag gives start and then end
  end,
  text,   ///< a run of character data, or a CDATA section
  done,   ///< the end of the document, which was well-formed
  fault,  ///< see fault()
};

struct XmlAttribute {
  std::string_view name;   ///< with its prefix
  std::string_view value;  ///< as it stands between the quotes
  bool is_plain;           ///< neither references nor white space that reading changes
};

struct XmlFault {
  const Message* message = nullptr;
  std::vector<std::string> arguments;
  std::size_t offset = 0;
};

class XmlScanner {
 public:
  static constexpr std::size_t kMaxAttributes = 256;

  XmlScanner(std::string_view text, std::uint32_t max_depth) : text_(text), max_depth_(max_depth) {}

  XmlToken next();

  std::string_view name() const { return name_; }                           ///< of start and end
  std::span<const XmlAttribute> attributes() const { return attributes_; }  ///< of start
  bool is_blank() const { return is_blank_; }                               ///< of text: white space only
  std::size_t token_begin() const { return begin_; }
  std::size_t token_end() const { return at_; }
  std::span<const std::string_view> open_names() const { return open_; }  ///< from the root inwards
  const XmlFault& fault() const { return fault_; }

 private:
  bool refuse(const Message& message, std::size_t offset, std::string argument = {});
  XmlToken fail(const Message& message, std::size_t offset, std::string argument = {});
  bool skip_space();
  bool scan_declaration();
  bool skip_instruction();
  bool skip_comment();
  XmlToken scan_cdata();
  XmlToken scan_text();
  XmlToken scan_start();
  XmlToken scan_end();
  bool scan_attribute();
  bool scan_reference();
  std::string_view scan_name();
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool looking_at(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  std::string_view text_;
  std::uint32_t max_depth_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  std::string_view name_;
  std::vector<XmlAttribute> attributes_;
  std::vector<std::string_view> open_;
  bool is_blank_ = false;
  bool must_close_ = false;  // the start just given was an empty-element tag
  bool root_seen_ = false;
  XmlFault fault_;
};

/// The first place that is not UTF-8, or is a character that XML does not allow anywhere (U+FFFE, U+FFFF).
/// Control characters are the scanner's to find.
std::optional<std::size_t> find_bad_character(std::string_view text);

/// Appends what an attribute's raw value means: references resolved, other white space turned into spaces as XML
/// demands. The scanner must have accepted it.
void append_value(std::string_view raw, std::string& out);

}  // namespace meridian::fhir::internal
