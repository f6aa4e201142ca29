#include "rest/transaction.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/base64.hpp"
#include "rest/bundle_references.hpp"
#include "rest/find_one.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/text.hpp"
#include "rest/outcome.hpp"
#include "rest/parameters.hpp"
#include "rest/patch_interaction.hpp"
#include "rest/version_headers.hpp"
#include "rest/written.hpp"

namespace meridian::rest {
namespace {

using store::WriteKind;

constexpr int kMaxAttempts = 4;

/// What an entry is to write, before its links are known.
struct Planned {
  std::size_t entry = 0;
  WriteKind kind = WriteKind::create;
  store::ResourceKey key;
  store::Condition condition;
  bool is_found_now = false;  ///< the condition is ours: when it fails, look again
  std::string present;        ///< of a patch: what it is applied to
};

class Transaction : public std::enable_shared_from_this<Transaction> {
 public:
  Transaction(ExchangePtr exchange, std::shared_ptr<const fhir::Document> bundle, std::vector<BundleEntry> entries)
      : exchange_(std::move(exchange)), bundle_(std::move(bundle)), entries_(std::move(entries)) {}

  void attempt() {
    planned_.clear();
    at_fault_ = kNoEntry;
    Result<std::vector<store::Write>> writes = prepare();
    if (!writes) return refuse_with(writes.error());
    if (writes->empty()) return run_reads(EntryAnswers(entries_.size()));
    store::CommitRequest request;
    request.writes = std::move(*writes);
    exchange_->server->store().commit(
        exchange_->context.writer, std::move(request), [self = shared_from_this()](auto done) {
          // Answering a large bundle is for the pool.
          self->exchange_->server->later(
              [self, done = std::move(done)]() mutable { done ? self->committed(*done) : self->failed(done.error()); });
        });
  }

 private:
  static constexpr std::size_t kNoEntry = static_cast<std::size_t>(-1);

  void refuse_with(const Error& error) {
    exchange_->respond(
        refuse(error, exchange_->representation, at_fault_ == kNoEntry ? std::string() : entry_path(at_fault_)));
  }

  // 1 -------------------------------------------------------------------------------------------------- targets

  Result<> plan() {
    std::vector<const BundleEntry*> order;
    for (const BundleEntry& entry : entries_) {
      if (entry.phase() != Phase::read) order.push_back(&entry);
    }
    std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->phase() < b->phase(); });
    for (const BundleEntry* entry : order) {
      at_fault_ = entry->index;
      if (resource_type(entry->type()) == fhir::TypeId::none || entry->depth() > 2) {
        return fail(ErrorCode::invalid_argument, "request.url names no resource type");
      }
      planned_.push_back(TRY(plan_entry(*entry)));
    }
    return refuse_doubles();
  }

  Result<Planned> plan_entry(const BundleEntry& entry) {
    switch (entry.phase()) {
      case Phase::create:
        return plan_create(entry);
      case Phase::remove:
        return plan_remove(entry);
      default:
        return entry.method == http::Method::patch ? plan_patch(entry) : plan_update(entry);
    }
  }

  static Result<> check_resource(const BundleEntry& entry) {
    if (!entry.resource) return fail(ErrorCode::invalid_argument, "the entry has no resource");
    if (type_name(entry.resource) != entry.type()) {
      return fail(ErrorCode::invalid_argument, "the resource is of another type than request.url says");
    }
    return {};
  }

  static std::string_view id_in(const BundleEntry& entry) {
    const fhir::Node id = entry.resource.child("id");
    return id ? id.text() : std::string_view{};
  }

  static Pairs pairs_of(const std::vector<http::QueryParameter>& parameters) {
    Pairs pairs;
    for (const http::QueryParameter& one : parameters) pairs.emplace_back(one.name, one.value);
    return pairs;
  }

  std::string new_id() const { return exchange_->server->ids.next().to_string(); }

  Result<Planned> plan_create(const BundleEntry& entry) {
    TRY(check_resource(entry));
    if (!entry.id().empty()) return fail(ErrorCode::invalid_argument, "POST goes to a type, without an id");
    Planned planned{entry.index, WriteKind::create, {std::string(entry.type()), new_id()}, {}, false, {}};
    if (entry.if_none_exist.empty()) return planned;
    const std::size_t mark = entry.if_none_exist.find('?');
    Pairs search = pairs_of(
        TRY(http::parse_query(std::string_view(entry.if_none_exist).substr(mark == std::string::npos ? 0 : mark + 1))));
    planned.is_found_now = true;
    if (auto found = TRY(find_one(*exchange_, entry.type(), search))) {
      planned.kind = WriteKind::check;
      planned.key = found->key;
      planned.condition.version = found->number;
    } else {
      planned.condition.search = std::move(search);
      planned.condition.refuses_match = true;
    }
    return planned;
  }

