#include "connect/internal/dicom_user.hpp"

#include <algorithm>
#include <utility>

#include "net/tls_stream.hpp"

namespace meridian::connect::internal {

using net::Task;

namespace {

DicomWireLimits limits_of(const DicomClientOptions& options) {
  DicomWireLimits limits;
  limits.max_pdu_bytes = options.max_pdu_bytes;
  limits.stall_ms = options.stall_ms;
  return limits;
}

AssociateRequest request_of(const DicomClientOptions& options, const std::vector<DicomProposal>& proposals) {
  AssociateRequest request;
  request.called = options.called;
  request.calling = options.calling;
  request.application_context = uids::kApplicationContext;
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    const DicomProposal& proposal = proposals[i];
    request.contexts.push_back(
        {static_cast<std::uint8_t>(2 * i + 1), proposal.abstract_syntax, proposal.transfer_syntaxes});
    if (proposal.is_received) request.user.roles.push_back({proposal.abstract_syntax, true, true});
  }
  request.user.max_pdu_bytes = options.max_pdu_bytes;
  request.user.implementation_class = kImplementationClass;
  request.user.implementation_version = kImplementationVersion;
  return request;
}

tl::unexpected<Error> unexpected_pdu() {
  return fail(ErrorCode::malformed_input, "the peer sends what does not belong here");
}

Result<std::unique_ptr<DicomSink>> ask(const DicomReceiver& receiver, const DicomKind& kind,
                                       const std::string& sop_instance) {
  if (!receiver) return fail(ErrorCode::unsupported, "objects are not received");
  return receiver(kind, sop_instance);
}

DicomRetrieved retrieved(DimseCommand answer) {
  DicomRetrieved out;
  out.status = std::move(answer.status);
  if (answer.sub_operations) out.operations = *answer.sub_operations;
  return out;
}

}  // namespace

DicomUser::DicomUser(std::unique_ptr<net::Stream> stream, DicomClientOptions options)
    : options_(std::move(options)), stream_(std::move(stream)), wire_(*stream_, limits_of(options_)) {}

DicomUser::~DicomUser() {
  stream_->close();
}

Deadline DicomUser::patience() const {
  return Deadline::after_milliseconds(options_.answer_ms);
}

void DicomUser::cut() {
  stream_->cancel();
}

Task<Result<std::unique_ptr<DicomUser>>> DicomUser::open(net::Loop& loop, DicomClientOptions options,
                                                         std::vector<DicomProposal> proposals) {
  if (options.host.empty() || options.port == 0 || proposals.empty() || proposals.size() > kMaxContexts) {
    co_return fail(ErrorCode::invalid_argument, "an association needs a host, a port and 1 to 128 contexts");
  }
  // Chosen here: g++ 12 destroys what a condition within co_await makes once too often.
  std::shared_ptr<net::TlsContext> tls = options.tls ? options.context : nullptr;
  if (options.tls && !tls) {
    auto made = net::make_tls_client(options.certificates);
    if (!made) co_return fail(std::move(made).error());
    tls = *std::move(made);
  }
  Result<std::unique_ptr<net::Stream>> stream =
      co_await net::reach(loop, options.host, options.port, tls, options.connect_ms);
  if (!stream) co_return fail(std::move(stream).error());
  std::unique_ptr<DicomUser> user(new DicomUser(*std::move(stream), std::move(options)));
  Result<> established = co_await user->establish(proposals);
  if (!established) co_return fail(std::move(established).error());
  co_return user;
}

Task<Result<>> DicomUser::establish(const std::vector<DicomProposal>& proposals) {
  Result<> sent = co_await wire_.send(encode(request_of(options_, proposals)));
  if (!sent) co_return sent;
  Result<WireEvent> event = co_await wire_.next(Deadline::after_milliseconds(options_.connect_ms));
  if (!event) co_return fail(std::move(event).error());
  co_return take_answer(*event, proposals);
}

Result<> DicomUser::take_answer(const WireEvent& event, const std::vector<DicomProposal>& proposals) {
  if (event.type == PduType::associate_reject) {
    const AssociateReject reject = TRY(decode_associate_reject(event.body));
    const ErrorCode code = reject.result == 2 ? ErrorCode::busy : ErrorCode::forbidden;
    return fail(code, "the association is rejected: " + std::string(explain(reject)));
  }
  if (event.type == PduType::abort) return fail(ErrorCode::io_failure, "the peer aborted the association");
  if (event.type != PduType::associate_accept) return unexpected_pdu();
  const AssociateAccept accept = TRY(decode_associate_accept(event.body));
  if (!wire_.set_peer_max(accept.user.max_pdu_bytes)) {
    return fail(ErrorCode::malformed_input, "the peer takes no PDU of use");
  }
  for (const PresentationAnswer& answer : accept.contexts) {
    const std::size_t index = answer.id / 2U;
    if (answer.result != ContextResult::accepted || answer.id % 2 == 0 || index >= proposals.size()) continue;
    const auto& proposed = proposals[index].transfer_syntaxes;
    if (std::find(proposed.begin(), proposed.end(), answer.transfer_syntax) == proposed.end()) continue;
    contexts_[answer.id] = {proposals[index].abstract_syntax, answer.transfer_syntax};
  }
  return {};
}

