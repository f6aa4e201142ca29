#include "ingest/routes.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>

#include "connect/postgres.hpp"
#include "formats/fhir/json_writer.hpp"
#include "http/router.hpp"
#include "ingest/feeds.hpp"

namespace meridian::ingest {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::size_t kMostOnAPage = 1000;
constexpr std::uint64_t kMostReplayed = 1'000'000;
constexpr std::int64_t kReplayMilliseconds = 3'600'000;

/// With one digit behind the point.
std::string rounded(double value) {
  const std::int64_t tenths = std::llround(value * 10);
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
}

void write(fhir::JsonWriter& out, const FeedService& service) {
  const Feed& feed = service.feed();
  const FeedStatistics statistics = service.statistics();
  out.begin_object();
  out.key("feed").string(feed.name).key("title").string(feed.title_english).key("title_zh").string(feed.title_chinese);
  out.key("state").string(!feed.is_enabled ? "disabled" : statistics.is_paused ? "paused" : "running");
  if (feed.destination) {
    out.key("to").string(feed.destination->to());
  } else if (feed.kind == ConnectorKind::folder) {
    out.key("folder").string(feed.folder);
  } else if (feed.kind == ConnectorKind::mqtt) {
    out.key("broker").string(feed.mqtt.host + ':' + std::to_string(feed.mqtt.port));
  } else if (feed.kind == ConnectorKind::sql) {
    out.key("database").string(connect::without_password(feed.sql.database));
  } else if (feed.kind == ConnectorKind::http) {
    out.key("path").string("/api/v1/feeds/" + feed.name + "/messages");
  } else {
    out.key("listen").string(feed.mllp.host + ':' +
                             std::to_string(service.port() != 0 ? service.port() : feed.mllp.port));
  }
  if (const std::string fault = service.fault(); !fault.empty()) out.key("fault").string(fault);
  out.key("tls").boolean(feed.mllp.tls).key("mapping").string(feed.mapping);
  out.key("acknowledge").string(feed.acknowledge == AcknowledgeWhen::inbox ? "inbox" : "commit");
  out.key("poison").string(feed.poison == PoisonPolicy::skip ? "skip" : "stop");
  out.key("connections").number(statistics.connector.connections_open);
  out.key("messages").number(statistics.inbox.last).key("received").number(statistics.connector.messages);
  out.key("waiting").number(statistics.inbox.received).key("held").number(statistics.inbox.held);
  out.key("dead_letters").number(statistics.inbox.dead).key("done").number(statistics.pipeline.done);
  out.key("duplicates").number(statistics.duplicates).key("reused_control_ids").number(statistics.reused_control_ids);
  out.key("unreadable").number(statistics.unreadable).key("retries").number(statistics.pipeline.retries);
  out.key("per_second").number(rounded(statistics.pipeline.rate));
  out.key("lag_median_ms").number(statistics.pipeline.lag_median.milliseconds());
  out.key("lag_p99_ms").number(statistics.pipeline.lag_p99.milliseconds());
  if (statistics.pipeline.oldest != Instant()) out.key("oldest").string(statistics.pipeline.oldest.to_string());
  out.key("stages").begin_array();
  for (const StageStatistics& stage : statistics.pipeline.stages) {
    out.begin_object();
    out.key("stage").string(name(stage.stage)).key("count").number(stage.count).key("faults").number(stage.faults);
    out.key("microseconds").number(static_cast<std::int64_t>(stage.seconds * 1e6));
    out.key("paused").boolean(stage.is_paused);
    out.end_object();
  }
  out.end_array().key("framing_faults").begin_object();
  for (std::size_t i = 0; i < connect::kMllpFaults; ++i) {
    if (statistics.connector.faults[i] == 0) continue;
    out.key(name(static_cast<connect::MllpFault>(i))).number(statistics.connector.faults[i]);
  }
  out.end_object().end_object();
}

void write(fhir::JsonWriter& out, const InboxEntry& entry, const std::string* content = nullptr) {
  out.begin_object();
  out.key("feed").string(entry.id.feed);
  out.key("sequence").number(entry.id.sequence);
  out.key("arrived").string(entry.arrived.to_string());
  out.key("type").string(entry.header.type);
  out.key("control_id").string(entry.header.control_id);
  out.key("source").string(entry.source);
  out.key("bytes").number(entry.bytes).key("state").string(name(entry.outcome.state));
  if (entry.reuses_control_id) out.key("reuses_control_id").boolean(true);
  if (entry.replaces != 0) out.key("replaces").number(entry.replaces);
  if (entry.outcome.replaced_by != 0) out.key("replaced_by").number(entry.outcome.replaced_by);
  if (entry.outcome.commit != 0) out.key("commit").number(entry.outcome.commit);
  if (entry.outcome.epoch != 0) out.key("replays").number(entry.outcome.epoch);
  if (entry.outcome.at != Instant()) out.key("ended").string(entry.outcome.at.to_string());
  if (entry.outcome.state == MessageState::dead || entry.outcome.state == MessageState::dropped) {
    out.key("reason").begin_object();
    out.key("stage").string(name(entry.outcome.stage));
    out.key("code").string(entry.outcome.code);
    out.key("path").string(entry.outcome.path);
    out.key("text").string(entry.outcome.text).key("suggestion").string(entry.outcome.suggestion).end_object();
  }
  if (content != nullptr) out.key("content").string(*content);
  out.end_object();
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || at != text.data() + text.size()) return std::nullopt;
  return number;
}

