#include "ingest/routes.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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

/// One JSON object, member by member.
class Object {
 public:
  Object& text(std::string_view name, std::string_view value) {
    return raw(name, '"' + http::json_escaped(value) + '"');
  }
  Object& number(std::string_view name, std::uint64_t value) { return raw(name, std::to_string(value)); }
  Object& truth(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  Object& raw(std::string_view name, std::string_view json) {
    out_ += out_.empty() ? "{" : ",";
    out_ += '"';
    out_ += name;
    out_ += "\":";
    out_ += json;
    return *this;
  }
  std::string take() { return out_.empty() ? "{}" : out_ + '}'; }

 private:
  std::string out_;
};

std::string json_of(const FeedService& service) {
  const Feed& feed = service.feed();
  const FeedStatistics statistics = service.statistics();
  Object out;
  out.text("feed", feed.name).text("title", feed.title_english).text("title_zh", feed.title_chinese);
  out.text("state", !feed.is_enabled ? "disabled" : statistics.is_paused ? "paused" : "running");
  if (feed.destination) {
    out.text("to", feed.destination->to());
  } else if (!feed.folder.empty()) {
    out.text("folder", feed.folder);
  } else {
    out.text("listen", feed.mllp.host + ':' + std::to_string(service.port() != 0 ? service.port() : feed.mllp.port));
  }
  out.truth("tls", feed.mllp.tls).text("mapping", feed.mapping);
  out.text("acknowledge", feed.acknowledge == AcknowledgeWhen::inbox ? "inbox" : "commit");
  out.text("poison", feed.poison == PoisonPolicy::skip ? "skip" : "stop");
  out.number("connections", statistics.connector.connections_open);
  out.number("messages", statistics.inbox.last).number("received", statistics.connector.messages);
  out.number("waiting", statistics.inbox.received).number("held", statistics.inbox.held);
  out.number("dead_letters", statistics.inbox.dead).number("done", statistics.pipeline.done);
  out.number("duplicates", statistics.duplicates).number("reused_control_ids", statistics.reused_control_ids);
  out.number("unreadable", statistics.unreadable).number("retries", statistics.pipeline.retries);
  if (statistics.pipeline.oldest != Instant()) out.text("oldest", statistics.pipeline.oldest.to_string());
  std::string stages;
  for (const StageStatistics& stage : statistics.pipeline.stages) {
    Object row;
    row.text("stage", name(stage.stage)).number("count", stage.count).number("faults", stage.faults);
    row.number("microseconds", static_cast<std::uint64_t>(stage.seconds * 1e6)).truth("paused", stage.is_paused);
    stages += (stages.empty() ? "" : ",") + row.take();
  }
  out.raw("stages", '[' + stages + ']');
  std::string faults;
  for (std::size_t i = 0; i < connect::kMllpFaults; ++i) {
    if (statistics.connector.faults[i] == 0) continue;
    faults += (faults.empty() ? "\"" : ",\"") + std::string(name(static_cast<connect::MllpFault>(i))) +
              "\":" + std::to_string(statistics.connector.faults[i]);
  }
  out.raw("framing_faults", '{' + faults + '}');
  return out.take();
}

std::string json_of(const InboxEntry& entry, const std::string* content = nullptr) {
  Object out;
  out.text("feed", entry.id.feed).number("sequence", entry.id.sequence).text("arrived", entry.arrived.to_string());
  out.text("type", entry.header.type).text("control_id", entry.header.control_id).text("source", entry.source);
  out.number("bytes", entry.bytes).text("state", name(entry.outcome.state));
  if (entry.reuses_control_id) out.truth("reuses_control_id", true);
  if (entry.replaces != 0) out.number("replaces", entry.replaces);
  if (entry.outcome.replaced_by != 0) out.number("replaced_by", entry.outcome.replaced_by);
  if (entry.outcome.commit != 0) out.number("commit", entry.outcome.commit);
  if (entry.outcome.epoch != 0) out.number("replays", entry.outcome.epoch);
  if (entry.outcome.at != Instant()) out.text("ended", entry.outcome.at.to_string());
  if (entry.outcome.state == MessageState::dead || entry.outcome.state == MessageState::dropped) {
    Object why;
    why.text("stage", name(entry.outcome.stage)).text("code", entry.outcome.code).text("path", entry.outcome.path);
    why.text("text", entry.outcome.text).text("suggestion", entry.outcome.suggestion);
    out.raw("reason", why.take());
  }
  if (content != nullptr) out.text("content", *content);
  return out.take();
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

Response answer(const Result<>& done) {
  return done ? Response::json(R"({"done":true})") : Response::problem(done.error());
}

Response search(const Request& request, FeedService& service) {
  const Result<InboxQuery> query = query_of(request, service.feed().name);
  if (!query) return Response::problem(query.error());
  const auto found = service.inbox().search(*query);
  if (!found) return Response::problem(found.error());
  std::string entries;
  for (const InboxEntry& entry : *found) entries += (entries.empty() ? "" : ",") + json_of(entry);
  Object out;
  out.raw("messages", '[' + entries + ']');
  if (found->size() >= query->limit && !found->empty()) out.number("before", found->back().id.sequence);
  return Response::json(out.take());
}

Response show(FeedService& service, std::uint64_t sequence) {
  const MessageId id{service.feed().name, sequence};
  const auto entry = service.inbox().entry(id);
  if (!entry) return Response::problem(entry.error());
  const auto message = service.inbox().read(id);
  if (!message) return Response::problem(message.error());
  return Response::json(json_of(*entry, &message->content));
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
  for (auto at = sequences.rbegin(); at != sequences.rend(); ++at) {
    const Result<> done = service.pipeline().replay(*at);
    if (!done && done.error().code() != ErrorCode::conflict) return Response::problem(done.error());
    ++(done ? replayed : left_alone);
  }
  return Response::json(Object().number("replayed", replayed).number("left_alone", left_alone).take());
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
  std::string differences;
  for (const ResourceDifference& one : compared->differences) {
    std::string fields;
    for (const FieldDifference& field : one.fields) {
      Object row;
      row.text("path", field.path);
      if (!field.before.empty()) row.text("before", field.before);
      if (!field.after.empty()) row.text("after", field.after);
      fields += (fields.empty() ? "" : ",") + row.take();
    }
    Object row;
    row.text("resource", one.resource).text("change", one.is_new ? "added" : one.is_gone ? "removed" : "changed");
    row.raw("fields", '[' + fields + ']');
    differences += (differences.empty() ? "" : ",") + row.take();
  }
  Object out;
  out.number("messages", compared->messages).number("alike", compared->resources);
  out.number("faults_before", compared->faults_before).number("faults_after", compared->faults_after);
  return Response::json(out.raw("differences", '[' + differences + ']').take());
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
             std::string all;
             for (const auto& service : feeds.all()) all += (all.empty() ? "" : ",") + json_of(*service);
             Object out;
             if (const std::string fault = feeds.fault(); !fault.empty()) out.text("fault", fault);
             return Response::json(out.raw("feeds", '[' + all + ']').take());
           })
      .summary("List the declared feeds and how they are")
      .tag("Feeds");
  router
      .add(
          Method::post, "/api/v1/feeds/_reload",
          [&feeds](const Request&) {
            const Result<FeedChanges> done = feeds.reload();
            if (!done) return Response::problem(done.error());
            const auto names = [](const std::vector<std::string>& list) {
              std::string out;
              for (const std::string& name : list) out += (out.empty() ? "\"" : ",\"") + name + '"';
              return '[' + out + ']';
            };
            Object out;
            return Response::json(out.raw("started", names(done->started)).raw("stopped", names(done->stopped)).take());
          })
      .summary("Put in force what the catalogue says of feeds and mappings now")
      .tag("Feeds");
  Mount mount(router, feeds);
  mount.feed(Method::get, "", "Show one feed",
             [](const Request&, FeedService& service) { return Response::json(json_of(service)); });
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
                  return Response::json(Object().number("sequence", fixed->sequence).take());
                });
  mount.message(Method::post, "/inbox/{sequence}/drop", "Let a dead letter go",
                [](const Request&, FeedService& service, std::uint64_t sequence) {
                  return answer(service.pipeline().drop(sequence));
                });
}

}  // namespace meridian::ingest