std::uint8_t DicomUser::find(const DicomKind& kind) const {
  for (const auto& [id, accepted] : contexts_) {
    if (accepted == kind) return id;
  }
  return 0;
}

/// The answer to a message of ours; its data set goes into `data_set`.
Task<Result<DimseCommand>> DicomUser::response(std::uint16_t message, std::string* data_set) {
  Result<WireCommand> got = co_await wire_.command(patience());
  if (!got) co_return fail(std::move(got).error());
  if (got->type == PduType::abort) co_return fail(ErrorCode::io_failure, "the peer aborted the association");
  if (got->type != PduType::data || !got->command.is_response() || got->command.message_id != message) {
    co_return unexpected_pdu();
  }
  if (got->command.has_data_set) {
    Result<std::string> whole = co_await wire_.data_set(got->context, options_.identifier_bytes);
    if (!whole) co_return fail(std::move(whole).error());
    if (data_set != nullptr) *data_set = *std::move(whole);
  }
  co_return std::move(got->command);
}

Task<Result<DimseStatus>> DicomUser::echo() {
  std::uint8_t context = 0;
  for (const auto& [id, kind] : contexts_) {
    if (kind.sop_class == uids::kVerification) context = id;
  }
  if (context == 0) co_return fail(ErrorCode::unsupported, "the peer accepted no context for C-ECHO");
  DimseCommand request;
  request.field = DimseField::c_echo_request;
  request.sop_class = uids::kVerification;
  co_return co_await exchange(context, std::move(request), nullptr, nullptr);
}

Task<Result<DimseStatus>> DicomUser::store(const DicomObject& object, std::string originator,
                                           std::uint16_t originator_message, http::Executor* executor) {
  const std::uint8_t context = find(object.kind);
  if (context == 0) co_return fail(ErrorCode::unsupported, "the peer takes no objects of this class so written");
  DimseCommand request;
  request.field = DimseField::c_store_request;
  request.sop_class = object.kind.sop_class;
  request.sop_instance = object.sop_instance;
  request.has_data_set = true;
  request.move_originator = std::move(originator);
  request.move_message_id = originator_message;
  co_return co_await exchange(context, std::move(request), object.data_set.get(), executor);
}

Task<Result<DimseStatus>> DicomUser::exchange(std::uint8_t context, DimseCommand request, const DicomBytes* data_set,
                                              http::Executor* executor) {
  request.message_id = ++last_message_;
  Result<> sent = co_await wire_.send(context, request, data_set, executor);
  if (!sent) co_return fail(std::move(sent).error());
  Result<DimseCommand> answer = co_await response(request.message_id, nullptr);
  if (!answer) co_return fail(std::move(answer).error());
  co_return answer->status;
}

Task<Result<DicomUser::Question>> DicomUser::put(DimseField field, const DicomRequest& asked, std::string destination,
                                                 const char* called) {
  const std::uint8_t context = find(DicomKind{asked.sop_class, asked.transfer_syntax});
  if (context == 0) {
    co_return fail(ErrorCode::unsupported, std::string("the peer accepted no context for this ") + called);
  }
  DimseCommand request;
  request.field = field;
  request.message_id = ++last_message_;
  request.sop_class = asked.sop_class;
  request.move_destination = std::move(destination);
  request.has_data_set = true;
  const auto bytes = dicom_bytes(asked.identifier);
  Result<> sent = co_await wire_.send(context, request, bytes.get(), nullptr);
  if (!sent) co_return fail(std::move(sent).error());
  co_return Question{context, request.message_id};
}

Task<Result<>> DicomUser::cancel(std::uint8_t context, std::uint16_t message) {
  DimseCommand request;
  request.field = DimseField::c_cancel_request;
  request.message_id = message;
  co_return co_await wire_.send(context, request, nullptr, nullptr);
}

