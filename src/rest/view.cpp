#include "rest/view.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/trim.hpp"
#include "formats/fhir/json_writer.hpp"
#include "formats/fhir/schema.hpp"
#include "rest/exchange.hpp"
#include "rest/internal/members.hpp"
#include "rest/internal/text.hpp"
#include "rest/messages.hpp"

namespace meridian::rest {
namespace {

using search::Summary;

constexpr std::string_view kSubsetted =
    R"({"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"})";

std::optional<Summary> summary_named(std::string_view text) {
  if (text == "false" || text.empty()) return Summary::none;
  if (text == "true") return Summary::true_;
  if (text == "text") return Summary::text;
  if (text == "data") return Summary::data;
  if (text == "count") return Summary::count;
  return std::nullopt;
}

bool is_asked(const std::vector<std::string>& elements, std::string_view type, std::string_view name,
              std::string_view key) {
  return std::any_of(elements.begin(), elements.end(), [&](std::string_view asked) {
    if (asked.starts_with(type) && asked.substr(type.size()).starts_with('.')) asked.remove_prefix(type.size() + 1);
    return asked == name || asked == key;
  });
}

bool shows(const View& view, fhir::TypeId type, std::string_view key) {
  if (key == "resourceType" || key == "id" || key == "meta") return true;
  if (key.starts_with('_')) key.remove_prefix(1);
  const fhir::Schema& schema = fhir::Schema::r4();
  const fhir::KeyMatch match = schema.find_key(type, key);
  if (!match) return view.elements.empty() && view.summary == Summary::data;
  const fhir::ElementInfo& element = schema.element(match.element);
  const bool is_kept_always = element.min > 0 || element.is_modifier;
  if (!view.elements.empty()) {
    return is_kept_always || is_asked(view.elements, schema.type(type).name, schema.name(match.name), key);
  }
  switch (view.summary) {
    case Summary::true_:
      return element.is_summary || is_kept_always;
    case Summary::text:
      return key == "text" || element.min > 0;
    case Summary::data:
      return key != "text";
    default:
      return true;
  }
}

/// meta with SUBSETTED among its tags.
void write_meta(fhir::JsonWriter& json, std::string_view meta) {
  json.key("meta").begin_object();
  std::string_view tags;
  for (const Member& member : members_of(meta)) {
    if (member.key == "tag") {
      tags = member.value;
    } else {
      json.key(member.key).raw(member.value);
    }
  }
  json.key("tag").begin_array();
  for (const std::string_view tag : items_of(tags)) {
    if (member_of(tag, "code") != "\"SUBSETTED\"") json.raw(tag);
  }
  json.raw(kSubsetted);
  json.end_array();
  json.end_object();
}

}  // namespace

View view_of(const http::Request& request, Issues& issues) {
  View view;
  if (const auto summary = request.query("_summary")) {
    if (const auto known = summary_named(*summary)) {
      view.summary = *known;
    } else {
      issues.add({Severity::error, IssueType::invalid, kBadParameter, {"_summary"}});
    }
  }
  if (const auto elements = request.query("_elements")) {
    for (const std::string_view one : split(*elements, ',')) {
      if (!without_blanks(one).empty()) view.elements.emplace_back(without_blanks(one));
    }
  }
  return view;
}

std::string shown(std::string json, const View& view) {
  if (view.is_whole()) return json;
  const std::vector<Member> members = members_of(json);
  const auto named =
      std::find_if(members.begin(), members.end(), [](const Member& m) { return m.key == "resourceType"; });
  if (named == members.end()) return json;
  const fhir::TypeId type = resource_type(named->value.substr(1, named->value.size() - 2));
  if (type == fhir::TypeId::none) return json;
  fhir::JsonWriter out;
  out.begin_object();
  bool has_meta = false;
  for (const Member& member : members) {
    if (member.key == "meta") {
      write_meta(out, member.value);
      has_meta = true;
    } else if (shows(view, type, member.key)) {
      out.key(member.key).raw(member.value);
    }
  }
  if (!has_meta) write_meta(out, {});
  out.end_object();
  return std::move(out).take();
}

}  // namespace meridian::rest
