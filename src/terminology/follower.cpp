#include "terminology/follower.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "base/log.hpp"
#include "store/store.hpp"
#include "terminology/library.hpp"

namespace meridian::terminology {
namespace {

constexpr std::array<std::string_view, 3> kTypes{"CodeSystem", "ValueSet", "ConceptMap"};
constexpr std::size_t kPage = 4'096;

bool is_followed(std::string_view type) {
  return std::ranges::find(kTypes, type) != kTypes.end();
}

store::ReadContext reader() {
  store::ReadContext context = store::local_reader();
  context.actor.id = "system/terminology";
  context.tenant = store::kDefaultTenant;
  return context;
}

}  // namespace

struct Follower::State {
  State(store::Store& of, Library& into) : store(of), library(into) {}

  store::Store& store;
  Library& library;
  std::timed_mutex work;  // held while the library is brought forward
  store::CommitNumber seen;
  std::set<std::pair<std::string, std::string>> pending;  // changed before `seen`, and not taken in yet
  fhir::DocumentParser parser;

  std::mutex mutex;
  std::condition_variable wake;
  bool is_due = false;
  bool is_stopped = false;
  std::shared_ptr<void> hook;
  std::thread thread;

  void put(const store::Version& version) {
    const std::string place = version.key.type + "/" + version.key.id;
    Issues issues(16);
    const fhir::Document document = parser.parse(version.json, issues);
    if (!document.has_root()) return library.remove(place);
    const Result<> done = library.put(place, document.root(), issues);
    if (!done) {
      log_warning("a definition cannot be used", {{"place", place}, {"why", done.error().message()}});
    } else if (issues.size() > 0) {
      log_warning("a definition has faults", {{"place", place}, {"faults", issues.size()}});
    }
  }

  Result<> read_all() {
    const std::lock_guard lock(work);
    seen = store.last_commit(store::kDefaultTenant);
    for (const std::string_view type : kTypes) {
      TRY(store.scan(reader(), type, std::nullopt, [&](store::Version&& version) {
        put(version);
        return true;
      }));
    }
    library.publish();
    return {};
  }

  Result<> catch_up(const Deadline& deadline) {
    if (deadline.is_set() && !work.try_lock_for(std::chrono::milliseconds(deadline.milliseconds_left()))) return late();
    if (!deadline.is_set()) work.lock();
    const std::lock_guard lock(work, std::adopt_lock);
    if (pending.empty() && seen == store.last_commit(store::kDefaultTenant)) return {};
    std::set<std::pair<std::string, std::string>> changed;
    // A walk that was cut off left these behind.
    changed.swap(pending);
    for (;;) {
      if (deadline.has_passed()) {
        pending = std::move(changed);
        return late();
      }
      const store::FeedPage page = TRY(store.feed(reader(), seen, kPage));
      for (const store::FeedEntry& entry : page.entries) {
        if (is_followed(entry.key.type)) changed.emplace(entry.key.type, entry.key.id);
      }
      const bool has_moved = page.through != seen;
      seen = page.through;
      if (page.is_current || !has_moved) break;
    }
    for (const auto& [type, id] : changed) {
      const Result<store::Version> present = store.read(reader(), {type, id});
      if (present) {
        put(*present);
      } else if (present.error().code() == ErrorCode::gone || present.error().code() == ErrorCode::not_found) {
        library.remove(type + "/" + id);
      } else {
        pending = std::move(changed);
        return fail(present.error());
      }
    }
    if (!changed.empty()) library.publish();
    return {};
  }

  static tl::unexpected<Error> late() {
    return fail(ErrorCode::timeout, "the terminology has not come to what is stored yet; repeat later");
  }

  void run() {
    for (;;) {
      {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return is_due || is_stopped; });
        if (is_stopped) return;
        is_due = false;
      }
      const Result<> done = catch_up({});
      if (!done) log_error("stored definitions cannot be followed", {{"why", done.error().message()}});
    }
  }
};

Follower::Follower(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<Follower>> Follower::start(store::Store& store, Library& library) {
  auto state = std::make_unique<State>(store, library);
  State& s = *state;
  s.hook = store.on_commit([&s](store::TenantId tenant, store::CommitNumber) {
    if (tenant != store::kDefaultTenant) return;
    const std::lock_guard lock(s.mutex);
    s.is_due = true;
    s.wake.notify_one();
  });
  TRY(s.read_all());
  s.thread = std::thread([&s] { s.run(); });
  return std::unique_ptr<Follower>(new Follower(std::move(state)));
}

Follower::~Follower() {
  state_->hook.reset();
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_stopped = true;
  }
  state_->wake.notify_one();
  state_->thread.join();
}

Result<> Follower::catch_up(const Deadline& deadline) {
  return state_->catch_up(deadline);
}

}  // namespace meridian::terminology
