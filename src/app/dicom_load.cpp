#include "app/dicom_load.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>

#include "base/bytes.hpp"
#include "base/deadline.hpp"
#include "base/hash.hpp"
#include "formats/dicom/file.hpp"
#include "net/io.hpp"

namespace meridian::app {
namespace {

constexpr std::size_t kUidHeadBytes = 8;  // of the element, in explicit and implicit VR alike

/// A data set with one element replaced, without copying the rest.
class RenewedBytes final : public connect::DicomBytes {
 public:
  RenewedBytes(std::shared_ptr<const std::string> bytes, std::size_t from, std::size_t to, std::string element)
      : bytes_(std::move(bytes)), element_(std::move(element)), from_(from), to_(to) {}
  std::uint64_t size() const override { return bytes_->size() - (to_ - from_) + element_.size(); }
  Result<> read(std::uint64_t at, std::span<char> into) const override {
    const std::string_view all = *bytes_;
    std::size_t filled = 0;
    for (const std::string_view part : {all.substr(0, from_), std::string_view(element_), all.substr(to_)}) {
      if (at >= part.size()) {
        at -= part.size();
        continue;
      }
      const std::size_t count = std::min<std::size_t>(part.size() - at, into.size() - filled);
      std::copy_n(part.data() + at, count, into.data() + filled);
      filled += count;
      at = 0;
    }
    return {};
  }

 private:
  std::shared_ptr<const std::string> bytes_;
  std::string element_;
  std::size_t from_;
  std::size_t to_;
};

std::string renewed_uid(const std::string& uid, std::uint32_t time) {
  return "2.25." + std::to_string(hash64(uid)) + std::to_string(1'000'000'000 + std::uint64_t{time});
}

class Load {
 public:
  Load(const connect::DicomClientOptions& options, const std::vector<RenewableObject>& objects,
       const DicomLoadTerms& terms)
      : options_(options), objects_(objects), all_(std::uint64_t{terms.times} * objects.size()) {
    std::vector<connect::DicomKind> kinds;
    kinds.reserve(objects.size());
    for (const RenewableObject& object : objects) kinds.push_back(object.kind());
    proposals_ = connect::proposals_for(kinds);
  }

  /// One association's work, on a thread of its own.
  void work(net::Io& io) {
    auto client = connect::DicomClient::open(options_, io, proposals_);
    if (!client) return give_up(client.error());
    for (std::uint64_t at = next_++; at < all_ && !is_failed_; at = next_++) {
      const RenewableObject& object = objects_[at % objects_.size()];
      const connect::DicomObject renewed = object.object(static_cast<std::uint32_t>(at / objects_.size()));
      const std::int64_t began = steady_nanoseconds();
      const Result<connect::DimseStatus> status = (*client)->store(renewed);
      if (!status) return give_up(status.error());
      note(status->code, object.size(), steady_nanoseconds() - began);
    }
    if (const Result<> released = (*client)->release(); !released) give_up(released.error());
  }

  Result<DicomLoadReport> report(double seconds) {
    if (failure_) return fail(*std::move(failure_));
    report_.figures.seconds = seconds;
    times_.tell(report_.figures);
    return std::move(report_);
  }

 private:
  void give_up(const Error& error) {
    const std::lock_guard lock(mutex_);
    is_failed_ = true;
    if (!failure_) failure_ = error;
  }
  void note(std::uint16_t status, std::uint64_t size, std::int64_t took) {
    const std::lock_guard lock(mutex_);
    ++report_.figures.count;
    report_.figures.bytes += size;
    ++report_.answers[status];
    times_.note(took);
  }

  const connect::DicomClientOptions& options_;
  const std::vector<RenewableObject>& objects_;
  const std::uint64_t all_;
  std::vector<connect::DicomProposal> proposals_;
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<bool> is_failed_ = false;
  std::mutex mutex_;
  std::optional<Error> failure_;
  DicomLoadReport report_;
  AnswerTimes times_;
};

}  // namespace

Result<RenewableObject> RenewableObject::read(std::string file) {
  RenewableObject out;
  out.object_ = TRY(connect::dicom_object(std::move(file)));
  const dicom::TransferSyntax* syntax = dicom::find_transfer_syntax(out.object_.kind.transfer_syntax);
  if (syntax == nullptr || syntax->is_deflated || syntax->order != dicom::ByteOrder::little) {
    return fail(ErrorCode::unsupported, "objects of this transfer syntax cannot be sent as other instances");
  }
  std::string bytes(out.object_.data_set->size(), '\0');
  TRY(out.object_.data_set->read(0, bytes));
  // The data set alone reads as a file without meta information, whose offsets are those of the data set.
  Issues issues;
  const dicom::File alone = TRY(dicom::read_file(std::move(bytes), {}, issues));
  const dicom::Element* uid = alone.data_set().find(dicom::tags::kSopInstance);
  if (uid == nullptr) return fail(ErrorCode::malformed_input, "the object has no SOP Instance UID");
  out.from_ = uid->offset;
  out.to_ = uid->offset + kUidHeadBytes + uid->value.size();
  out.bytes_ = std::make_shared<const std::string>(alone.bytes());
  return out;
}

connect::DicomObject RenewableObject::object(std::uint32_t time) const {
  if (time == 0) return object_;
  connect::DicomObject renewed = object_;
  renewed.sop_instance = renewed_uid(object_.sop_instance, time);
  std::string value = renewed.sop_instance;
  if (value.size() % 2 != 0) value += '\0';
  std::string element = bytes_->substr(from_, kUidHeadBytes);
  // Explicit VR has "UI" and 16 bits of length, implicit VR 32 bits.
  if (element[4] == 'U') {
    store_little(element.data() + 6, static_cast<std::uint16_t>(value.size()));
  } else {
    store_little(element.data() + 4, static_cast<std::uint32_t>(value.size()));
  }
  renewed.data_set = std::make_shared<RenewedBytes>(bytes_, from_, to_, element + value);
  return renewed;
}

Result<DicomLoadReport> send_many(const connect::DicomClientOptions& options,
                                  const std::vector<RenewableObject>& objects, const DicomLoadTerms& terms) {
  net::Io io;
  Load load(options, objects, terms);
  const std::int64_t began = steady_nanoseconds();
  std::vector<std::thread> workers;
  workers.reserve(terms.connections);
  for (std::uint32_t i = 0; i < terms.connections; ++i) workers.emplace_back([&] { load.work(io); });
  for (std::thread& worker : workers) worker.join();
  return load.report(static_cast<double>(steady_nanoseconds() - began) / 1e9);
}

}  // namespace meridian::app
