// feeds, inbox, dead-letters: asked of the server that holds the data, or of one for as long as the command runs.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "app/commands.hpp"
#include "app/endpoint.hpp"
#include "app/json_answer.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "base/input.hpp"
#include "formats/fhir/document.hpp"
#include "http/target.hpp"
#include "mapping/catalogue.hpp"

namespace meridian::app {
namespace {

constexpr std::uint64_t kLargestMessage = 64 << 20;

std::string feed_path(const std::string& feed) {
  return "/api/v1/feeds/" + http::percent_encode(feed);
}

std::string feeds_table(const fhir::Document& answer) {
  std::string out = fmt::format("{:<20} {:<9} {:<28} {:>10} {:>8} {:>8} {:>9} {:>6} {:>6}\n", "FEED", "STATE",
                                "FROM OR TO", "MESSAGES", "PER S", "LAG P99", "WAITING", "HELD", "DEAD");
  for (const fhir::Node feed : answer.root().children()) {
    if (feed.key() != "feeds") continue;
    out += fmt::format("{:<20} {:<9} {:<28} {:>10} {:>8} {:>5} ms {:>9} {:>6} {:>6}\n", member(feed, "feed"),
                       member(feed, "state"),
                       member(feed, "listen") + member(feed, "to") + member(feed, "folder") + member(feed, "path") +
                           member(feed, "broker") + member(feed, "database"),
                       member(feed, "messages"), member(feed, "per_second"), member(feed, "lag_p99_ms"),
                       member(feed, "waiting"), member(feed, "held"), member(feed, "dead_letters"));
  }
  return out;
}

std::string feed_table(const fhir::Document& answer) {
  std::string head;
  std::string stages = fmt::format("\n{:<12} {:>12} {:>8} {:>14}  {}\n", "STAGE", "MESSAGES", "FAULTS", "MEAN", "");
  for (const fhir::Node one : answer.root().children()) {
    if (one.has_value()) head += fmt::format("{:<20} {}\n", one.key(), one.text());
    if (one.key() != "stages") continue;
    const double count = std::strtod(member(one, "count").c_str(), nullptr);
    const double spent = std::strtod(member(one, "microseconds").c_str(), nullptr);
    stages += fmt::format("{:<12} {:>12} {:>8} {:>11.0f} us  {}\n", member(one, "stage"), member(one, "count"),
                          member(one, "faults"), count > 0 ? spent / count : 0.0,
                          member(one, "paused") == "true" ? "paused" : "");
  }
  return head + stages;
}

std::string messages_table(const fhir::Document& answer, bool with_reason) {
  std::string out = fmt::format("{:<20} {:<27} {:<12} {:<20} {:<9} {}\n", "MESSAGE", "ARRIVED", "TYPE", "CONTROL ID",
                                "STATE", with_reason ? "REASON" : "");
  for (const fhir::Node message : answer.root().children()) {
    if (message.key() != "messages") continue;
    std::string reason;
    for (const fhir::Node one : message.children()) {
      if (with_reason && one.key() == "reason") {
        reason = fmt::format("{}: {} {}", member(one, "stage"), member(one, "path"), member(one, "text"));
      }
    }
    out += fmt::format("{:<20} {:<27} {:<12} {:<20} {:<9} {}\n",
                       member(message, "feed") + '/' + member(message, "sequence"), member(message, "arrived"),
                       member(message, "type"), member(message, "control_id"), member(message, "state"), reason);
  }
  return out;
}

/// The message for people: what is known of it, and its segments a line each.
std::string message_text(const fhir::Document& answer) {
  std::string out;
  std::string content;
  for (const fhir::Node one : answer.root().children()) {
    if (one.key() == "content") {
      content = std::string(one.text());
    } else if (one.has_value()) {
      out += fmt::format("{:<20} {}\n", one.key(), one.text());
    } else if (one.key() == "reason") {
      for (const fhir::Node part : one.children()) out += fmt::format("{:<20} {}\n", part.key(), part.text());
    }
  }
  for (char& c : content) {
    if (c == '\r') c = '\n';
  }
  return out + '\n' + content;
}

/// "lab/17" -> "/api/v1/feeds/lab/inbox/17"
Result<std::string> message_path(const std::string& message) {
  const std::size_t slash = message.rfind('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == message.size()) {
    return fail(ErrorCode::invalid_argument, "a message is named FEED/NUMBER, not \"" + message + "\"");
  }
  return feed_path(message.substr(0, slash)) + "/inbox/" + http::percent_encode(message.substr(slash + 1));
}

std::string question(const InboxOptions& options) {
  std::string form;
  const auto add = [&form](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    form += (form.empty() ? "" : "&") + std::string(name) + '=' + http::percent_encode(value);
  };
  add("type", options.type);
  add("control_id", options.control_id);
  const std::size_t bar = options.patient.find('|');
  add("patient", bar == std::string::npos ? options.patient : options.patient.substr(bar + 1));
  if (bar != std::string::npos) add("authority", options.patient.substr(0, bar));
  add("state", options.only_dead ? "dead" : options.state);
  add("from", options.from);
  add("until", options.until);
  add("limit", options.limit);
  return form;
}

Result<http::ClientResponse> post(Endpoint& endpoint, std::string path, std::string body, const char* type) {
  Endpoint::Request request{.method = http::Method::post, .path = std::move(path)};
  request.body = std::move(body);
  request.content_type = type;
  return endpoint.call(std::move(request));
}

constexpr const char* kForm = "application/x-www-form-urlencoded";

Result<> feeds(const FeedsOptions& options, const CommonOptions& common, Output& output) {
  Endpoint endpoint = TRY(Endpoint::open(options.place, common, Missing::refuse));
  using Action = FeedsOptions::Action;
  if (options.action == Action::pause || options.action == Action::resume) {
    const char* verb = options.action == Action::pause ? "/pause" : "/resume";
    TRY(post(endpoint, feed_path(options.feed) + verb, "", kForm));
    output.line(options.feed + (options.action == Action::pause ? " is paused" : " goes on"));
    return {};
  }
  if (options.action == Action::reload) {
    const http::ClientResponse done = TRY(post(endpoint, "/api/v1/feeds/_reload", "", kForm));
    const fhir::Document names = read_answer(done.body);
    if (!names.has_root()) return fail(ErrorCode::malformed_input, "the server's answer cannot be read");
    std::size_t changes = 0;
    for (const fhir::Node one : names.root().children()) {
      output.line(std::string(one.text()) + (one.key() == "started" ? " is started" : " is stopped"));
      ++changes;
    }
    if (changes == 0) output.line("nothing has changed");
    return {};
  }
  const bool is_list = options.action == Action::list;
  const http::ClientResponse answer =
      TRY(endpoint.call({.path = is_list ? std::string("/api/v1/feeds") : feed_path(options.feed)}));
  if (options.format == Table::json) {
    output.line(answer.body);
    return {};
  }
  const fhir::Document document = read_answer(answer.body);
  if (!document.has_root()) return fail(ErrorCode::malformed_input, "the server's answer cannot be read");
  output.write(is_list ? feeds_table(document) : feed_table(document));
  return {};
}

Result<> inbox_messages(const InboxOptions& options, Endpoint& endpoint, Output& output) {
  using Action = InboxOptions::Action;
  for (const std::string& message : options.messages) {
    const std::string path = TRY(message_path(message));
    if (options.action == Action::show) {
      const http::ClientResponse answer = TRY(endpoint.call({.path = path}));
      const fhir::Document document = read_answer(answer.body);
      output.line(options.format == Table::json || !document.has_root() ? answer.body : message_text(document));
    } else if (options.action == Action::fix) {
      const auto source = TRY(open_input(options.file, {.max_bytes = kLargestMessage}));
      std::string better = TRY(read_all(*source, kLargestMessage));
      for (char& c : better) {
        if (c == '\n') c = '\r';
      }
      const http::ClientResponse answer =
          TRY(post(endpoint, path + "/fix", std::move(better), "application/octet-stream"));
      output.line(message + " is replaced by " + message.substr(0, message.rfind('/') + 1) +
                  member(read_answer(answer.body).root(), "sequence"));
    } else {
      TRY(post(endpoint, path + (options.action == Action::drop ? "/drop" : "/replay"), "", kForm));
      output.line(message + (options.action == Action::drop ? " is dropped" : " is worked on again"));
    }
  }
  return {};
}

/// What would change, a resource and then its fields a line each.
std::string comparison_text(const fhir::Node answer) {
  std::string out =
      fmt::format("{} messages, {} resources alike; dead letters {} before, {} after\n", member(answer, "messages"),
                  member(answer, "alike"), member(answer, "faults_before"), member(answer, "faults_after"));
  for (const fhir::Node one : answer.children()) {
    if (one.key() != "differences") continue;
    out += fmt::format("\n{} {}\n", member(one, "change"), member(one, "resource"));
    for (const fhir::Node field : one.children()) {
      if (field.key() != "fields") continue;
      const std::string before = member(field, "before");
      const std::string after = member(field, "after");
      out += fmt::format("  {}: {} -> {}\n", member(field, "path"), before.empty() ? "nothing" : before,
                         after.empty() ? "nothing" : after);
    }
  }
  return out;
}

Result<int> compare(const InboxOptions& options, Endpoint& endpoint, Output& output) {
  std::string form = question(options);
  for (const mapping::CatalogueFile& file : TRY(mapping::read_catalogue(options.mappings))) {
    form +=
        (form.empty() ? "" : "&") + ("file:" + http::percent_encode(file.path)) + '=' + http::percent_encode(file.text);
  }
  const http::ClientResponse answer = TRY(post(endpoint, feed_path(options.feed) + "/inbox/_compare", form, kForm));
  const fhir::Document document = read_answer(answer.body);
  if (!document.has_root()) return fail(ErrorCode::malformed_input, "the server's answer cannot be read");
  output.write(options.format == Table::json ? answer.body + '\n' : comparison_text(document.root()));
  const fhir::Node root = document.root();
  bool is_alike = member(root, "faults_before") == member(root, "faults_after");
  for (const fhir::Node one : root.children()) is_alike = is_alike && one.key() != "differences";
  return is_alike ? kOk : kFound;
}

Result<> inbox(const InboxOptions& options, const CommonOptions& common, Output& output) {
  Endpoint endpoint = TRY(Endpoint::open(options.place, common, Missing::refuse));
  using Action = InboxOptions::Action;
  if (options.action == Action::search) {
    const http::ClientResponse answer =
        TRY(post(endpoint, feed_path(options.feed) + "/inbox/_search", question(options), kForm));
    const fhir::Document document = read_answer(answer.body);
    if (options.format == Table::json || !document.has_root()) {
      output.line(answer.body);
    } else {
      output.write(messages_table(document, options.only_dead));
    }
    return {};
  }
  if (options.action == Action::replay_many) {
    const http::ClientResponse answer =
        TRY(post(endpoint, feed_path(options.feed) + "/inbox/_replay", question(options), kForm));
    const fhir::Document document = read_answer(answer.body);
    output.line(member(document.root(), "replayed") + " messages are worked on again; " +
                member(document.root(), "left_alone") + " are still under way");
    return {};
  }
  return inbox_messages(options, endpoint, output);
}

int finish(Output& output, const Result<>& done) {
  const Result<> written = output.finish();
  if (!done) complain(done.error().message());
  return done && written ? kOk : kFailed;
}

}  // namespace

int run_feeds(const FeedsOptions& options, const CommonOptions& common) {
  Output output;
  return finish(output, feeds(options, common, output));
}

int run_inbox(const InboxOptions& options, const CommonOptions& common) {
  Output output;
  if (options.action == InboxOptions::Action::compare) {
    Result<Endpoint> endpoint = Endpoint::open(options.place, common, Missing::refuse);
    const Result<int> done = endpoint ? compare(options, *endpoint, output) : fail(endpoint.error());
    const int exit_code = finish(output, done ? Result<>() : fail(done.error()));
    return exit_code == kOk ? *done : exit_code;
  }
  return finish(output, inbox(options, common, output));
}

}  // namespace meridian::app
