// DicomUser: an association that we asked for, on one loop: what DicomClient and C-MOVE's sub-operations are made of.
//
// One operation at a time. After an Error the association is of no use; statuses of the peer are no Errors.
// Errors: those of net::connect, and forbidden (the peer rejects the association), unsupported (it does not take this
// kind of object or service), timeout, io_failure (it aborted or went), malformed_input, cancelled.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "connect/dicom_client.hpp"
#include "connect/internal/dicom_wire.hpp"

namespace meridian::net {
class TlsContext;
}

namespace meridian::connect::internal {

class DicomUser {
 public:
  static net::Task<Result<std::unique_ptr<DicomUser>>> open(net::Loop& loop, DicomClientOptions options,
                                                            std::vector<DicomProposal> proposals);
  DicomUser(const DicomUser&) = delete;
  DicomUser& operator=(const DicomUser&) = delete;
  ~DicomUser();

  bool takes(const DicomKind& kind) const { return find(kind) != 0; }
  net::Task<Result<DimseStatus>> echo();
  /// As part of C-MOVE: for whom. Where an executor is given, the object's bytes are read on it.
  net::Task<Result<DimseStatus>> store(const DicomObject& object, std::string originator = {},
                                       std::uint16_t originator_message = 0, http::Executor* executor = nullptr);
  net::Task<Result<DimseStatus>> find(const DicomRequest& asked, const DicomMatched& matched);
  net::Task<Result<DicomRetrieved>> move(const DicomRequest& asked, const std::string& destination);
  net::Task<Result<DicomRetrieved>> get(const DicomRequest& asked, const DicomReceiver& receiver);
  net::Task<Result<>> release();
  /// Tells the peer that the association ends here.
  net::Task<Result<>> abort();
  /// Ends whatever waits.
  void cut();

 private:
  DicomUser(std::unique_ptr<net::Stream> stream, DicomClientOptions options);
  net::Task<Result<>> establish(const std::vector<DicomProposal>& proposals);
  Result<> take_answer(const WireEvent& event, const std::vector<DicomProposal>& proposals);
  std::uint8_t find(const DicomKind& kind) const;
  /// A request of one answer: the status that it gives.
  net::Task<Result<DimseStatus>> exchange(std::uint8_t context, DimseCommand request, const DicomBytes* data_set,
                                          http::Executor* executor);
  /// A request whose answers come one after another. `called`: C-FIND and so on, for people.
  struct Question {
    std::uint8_t context;
    std::uint16_t message;
  };
  net::Task<Result<Question>> put(DimseField field, const DicomRequest& asked, std::string destination,
                                  const char* called);
  net::Task<Result<DimseCommand>> response(std::uint16_t message, std::string* data_set);
  net::Task<Result<>> cancel(std::uint8_t context, std::uint16_t message);
  net::Task<Result<>> receive(std::uint8_t context, const DimseCommand& request, const DicomReceiver& receiver);
  Deadline patience() const;

  const DicomClientOptions options_;
  std::unique_ptr<net::Stream> stream_;
  DicomWire wire_;
  std::map<std::uint8_t, DicomKind> contexts_;  // those accepted
  std::uint16_t last_message_ = 0;
};

}  // namespace meridian::connect::internal
