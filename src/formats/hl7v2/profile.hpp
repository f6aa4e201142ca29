// Profile: an HL7 v2 conformance profile (the XML of "HL7v2xConformanceProfile"), and what of a message breaks it.
//
//   const Profile profile = TRY(Profile::parse(xml));
//   profile.validate(message, issues);
//
// A profile narrows a version's message: which segments, fields and components are used (R, RE, O, C, CE, X), how
// often, how long, with which constant. Everything it does not list is not supported. Conditions in prose are not
// checked; Z segments that it does not list are let pass, with a warning.
//
// Errors of parse(): malformed_input (not XML, or no static definition), too_large (bytes, depth, elements). External
// entities are never read. Immutable; threads: any.
// Specification: HL7 v2.5.1, chapter 2.B (conformance using message profiles), 2.B.9 (the document).
#pragma once

#include <memory>
#include <string_view>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "formats/hl7v2/message.hpp"

namespace meridian::hl7v2 {

class Profile {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{32} << 20;
  static constexpr std::size_t kMaxElements = 200'000;

  static Result<Profile> parse(std::string_view xml);
  Profile(Profile&&) noexcept;
  Profile& operator=(Profile&&) noexcept;
  ~Profile();

  std::string_view name() const;
  std::string_view version() const;    ///< `2.5`
  std::string_view structure() const;  ///< `ADT_A01`

  void validate(const Message& message, Issues& issues) const;

 private:
  struct Data;
  explicit Profile(std::unique_ptr<Data> data);
  std::unique_ptr<Data> data_;
};

}  // namespace meridian::hl7v2
