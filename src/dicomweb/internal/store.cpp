#include "dicomweb/internal/store.hpp"

#include <mutex>
#include <optional>
#include <utility>

#include "base/trim.hpp"
#include "dicomweb/internal/media.hpp"
#include "dicomweb/internal/store_answer.hpp"
#include "http/executor.hpp"
#include "http/multipart.hpp"

namespace meridian::dicomweb::internal {
namespace {

constexpr std::size_t kMaxUnderWay = 64;  // objects that the archive makes safe at the same time

std::string_view type_in(std::string_view content_type) {
  return without_blanks(content_type.substr(0, content_type.find(';')));
}

/// Objects of one request; answers it when the last is safe or refused.
class Storing : public std::enable_shared_from_this<Storing> {
 public:
  Storing(DicomWebPtr web, std::string base, bool is_xml, http::Responder responder)
      : web_(std::move(web)), base_(std::move(base)), is_xml_(is_xml), responder_(std::move(responder)) {}

  void refused(StoreOutcome outcome) {
    const std::lock_guard lock(mutex_);
    outcomes_.push_back(std::move(outcome));
  }

  /// The object has come whole.
  void finish(std::shared_ptr<imaging::Incoming> incoming) {
    {
      const std::lock_guard lock(mutex_);
      ++under_way_;
    }
    imaging::Incoming& object = *incoming;
    object.finish(web_->services.on_conflict,
                  [self = shared_from_this(), incoming](Result<imaging::Received> received) {
                    self->finished(*incoming, received);
                  });
  }

  /// Whether more may come now; otherwise the waker says when.
  bool has_room(const http::Waker& waker) {
    const std::lock_guard lock(mutex_);
    if (under_way_ < kMaxUnderWay) return true;
    waker_ = waker;
    return false;
  }

  void all_came() {
    const std::lock_guard lock(mutex_);
    has_all_ = true;
    if (under_way_ == 0) answer();
  }

 private:
  void finished(const imaging::Incoming& incoming, const Result<imaging::Received>& received) {
    const imaging::StoredInstance& seen = received ? received->instance : incoming.seen();
    StoreOutcome outcome{seen.key, seen.kind.sop_class};
    if (!received) {
      if (!is_uid(outcome.key.instance)) outcome.key.instance.clear();
      outcome.reason = failure_reason(received.error().code());
      outcome.words = received.error().message();
    }
    const std::lock_guard lock(mutex_);
    outcomes_.push_back(std::move(outcome));
    --under_way_;
    if (under_way_ < kMaxUnderWay / 2) std::exchange(waker_, {}).wake();
    if (has_all_ && under_way_ == 0) answer();
  }

  /// Under the lock. Not on the archive's thread, where there is another.
  void answer() {
    const auto work = [self = shared_from_this()] {
      std::move(self->responder_).send(store_answer(self->outcomes_, self->base_, self->is_xml_));
    };
    http::Executor* const executor = web_->services.executor;
    if (executor == nullptr || !executor->submit(work)) work();
  }

  const DicomWebPtr web_;
  const std::string base_;
  const bool is_xml_;
  http::Responder responder_;
  std::mutex mutex_;
  std::vector<StoreOutcome> outcomes_;
  std::size_t under_way_ = 0;
  bool has_all_ = false;
  http::Waker waker_;
};

/// Parts, each an object, into the archive.
class Parts final : public http::PartReceiver {
 public:
  Parts(DicomWebPtr web, std::shared_ptr<Storing> storing, std::string source, std::string study)
      : web_(std::move(web)), storing_(std::move(storing)), source_(std::move(source)), study_(std::move(study)) {}

  Result<> begin(const http::Headers& headers) override {
    const std::string_view type = type_in(headers.get("Content-Type"));
    if (!type.empty() && !http::equals_ignoring_case(type, kDicomFile)) {
      fault_ = Error(ErrorCode::unsupported, "a part is no application/dicom");
      return {};
    }
    return begin_object();
  }

  Result<> begin_object() {
    auto incoming = web_->archive().receive(source_, {}, study_);
    if (incoming) {
      incoming_ = *std::move(incoming);
    } else {
      fault_ = incoming.error();
    }
    return {};
  }

  Result<> data(std::string_view bytes) override {
    if (fault_) return {};  // the rest of it passes by
    if (Result<> taken = incoming_->append(bytes); !taken) fault_ = taken.error();
    return {};
  }

