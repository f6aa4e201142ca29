#include "imaging/worklist.hpp"

#include <mutex>
#include <utility>

#include "base/clock.hpp"
#include "imaging/dicom_node.hpp"
#include "imaging/internal/worklist_search.hpp"
#include "mapping/stable_id.hpp"

namespace meridian::imaging {
namespace {

constexpr std::int64_t kPeerMilliseconds = 60'000;

/// Steps as a peer gets them.
class PeerMatches final : public connect::DicomMatches {
 public:
  PeerMatches(std::unique_ptr<WorklistSteps> steps, bool is_explicit)
      : steps_(std::move(steps)), is_explicit_(is_explicit) {}
  Result<std::optional<std::string>> next() override {
    const std::optional<Item> item = TRY(steps_->next());
    if (!item) return std::nullopt;
    return to_data_set(*item, is_explicit_);
  }

 private:
  std::unique_ptr<WorklistSteps> steps_;
  const bool is_explicit_;
};

}  // namespace

struct Worklist::State {
  explicit State(WorklistOptions given) : options(std::move(given)), ids(options.tenant_key) {}

  std::shared_ptr<const WorklistRules> rules_now() const {
    const std::lock_guard lock(mutex);
    return rules;
  }

  const WorklistOptions options;
  const mapping::StableIds ids;
  mutable std::mutex mutex;
  std::shared_ptr<const WorklistRules> rules;
};

Worklist::Worklist(std::unique_ptr<State> state) : state_(std::move(state)) {}
Worklist::~Worklist() = default;

Result<std::unique_ptr<Worklist>> Worklist::open(WorklistOptions options) {
  auto state = std::make_unique<State>(std::move(options));
  state->rules = std::make_shared<const WorklistRules>(TRY(read_worklist_rules(state->options.catalog)));
  return std::unique_ptr<Worklist>(new Worklist(std::move(state)));
}

Result<bool> Worklist::reload() {
  auto read = std::make_shared<const WorklistRules>(TRY(read_worklist_rules(state_->options.catalog)));
  const std::lock_guard lock(state_->mutex);
  const bool is_changed = *read != *state_->rules;
  state_->rules = std::move(read);
  return is_changed;
}

Result<std::unique_ptr<WorklistSteps>> Worklist::find(store::ReadContext context, WorklistRequest request) const {
  const State& state = *state_;
  const Clock& clock = state.options.clock == nullptr ? system_clock() : *state.options.clock;
  const internal::WorklistSearch search{
      *state.options.store, state.rules_now(), state.ids, state.options.zone, state.options.default_authority,
      clock.now()};
  return internal::search(search, std::move(context), std::move(request));
}

FindWorklist Worklist::at(const DicomNode& node) const {
  return [this, view = node.worklist.value_or(WorklistView())](
             const connect::DicomQuery& query) -> Result<std::unique_ptr<connect::DicomMatches>> {
    const bool is_explicit = query.transfer_syntax != dicom::uids::kImplicitLittle;
    WorklistRequest request;
    request.keys = TRY(read_worklist_keys(query.identifier, is_explicit, state_->options.dialects));
    request.caller = query.peer.calling;
    request.view = view;
    store::ReadContext context = reader_for(query.peer);
    context.deadline = Deadline::after_milliseconds(kPeerMilliseconds);
    return std::make_unique<PeerMatches>(TRY(find(std::move(context), std::move(request))), is_explicit);
  };
}

}  // namespace meridian::imaging
