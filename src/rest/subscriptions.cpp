#include "rest/subscriptions.hpp"

#include <algorithm>
#include <chrono>

#include "base/file_system.hpp"
#include "base/log.hpp"
#include "formats/fhir/json_writer.hpp"
#include "rest/exchange.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/members.hpp"
#include "rest/internal/text.hpp"
#include "search/query.hpp"

namespace meridian::rest {
namespace {

constexpr std::size_t kPage = 200;

store::ReadContext reader_of(store::TenantId tenant) {
  store::ReadContext reader = store::local_reader();
  reader.tenant = tenant;
  reader.actor.id = "system/subscriptions";
  return reader;
}

std::int64_t now_ms() {
  return steady_nanoseconds() / 1'000'000;
}

}  // namespace

struct Subscriptions::Follower {
  store::TenantId tenant;
  std::string id;
  Subscription wanted;
  store::CommitNumber through;  // told of all commits until this one
  std::size_t told = 0;         // entries of the next page that are done
  std::uint32_t attempts = 0;   // at the entry at hand
  std::int64_t due_ms = 0;      // not before
  bool is_behind = true;        // there may be something to tell
  bool is_running = false;
  bool is_gone = false;
  std::shared_ptr<Follower> before;  // its former state, which must have ended first
};

Subscriptions::Subscriptions(const FhirServer& server, FileSystem& files, std::string folder, Send send,
                             SubscriptionRules rules)
    : server_(server), files_(files), folder_(std::move(folder)), send_(std::move(send)), rules_(rules) {
  if (const Result<> made = files_.create_directory(folder_); !made) {
    log_error("no folder for subscriptions", {{"why", made.error().message()}});
  }
  // Tenants that had subscriptions before have files here: "2.id.place".
  woken_[store::kDefaultTenant.value()] = true;
  if (const Result<std::vector<std::string>> names = files_.list(folder_)) {
    for (const std::string& name : *names) {
      if (const auto tenant = whole_number(name.substr(0, name.find('.')))) {
        woken_[static_cast<std::uint32_t>(*tenant)] = true;
      }
    }
  }
  pool_ = std::make_unique<ThreadPool>(ThreadPool::Options{"subscriptions", rules_.threads, 1'000});
  on_commit_ = server_.store().on_commit([this](store::TenantId tenant, store::CommitNumber) {
    const std::lock_guard lock(mutex_);
    woken_[tenant.value()] = true;
    is_changed_ = true;
    changed_.notify_one();
  });
  thread_ = std::thread([this] { run(); });
}

Subscriptions::~Subscriptions() {
  on_commit_.reset();
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
  pool_.reset();
}

void Subscriptions::run() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    // 1. What was committed may concern everyone of that tenant, and subscriptions themselves.
    for (auto& [tenant, is_woken] : woken_) {
      if (!std::exchange(is_woken, false)) continue;
      for (auto& [key, follower] : followers_) {
        if (key.first == tenant) follower->is_behind = true;
      }
      lock.unlock();
      learn(store::TenantId(tenant));
      lock.lock();
    }
    // 2. Whoever has something to tell and need not pause goes on.
    std::int64_t next_ms = INT64_MAX;
    const std::int64_t now = now_ms();
    for (auto& [key, follower] : followers_) {
      if (follower->before && !follower->before->is_running) follower->before.reset();
      if (follower->is_running || !follower->is_behind || follower->is_gone || follower->before) continue;
      if (follower->due_ms > now) {
        next_ms = std::min(next_ms, follower->due_ms);
        continue;
      }
      follower->is_running = true;
      if (!pool_->try_submit([this, one = follower](const Result<>& may) {
            if (may) follow(one);
            const std::lock_guard done(mutex_);
            one->is_running = false;
            is_changed_ = true;
            changed_.notify_one();
          })) {
        follower->is_running = false;
        next_ms = now + 100;
      }
    }
    std::erase_if(followers_, [](const auto& one) { return one.second->is_gone && !one.second->is_running; });
    // 3. Until something happens.
    const auto has_changed = [&] { return is_stopping_ || is_changed_; };
    if (next_ms == INT64_MAX) {
      changed_.wait(lock, has_changed);
    } else {
      changed_.wait_for(lock, std::chrono::milliseconds(std::max<std::int64_t>(next_ms - now_ms(), 1)), has_changed);
    }
    is_changed_ = false;
  }
}

void Subscriptions::learn(store::TenantId tenant) {
  const store::ReadContext reader = reader_of(tenant);
  const auto known = learned_.find(tenant.value());
  if (known == learned_.end()) {
    // The first look: all that are there, each from where it was.
    const store::CommitNumber present = server_.store().last_commit(tenant);
    std::vector<std::string> ids;
    const Result<> scanned = server_.store().scan(reader, "Subscription", std::nullopt, [&](store::Version&& version) {
      ids.push_back(version.key.id);
      return true;
    });
    if (!scanned) return log_error("subscriptions cannot be read", {{"why", scanned.error().message()}});
    for (const std::string& id : ids) learn_one(tenant, id, present);
    learned_[tenant.value()] = present;
    return;
  }
  for (;;) {
    const Result<store::FeedPage> page = server_.store().feed(reader, known->second, kPage);
    if (!page) return log_error("the feed cannot be read", {{"why", page.error().message()}});
    for (const store::FeedEntry& entry : page->entries) {
      if (entry.key.type == "Subscription") learn_one(tenant, entry.key.id, entry.commit);
    }
    known->second = page->through;
    if (page->is_current || page->entries.empty()) return;
  }
}

void Subscriptions::learn_one(store::TenantId tenant, const std::string& id, store::CommitNumber from) {
  const Key key{tenant.value(), id};
  const Result<store::Version> version = server_.store().read(reader_of(tenant), {"Subscription", id});
  std::optional<Subscription> wanted;
  if (version) {
    Issues issues;
    const fhir::Document document = fhir::DocumentParser().parse(version->json, issues);
    auto read = document.has_root() ? Subscription::read(document.root()) : std::optional<Subscription>();
    if (!read) log_warning("a subscription is not understood", {{"why", read.error().message()}});
    if (read) wanted = std::move(*read);
  }
  const bool is_requested = wanted && wanted->is_requested;
  {
    const std::lock_guard lock(mutex_);
    const auto found = followers_.find(key);
    const bool is_the_same =
        found != followers_.end() && !found->second->is_gone && wanted && found->second->wanted.is_told_like(*wanted);
    if (is_the_same && !is_requested) return;
    // A new state begins where the old one was; whoever works on the old one ends on its own.
    auto follower = std::make_shared<Follower>();
    follower->tenant = tenant;
    follower->id = id;
    follower->through = from;
    if (const auto place = read_whole_file(files_, file_of(*follower, "place"), 64)) {
      if (const auto commit = whole_number(*place)) follower->through = store::CommitNumber(*commit);
    }
    if (found != followers_.end()) {
      found->second->is_gone = true;
      follower->before = found->second;
      followers_.erase(found);
    }
    if (wanted) {
      follower->wanted = std::move(*wanted);
      keep_place(*follower);
      followers_[key] = std::move(follower);
    } else {
      const Result<> removed = files_.remove(file_of(*follower, "place"));
      if (!removed && removed.error().code() != ErrorCode::not_found) log_warning("a place in the feed is not removed");
    }
  }
  if (is_requested) activate(tenant, *version);
}

void Subscriptions::activate(store::TenantId tenant, const store::Version& version) {
  fhir::JsonWriter json;
  json.begin_object();
  for (const Member& member : members_of(version.json)) {
    json.key(member.key).raw(member.key == "status" ? "\"active\"" : member.value);
  }
  json.end_object();
  Issues issues;
  store::CommitRequest request;
  request.writes.push_back(
      {store::WriteKind::update, version.key, fhir::DocumentParser().parse(std::move(json).take(), issues), {}});
  request.writes.front().condition.version = version.number;
  store::WriteContext writer = store::local_writer();
  writer.tenant = tenant;
  writer.actor.id = "system/subscriptions";
  writer.source = "subscriptions";
  // Whatever comes of it is learned from the feed.
  server_.store().commit(writer, std::move(request), [](const auto&) {});
}

void Subscriptions::follow(const std::shared_ptr<Follower>& follower) {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (is_stopping_ || follower->is_gone) return;
      follower->is_behind = false;
    }
    if (follower->wanted.end && server_.clock.now() >= *follower->wanted.end) return;
    const Result<store::FeedPage> page = server_.store().feed(reader_of(follower->tenant), follower->through, kPage);
    bool is_paused = !page;
    if (is_paused) log_error("the feed cannot be read", {{"why", page.error().message()}});
    while (!is_paused && follower->told < page->entries.size()) {
      const store::FeedEntry& entry = page->entries[follower->told];
      if (entry.key.type == "Subscription" && entry.key.id == follower->id && entry.change == store::Change::deleted) {
        const std::lock_guard lock(mutex_);
        follower->is_gone = true;
        return;
      }
      if (tell(*follower, entry)) {
        ++follower->told;
        follower->attempts = 0;
      } else {
        is_paused = true;
      }
      const std::lock_guard lock(mutex_);
      if (is_stopping_ || follower->is_gone) return;
    }
    if (is_paused) {
      const std::int64_t pause = rules_.first_pause_ms << std::min<std::uint32_t>(follower->attempts - 1, 20);
      const std::lock_guard lock(mutex_);
      follower->due_ms = now_ms() + std::min(pause, rules_.longest_pause_ms);
      follower->is_behind = true;
      return;
    }
    const bool has_moved = page->through != follower->through;
    follower->through = page->through;
    follower->told = 0;
    if (has_moved) keep_place(*follower);
    if (page->is_current || page->entries.empty()) return;
  }
}

