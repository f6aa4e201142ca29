// DicomLoad: objects sent over many DICOM associations at once, and how they were answered.
//
// Sent several times over, each time they are other instances: SOP Instance UID (0008,0018) gets a value made of it and
// of the number of the time. An association sends its next object when the one before was answered.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/load_figures.hpp"
#include "base/result.hpp"
#include "connect/dicom_client.hpp"

namespace meridian::app {

/// An object that can be sent as other instances of the same.
class RenewableObject {
 public:
  /// Errors: those of connect::dicom_object; unsupported where the UID cannot be replaced (deflated, big endian).
  static Result<RenewableObject> read(std::string file);
  /// The first time (0) as it is.
  connect::DicomObject object(std::uint32_t time) const;
  std::uint64_t size() const { return object_.data_set->size(); }
  const connect::DicomKind& kind() const { return object_.kind; }

 private:
  connect::DicomObject object_;
  std::shared_ptr<const std::string> bytes_;  // of the data set
  std::size_t from_ = 0;                      // where the element of the UID lies
  std::size_t to_ = 0;
};

struct DicomLoadReport {
  LoadFigures figures;
  std::map<std::uint16_t, std::uint64_t> answers;  ///< by status
};

struct DicomLoadTerms {
  std::uint32_t connections = 1;
  std::uint32_t times = 1;
};

/// Until all are answered, or one cannot be sent. Errors: those of DicomClient.
Result<DicomLoadReport> send_many(const connect::DicomClientOptions& options,
                                  const std::vector<RenewableObject>& objects, const DicomLoadTerms& terms);

}  // namespace meridian::app
