// C-MOVE and C-GET of an association: objects given out, to a third party or here, each a C-STORE of its own.
#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "connect/internal/dicom_association.hpp"
#include "connect/internal/dicom_user.hpp"

namespace meridian::connect::internal {

using net::Task;

namespace {

constexpr std::uint16_t kUnableToPerform = 0xA702;

/// Counts have 16 bits on the wire: the largest stands for all beyond.
void add(std::uint16_t& to, std::uint16_t more) {
  to = static_cast<std::uint16_t>(std::min<std::uint32_t>(std::uint32_t{to} + more, UINT16_MAX));
}

void count(SubOperations& done, std::uint16_t status) {
  if (done.remaining > 0) --done.remaining;
  if (status == dimse_status::kSuccess) {
    add(done.completed, 1);
  } else if (is_warning(status)) {
    add(done.warning, 1);
  } else {
    add(done.failed, 1);
  }
}

SubOperations all_of(const DicomObjects& objects) {
  SubOperations done;
  done.remaining = static_cast<std::uint16_t>(std::min<std::uint32_t>(objects.count(), UINT16_MAX));
  return done;
}

}  // namespace

Task<Result<>> DicomAssociation::tell_progress(const Asked& asked, const SubOperations& done) {
  DimseCommand response = respond(asked.command, {dimse_status::kPending, {}});
  response.sop_instance.clear();
  response.sub_operations = done;
  co_return co_await wire_.send(asked.number, response, nullptr, nullptr);
}

Task<Result<>> DicomAssociation::tell_end(const Asked& asked, SubOperations done, bool is_cancelled) {
  DimseStatus status;
  if (is_cancelled) {
    status.code = dimse_status::kCancel;
  } else {
    add(done.failed, std::exchange(done.remaining, std::uint16_t{0}));
    if (done.failed > 0) {
      status.code = done.completed + done.warning > 0 ? dimse_status::kSubOperationsFailed : kUnableToPerform;
    }
  }
  DimseCommand response = respond(asked.command, std::move(status));
  response.sub_operations = done;
  co_return co_await wire_.send(asked.number, response, nullptr, nullptr);
}

Task<Result<>> DicomAssociation::move(const Asked& asked) {
  Result<std::string> asked_for = co_await identifier(asked);
  if (!asked_for) co_return fail(std::move(asked_for).error());
  const DicomQuery query = this->query(asked, *std::move(asked_for));
  Result<DicomMove> move;
  auto work = [&] { move = core_->handler.move(query, asked.command.move_destination); };
  co_await elsewhere(work);
  if (!move) co_return co_await answer(asked, status_of(move.error()));
  Result<> done = co_await hand_over(asked, *move);
  auto drop = [&] { move->objects.reset(); };
  co_await elsewhere(drop);
  co_return done;
}

Task<Result<>> DicomAssociation::hand_over(const Asked& asked, DicomMove& move) {
  SubOperations done = all_of(*move.objects);
  if (done.remaining == 0) co_return co_await tell_end(asked, done, false);
  DicomClientOptions options;
  options.host = move.to.host;
  options.port = move.to.port;
  options.called = move.to.title;
  options.calling = peer_.called;
  options.tls = move.to.tls;
  options.certificates = move.to.certificates;
  options.stall_ms = core_->options.stall_ms;
  auto opened = co_await DicomUser::open(stream_->loop(), std::move(options), proposals_for(move.objects->kinds()));
  if (!opened) {
    log_warning("dicom destination does not take objects",
                {{"node", core_->options.name}, {"reason", opened.error().message()}});
    co_return co_await tell_end(asked, done, false);
  }
  DicomUser& user = **opened;
  destination_ = &user;
  Result<> told;
  bool is_cancelled = false;
  while (told && !is_cut_) {
    Result<std::optional<DicomObject>> object;
    auto work = [&] { object = move.objects->next(); };
    co_await elsewhere(work);
    if (!object || !*object) break;
    std::uint16_t status = dimse_status::kProcessingFailure;
    if (user.takes((*object)->kind)) {
      Result<DimseStatus> stored =
          co_await user.store(**object, peer_.calling, asked.command.message_id, &core_->executor);
      if (!stored) break;  // the association with the destination is over
      status = stored->code;
    }
    count(done, status);
    if (status == dimse_status::kSuccess) ++core_->objects_sent;
    if (done.remaining > 0) told = co_await tell_progress(asked, done);
    const Heard heard = hear(asked);
    if (heard == Heard::broken) told = fail(ErrorCode::io_failure, "the peer broke off");
    is_cancelled = heard == Heard::cancel;
    if (is_cancelled) break;
  }
  Result<> released = co_await user.release();
  destination_ = nullptr;
  if (!told) co_return told;
  co_return co_await tell_end(asked, done, is_cancelled);
}

Task<Result<>> DicomAssociation::get(const Asked& asked) {
  Result<std::string> asked_for = co_await identifier(asked);
  if (!asked_for) co_return fail(std::move(asked_for).error());
  const DicomQuery query = this->query(asked, *std::move(asked_for));
  Result<std::unique_ptr<DicomObjects>> objects;
  auto work = [&] { objects = core_->handler.get(query); };
  co_await elsewhere(work);
  if (!objects) co_return co_await answer(asked, status_of(objects.error()));
  Result<> done = co_await give_out(asked, **objects);
  auto drop = [&] { objects->reset(); };
  co_await elsewhere(drop);
  co_return done;
}

Task<Result<>> DicomAssociation::give_out(const Asked& asked, DicomObjects& objects) {
  SubOperations done = all_of(objects);
  bool is_cancelled = false;
  while (!is_cancelled) {
    Result<std::optional<DicomObject>> object;
    auto work = [&] { object = objects.next(); };
    co_await elsewhere(work);
    if (!object || !*object) break;
    std::uint16_t status = dimse_status::kProcessingFailure;
    Result<> sent = co_await send_here(**object, asked, status, is_cancelled);
    if (!sent) co_return sent;
    count(done, status);
    if (status == dimse_status::kSuccess) ++core_->objects_sent;
    if (is_cancelled || done.remaining == 0) continue;
    sent = co_await tell_progress(asked, done);
    if (!sent) co_return sent;
    const Heard heard = hear(asked);
    if (heard == Heard::broken) co_return fail(ErrorCode::malformed_input, "a C-GET is broken off by something else");
    is_cancelled = heard == Heard::cancel;
  }
  co_return co_await tell_end(asked, done, is_cancelled);
}

/// One object over the same association; the peer's answer may come after its wish to stop.
Task<Result<>> DicomAssociation::send_here(const DicomObject& object, const Asked& asked, std::uint16_t& status,
                                           bool& is_cancelled) {
  std::uint8_t number = 0;
  for (const auto& [id, context] : contexts_) {
    if (context.kind == object.kind) number = id;
  }
  if (number == 0) co_return Result<>{};
  DimseCommand request;
  request.field = DimseField::c_store_request;
  request.message_id = ++last_message_;
  request.sop_class = object.kind.sop_class;
  request.sop_instance = object.sop_instance;
  request.has_data_set = true;
  Result<> sent = co_await wire_.send(number, request, object.data_set.get(), &core_->executor);
  if (!sent) co_return sent;
  while (true) {
    Result<WireCommand> got = co_await wire_.command(Deadline::after_milliseconds(core_->options.idle_ms));
    if (!got) co_return fail(std::move(got).error());
    if (got->type == PduType::abort) co_return fail(ErrorCode::io_failure, "the peer aborted the association");
    const DimseCommand& command = got->command;
    if (got->type == PduType::data && command.field == DimseField::c_cancel_request) {
      is_cancelled = is_cancelled || command.message_id == asked.command.message_id;
      continue;
    }
    if (got->type != PduType::data || command.field != DimseField::c_store_response ||
        command.message_id != request.message_id || command.has_data_set) {
      co_return fail(ErrorCode::malformed_input, "something else comes instead of the answer to an object");
    }
    status = command.status.code;
    co_return Result<>{};
  }
}

}  // namespace meridian::connect::internal
