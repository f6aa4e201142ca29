#include "connect/internal/dicom_association.hpp"

#include <coroutine>
#include <utility>

#include "base/log.hpp"
#include "connect/internal/dicom_negotiation.hpp"
#include "connect/internal/dicom_user.hpp"
#include "connect/internal/peer_server.hpp"

namespace meridian::connect::internal {

using net::Task;

namespace {

constexpr std::size_t kBatchBytes = 128 * 1024;  // of small pieces, handed to a sink together

// PS3.8, table 9-26, of aborts by the provider.
constexpr AssociateAbort kNotSpecified{2, 0};
constexpr AssociateAbort kUnexpectedPdu{2, 2};
constexpr AssociateAbort kInvalidValue{2, 6};

DicomPeer peer_of(const net::Stream& stream, std::uint64_t number) {
  DicomPeer peer;
  peer.address = stream.peer().address;
  peer.port = stream.peer().port;
  peer.is_encrypted = stream.is_encrypted();
  peer.association = number;
  if (const net::PeerCertificate* certificate = stream.certificate()) {
    peer.certificate_subject = certificate->subject;
    peer.certificate_sha256 = certificate->sha256;
  }
  return peer;
}

DicomWireLimits limits_of(const DicomServerOptions& options) {
  DicomWireLimits limits;
  limits.max_pdu_bytes = options.max_pdu_bytes;
  limits.command_bytes = options.command_bytes;
  limits.stall_ms = options.stall_ms;
  limits.pdu_ms = options.pdu_ms;
  return limits;
}

/// Lets `work` run elsewhere with the promise of a status, and goes on when that is given, on whatever thread.
template <typename Work>
class AwaitStatus {
 public:
  AwaitStatus(http::Executor& executor, net::Loop& loop, Work& work) : executor_(executor), loop_(loop), work_(work) {}

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    // What is given resumes by the loop, on whose thread this is: so not before this has returned.
    const auto run = [this, handle] {
      work_(DicomReply([this, handle](DimseStatus status) {
        loop_.post([this, handle, status = std::move(status)]() mutable {
          status_ = std::move(status);
          handle.resume();
        });
      }));
    };
    if (!executor_.submit(run)) run();
  }
  DimseStatus await_resume() { return std::move(status_); }

 private:
  http::Executor& executor_;
  net::Loop& loop_;
  Work& work_;
  DimseStatus status_;
};

}  // namespace

DicomAssociation::DicomAssociation(std::shared_ptr<DicomCore> core, net::Stream& stream, std::uint64_t number)
    : core_(std::move(core)),
      stream_(&stream),
      wire_(stream, limits_of(core_->options)),
      peer_(peer_of(stream, number)) {
  core_->connections->insert(stream.loop(), this);
}

DicomAssociation::~DicomAssociation() {
  core_->connections->erase(stream_->loop(), this);
}

Task<void> DicomAssociation::serve() {
  const bool is_established = co_await establish();
  if (is_established) co_await converse();
  core_->bytes_received += wire_.received();
  core_->bytes_sent += wire_.sent();
  core_->bytes_metric.add(wire_.received());
  stream_->close();
}

void DicomAssociation::drain() {
  if (is_waiting_) stream_->set_deadline(Deadline::at_nanoseconds(steady_nanoseconds()));
}

void DicomAssociation::cut() {
  is_cut_ = true;
  stream_->cancel();
  if (destination_ != nullptr) destination_->cut();
}

// The last PDU of ours: then the peer closes, the ARTIM timer runs out, or the server stops.
Task<void> DicomAssociation::say_last(std::string pdu) {
  Result<> sent = co_await wire_.send(std::move(pdu));
  if (!sent) co_return;
  stream_->shutdown_write();
  if (core_->is_draining) co_return;  // a peer that asks nothing does not look
  stream_->set_deadline(Deadline::after_milliseconds(core_->options.request_ms));
  is_waiting_ = true;
  char room[4096];
  while (co_await stream_->read_some(room, sizeof room)) {
  }
}

