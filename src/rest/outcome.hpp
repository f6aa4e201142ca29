// Outcomes: what went wrong, as an OperationOutcome with the status that belongs to it.
//
// An Error gives one issue: its code of FHIR's issue types, the words of messages.hpp in the language asked for, and
// in `diagnostics` what the program says. Issues give one each (validation/operation_outcome.hpp).
// Specification: https://hl7.org/fhir/R4/operationoutcome.html
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/issue.hpp"
#include "http/response.hpp"
#include "rest/representation.hpp"
#include "store/commit.hpp"

namespace meridian::rest {

/// `expression`: what was at fault, "Bundle.entry[3]"; may be empty.
std::string outcome_json(const Error& error, Language language, std::string_view expression = {});
/// A commit's failure: its issues where it has some, their paths below `expression`, else its error.
std::string outcome_json(const store::CommitFailure& failure, Language language, std::string_view expression = {});

http::Response refuse(const Error& error, const Representation& representation, std::string_view expression = {});
http::Response refuse(const store::CommitFailure& failure, const Representation& representation,
                      std::string_view expression = {});
/// One issue of these words.
http::Response refuse(int status, IssueType type, const Message& message, std::vector<std::string> arguments,
                      const Representation& representation);

}  // namespace meridian::rest
