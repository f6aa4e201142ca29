#include "connect/dicom_service.hpp"

#include <utility>

#include "connect/dicom_pdu.hpp"

namespace meridian::connect {

namespace {

constexpr std::string_view kStandardRoot = "1.2.840.10008.";
/// Storage SOP classes lie here, and a few beside (PS3.4, table B.5-1).
constexpr std::string_view kStorageRoots[] = {"1.2.840.10008.5.1.4.1.1.",  "1.2.840.10008.5.1.4.34.7",
                                              "1.2.840.10008.5.1.4.34.10", "1.2.840.10008.5.1.4.43.1",
                                              "1.2.840.10008.5.1.4.44.1",  "1.2.840.10008.5.1.4.45.1"};

tl::unexpected<Error> unsupported() {
  return fail(ErrorCode::unsupported, "the service is not offered");
}

}  // namespace

DicomService service_of(std::string_view uid) {
  if (uid == uids::kVerification) return DicomService::echo;
  if (uid == uids::kPatientRootFind || uid == uids::kStudyRootFind || uid == uids::kWorklistFind) {
    return DicomService::find;
  }
  if (uid == uids::kPatientRootMove || uid == uids::kStudyRootMove) return DicomService::move;
  if (uid == uids::kPatientRootGet || uid == uids::kStudyRootGet) return DicomService::get;
  if (uid == uids::kStorageCommitment) return DicomService::commitment;
  for (const std::string_view root : kStorageRoots) {
    if (uid.starts_with(root)) return DicomService::store;
  }
  return uid.empty() || uid.starts_with(kStandardRoot) ? DicomService::none : DicomService::store;
}

DicomReply::~DicomReply() {
  if (to_) to_(DimseStatus{dimse_status::kProcessingFailure, {}});
}

void DicomReply::give(DimseStatus status) && {
  const Callback<void(DimseStatus)> to = std::move(to_);
  if (to) to(std::move(status));
}

Result<std::unique_ptr<DicomSink>> DicomHandler::store(const DicomPeer& /*peer*/, const DicomKind& /*kind*/,
                                                       const std::string& /*sop_instance*/) {
  return unsupported();
}
Result<std::unique_ptr<DicomMatches>> DicomHandler::find(const DicomQuery& /*query*/) {
  return unsupported();
}
Result<DicomMove> DicomHandler::move(const DicomQuery& /*query*/, const std::string& /*destination*/) {
  return unsupported();
}
Result<std::unique_ptr<DicomObjects>> DicomHandler::get(const DicomQuery& /*query*/) {
  return unsupported();
}
Result<DicomCommitment> DicomHandler::commit(const DicomQuery& /*query*/) {
  return unsupported();
}

DimseStatus status_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::unsupported:
      return {dimse_status::kSopClassNotSupported, {}};
    case ErrorCode::forbidden:
    case ErrorCode::unauthenticated:
      return {dimse_status::kNotAuthorized, {}};
    case ErrorCode::conflict:
      return {dimse_status::kDuplicateInstance, {}};
    case ErrorCode::busy:
    case ErrorCode::too_large:
    case ErrorCode::too_costly:
      return {dimse_status::kOutOfResources, {}};
    case ErrorCode::invalid_argument:
    case ErrorCode::malformed_input:
    case ErrorCode::unprocessable:
      return {dimse_status::kDoesNotMatchClass, {}};
    case ErrorCode::not_found:
      return {dimse_status::kDestinationUnknown, {}};
    default:
      return {dimse_status::kProcessingFailure, {}};
  }
}

}  // namespace meridian::connect
