// What a server answers to a request for an association.
#pragma once

#include <variant>

#include "connect/dicom_pdu.hpp"
#include "connect/dicom_server.hpp"

namespace meridian::connect::internal {

std::variant<AssociateReject, AssociateAccept> negotiate(const DicomServerOptions& options, const DicomHandler& handler,
                                                         const AssociateRequest& request, const DicomPeer& peer);

/// The server's own title.
const std::string& own_title(const DicomServerOptions& options);

}  // namespace meridian::connect::internal