  Result<store::Condition> condition_of_headers(const BundleEntry& entry) const {
    store::Condition condition;
    condition.must_be_absent = TRY(parse_if_none_match_of_write(entry.if_none_match));
    if (const auto wanted = TRY(parse_if_match(entry.if_match))) {
      condition.version = wanted->version;
      if (wanted->is_any) {
        const store::ResourceKey key{std::string(entry.type()), std::string(entry.id())};
        condition.version = TRY(exchange_->server->store().read(exchange_->context.reader, key)).number;
      }
    }
    return condition;
  }

  Result<Planned> plan_update(const BundleEntry& entry) {
    TRY(check_resource(entry));
    Planned planned{entry.index, WriteKind::update, {std::string(entry.type()), std::string(entry.id())}, {}, false,
                    {}};
    const std::string_view id = id_in(entry);
    if (!entry.id().empty()) {
      if (!is_id(entry.id())) return fail(ErrorCode::invalid_argument, "the id is not one");
      if (id != entry.id()) return fail(ErrorCode::invalid_argument, "the resource must have the id of request.url");
      planned.condition = TRY(condition_of_headers(entry));
      return planned;
    }
    Pairs search = pairs_of(entry.target.parameters);
    planned.is_found_now = true;
    if (auto found = TRY(find_one(*exchange_, entry.type(), search))) {
      if (!id.empty() && id != found->key.id) {
        return fail(ErrorCode::invalid_argument, "the resource has another id than the one that its condition finds");
      }
      planned.key = found->key;
      planned.condition.version = found->number;
    } else {
      planned.kind = WriteKind::create;
      planned.key.id = id.empty() ? new_id() : std::string(id);
      planned.condition.search = std::move(search);
      planned.condition.refuses_match = true;
    }
    return planned;
  }

  Result<Planned> plan_remove(const BundleEntry& entry) {
    Planned planned{entry.index, WriteKind::remove, {std::string(entry.type()), std::string(entry.id())}, {}, false,
                    {}};
    if (!entry.id().empty()) {
      planned.condition = TRY(condition_of_headers(entry));
      return planned;
    }
    planned.is_found_now = true;
    if (auto found = TRY(find_one(*exchange_, entry.type(), pairs_of(entry.target.parameters)))) {
      planned.key = found->key;
      planned.condition.version = found->number;
    }
    return planned;
  }

  Result<Planned> plan_patch(const BundleEntry& entry) {
    if (!entry.resource) return fail(ErrorCode::invalid_argument, "the entry has no resource");
    Planned planned{entry.index, WriteKind::update, {std::string(entry.type()), std::string(entry.id())}, {}, true, {}};
    if (entry.id().empty()) {
      auto found = TRY(find_one(*exchange_, entry.type(), pairs_of(entry.target.parameters)));
      if (!found) return fail(ErrorCode::not_found, "nothing matches the condition of the patch");
      planned.key = found->key;
    }
    store::Version present = TRY(exchange_->server->store().read(exchange_->context.reader, planned.key));
    if (const auto wanted = TRY(parse_if_match(entry.if_match)); wanted && !wanted->is_any) {
      if (wanted->version != present.number)
        return fail(ErrorCode::precondition_failed, "ifMatch names another version");
    }
    planned.condition.version = present.number;
    planned.present = std::move(present.json);
    return planned;
  }