constexpr std::string_view kFile = "file:";

/// The question in a form: type, control_id, patient, authority, state, from, until, before, limit.
Result<InboxQuery> query_of(const Request& request, const std::string& feed) {
  InboxQuery query;
  query.feed = feed;
  std::string patient;
  std::string authority;
  for (const http::QueryParameter& parameter : TRY(request.form())) {
    const std::string& value = parameter.value;
    if (parameter.name == "type") {
      query.type = value;
    } else if (parameter.name == "control_id") {
      query.control_id = value;
    } else if (parameter.name == "patient") {
      patient = value;
    } else if (parameter.name == "authority") {
      authority = value;
    } else if (parameter.name == "from") {
      query.from = TRY(Instant::parse(value));
    } else if (parameter.name == "until") {
      query.until = TRY(Instant::parse(value));
    } else if (parameter.name == "state") {
      for (const auto state : {MessageState::received, MessageState::done, MessageState::dead, MessageState::held,
                               MessageState::replaced, MessageState::dropped}) {
        if (value == name(state)) query.state = state;
      }
      if (!query.state)
        return fail(ErrorCode::invalid_argument, "state is received, done, dead, held, replaced or dropped");
    } else if (parameter.name == "before" || parameter.name == "limit") {
      const std::optional<std::uint64_t> number = number_of(value);
      if (!number) return fail(ErrorCode::invalid_argument, parameter.name + " is a number");
      if (parameter.name == "before") query.before = *number;
      if (parameter.name == "limit") query.limit = std::min<std::uint64_t>(*number, kMostOnAPage);
    } else if (parameter.name.starts_with(kFile)) {
      continue;  // of a comparison
    } else {
      return fail(ErrorCode::invalid_argument, "\"" + parameter.name + "\" is nothing to ask for");
    }
  }
  if (!patient.empty()) query.order_key = "patient|" + authority + '|' + patient;
  return query;
}

/// The object that was begun.
Response ended(fhir::JsonWriter&& begun) {
  begun.end_object();
  return Response::json(std::move(begun).take());
}

Response answer(const Result<>& done) {
  return done ? Response::json(R"({"done":true})") : Response::problem(done.error());
}

Response search(const Request& request, FeedService& service) {
  const Result<InboxQuery> query = query_of(request, service.feed().name);
  if (!query) return Response::problem(query.error());
  const auto found = service.inbox().search(*query);
  if (!found) return Response::problem(found.error());
  fhir::JsonWriter out;
  out.begin_object().key("messages").begin_array();
  for (const InboxEntry& entry : *found) write(out, entry);
  out.end_array();
  if (found->size() >= query->limit && !found->empty()) out.key("before").number(found->back().id.sequence);
  return ended(std::move(out));
}