  Result<> end() override {
    if (!fault_) {
      storing_->finish(std::exchange(incoming_, {}));
      return {};
    }
    StoreOutcome outcome;
    if (incoming_ && is_uid(incoming_->seen().key.instance)) {
      outcome = {incoming_->seen().key, incoming_->seen().kind.sop_class};
    }
    outcome.reason = failure_reason(fault_->code());
    outcome.words = fault_->message();
    storing_->refused(std::move(outcome));
    incoming_.reset();
    fault_.reset();
    return {};
  }

 private:
  const DicomWebPtr web_;
  const std::shared_ptr<Storing> storing_;
  const std::string source_;
  const std::string study_;
  std::shared_ptr<imaging::Incoming> incoming_;
  std::optional<Error> fault_;  // of the present part
};

class StoreSink final : public http::BodySink {
 public:
  /// Without a boundary the body is one object.
  StoreSink(std::unique_ptr<Parts> parts, std::shared_ptr<Storing> storing, const std::optional<std::string>& boundary,
            std::size_t max_parts)
      : parts_(std::move(parts)), storing_(std::move(storing)) {
    if (!boundary) return;
    http::MultipartLimits limits;
    limits.parts = max_parts;
    parser_.emplace(*boundary, *parts_, limits);
  }

  Result<http::Flow> write(std::string_view bytes, const http::Waker& waker) override {
    if (parser_) {
      TRY(parser_->write(bytes));
    } else {
      if (!std::exchange(is_begun_, true)) TRY(parts_->begin_object());
      TRY(parts_->data(bytes));
    }
    return storing_->has_room(waker) ? http::Flow::more : http::Flow::wait;
  }

  void finish() override {
    if (parser_) {
      if (const Result<> ended = parser_->finish(); !ended) {
        storing_->refused({{}, {}, failure_reason(ended.error().code()), ended.error().message()});
      }
    } else {
      if (!is_begun_) static_cast<void>(parts_->begin_object());  // it is empty
      static_cast<void>(parts_->end());
    }
    storing_->all_came();
  }

 private:
  const std::unique_ptr<Parts> parts_;
  const std::shared_ptr<Storing> storing_;
  std::optional<http::MultipartParser> parser_;
  bool is_begun_ = false;
};

/// Takes a body that nobody wants: the answer has been given.
class IdleSink final : public http::BodySink {
 public:
  Result<http::Flow> write(std::string_view, const http::Waker&) override { return http::Flow::more; }
  void finish() override {}
};

}  // namespace

Result<std::unique_ptr<http::BodySink>> store_instances(const DicomWebPtr& web, const http::Request& request,
                                                        http::Responder responder) {
  const auto refuse = [&responder](http::Response response) -> std::unique_ptr<http::BodySink> {
    std::move(responder).send(std::move(response));
    return std::make_unique<IdleSink>();
  };
  const Result<imaging::InstanceKey> key = key_of(request);
  if (!key) return refuse(refusal(key.error()));
  const Result<std::vector<MediaRange>> ranges = accepted(request);
  if (!ranges) return refuse(refusal(ranges.error()));
  const auto form = preferred(*ranges, {kDicomJson, "application/json", kDicomXml});
  if (!form) return refuse(http::Response::problem(406, "the answer is application/dicom+json or +xml"));

  const std::string_view content_type = request.headers.get("Content-Type");
  const bool is_multipart = http::equals_ignoring_case(type_in(content_type), "multipart/related");
  std::optional<std::string> boundary;
  if (is_multipart) {
    const std::string root = http::parameter_of(content_type, "type").value_or(std::string(kDicomFile));
    if (!http::equals_ignoring_case(root, kDicomFile)) {
      return refuse(http::Response::problem(415, "objects come as application/dicom"));
    }
    boundary = http::boundary_of(content_type);
    if (!boundary) return refuse(http::Response::problem(400, "the multipart body names no boundary"));
  } else if (!http::equals_ignoring_case(type_in(content_type), kDicomFile)) {
    return refuse(
        http::Response::problem(415, "objects come as multipart/related; type=\"application/dicom\", or as one"));
  }
  auto storing = std::make_shared<Storing>(web, base_of(request, *web), *form == kDicomXml, std::move(responder));
  auto parts = std::make_unique<Parts>(web, storing, source_of(request), key->study);
  return std::make_unique<StoreSink>(std::move(parts), std::move(storing), boundary, web->services.max_parts);
}

}  // namespace meridian::dicomweb::internal