/// True when it is done with: told, not meant, or buried.
bool Subscriptions::tell(Follower& follower, const store::FeedEntry& entry) {
  const Result<bool> meant = is_meant(follower, entry);
  if (!meant) log_warning("a subscription's criteria cannot be asked", {{"why", meant.error().message()}});
  if (!meant || !*meant) return true;
  if (send_(request_for(follower, entry))) return true;
  if (++follower.attempts < rules_.max_attempts) return false;
  bury(follower, entry);
  return true;
}

Result<bool> Subscriptions::is_meant(const Follower& follower, const store::FeedEntry& entry) const {
  if (entry.key.type != follower.wanted.type || entry.change == store::Change::deleted || entry.is_erased) return false;
  if (follower.wanted.search.empty()) return true;
  store::ReadContext reader = reader_of(follower.tenant);
  reader.at = entry.commit;
  Pairs pairs;
  for (http::QueryParameter& pair : TRY(http::parse_query(follower.wanted.search))) {
    pairs.emplace_back(std::move(pair.name), std::move(pair.value));
  }
  pairs.emplace_back("_id", entry.key.id);
  search::QueryRules rules;
  rules.strict = true;
  Issues issues;
  const auto known = server_.store().parameters(follower.tenant);
  search::Query query = search::parse_query(*known, resource_type(entry.key.type), pairs, rules, issues);
  if (issues.has_errors()) return fail(ErrorCode::invalid_argument, text(issues.all().front(), Language::english));
  query.count = 1;
  query.includes.clear();
  return !TRY(server_.store().search(reader, query)).entries.empty();
}

