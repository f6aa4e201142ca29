// DicomAssociation: one peer of a DicomServer, from its A-ASSOCIATE-RQ to its end, on one loop.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "connect/internal/dicom_core.hpp"
#include "connect/internal/dicom_wire.hpp"
#include "connect/internal/on_executor.hpp"

namespace meridian::connect::internal {

class DicomUser;

class DicomAssociation final {
 public:
  DicomAssociation(std::shared_ptr<DicomCore> core, net::Stream& stream, std::uint64_t number);
  DicomAssociation(const DicomAssociation&) = delete;
  DicomAssociation& operator=(const DicomAssociation&) = delete;
  ~DicomAssociation();

  net::Task<void> serve();

  // On the loop:
  void drain();
  void cut();

 private:
  struct Context {
    DicomKind kind;
    DicomService service;
  };
  struct Asked {
    const Context* context;
    std::uint8_t number;
    DimseCommand command;
  };
  /// What an operation that goes on for a while learns of its peer between two steps.
  enum class Heard : std::uint8_t { nothing, cancel, broken };

  net::Task<bool> establish();
  void take_contexts(const std::vector<PresentationContext>& proposed, const std::vector<PresentationAnswer>& answers);
  net::Task<void> converse();
  net::Task<Result<>> perform(Asked asked);
  net::Task<Result<>> store(const Asked& asked);
  net::Task<Result<DimseStatus>> receive(const Asked& asked);
  net::Task<Result<>> find(const Asked& asked);
  net::Task<Result<>> move(const Asked& asked);
  net::Task<Result<>> get(const Asked& asked);
  net::Task<Result<>> give_out(const Asked& asked, DicomObjects& objects);
  net::Task<Result<>> hand_over(const Asked& asked, DicomMove& move);
  net::Task<Result<>> send_here(const DicomObject& object, const Asked& asked, std::uint16_t& status,
                                bool& is_cancelled);
  net::Task<Result<>> commit(const Asked& asked);
  net::Task<Result<>> tell_progress(const Asked& asked, const SubOperations& done);
  net::Task<Result<>> tell_end(const Asked& asked, SubOperations done, bool is_cancelled);
  net::Task<Result<>> answer(const Asked& asked, DimseStatus status);
  net::Task<Result<std::string>> identifier(const Asked& asked);
  DicomQuery query(const Asked& asked, std::string identifier) const;
  Heard hear(const Asked& asked);
  net::Task<void> abort(const Error& error);
  net::Task<void> say_last(std::string pdu);
  /// Does what may wait on the executor.
  template <typename Work>
  auto elsewhere(Work& work) {
    return on_executor(&core_->executor, stream_->loop(), work);
  }

  const std::shared_ptr<DicomCore> core_;
  net::Stream* stream_;
  DicomWire wire_;
  DicomPeer peer_;
  std::map<std::uint8_t, Context> contexts_;  // those accepted
  std::uint16_t last_message_ = 0;            // of those that we send
  bool is_waiting_ = false;                   // for the next message, or for the peer to close
  bool is_cut_ = false;
  DicomUser* destination_ = nullptr;  // of C-MOVE
};

/// Takes a connection from the accepted socket to its end.
net::Task<void> serve_dicom(std::shared_ptr<DicomCore> core, std::unique_ptr<net::Stream> stream, std::uint64_t number);

}  // namespace meridian::connect::internal
