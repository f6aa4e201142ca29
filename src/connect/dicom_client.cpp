#include "connect/dicom_client.hpp"

#include <algorithm>
#include <future>
#include <utility>

#include "connect/internal/dicom_user.hpp"
#include "net/io.hpp"

namespace meridian::connect {

using internal::DicomUser;
using net::Task;

namespace {

template <typename T>
Task<void> tell(Task<T> task, std::shared_ptr<std::promise<T>> told) {
  told->set_value(co_await task);
}

/// On the loop's thread; waits for the end on this one.
template <typename T>
T wait_for(net::Loop& loop, Task<T> task) {
  const auto told = std::make_shared<std::promise<T>>();
  std::future<T> result = told->get_future();
  net::spawn(loop, tell(std::move(task), told));
  return result.get();
}

}  // namespace

struct DicomClient::State {
  net::Loop& loop;
  std::unique_ptr<DicomUser> user;
  bool is_released = false;
};

std::vector<DicomProposal> proposals_for(const std::vector<DicomKind>& kinds) {
  std::vector<DicomProposal> proposals;
  for (const DicomKind& kind : kinds) {
    const bool is_known = std::any_of(proposals.begin(), proposals.end(), [&](const DicomProposal& known) {
      return known.abstract_syntax == kind.sop_class && known.transfer_syntaxes.front() == kind.transfer_syntax;
    });
    if (is_known || proposals.size() == kMaxContexts) continue;
    proposals.push_back({kind.sop_class, {kind.transfer_syntax}, false});
  }
  return proposals;
}

DicomClient::DicomClient(std::unique_ptr<State> state) : state_(std::move(state)) {}

DicomClient::~DicomClient() {
  // The stream belongs to the loop.
  const auto gone = std::make_shared<std::promise<void>>();
  std::future<void> end_of_it = gone->get_future();
  const bool is_released = state_->is_released;
  net::Loop& loop = state_->loop;
  const auto end = [](std::unique_ptr<State> state, bool is_done,
                      std::shared_ptr<std::promise<void>> told) -> Task<void> {
    if (!is_done) {
      const Result<> sent = co_await state->user->abort();
      static_cast<void>(sent);
    }
    state.reset();
    told->set_value();
  };
  net::spawn(loop, end(std::move(state_), is_released, gone));
  end_of_it.wait();
}

Result<std::unique_ptr<DicomClient>> DicomClient::open(DicomClientOptions options, net::Io& io,
                                                       std::vector<DicomProposal> proposals) {
  net::Loop& loop = io.next();
  auto user = TRY(wait_for(loop, DicomUser::open(loop, std::move(options), std::move(proposals))));
  auto state = std::make_unique<State>(State{loop, std::move(user)});
  return std::unique_ptr<DicomClient>(new DicomClient(std::move(state)));
}

bool DicomClient::takes(const DicomKind& kind) const {
  return state_->user->takes(kind);
}

Result<DimseStatus> DicomClient::echo() {
  return wait_for(state_->loop, state_->user->echo());
}

Result<DimseStatus> DicomClient::store(const DicomObject& object) {
  return wait_for(state_->loop, state_->user->store(object));
}

Result<DimseStatus> DicomClient::find(const DicomRequest& request, DicomMatched matched) {
  return wait_for(state_->loop, state_->user->find(request, matched));
}

Result<DicomRetrieved> DicomClient::move(const DicomRequest& request, const std::string& destination) {
  return wait_for(state_->loop, state_->user->move(request, destination));
}

Result<DicomRetrieved> DicomClient::get(const DicomRequest& request, DicomReceiver receiver) {
  return wait_for(state_->loop, state_->user->get(request, receiver));
}

Result<> DicomClient::release() {
  state_->is_released = true;
  return wait_for(state_->loop, state_->user->release());
}

}  // namespace meridian::connect
