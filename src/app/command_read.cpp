// get, search and history: what is stored, printed.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/endpoint.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "formats/fhir/document.hpp"
#include "formats/fhir/json.hpp"

namespace meridian::app {
namespace {

/// A table of what people look for first: reference, code or name, value, time.
class Table4 {
 public:
  void add(fhir::Node resource) {
    rows_.push_back({reference(resource), what(resource), value(resource), when(resource)});
  }
  std::string text() const {
    std::size_t widths[4] = {};
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < 4; ++i) widths[i] = std::max(widths[i], width(row[i]));
    }
    std::string out;
    for (const auto& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < 4; ++i) {
        line += row[i];
        line.append(widths[i] - width(row[i]) + 2, ' ');
      }
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    }
    return out;
  }

 private:
  /// Columns on a terminal: a Chinese character takes two.
  static std::size_t width(std::string_view text) {
    std::size_t columns = 0;
    for (const unsigned char byte : text) {
      if ((byte & 0xC0) == 0x80) continue;
      columns += byte >= 0xE2 ? 2 : 1;
    }
    return columns;
  }
  static std::string_view text_of(fhir::Node node) { return node ? node.text() : std::string_view{}; }
  static std::string_view concept_text(fhir::Node concept_node) {
    if (!concept_node) return {};
    if (const fhir::Node text = concept_node.child("text")) return text.text();
    const fhir::Node coding = concept_node.child("coding");
    if (!coding) return {};
    if (const fhir::Node display = coding.child("display")) return display.text();
    return text_of(coding.child("code"));
  }
  static std::string reference(fhir::Node resource) {
    return std::string(resource.schema().type(resource.type()).name) + "/" + std::string(text_of(resource.child("id")));
  }
  static std::string what(fhir::Node resource) {
    if (const fhir::Node name = resource.child("name")) {
      if (name.has_value()) return std::string(name.text());
      if (const fhir::Node text = name.child("text")) return std::string(text.text());
      return fmt::format("{} {}", text_of(name.child("family")), text_of(name.child("given")));
    }
    for (const std::string_view element : {"code", "medication", "vaccineCode", "type", "class"}) {
      const fhir::Node node = resource.child(element);
      if (!node) continue;
      const std::string_view words = concept_text(node);
      return std::string(words.empty() ? text_of(node.child("code")) : words);
    }
    return {};
  }
  static std::string value(fhir::Node resource) {
    if (const fhir::Node value = resource.child("value")) {
      if (value.has_value()) return std::string(value.text());
      if (const fhir::Node number = value.child("value")) {
        return fmt::format("{} {}", number.text(), text_of(value.child("unit")));
      }
      return std::string(concept_text(value));
    }
    for (const std::string_view element : {"gender", "status", "clinicalStatus"}) {
      const fhir::Node node = resource.child(element);
      if (!node) continue;
      return std::string(node.has_value() ? node.text() : concept_text(node));
    }
    return {};
  }
  static std::string when(fhir::Node resource) {
    for (const std::string_view element :
         {"effective", "onset", "authoredOn", "occurrence", "performed", "period", "birthDate", "date"}) {
      const fhir::Node node = resource.child(element);
      if (!node) continue;
      return std::string(node.has_value() ? node.text() : text_of(node.child("start")));
    }
    return {};
  }

  std::vector<std::array<std::string, 4>> rows_;
};

int told(const Error& error) {
  complain(error.message());
  return error.code() == ErrorCode::not_found || error.code() == ErrorCode::gone ||
                 error.code() == ErrorCode::invalid_argument
             ? kFound
             : kFailed;
}

std::string next_link(fhir::Node bundle) {
  for (const fhir::Node link : bundle.children(bundle.schema().find_name("link"))) {
    const fhir::Node relation = link.child("relation");
    const fhir::Node url = link.child("url");
    if (relation && url && relation.text() == "next") return std::string(url.text());
  }
  return {};
}

/// `Patient/12` and nothing that climbs or asks.
bool is_reference(std::string_view text) {
  return !text.empty() && text.find_first_of("?#%\\ ") == std::string_view::npos &&
         text.find("..") == std::string_view::npos && text.front() != '/';
}

/// What the server had to say about the search itself.
void warn(fhir::Node outcome) {
  for (const fhir::Node issue : outcome.children(outcome.schema().find_name("issue"))) {
    const fhir::Node details = issue.child("details");
    if (const fhir::Node text = details ? details.child("text") : issue.child("diagnostics")) complain(text.text());
  }
}

