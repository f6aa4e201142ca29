// devices: asked of the server that holds the data, or of one for as long as the command runs.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "app/commands.hpp"
#include "app/endpoint.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "base/input.hpp"
#include "formats/fhir/document.hpp"
#include "http/target.hpp"

namespace meridian::app {
namespace {

constexpr std::uint64_t kLongestKey = 64 << 10;

std::string member(const fhir::Node object, std::string_view key) {
  for (const fhir::Node one : object.children()) {
    if (one.key() == key && one.has_value()) return std::string(one.text());
  }
  return {};
}

fhir::Document read_answer(const std::string& body) {
  Issues ignored;
  fhir::DocumentParser parser;
  return parser.parse_as(fhir::TypeId::none, body, ignored);
}

/// Those of a device, or all.
std::string devices_table(const fhir::Node answer, const std::string& number) {
  std::string out = fmt::format("{:<24} {:<24} {:<12} {:<9} {}\n", "DEVICE", "KIND", "PROOF", "IN USE", "WHERE");
  for (const fhir::Node one : answer.children()) {
    if (one.key() != "devices" || (!number.empty() && member(one, "number") != number)) continue;
    out += fmt::format("{:<24} {:<24} {:<12} {:<9} {}\n", member(one, "number"), member(one, "kind"),
                       member(one, "proof"), member(one, "enabled") == "true" ? "yes" : "no", member(one, "where"));
  }
  return out;
}

std::string quarantine_table(const fhir::Node answer, const std::string& number) {
  std::string out =
      fmt::format("{:<24} {:<16} {:<16} {:>9}  {:<24} {}\n", "DEVICE", "FEED", "REASON", "MESSAGES", "LAST", "FROM");
  for (const fhir::Node one : answer.children()) {
    if (one.key() != "quarantine" || (!number.empty() && member(one, "device") != number)) continue;
    out +=
        fmt::format("{:<24} {:<16} {:<16} {:>9}  {:<24} {}\n", member(one, "device"), member(one, "feed"),
                    member(one, "reason"), member(one, "messages"), member(one, "last_arrived"), member(one, "source"));
  }
  return out;
}

std::string kinds_table(const fhir::Node answer) {
  std::string out = fmt::format("{:<24} {:<10} {:>6}  {}\n", "KIND", "MDC", "VALUES", "TITLE");
  for (const fhir::Node kind : answer.children()) {
    if (kind.key() != "kinds") continue;
    std::size_t values = 0;
    for (const fhir::Node value : kind.children()) values += value.key() == "values" ? 1U : 0U;
    out += fmt::format("{:<24} {:<10} {:>6}  {}\n", member(kind, "kind"), member(kind, "mdc"), values,
                       member(kind, "title") + " " + member(kind, "title_zh"));
  }
  return out;
}

/// Empty: there is no such kind.
std::string kind_table(const fhir::Node answer, const std::string& name) {
  for (const fhir::Node kind : answer.children()) {
    if (kind.key() != "kinds" || member(kind, "kind") != name) continue;
    std::string out =
        fmt::format("{:<20} {:<10} {:<8} {:<14} {:<18} {}\n", "VALUE", "LOINC", "MDC", "UNIT", "PLAUSIBLE", "CALLED");
    for (const fhir::Node value : kind.children()) {
      if (value.key() != "values") continue;
      const std::string rate = member(value, "samples_a_second");
      const std::string low = member(value, "low");
      const std::string range = !rate.empty() ? rate + "/s" : low.empty() ? "" : low + " to " + member(value, "high");
      out += fmt::format("{:<20} {:<10} {:<8} {:<14} {:<18} {}\n", member(value, "name"), member(value, "loinc"),
                         member(value, "mdc"), member(value, "unit"), range, member(value, "display"));
    }
    return out;
  }
  return {};
}

Result<std::string> admission_of(const DevicesOptions& options) {
  std::string form;
  const auto add = [&form](const char* name, const std::string& value) {
    if (!value.empty()) form += (form.empty() ? "" : "&") + std::string(name) + '=' + http::percent_encode(value);
  };
  add("number", options.number);
  add("kind", options.kind);
  add("where", options.where);
  add("topic", options.topic);
  add("certificate_sha256", options.certificate_sha256);
  if (options.key_file.empty()) return form;
  const auto source = TRY(open_input(options.key_file, {.max_bytes = kLongestKey}));
  std::string key = TRY(read_all(*source, kLongestKey));
  while (key.ends_with('\n') || key.ends_with('\r')) key.pop_back();
  if (key.empty()) return fail(ErrorCode::invalid_argument, "there is no key in " + options.key_file);
  add("key", key);
  return form;
}

Result<> admit(const DevicesOptions& options, Endpoint& endpoint, Output& output) {
  Endpoint::Request request{.method = http::Method::post, .path = "/api/v1/devices"};
  request.body = TRY(admission_of(options));
  request.content_type = "application/x-www-form-urlencoded";
  const http::ClientResponse answer = TRY(endpoint.call(std::move(request)));
  const fhir::Document document = read_answer(answer.body);
  output.line(options.number + " is registered as " + options.kind + "; " + member(document.root(), "messages") +
              " messages are worked on again");
  return {};
}

Result<> devices(const DevicesOptions& options, const CommonOptions& common, Output& output) {
  using Action = DevicesOptions::Action;
  Endpoint endpoint = TRY(Endpoint::open(options.place, common, Missing::refuse));
  if (options.action == Action::admit) return admit(options, endpoint, output);
  const bool is_kinds = options.action == Action::kinds;
  const http::ClientResponse answer =
      TRY(endpoint.call({.path = is_kinds ? "/api/v1/devices/kinds" : "/api/v1/devices"}));
  const fhir::Document document = read_answer(answer.body);
  if (options.format == Table::json || !document.has_root()) {
    output.line(answer.body);
    return {};
  }
  const fhir::Node root = document.root();
  std::string table;
  switch (options.action) {
    case Action::kinds:
      table = options.kind.empty() ? kinds_table(root) : kind_table(root, options.kind);
      if (table.empty()) return fail(ErrorCode::not_found, "there is no kind of device \"" + options.kind + "\"");
      break;
    case Action::quarantine:
      table = quarantine_table(root, {});
      break;
    case Action::show:
      table = devices_table(root, options.number) + '\n' + quarantine_table(root, options.number);
      break;
    default:
      table = devices_table(root, {});
      break;
  }
  output.write(table);
  return {};
}

}  // namespace

int run_devices(const DevicesOptions& options, const CommonOptions& common) {
  Output output;
  const Result<> done = devices(options, common, output);
  const Result<> written = output.finish();
  if (!done) complain(done.error().message());
  return done && written ? kOk : kFailed;
}

}  // namespace meridian::app
