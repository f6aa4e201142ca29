// Multipart bodies, read piece by piece and written: form-data (RFC 7578), related (RFC 2387), mixed.
//
//   body = [ preamble CRLF ] "--" boundary *( padding CRLF part CRLF "--" boundary ) "--" padding [ CRLF epilogue ]
//   part = *( field-line CRLF ) CRLF data
//
// The parser holds at most a part's header and a boundary's length; data is handed on as it comes, so parts may be of
// any size. What is given out does not depend on how the bytes were cut, except where data() pieces begin and end.
// https://www.rfc-editor.org/rfc/rfc2046#section-5.1
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/headers.hpp"

namespace meridian::http {

struct MultipartLimits {
  std::size_t parts = 1000;
  std::size_t header_bytes = 16 * 1024;  ///< of one part
  std::uint32_t header_fields = 50;
  std::size_t preamble_bytes = 16 * 1024;  ///< and the same of the epilogue
};

/// Who gets the parts, in order. An error ends the parsing and is its result.
class PartReceiver {
 public:
  virtual ~PartReceiver() = default;
  virtual Result<> begin(const Headers& headers) = 0;
  virtual Result<> data(std::string_view bytes) = 0;
  virtual Result<> end() = 0;
};

class MultipartParser {
 public:
  MultipartParser(std::string_view boundary, PartReceiver& receiver, MultipartLimits limits = {});

  /// Errors: malformed_input, too_large, and what the receiver says.
  Result<> write(std::string_view bytes);
  /// Errors: malformed_input when the closing boundary has not come.
  Result<> finish();

 private:
  enum class State : std::uint8_t { preamble, boundary_line, header, data, epilogue };
  Result<bool> step();
  Result<bool> take_text(bool is_data);
  Result<bool> take_boundary_line();
  Result<bool> take_header();

  const std::string delimiter_;  // CRLF "--" boundary
  PartReceiver& receiver_;
  const MultipartLimits limits_;
  State state_ = State::preamble;
  std::string held_;            // bytes that cannot be judged yet
  bool at_data_start_ = false;  // the header's empty line is still held
  std::size_t parts_ = 0;
  std::size_t outside_ = 0;  // bytes of preamble and epilogue
};

/// The boundary of a Content-Type that is multipart/...; nothing for another or a malformed one.
std::optional<std::string> boundary_of(std::string_view content_type);
/// A parameter of a field's value: parameter_of("form-data; name=\"a\"", "name") is "a".
std::optional<std::string> parameter_of(std::string_view value, std::string_view name);

/// One field or file of multipart/form-data.
struct FormPart {
  std::string name;
  std::string file_name;     ///< as the client says it: never a path to open
  std::string content_type;  ///< "text/plain" when not said
  std::string body;
};
Result<std::vector<FormPart>> parse_form_data(std::string_view content_type, std::string_view body,
                                              MultipartLimits limits = {});

/// Appends one part; the boundary must not occur in it.
void append_part(std::string& out, std::string_view boundary, const Headers& headers, std::string_view body);
void append_last_boundary(std::string& out, std::string_view boundary);

}  // namespace meridian::http
