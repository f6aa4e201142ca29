// Error: why an operation of the program failed, as a value.
//
// For faults of the program, its input as a whole or its surroundings: what the caller does next depends on
// the code (base/errors.def says what). A fault in one element of somebody's data is not an Error but an
// Issue (base/issue.hpp), collected while the rest goes on. A message never holds patient data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace meridian {

enum class ErrorCode : std::uint8_t {
#define MERIDIAN_ERROR(name, http_status, issue_type, advice) name,
#include "base/errors.def"
#undef MERIDIAN_ERROR
};

/// The code's name as written in errors.def: "not_found".
std::string_view name(ErrorCode code);
/// The HTTP status that answers a request which failed so.
int http_status(ErrorCode code);
/// The code of http://hl7.org/fhir/issue-type for an OperationOutcome.
std::string_view issue_type(ErrorCode code);
/// What the caller does next, in a sentence.
std::string_view advice(ErrorCode code);

class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }

  /// The same error, told from further out: "reading the package: no such file".
  Error within(std::string_view what) && {
    message_.insert(0, std::string(what) + ": ");
    return std::move(*this);
  }

  bool operator==(const Error&) const = default;

 private:
  ErrorCode code_;
  std::string message_;
};

}  // namespace meridian
