#include "rest/feed_routes.hpp"

#include <algorithm>
#include <utility>

#include "formats/fhir/json_writer.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/text.hpp"

namespace meridian::rest {
namespace {

constexpr std::uint64_t kMaxLimit = 10'000;
constexpr std::size_t kStreamPage = 500;

std::string_view name_of(store::Change change) {
  switch (change) {
    case store::Change::created:
      return "created";
    case store::Change::updated:
      return "updated";
    case store::Change::deleted:
      return "deleted";
  }
  return "updated";
}

void write_entry(fhir::JsonWriter& json, const store::FeedEntry& entry) {
  json.begin_object();
  json.key("commit").number(static_cast<std::int64_t>(entry.commit.value()));
  json.key("type").string(entry.key.type);
  json.key("id").string(entry.key.id);
  json.key("version").number(static_cast<std::int64_t>(entry.version));
  json.key("change").string(name_of(entry.change));
  json.key("time").string(entry.time.to_string());
  if (entry.is_erased) json.key("erased").boolean(true);
  json.end_object();
}

bool is_wanted(const store::FeedEntry& entry, const std::set<std::string, std::less<>>& types) {
  return types.empty() || types.contains(entry.key.type);
}

}  // namespace

http::Response FeedStreams::open(Reader reader) {
  http::OpenEventStream opened = http::open_event_stream();
  {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return http::Response::problem(503, "The server stops.");
    if (!on_commit_) {
      on_commit_ = server_.store().on_commit([this](store::TenantId, store::CommitNumber) { wake(); });
    }
    streams_.push_back({std::move(reader), std::move(opened.stream)});
  }
  wake();
  return std::move(opened.response);
}

void FeedStreams::close() {
  std::shared_ptr<void> gone;
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  gone = std::move(on_commit_);
  for (Stream& stream : streams_) stream.events->close();
  streams_.clear();
}

void FeedStreams::wake() {
  {
    const std::lock_guard lock(wake_mutex_);
    if (std::exchange(is_awake_, true)) return;
  }
  // The thread that tells of commits has better to do than to read the feed.
  server_.later([this, alive = server_.weak_from_this()] {
    if (const auto server = alive.lock()) serve_all();
  });
}

void FeedStreams::serve_all() {
  {
    // What is committed from here on wakes again.
    const std::lock_guard lock(wake_mutex_);
    is_awake_ = false;
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(streams_, [&](Stream& stream) {
    if (serve(stream)) return false;
    stream.events->close();
    return true;
  });
}

bool FeedStreams::serve(Stream& stream) const {
  Reader& reader = stream.reader;
  for (;;) {
    const Result<store::FeedPage> page = server_.store().feed(reader.context, reader.after, kStreamPage);
    if (!page) return false;
    for (std::size_t i = 0; i < page->entries.size(); ++i) {
      const store::FeedEntry& entry = page->entries[i];
      if (!is_wanted(entry, reader.types)) continue;
      const bool is_last = i + 1 == page->entries.size() || page->entries[i + 1].commit != entry.commit;
      fhir::JsonWriter json;
      write_entry(json, entry);
      http::Event event{.event = "change", .data = std::move(json).take()};
      if (is_last) event.id = std::to_string(entry.commit.value());
      if (!stream.events->send(event)) return false;
    }
    reader.after = page->through;
    if (page->is_current || page->entries.empty()) return true;
  }
}

http::Response show_feed(const http::Request& request, const FhirServer& server) {
  Result<Context> context = context_of(request);
  if (!context) return http::Response::problem(context.error());
  FeedStreams::Reader reader;
  reader.context = std::move(context->reader);
  // A stream outlives its request.
  const std::string_view last_id = request.headers.get("Last-Event-ID");
  const auto after = whole_number(last_id.empty() ? request.query("after").value_or("0") : last_id);
  const auto limit = whole_number(request.query("limit").value_or("1000"));
  if (!after || !limit) return http::Response::problem(400, "after and limit are whole numbers.");
  reader.after = store::CommitNumber(*after);
  for (const std::string_view type : split(request.query("types").value_or(""), ',')) {
    if (type.empty()) continue;
    if (resource_type(type) == fhir::TypeId::none) return http::Response::problem(400, "types names no resource type.");
    reader.types.emplace(type);
  }
  if (http::list_contains(request.headers.joined("Accept"), "text/event-stream")) {
    reader.context.deadline = Deadline();
    return server.feed_streams->open(std::move(reader));
  }

  const Result<store::FeedPage> page =
      server.store().feed(reader.context, reader.after, std::clamp<std::uint64_t>(*limit, 1, kMaxLimit));
  if (!page) return http::Response::problem(page.error());
  fhir::JsonWriter json;
  json.begin_object();
  json.key("entries").begin_array();
  for (const store::FeedEntry& entry : page->entries) {
    if (is_wanted(entry, reader.types)) write_entry(json, entry);
  }
  json.end_array();
  json.key("through").number(static_cast<std::int64_t>(page->through.value()));
  json.key("current").boolean(page->is_current);
  json.end_object();
  return http::Response::json(std::move(json).take());
}

}  // namespace meridian::rest