http::ClientRequest Subscriptions::request_for(const Follower& follower, const store::FeedEntry& entry) const {
  http::ClientRequest request;
  request.method = http::Method::post;
  request.url = follower.wanted.endpoint;
  for (const auto& [name, value] : follower.wanted.headers) request.headers.add(name, value);
  if (follower.wanted.payload.empty()) return request;
  Result<store::Version> version = server_.store().read_version(reader_of(follower.tenant), entry.key, entry.version);
  if (!version) return request;
  request.method = http::Method::put;
  request.url += "/" + entry.key.type + "/" + entry.key.id;
  Representation form;
  form.answer = form_of_content_type(follower.wanted.payload).value_or(Form::json);
  http::Response body = answer(std::move(version->json), form);
  request.headers.set("Content-Type", body.headers.get("Content-Type"));
  request.body = std::move(body.body);
  return request;
}

std::string Subscriptions::file_of(const Follower& follower, std::string_view ending) const {
  return folder_ + "/" + std::to_string(follower.tenant.value()) + "." + follower.id + "." + std::string(ending);
}

void Subscriptions::keep_place(const Follower& follower) const {
  const Result<> kept = replace_file(files_, file_of(follower, "place"), std::to_string(follower.through.value()));
  if (!kept) log_error("a place in the feed is not kept", {{"why", kept.error().message()}});
}

void Subscriptions::bury(const Follower& follower, const store::FeedEntry& entry) const {
  fhir::JsonWriter json;
  json.begin_object();
  json.key("commit").number(static_cast<std::int64_t>(entry.commit.value()));
  json.key("reference").string(entry.key.type + "/" + entry.key.id + "/_history/" + std::to_string(entry.version));
  json.key("time").string(server_.clock.now().to_string());
  json.end_object();
  log_warning("a notification was given up", {{"attempts", follower.attempts}});
  const auto append = [&]() -> Result<> {
    auto file = TRY(files_.open_writable(file_of(follower, "dead"), WriteMode::append));
    TRY(file->append(std::string(json.text()) + "\n"));
    TRY(file->sync());
    return file->close();
  };
  if (const Result<> kept = append(); !kept) log_error("a dead letter is not kept", {{"why", kept.error().message()}});
}

}  // namespace meridian::rest
