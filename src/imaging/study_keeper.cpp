#include "imaging/study_keeper.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "formats/fhir/document.hpp"
#include "formats/fhir/json.hpp"
#include "imaging/archive.hpp"
#include "imaging/dialect.hpp"
#include "imaging/internal/node_text.hpp"
#include "imaging/orders.hpp"
#include "mapping/stable_id.hpp"
#include "store/store.hpp"

namespace meridian::imaging {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::string_view kCursor = "record";
constexpr std::size_t kStudiesAtOnce = 64;
constexpr auto kQuiet = std::chrono::seconds(1);
constexpr auto kLongest = std::chrono::seconds(10);
constexpr int kRestPerWork = 4;  // it works a fifth of the time at most, whatever comes
constexpr auto kRetry = std::chrono::seconds(30);

/// The new resource, and of the present one what the new says nothing of.
std::string laid_over(const fhir::Document& fresh, const fhir::Document& present) {
  fhir::JsonWriter out;
  out.begin_object();
  out.key("resourceType").string(fresh.schema().type(fresh.root().type()).name);
  const auto write_members = [&](const fhir::Document& of, const fhir::Document* unless) {
    std::string_view open;
    for (const fhir::Node child : of.root().children()) {
      if (unless != nullptr && (child.key() == "id" || child.key() == "meta" || child.key() == "text" ||
                                unless->root().child(child.key()))) {
        continue;
      }
      if (child.is_in_json_array() && child.key() != open) {
        if (!open.empty()) out.end_array();
        out.key(child.key()).begin_array();
        open = child.key();
      } else if (!child.is_in_json_array()) {
        if (!open.empty()) out.end_array();
        open = {};
        out.key(child.key());
      }
      out.raw(fhir::write_json(child));
    }
    if (!open.empty()) out.end_array();
  };
  write_members(fresh, nullptr);
  write_members(present, &fresh);
  out.end_object();
  return std::move(out).take();
}

}  // namespace

struct StudyKeeper::State {
  State(Archive& a, store::Store& s, mapping::ImagingContext c, const Dialects* d)
      : archive(a), store(s), context(std::move(c)), dialects(d), ids(context.tenant_key) {}

  Result<> work();
  Result<> keep(const std::string& study);
  Result<> write_patient(fhir::Document document);
  Result<> write_study(fhir::Document document);
  Result<fhir::Document> with_order(fhir::Document document);
  Result<> remove_study(const std::string& study);
  void run();

  Archive& archive;
  store::Store& store;
  const mapping::ImagingContext context;
  const Dialects* const dialects;
  const mapping::StableIds ids;
  std::shared_ptr<void> subscription;

  std::mutex working;  // one works at a time: the thread, or catch_up()
  mutable std::mutex mutex;
  std::condition_variable changed;
  Steady::time_point first_change;
  Steady::time_point last_change;
  bool is_behind = true;
  bool is_working = false;
  bool is_stopping = false;
  StudyKeeperCounts counts;
  std::thread thread;
};

StudyKeeper::StudyKeeper(std::unique_ptr<State> state) : state_(std::move(state)) {}

std::unique_ptr<StudyKeeper> StudyKeeper::start(Archive& archive, store::Store& store, mapping::ImagingContext context,
                                                const Dialects* dialects) {
  auto state = std::make_unique<State>(archive, store, std::move(context), dialects);
  State& s = *state;
  s.first_change = s.last_change = Steady::now();
  s.subscription = archive.on_change([&s] {
    const std::lock_guard lock(s.mutex);
    s.last_change = Steady::now();
    if (!s.is_behind) s.first_change = s.last_change;
    s.is_behind = true;
    s.changed.notify_all();
  });
  s.thread = std::thread([&s] { s.run(); });
  return std::unique_ptr<StudyKeeper>(new StudyKeeper(std::move(state)));
}

StudyKeeper::~StudyKeeper() {
  state_->subscription.reset();
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_stopping = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

StudyKeeperCounts StudyKeeper::counts() const {
  const std::lock_guard lock(state_->mutex);
  StudyKeeperCounts counts = state_->counts;
  counts.behind = state_->is_behind || state_->is_working ? 1 : 0;
  return counts;
}

Result<> StudyKeeper::catch_up() {
  return state_->work();
}

void StudyKeeper::State::run() {
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return is_stopping || is_behind; });
    while (!is_stopping) {
      const auto due = std::min(last_change + kQuiet, first_change + kLongest);
      if (Steady::now() >= due) break;
      changed.wait_until(lock, due);
    }
    if (is_stopping) return;
    is_behind = false;
    is_working = true;
    lock.unlock();
    const auto began = Steady::now();
    const Result<> worked = work();
    auto rest = (Steady::now() - began) * kRestPerWork;
    lock.lock();
    is_working = false;
    if (!worked) {
      static LogLimit limit(1);
      log(LogLevel::error, "imaging studies cannot be kept", {{"reason", worked.error().message()}}, &limit);
      is_behind = true;
      rest = kRetry;
    }
    changed.wait_for(lock, rest, [this] { return is_stopping; });
  }
}