Result<> print_pages(Endpoint& endpoint, std::string path, bool all, Table format, Output& output) {
  fhir::DocumentParser parser;
  while (!path.empty()) {
    const http::ClientResponse response = TRY(endpoint.call({.path = std::exchange(path, {})}));
    Issues issues;
    const fhir::Document document = parser.parse(response.body, issues);
    if (!document.has_root()) return fail(ErrorCode::malformed_input, "the server's answer is no FHIR resource");
    if (format == Table::json) {
      output.line(fhir::write_json(document, fhir::JsonStyle::pretty));
    } else {
      Table4 table;
      const fhir::Node bundle = document.root();
      for (const fhir::Node entry : bundle.children(document.schema().find_name("entry"))) {
        const fhir::Node resource = entry.child("resource");
        if (!resource) continue;
        const fhir::Node mode = entry.child("search") ? entry.child("search").child("mode") : fhir::Node();
        if (mode && mode.text() == "outcome") {
          warn(resource);
        } else {
          table.add(resource);
        }
      }
      output.write(table.text());
      const fhir::Node total = bundle.child("total");
      if (total && !all) output.line(std::string(total.text()) + " in all");
    }
    if (all) {
      const std::string next = next_link(document.root());
      path = next.empty() ? std::string() : endpoint.path_of(next);
    }
  }
  return {};
}

int finish(Output& output, const Result<>& done) {
  const Result<> written = output.finish();
  if (!done) return told(done.error());
  return written ? kOk : kFailed;
}

}  // namespace

namespace {

/// Which message and place each part came from, a line each.
std::string provenance_table(const std::string& bundle) {
  Issues ignored;
  const fhir::Document document = fhir::DocumentParser().parse(bundle, ignored);
  if (!document.has_root()) return {};
  const auto text = [](fhir::Node node) { return node ? std::string(node.text()) : std::string(); };
  std::string out;
  for (const fhir::Node entry : document.root().children()) {
    const fhir::Node resource = entry.key() == "entry" ? entry.child("resource") : fhir::Node();
    if (!resource) continue;
    std::string message;
    if (const fhir::Node source = resource.child("entity")) {
      message = text(source.child("what").child("identifier").child("value"));
    }
    for (const fhir::Node target : resource.children()) {
      if (target.key() != "target") continue;
      std::string path;
      std::string place;
      for (const fhir::Node extension : target.children()) {
        if (extension.key() != "extension") continue;
        const bool is_path = text(extension.child("url")).ends_with("targetPath");
        (is_path ? path : place) = text(extension.child("value"));
      }
      out += fmt::format("{:<44} {:<20} {:<20} {}\n", path, place, message, text(resource.child("occurred")));
    }
  }
  if (out.empty()) return "no message made any of it\n";
  return fmt::format("{:<44} {:<20} {:<20} {}\n", "PART", "PLACE", "MESSAGE", "TIME") + out;
}

}  // namespace

int run_get(const GetOptions& options, const CommonOptions& common) {
  Result<Endpoint> endpoint = Endpoint::open(options.place, common, Missing::refuse);
  if (!endpoint) return told(endpoint.error());
  Output output;
  int exit_code = kOk;
  for (const std::string& reference : options.references) {
    if (!is_reference(reference) || reference.find('/') == std::string::npos) {
      complain("\"" + reference + "\" is no reference; write TYPE/ID, such as Patient/12");
      return kUsage;
    }
    const char* what = options.provenance ? "/$provenance" : "?_pretty=true";
    const Result<http::ClientResponse> response = endpoint->call({.path = "/fhir/" + reference + what});
    if (!response) {
      exit_code = std::max(exit_code, told(response.error()));
      continue;
    }
    if (options.provenance) {
      output.write(provenance_table(response->body));
    } else {
      output.line(response->body);
    }
  }
  return output.finish() ? exit_code : kFailed;
}

int run_search(const SearchOptions& options, const CommonOptions& common) {
  Result<Endpoint> endpoint = Endpoint::open(options.place, common, Missing::refuse);
  if (!endpoint) return told(endpoint.error());
  Output output;
  // What a shell user writes may hold spaces and Chinese; the rest of the query is theirs to escape.
  std::string query;
  for (const char c : options.query) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= 0x7F || c == '"' || c == '<' || c == '>' || c == '^' || c == '`' || c == '{' ||
        c == '}' || c == '|' || c == '\\') {
      query += fmt::format("%{:02X}", byte);
    } else {
      query += c;
    }
  }
  return finish(output, print_pages(*endpoint, "/fhir/" + query, options.all, options.format, output));
}

int run_history(const HistoryOptions& options, const CommonOptions& common) {
  if (!options.reference.empty() && !is_reference(options.reference)) {
    complain("\"" + options.reference + "\" is no reference; write TYPE/ID or TYPE");
    return kUsage;
  }
  Result<Endpoint> endpoint = Endpoint::open(options.place, common, Missing::refuse);
  if (!endpoint) return told(endpoint.error());
  Output output;
  const std::string path = "/fhir/" + options.reference + (options.reference.empty() ? "_history" : "/_history");
  return finish(output, print_pages(*endpoint, path, false, Table::json, output));
}

}  // namespace meridian::app