Task<void> DicomAssociation::abort(const Error& error) {
  ++core_->aborted;
  core_->aborted_metric.add();
  if (is_cut_ || error.code() == ErrorCode::io_failure || error.code() == ErrorCode::cancelled) co_return;
  const bool is_fault = error.code() == ErrorCode::malformed_input || error.code() == ErrorCode::too_large;
  if (is_fault) {
    log_warning("dicom association aborted",
                {{"node", core_->options.name}, {"association", peer_.association}, {"reason", error.message()}});
  }
  const AssociateAbort said = is_fault ? kInvalidValue : kNotSpecified;
  co_await say_last(encode(said));
}

Task<bool> DicomAssociation::establish() {
  Result<WireEvent> event = co_await wire_.next(Deadline::after_milliseconds(core_->options.request_ms));
  if (!event) {
    co_await abort(event.error());
    co_return false;
  }
  if (event->type != PduType::associate_request) {
    ++core_->aborted;
    co_await say_last(encode(kUnexpectedPdu));
    co_return false;
  }
  const Result<AssociateRequest> request = decode_associate_request(event->body);
  if (!request) {
    co_await abort(request.error());
    co_return false;
  }
  peer_.calling = request->calling;
  peer_.called = request->called;
  const auto answer = negotiate(core_->options, core_->handler, *request, peer_);
  if (const auto* reject = std::get_if<AssociateReject>(&answer)) {
    ++core_->rejected;
    core_->rejected_metric.add();
    log_warning("dicom association rejected", {{"node", core_->options.name}, {"reason", explain(*reject)}});
    co_await say_last(encode(*reject));
    co_return false;
  }
  const auto& accept = std::get<AssociateAccept>(answer);
  wire_.set_peer_max(request->user.max_pdu_bytes);
  take_contexts(request->contexts, accept.contexts);
  ++core_->accepted;
  Result<> sent = co_await wire_.send(encode(accept));
  co_return sent.has_value();
}

void DicomAssociation::take_contexts(const std::vector<PresentationContext>& proposed,
                                     const std::vector<PresentationAnswer>& answers) {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].result != ContextResult::accepted) continue;
    const std::string& syntax = proposed[i].abstract_syntax;
    contexts_.emplace(answers[i].id, Context{{syntax, answers[i].transfer_syntax}, service_of(syntax)});
  }
}

Task<void> DicomAssociation::converse() {
  while (true) {
    if (core_->is_draining) {
      const Error stops(ErrorCode::timeout, "the server stops");
      co_await abort(stops);
      co_return;
    }
    is_waiting_ = true;
    Result<WireCommand> got = co_await wire_.command(Deadline::after_milliseconds(core_->options.idle_ms));
    is_waiting_ = false;
    if (!got) {
      co_await abort(got.error());
      co_return;
    }
    if (got->type == PduType::release_request) {
      co_await say_last(encode_release_reply());
      co_return;
    }
    if (got->type != PduType::data) {
      ++core_->aborted;
      core_->aborted_metric.add();
      if (got->type != PduType::abort) co_await say_last(encode(kUnexpectedPdu));
      co_return;
    }
    const auto context = contexts_.find(got->context);
    if (context == contexts_.end()) {
      const Error stray(ErrorCode::malformed_input, "a message comes in a context that was not accepted");
      co_await abort(stray);
      co_return;
    }
    Asked asked{&context->second, got->context, std::move(got->command)};
    Result<> done = co_await perform(std::move(asked));
    if (!done) {
      co_await abort(done.error());
      co_return;
    }
  }
}