Response show(FeedService& service, std::uint64_t sequence) {
  const MessageId id{service.feed().name, sequence};
  const auto entry = service.inbox().entry(id);
  if (!entry) return Response::problem(entry.error());
  const auto message = service.inbox().read(id);
  if (!message) return Response::problem(message.error());
  fhir::JsonWriter out;
  write(out, *entry, &message->content);
  return Response::json(std::move(out).take());
}

/// All that the question finds, oldest first; those that are still under way are left alone.
Response replay_many(const Request& request, FeedService& service) {
  Result<InboxQuery> query = query_of(request, service.feed().name);
  if (!query) return Response::problem(query.error());
  query->limit = kMostOnAPage;
  std::vector<std::uint64_t> sequences;
  while (sequences.size() < kMostReplayed) {
    const auto found = service.inbox().search(*query);
    if (!found) return Response::problem(found.error());
    for (const InboxEntry& entry : *found) sequences.push_back(entry.id.sequence);
    if (found->size() < query->limit) break;
    query->before = sequences.back();
  }
  std::uint64_t replayed = 0;
  std::uint64_t left_alone = 0;
  for (const std::uint64_t sequence : std::views::reverse(sequences)) {
    const Result<> done = service.pipeline().replay(sequence);
    if (!done && done.error().code() != ErrorCode::conflict) return Response::problem(done.error());
    ++(done ? replayed : left_alone);
  }
  fhir::JsonWriter out;
  out.begin_object().key("replayed").number(replayed).key("left_alone").number(left_alone);
  return ended(std::move(out));
}

/// What files of mappings, each a `file:PATH` of the form, would change.
Response compare(const Request& request, const Feeds& feeds, const FeedService& service) {
  Result<InboxQuery> query = query_of(request, service.feed().name);
  if (!query) return Response::problem(query.error());
  std::vector<mapping::CatalogueFile> files;
  const auto form = request.form();
  if (!form) return Response::problem(form.error());
  for (const http::QueryParameter& parameter : *form) {
    if (parameter.name.starts_with(kFile)) files.push_back({parameter.name.substr(kFile.size()), parameter.value});
  }
  if (files.empty()) return Response::problem(400, "there is no file:PATH with a mapping");
  const Result<Comparison> compared = feeds.compare(service, *std::move(query), std::move(files));
  if (!compared) return Response::problem(compared.error());
  fhir::JsonWriter out;
  out.begin_object().key("messages").number(compared->messages).key("alike").number(compared->resources);
  out.key("faults_before").number(compared->faults_before).key("faults_after").number(compared->faults_after);
  out.key("differences").begin_array();
  for (const ResourceDifference& one : compared->differences) {
    out.begin_object().key("resource").string(one.resource);
    out.key("change").string(one.is_new ? "added" : one.is_gone ? "removed" : "changed").key("fields").begin_array();
    for (const FieldDifference& field : one.fields) {
      out.begin_object().key("path").string(field.path);
      if (!field.before.empty()) out.key("before").string(field.before);
      if (!field.after.empty()) out.key("after").string(field.after);
      out.end_object();
    }
    out.end_array().end_object();
  }
  out.end_array();
  return ended(std::move(out));
}

class Mount {
 public:
  Mount(http::Router& router, Feeds& feeds) : router_(router), feeds_(feeds) {}