  /// https://hl7.org/fhir/R4/http.html#trules: identities must not overlap.
  Result<> refuse_doubles() {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const Planned& planned : planned_) {
      if (planned.key.id.empty()) continue;
      at_fault_ = planned.entry;
      if (planned.kind == WriteKind::check) continue;
      if (!seen.emplace(planned.key.type, planned.key.id).second) {
        return fail(ErrorCode::invalid_argument, "an entry before writes the same resource");
      }
    }
    at_fault_ = kNoEntry;
    return {};
  }

  // 2 ---------------------------------------------------------------------------------------------------- links

  Result<std::vector<store::Write>> prepare() {
    TRY(plan());
    BundleReferences references;
    references.find_by([this](std::string_view condition) -> Result<std::string> {
      auto found = TRY(find_one(*exchange_, condition));
      if (!found) return fail(ErrorCode::precondition_failed, "a conditional reference finds nothing");
      return found->key.type + "/" + found->key.id;
    });
    for (const Planned& planned : planned_) {
      if (!planned.key.id.empty())
        references.add(entries_[planned.entry].full_url, planned.key.type + "/" + planned.key.id);
    }
    // Resources that are written anyway need no check of their own.
    std::set<std::string> checked;
    for (const Planned& planned : planned_) {
      if (planned.kind != WriteKind::check) checked.insert(planned.key.type + "/" + planned.key.id);
    }
    write_entries_.clear();
    std::vector<store::Write> writes;
    writes.reserve(planned_.size());
    for (Planned& planned : planned_) {
      if (planned.key.id.empty()) continue;  // a removal that found nothing
      at_fault_ = planned.entry;
      if (planned.kind == WriteKind::check && !checked.insert(planned.key.type + "/" + planned.key.id).second) continue;
      store::Write write{planned.kind, planned.key, {}, planned.condition};
      if (planned.kind == WriteKind::create || planned.kind == WriteKind::update) {
        write.document = TRY(document_of(planned, references));
      }
      write_entries_.push_back(planned.entry);
      writes.push_back(std::move(write));
    }
    at_fault_ = kNoEntry;
    return writes;
  }

  Result<fhir::Document> document_of(const Planned& planned, BundleReferences& references) {
    const BundleEntry& entry = entries_[planned.entry];
    std::string text = TRY(references.resolved(bundle_->source(), entry.resource, entry.full_url));
    Issues issues;
    fhir::Document document = fhir::DocumentParser().parse(std::move(text), issues);
    if (document.has_root() && entry.method == http::Method::patch) document = patched(planned, document, issues);
    if (document.has_root()) return document;
    return fail(ErrorCode::unprocessable, issues.empty() ? "the resource cannot be read"
                                                         : meridian::text(issues.all().front(), Language::english));
  }

  static fhir::Document patched(const Planned& planned, fhir::Document& carrier, Issues& issues) {
    Patch patch;
    std::string bytes;
    if (Parameters::is(carrier.root())) {
      patch.form = PatchForm::fhirpath;
      patch.parameters = std::move(carrier);
    } else {
      const fhir::Node type = carrier.root().child("contentType");
      const fhir::Node data = carrier.root().child("data");
      bytes = from_base64(data ? data.text() : std::string_view{}).value_or("");
      patch.form =
          type && type.text().starts_with("application/merge-patch") ? PatchForm::merge_patch : PatchForm::json_patch;
      patch.text = bytes;
    }
    return patch.apply_to(planned.present, issues);
  }

  // 3 --------------------------------------------------------------------------------------------------- answers

  bool was_found_now(std::size_t entry) const {
    return std::any_of(planned_.begin(), planned_.end(),
                       [&](const Planned& one) { return one.entry == entry && one.is_found_now; });
  }

  void failed(const store::CommitFailure& failure) {
    const bool names_entry = failure.write < write_entries_.size();
    const std::size_t entry = names_entry ? write_entries_[failure.write] : kNoEntry;
    if (failure.error.code() == ErrorCode::precondition_failed && was_found_now(entry) && ++attempts_ < kMaxAttempts) {
      return attempt();
    }
    exchange_->respond(refuse(failure, exchange_->representation, names_entry ? entry_path(entry) : std::string()));
  }

  void committed(const store::CommitOutcome& outcome) {
    EntryAnswers answers(entries_.size());
    for (const Planned& planned : planned_) describe_unwritten(planned, answers[planned.entry]);
    for (std::size_t i = 0; i < outcome.writes.size() && i < write_entries_.size(); ++i) {
      BundleWriter::Answered& answered = answers[write_entries_[i]];
      if (outcome.writes[i].status != store::WriteStatus::existed) describe(outcome.writes[i], outcome.time, answered);
    }
    run_reads(std::move(answers));
  }

  /// What If-None-Exist found, and a removal that found nothing.
  static void describe_unwritten(const Planned& planned, BundleWriter::Answered& answered) {
    answered.status = planned.kind == WriteKind::check ? 200 : 204;
    if (planned.kind != WriteKind::check) return;
    answered.etag = etag(*planned.condition.version);
    answered.location = version_path(planned.key, *planned.condition.version);
  }

  void describe(const store::WriteOutcome& write, Instant time, BundleWriter::Answered& answered) const {
    answered.status = status_of(write.status);
    if (write.version == 0) return;
    answered.etag = etag(write.version);
    if (write.status != store::WriteStatus::deleted) answered.location = version_path(write.key, write.version);
    if (write.status != store::WriteStatus::existed && write.status != store::WriteStatus::unchanged) {
      answered.last_modified = time;
    }
    if (exchange_->preferences.returned != ReturnPreference::representation) return;
    if (write.status == store::WriteStatus::deleted || write.status == store::WriteStatus::absent) return;
    Result<store::Version> version =
        exchange_->server->store().read_version(exchange_->context.reader, write.key, write.version);
    if (version) answered.resource = std::move(version->json);
  }

  void run_reads(EntryAnswers answers) {
    std::vector<std::size_t> reads;
    for (const BundleEntry& entry : entries_) {
      if (entry.phase() == Phase::read) reads.push_back(entry.index);
    }
    const auto answer_all = [self = shared_from_this()](const EntryAnswers& all) {
      answer_bundle(*self->exchange_, "transaction-response", all);
    };
    if (reads.empty()) return answer_all(answers);
    run_entries(exchange_, *bundle_, entries_, reads, std::move(answers), answer_all);
  }

  ExchangePtr exchange_;
  std::shared_ptr<const fhir::Document> bundle_;
  std::vector<BundleEntry> entries_;
  std::vector<Planned> planned_;
  std::vector<std::size_t> write_entries_;  ///< of each write of the commit, its entry
  std::size_t at_fault_ = kNoEntry;
  int attempts_ = 0;
};

}  // namespace

void run_transaction(const ExchangePtr& exchange, std::shared_ptr<const fhir::Document> bundle,
                     std::vector<BundleEntry> entries) {
  std::make_shared<Transaction>(exchange, std::move(bundle), std::move(entries))->attempt();
}

}  // namespace meridian::rest
