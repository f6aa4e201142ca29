#include "rest/representation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/language.hpp"
#include "base/trim.hpp"
#include "formats/fhir/json.hpp"
#include "formats/fhir/xml_writer.hpp"
#include "rest/messages.hpp"
#include "validation/operation_outcome.hpp"

namespace meridian::rest {
namespace {

/// A member of an Accept list: the media type and its quality from 0 to 1000.
struct Wish {
  std::string_view media_type;
  int quality = 1000;
};

/// https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2: at most three digits after the point.
int quality_of(std::string_view text) {
  text = without_blanks(text);
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return 0;
  int quality = (text[0] - '0') * 1000;
  int place = 100;
  for (std::size_t i = 2; i < text.size() && i < 5 && text[i] >= '0' && text[i] <= '9'; ++i, place /= 10) {
    quality += (text[i] - '0') * place;
  }
  return std::min(quality, 1000);
}

Wish wish_of(std::string_view member) {
  Wish wish;
  const std::size_t end = member.find(';');
  wish.media_type = without_blanks(member.substr(0, end));
  for (std::size_t at = end; at != std::string_view::npos;) {
    const std::size_t next = member.find(';', at + 1);
    const std::string_view parameter =
        without_blanks(member.substr(at + 1, next == std::string_view::npos ? next : next - at - 1));
    if (parameter.size() > 2 && (parameter[0] == 'q' || parameter[0] == 'Q') && parameter[1] == '=') {
      wish.quality = quality_of(parameter.substr(2));
    }
    at = next;
  }
  return wish;
}

constexpr const char* kJsonAnswer = "application/fhir+json; charset=utf-8";
constexpr std::array<std::string_view, 4> kJsonTypes{"application/fhir+json", "application/json", "text/json", "json"};
constexpr std::array<std::string_view, 4> kXmlTypes{"application/fhir+xml", "application/xml", "text/xml", "xml"};
constexpr std::array<std::string_view, 3> kAnyTypes{"*/*", "application/*", "text/*"};

template <std::size_t n>
bool among(std::string_view type, const std::array<std::string_view, n>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return http::equals_ignoring_case(type, name); });
}

const Message* message_of(int status) {
  switch (status) {
    case 404:
      return &kNothingHere;
    case 405:
      return &kMethodNotKnown;
    case 413:
      return &kBodyTooLarge;
    case 503:
      return &kBusy;
    default:
      return nullptr;
  }
}

IssueType type_of(int status) {
  switch (status) {
    case 404:
      return IssueType::not_found;
    case 405:
    case 415:
      return IssueType::not_supported;
    case 413:
      return IssueType::too_long;
    default:
      return IssueType::processing;
  }
}

/// What an RFC 9457 problem says.
std::string detail_of(const http::Response& problem) {
  Issues issues;
  const fhir::Document told = fhir::DocumentParser().parse_as(fhir::TypeId::none, problem.body, issues);
  if (told.has_root()) {
    for (const fhir::Node member : told.root().children()) {
      if (member.key() == "detail") return std::string(member.text());
    }
  }
  return std::string(http::reason_phrase(problem.status));
}

}  // namespace

std::optional<Form> form_of_content_type(std::string_view media_type) {
  media_type = without_blanks(media_type.substr(0, media_type.find(';')));
  if (among(media_type, kJsonTypes)) return Form::json;
  if (among(media_type, kXmlTypes)) return Form::xml;
  return std::nullopt;
}

std::optional<Form> form_of_accept(std::string_view accept) {
  if (without_blanks(accept).empty()) return Form::json;
  std::optional<Form> best;
  int best_quality = 0;
  while (!accept.empty()) {
    const std::size_t comma = accept.find(',');
    const Wish wish = wish_of(accept.substr(0, comma));
    std::optional<Form> form = form_of_content_type(wish.media_type);
    if (!form && among(wish.media_type, kAnyTypes)) form = Form::json;
    if (form && wish.quality > best_quality) {
      best = form;
      best_quality = wish.quality;
    }
    accept = comma == std::string_view::npos ? std::string_view{} : accept.substr(comma + 1);
  }
  return best;
}

Representation negotiate(const http::Request& request) {
  Representation representation;
  // In a URL the + of application/fhir+xml reads as a space; the specification asks servers to allow for it.
  const std::optional<std::string_view> format = request.query("_format");
  std::string asked = format ? std::string(*format) : request.headers.joined("Accept");
  if (format) std::replace(asked.begin(), asked.end(), ' ', '+');
  const std::optional<Form> form = form_of_accept(asked);
  representation.acceptable = form.has_value();
  representation.answer = form.value_or(Form::json);
  representation.language = choose_language(request.headers.joined("Accept-Language"));
  representation.pretty = request.query("_pretty") == std::optional<std::string_view>("true");
  return representation;
}

Position ReadBody::in_body(const http::Request& request, Position in_document) const {
  if (!is_xml || in_document.line == 0) return in_document;
  return position_at(request.body, places.to_xml(in_document.offset));
}

ReadBody read_body(const http::Request& request) {
  ReadBody read;
  if (request.body.empty()) {
    read.issues.add({Severity::fatal, IssueType::required, kNoBody});
    return read;
  }
  const std::string_view type = request.content_type();
  const std::optional<Form> form = type.empty() ? Form::json : form_of_content_type(type);
  if (!form) {
    read.unsupported_form = true;
  } else if (*form == Form::xml) {
    read.is_xml = true;
    read.document = fhir::XmlReader().read(request.body, read.issues, &read.places);
  } else {
    read.document = fhir::DocumentParser().parse_borrowed(request.body, read.issues);
  }
  return read;
}

http::Response answer(std::string resource_json, const Representation& representation, int status) {
  const bool as_xml = representation.answer == Form::xml;
  if (as_xml || representation.pretty) {
    Issues issues;
    const fhir::Document document = fhir::DocumentParser().parse_borrowed(resource_json, issues);
    std::string text;
    if (as_xml) {
      fhir::write_xml(document, representation.pretty ? fhir::XmlLayout::pretty : fhir::XmlLayout::compact, text,
                      issues);
    } else {
      text = fhir::write_json(document, fhir::JsonStyle::pretty);
    }
    // What XML cannot hold (control characters) is answered in JSON rather than not at all.
    if (!issues.has_errors()) {
      const char* type = as_xml ? "application/fhir+xml; charset=utf-8" : kJsonAnswer;
      return http::Response::bytes(type, std::move(text), status);
    }
  }
  return http::Response::bytes(kJsonAnswer, std::move(resource_json), status);
}

http::Response answer(const Issues& issues, const Representation& representation, int status) {
  return answer(validation::operation_outcome_json(issues, representation.language), representation, status);
}

http::Response not_acceptable(const Representation& representation) {
  Issues issues;
  issues.add({Severity::error, IssueType::not_supported, kNotAcceptable});
  return answer(issues, representation, 406);
}

http::Response unsupported_media_type(const Representation& representation) {
  Issues issues;
  issues.add({Severity::error, IssueType::not_supported, kUnsupportedMediaType});
  return answer(issues, representation, 415);
}

void tell_as_outcome(const http::Request& request, http::Response& problem) {
  Issues issues;
  if (const Message* message = message_of(problem.status)) {
    issues.add({Severity::error, type_of(problem.status), *message});
  } else {
    issues.add({Severity::error, type_of(problem.status), kRequestFault, {detail_of(problem)}});
  }
  http::Response outcome = answer(issues, negotiate(request), problem.status);
  problem.headers.set("Content-Type", outcome.headers.get("Content-Type"));
  problem.body = std::move(outcome.body);
}

}  // namespace meridian::rest