  /// A route below /api/v1/feeds/{feed}; Do takes the request and the feed.
  template <typename Do>
  http::Route& feed(Method method, const std::string& path, const char* summary, Do run) {
    return router_
        .add(method, "/api/v1/feeds/{feed}" + path,
             [&feeds = feeds_, run](const Request& request) {
               const std::shared_ptr<FeedService> service = feeds.find(request.path_parameter("feed"));
               if (service == nullptr) return Response::problem(404, "there is no such feed");
               return run(request, *service);
             })
        .summary(summary)
        .tag("Feeds");
  }
  /// The same for one message: Do takes its sequence too.
  template <typename Do>
  void message(Method method, const std::string& path, const char* summary, Do run) {
    feed(method, path, summary, [run](const Request& request, FeedService& service) {
      const std::optional<std::uint64_t> sequence = number_of(request.path_parameter("sequence"));
      if (!sequence) return Response::problem(404, "a message is named by its number");
      return run(request, service, *sequence);
    });
  }

 private:
  http::Router& router_;
  Feeds& feeds_;
};

}  // namespace

void mount_feeds(http::Router& router, Feeds& feeds) {
  router
      .add(Method::get, "/api/v1/feeds",
           [&feeds](const Request&) {
             fhir::JsonWriter out;
             out.begin_object();
             if (const std::string fault = feeds.fault(); !fault.empty()) out.key("fault").string(fault);
             out.key("feeds").begin_array();
             for (const auto& service : feeds.all()) write(out, *service);
             out.end_array();
             return ended(std::move(out));
           })
      .summary("List the declared feeds and how they are")
      .tag("Feeds");
  router
      .add(Method::post, "/api/v1/feeds/_reload",
           [&feeds](const Request&) {
             const Result<FeedChanges> done = feeds.reload();
             if (!done) return Response::problem(done.error());
             fhir::JsonWriter out;
             out.begin_object();
             const auto write_names = [&out](const char* key, const std::vector<std::string>& names) {
               out.key(key).begin_array();
               for (const std::string& name : names) out.string(name);
               out.end_array();
             };
             write_names("started", done->started);
             write_names("stopped", done->stopped);
             return ended(std::move(out));
           })
      .summary("Put in force what the catalogue says of feeds and mappings now")
      .tag("Feeds");
  Mount mount(router, feeds);
  mount.feed(Method::get, "", "Show one feed", [](const Request&, FeedService& service) {
    fhir::JsonWriter out;
    write(out, service);
    return Response::json(std::move(out).take());
  });
  mount.feed(Method::post, "/pause", "Read nothing from a feed's senders", [](const Request&, FeedService& service) {
    service.pause();
    return answer({});
  });
  mount.feed(Method::post, "/resume", "Read from a feed's senders again", [](const Request&, FeedService& service) {
    service.resume();
    return answer({});
  });
  mount.feed(Method::post, "/inbox/_search", "Find messages by time, type, control id, patient and state", search);
  mount.feed(Method::post, "/inbox/_replay", "Work again on every message that the question finds", replay_many)
      .time_limit_milliseconds(kReplayMilliseconds);
  mount
      .feed(Method::post, "/inbox/_compare", "Say what other mappings would make of messages, field by field",
            [&feeds](const Request& request, const FeedService& service) { return compare(request, feeds, service); })
      .time_limit_milliseconds(kReplayMilliseconds);
  mount.message(Method::get, "/inbox/{sequence}", "Show a message as it came",
                [](const Request&, FeedService& service, std::uint64_t sequence) { return show(service, sequence); });
  mount.message(Method::post, "/inbox/{sequence}/replay", "Work again on a message",
                [](const Request&, FeedService& service, std::uint64_t sequence) {
                  return answer(service.pipeline().replay(sequence));
                });
  mount.message(Method::post, "/inbox/{sequence}/fix", "Correct a dead letter: the body is the better message",
                [](const Request& request, FeedService& service, std::uint64_t sequence) {
                  const Result<MessageId> fixed = service.pipeline().fix(sequence, request.body);
                  if (!fixed) return Response::problem(fixed.error());
                  fhir::JsonWriter out;
                  out.begin_object().key("sequence").number(fixed->sequence);
                  return ended(std::move(out));
                });
  mount.message(Method::post, "/inbox/{sequence}/drop", "Let a dead letter go",
                [](const Request&, FeedService& service, std::uint64_t sequence) {
                  return answer(service.pipeline().drop(sequence));
                });
}

}  // namespace meridian::ingest