Task<Result<DimseStatus>> DicomUser::find(const DicomRequest& asked, const DicomMatched& matched) {
  Result<Question> question = co_await put(DimseField::c_find_request, asked, std::string(), "C-FIND");
  if (!question) co_return fail(std::move(question).error());
  bool is_cancelled = false;
  while (true) {
    std::string match;
    Result<DimseCommand> answer = co_await response(question->message, &match);
    if (!answer) co_return fail(std::move(answer).error());
    if (!is_pending(answer->status.code)) co_return answer->status;
    if (is_cancelled || matched(std::move(match))) continue;
    is_cancelled = true;
    Result<> sent = co_await cancel(question->context, question->message);
    if (!sent) co_return fail(std::move(sent).error());
  }
}

Task<Result<DicomRetrieved>> DicomUser::move(const DicomRequest& asked, const std::string& destination) {
  Result<Question> question = co_await put(DimseField::c_move_request, asked, destination, "C-MOVE");
  if (!question) co_return fail(std::move(question).error());
  while (true) {
    Result<DimseCommand> answer = co_await response(question->message, nullptr);
    if (!answer) co_return fail(std::move(answer).error());
    if (is_pending(answer->status.code)) continue;
    co_return retrieved(*std::move(answer));
  }
}

Task<Result<DicomRetrieved>> DicomUser::get(const DicomRequest& asked, const DicomReceiver& receiver) {
  Result<Question> question = co_await put(DimseField::c_get_request, asked, std::string(), "C-GET");
  if (!question) co_return fail(std::move(question).error());
  while (true) {
    Result<WireCommand> got = co_await wire_.command(patience());
    if (!got) co_return fail(std::move(got).error());
    if (got->type == PduType::abort) co_return fail(ErrorCode::io_failure, "the peer aborted the association");
    if (got->type != PduType::data) co_return unexpected_pdu();
    if (got->command.field == DimseField::c_store_request) {
      Result<> received = co_await receive(got->context, got->command, receiver);
      if (!received) co_return fail(std::move(received).error());
      continue;
    }
    if (got->command.field != DimseField::c_get_response || got->command.message_id != question->message) {
      co_return unexpected_pdu();
    }
    if (got->command.has_data_set) {  // the list of what failed
      Result<std::string> list = co_await wire_.data_set(got->context, options_.identifier_bytes);
      if (!list) co_return fail(std::move(list).error());
    }
    if (is_pending(got->command.status.code)) continue;
    co_return retrieved(std::move(got->command));
  }
}

namespace {

/// The status that a sink gives once it is safe, as a coroutine waits for it.
class AwaitSink {
 public:
  AwaitSink(net::Loop& loop, std::unique_ptr<DicomSink> sink) : loop_(loop), sink_(std::move(sink)) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    const std::unique_ptr<DicomSink> sink = std::move(sink_);
    sink->finish(DicomReply([this, handle](DimseStatus status) {
      loop_.post([this, handle, status = std::move(status)]() mutable {
        status_ = std::move(status);
        handle.resume();
      });
    }));
  }
  DimseStatus await_resume() { return std::move(status_); }

 private:
  net::Loop& loop_;
  std::unique_ptr<DicomSink> sink_;
  DimseStatus status_;
};

}  // namespace

Task<Result<>> DicomUser::receive(std::uint8_t context, const DimseCommand& request, const DicomReceiver& receiver) {
  const auto accepted = contexts_.find(context);
  if (accepted == contexts_.end() || !request.has_data_set) co_return unexpected_pdu();
  Result<std::unique_ptr<DicomSink>> sink = ask(receiver, accepted->second, request.sop_instance);
  DimseStatus status;
  if (!sink) status = status_of(sink.error());
  while (true) {
    const Result<DataValue> value = co_await wire_.piece(context);
    if (!value) co_return fail(value.error());
    if (sink) {
      if (const Result<> appended = (*sink)->append(value->bytes); !appended) {
        status = status_of(appended.error());
        sink = fail(appended.error());
      }
    }
    if (value->is_last) break;
  }
  if (sink) status = co_await AwaitSink(stream_->loop(), *std::move(sink));
  const DimseCommand answer = respond(request, std::move(status));
  co_return co_await wire_.send(context, answer, nullptr, nullptr);
}

Task<Result<>> DicomUser::release() {
  Result<> sent = co_await wire_.send(encode_release_request());
  if (!sent) co_return sent;
  const Deadline deadline = Deadline::after_milliseconds(options_.connect_ms);
  while (true) {
    Result<WireEvent> event = co_await wire_.next(deadline);
    if (!event) co_return fail(std::move(event).error());
    if (event->type == PduType::release_reply) {
      stream_->close();  // the peer waits for it
      co_return Result<>{};
    }
    if (event->type != PduType::data) co_return unexpected_pdu();
  }
}

Task<Result<>> DicomUser::abort() {
  const AssociateAbort by_user;
  co_return co_await wire_.send(encode(by_user));
}

}  // namespace meridian::connect::internal