Task<Result<>> DicomAssociation::perform(Asked asked) {
  const DicomService service = asked.context->service;
  const bool is_offered = core_->handler.offers(service);
  ++core_->operations;
  switch (asked.command.field) {
    case DimseField::c_echo_request:
      co_return co_await answer(asked, DimseStatus());
    case DimseField::c_store_request:
      if (service != DicomService::store || !is_offered) break;
      co_return co_await store(asked);
    case DimseField::c_find_request:
      if (service != DicomService::find) break;
      co_return co_await find(asked);
    case DimseField::c_move_request:
      if (service != DicomService::move) break;
      co_return co_await move(asked);
    case DimseField::c_get_request:
      if (service != DicomService::get) break;
      co_return co_await get(asked);
    case DimseField::n_action_request:
      if (service != DicomService::commitment) break;
      co_return co_await commit(asked);
    case DimseField::c_cancel_request:         // of what has ended already
    case DimseField::n_event_report_response:  // of ours
      --core_->operations;
      co_return Result<>{};
    default:
      break;
  }
  if (asked.command.is_response()) co_return fail(ErrorCode::malformed_input, "a response to nothing has come");
  if (asked.command.has_data_set) {
    Result<std::string> dropped = co_await identifier(asked);
    if (!dropped) co_return fail(std::move(dropped).error());
  }
  DimseStatus status{dimse_status::kUnrecognizedOperation, {}};
  co_return co_await answer(asked, std::move(status));
}

Task<Result<>> DicomAssociation::answer(const Asked& asked, DimseStatus status) {
  const DimseCommand response = respond(asked.command, std::move(status));
  co_return co_await wire_.send(asked.number, response, nullptr, nullptr);
}

Task<Result<std::string>> DicomAssociation::identifier(const Asked& asked) {
  if (!asked.command.has_data_set) co_return std::string();
  co_return co_await wire_.data_set(asked.number, core_->options.identifier_bytes);
}

DicomQuery DicomAssociation::query(const Asked& asked, std::string identifier) const {
  return {peer_, asked.context->kind.sop_class, asked.context->kind.transfer_syntax, std::move(identifier)};
}

Task<Result<>> DicomAssociation::store(const Asked& asked) {
  const std::int64_t began = steady_nanoseconds();
  Result<DimseStatus> status = co_await receive(asked);
  if (!status) co_return fail(std::move(status).error());
  if (status->code == dimse_status::kSuccess || is_warning(status->code)) {
    ++core_->objects_received;
    core_->objects_metric.add();
  }
  core_->store_seconds.observe(static_cast<double>(steady_nanoseconds() - began) / 1e9);
  co_return co_await answer(asked, *std::move(status));
}

/// The data set, from the wire to a sink. What a sink refuses is read to its end before the status is told.
Task<Result<DimseStatus>> DicomAssociation::receive(const Asked& asked) {
  if (!asked.command.has_data_set) co_return DimseStatus{dimse_status::kCannotUnderstand, "no data set"};
  std::unique_ptr<DicomSink> sink;
  std::optional<DimseStatus> refusal;
  bool is_begun = false;
  std::string batch;
  std::string_view ready;
  if (asked.command.sop_class != asked.context->kind.sop_class) {
    refusal = DimseStatus{dimse_status::kDoesNotMatchClass, "not the class of the context"};
  }
  const auto refuse = [&](const Error& error) {
    log_warning("dicom object refused",
                {{"node", core_->options.name}, {"association", peer_.association}, {"reason", error.message()}});
    refusal = status_of(error);
    sink.reset();
  };
  auto write = [&] {
    if (refusal) return sink.reset();
    if (!std::exchange(is_begun, true)) {
      auto begun = core_->handler.store(peer_, asked.context->kind, asked.command.sop_instance);
      if (!begun) return refuse(begun.error());
      sink = *std::move(begun);
    }
    if (const Result<> appended = sink->append(ready); !appended) refuse(appended.error());
  };
  std::uint64_t size = 0;
  while (true) {
    Result<DataValue> value = co_await wire_.piece(asked.number);
    if (!value) {
      refusal = DimseStatus{dimse_status::kProcessingFailure, {}};
      co_await elsewhere(write);  // the sink goes there
      co_return fail(std::move(value).error());
    }
    size += value->bytes.size();
    if (size > core_->options.object_bytes && !refusal) {
      refusal = DimseStatus{dimse_status::kOutOfResources, "the object is too large"};
    }
    ready = value->bytes;
    if (!batch.empty() || (!value->is_last && ready.size() < kBatchBytes / 2)) {
      batch += value->bytes;
      ready = batch;
    }
    if (value->is_last) break;
    if (ready.size() < kBatchBytes / 2) continue;
    if (!refusal || sink) co_await elsewhere(write);
    batch.clear();
  }
  auto finish = [&](DicomReply reply) {
    write();
    if (refusal) return std::move(reply).give(*refusal);
    const std::unique_ptr<DicomSink> last = std::move(sink);
    last->finish(std::move(reply));
  };
  co_return co_await AwaitStatus(core_->executor, stream_->loop(), finish);
}