// A study that cannot be written is tried again with what follows it; nothing is passed over.
Result<> StudyKeeper::State::work() {
  const std::lock_guard one(working);
  while (true) {
    const Archive::Changes changes = TRY(archive.changes(TRY(archive.cursor(kCursor)), kStudiesAtOnce));
    for (const std::string& study : changes.studies) {
      if (Result<> kept = keep(study); !kept) {
        const std::lock_guard lock(mutex);
        ++counts.faults;
        return kept;
      }
    }
    if (!changes.studies.empty()) TRY(archive.keep_cursor(kCursor, changes.through));
    if (changes.is_current) return {};
    const std::lock_guard lock(mutex);
    if (is_stopping) return {};
  }
}

Result<> StudyKeeper::State::keep(const std::string& study) {
  const Result<std::vector<StoredInstance>> instances = archive.instances(store::local_reader(), {study});
  if (!instances && instances.error().code() == ErrorCode::not_found) return remove_study(study);
  if (!instances) return fail(instances.error());
  mapping::ImagingStudies studies(context);
  Issues ignored;  // what was left out was told when the object came, as far as it is a fault
  for (const StoredInstance& instance : *instances) {
    const Result<dicom::File> head = archive.head(instance);
    if (!head && head.error().code() == ErrorCode::not_found) continue;  // it went meanwhile
    if (!head) return fail(head.error());
    studies.add(dialects == nullptr ? head->data_set() : dialects->corrected(head->data_set()), ignored);
  }
  fhir::DocumentParser parser;
  for (std::string& resource : studies.resources()) {
    Issues faults;
    fhir::Document document = parser.parse(std::move(resource), faults);
    if (document.root().type() == document.schema().find_type("ImagingStudy")) {
      TRY(write_study(std::move(document)));
    } else {
      TRY(write_patient(std::move(document)));
    }
  }
  return {};
}

namespace {

store::WriteContext writer() {
  store::WriteContext context = store::local_writer();
  context.actor.id = "system/imaging";
  context.source = "imaging";
  return context;
}

std::string id_of(const fhir::Document& document) {
  return std::string(document.root().child("id").text());
}

}  // namespace

Result<> StudyKeeper::State::write_patient(fhir::Document document) {
  store::Write write;
  write.kind = store::WriteKind::update;
  write.key = {"Patient", id_of(document)};
  write.document = std::move(document);
  write.condition.must_be_absent = true;
  store::CommitRequest request;
  request.writes.push_back(std::move(write));
  const auto done = store.commit(writer(), std::move(request));
  if (done || done.error().error.code() == ErrorCode::precondition_failed) return {};
  return fail(done.error().error);
}

// The order that the study was made for, by its UID or its accession number, where it is known and nobody said another.
Result<fhir::Document> StudyKeeper::State::with_order(fhir::Document document) {
  const fhir::Node study = document.root();
  if (study.child("basedOn")) return document;
  std::string uid;
  std::string accession;
  for (const fhir::Node identifier : study.children()) {
    if (identifier.key() != "identifier") continue;
    const std::string_view value = internal::text_in(identifier, "value");
    if (internal::text_in(identifier, "system") != "urn:dicom:uid") {
      accession = value;
    } else {
      uid = value.substr(value.starts_with("urn:oid:") ? 8 : 0);
    }
  }
  const std::string_view patient = internal::text_in(study.child("subject"), "reference");
  const std::string order = TRY(order_of(store, store::local_reader(), ids, uid, accession, patient));
  if (order.empty()) return document;
  fhir::JsonWriter link;
  link.begin_object().key("resourceType").string("ImagingStudy").key("basedOn").begin_array().begin_object();
  link.key("reference").string(order).end_object().end_array().end_object();
  fhir::DocumentParser parser;
  Issues faults;
  return parser.parse(laid_over(document, parser.parse(std::move(link).take(), faults)), faults);
}

Result<> StudyKeeper::State::write_study(fhir::Document document) {
  const store::ResourceKey key{"ImagingStudy", id_of(document)};
  const Result<store::Version> present = store.read(store::local_reader(), key);
  store::Write write;
  write.kind = store::WriteKind::update;
  write.key = key;
  fhir::DocumentParser parser;
  Issues faults;
  if (present) {
    const fhir::Document old = parser.parse(present->json, faults);
    document = parser.parse(laid_over(document, old), faults);
    write.condition.version = present->number;
  } else if (present.error().code() != ErrorCode::not_found && present.error().code() != ErrorCode::gone) {
    return fail(present.error());
  }
  write.document = TRY(with_order(std::move(document)));
  store::CommitRequest request;
  request.writes.push_back(std::move(write));
  const auto done = store.commit(writer(), std::move(request));
  if (!done) return fail(done.error().error);
  const std::lock_guard lock(mutex);
  ++counts.written;
  return {};
}

Result<> StudyKeeper::State::remove_study(const std::string& study) {
  store::Write write;
  write.kind = store::WriteKind::remove;
  write.key = {"ImagingStudy", ids.id("ImagingStudy", "urn:dicom:uid", study).to_string()};
  store::CommitRequest request;
  request.writes.push_back(std::move(write));
  const auto done = store.commit(writer(), std::move(request));
  if (!done) return fail(done.error().error);
  return {};
}

}  // namespace meridian::imaging