DicomAssociation::Heard DicomAssociation::hear(const Asked& asked) {
  const std::optional<Result<WireEvent>> event = wire_.poll();
  if (!event) return Heard::nothing;
  if (!*event || (*event)->type != PduType::data || !(*event)->value.is_command) return Heard::broken;
  const Result<DimseCommand> command = decode_command((*event)->value.bytes);
  if (!command || command->field != DimseField::c_cancel_request) return Heard::broken;
  return command->message_id == asked.command.message_id ? Heard::cancel : Heard::nothing;
}

Task<Result<>> DicomAssociation::find(const Asked& asked) {
  Result<std::string> asked_for = co_await identifier(asked);
  if (!asked_for) co_return fail(std::move(asked_for).error());
  const DicomQuery query = this->query(asked, *std::move(asked_for));
  std::unique_ptr<DicomMatches> matches;
  Result<std::optional<std::string>> match;
  std::optional<DimseStatus> end;
  auto step = [&] {
    if (end) return matches.reset();
    if (!matches) {
      auto found = core_->handler.find(query);
      if (!found) {
        end = status_of(found.error());
        return;
      }
      matches = *std::move(found);
    }
    match = matches->next();
    if (!match) end = status_of(match.error());
    if (match && !*match) end = DimseStatus{};
    if (end) matches.reset();
  };
  DimseCommand response = respond(asked.command, {dimse_status::kPending, {}});
  response.has_data_set = true;
  while (true) {
    co_await elsewhere(step);
    if (end) co_return co_await answer(asked, *end);
    std::optional<std::string> taken;
    taken.swap(*match);
    const auto bytes = dicom_bytes(*std::move(taken));
    Result<> sent = co_await wire_.send(asked.number, response, bytes.get(), nullptr);
    const Heard heard = hear(asked);
    if (sent && heard == Heard::nothing) continue;
    end = DimseStatus{dimse_status::kCancel, {}};
    co_await elsewhere(step);
    if (!sent) co_return sent;
    if (heard == Heard::broken) co_return fail(ErrorCode::malformed_input, "a query is broken off by something else");
    co_return co_await answer(asked, *end);
  }
}

Task<Result<>> DicomAssociation::commit(const Asked& asked) {
  Result<std::string> asked_for = co_await identifier(asked);
  if (!asked_for) co_return fail(std::move(asked_for).error());
  const DicomQuery query = this->query(asked, *std::move(asked_for));
  Result<DicomCommitment> commitment;
  auto work = [&] { commitment = core_->handler.commit(query); };
  co_await elsewhere(work);
  DimseStatus status;
  if (!commitment) status = status_of(commitment.error());
  Result<> answered = co_await answer(asked, std::move(status));
  if (!answered || !commitment) co_return answered;
  DimseCommand event;
  event.field = DimseField::n_event_report_request;
  event.message_id = ++last_message_;
  event.sop_class = asked.command.sop_class;
  event.sop_instance = asked.command.sop_instance;
  event.type = commitment->event_type;
  event.has_data_set = true;
  const auto bytes = dicom_bytes(std::move(commitment->information));
  co_return co_await wire_.send(asked.number, event, bytes.get(), nullptr);
}

namespace {

Task<void> serve_association(std::shared_ptr<DicomCore> core, net::Stream& stream, std::uint64_t number) {
  DicomAssociation association(std::move(core), stream, number);
  co_await association.serve();
}

}  // namespace

Task<void> serve_dicom(std::shared_ptr<DicomCore> core, std::unique_ptr<net::Stream> stream, std::uint64_t number) {
  return serve_peer(core, std::move(stream), "dicom peer refused", "node",
                    [core, number](net::Stream& talked) { return serve_association(core, talked, number); });
}

}  // namespace meridian::connect::internal
