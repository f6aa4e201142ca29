// The peer that a command was told to talk to.
#pragma once

#include "app/dicom_options.hpp"
#include "connect/dicom_client.hpp"

namespace meridian::app {

/// Errors: invalid_argument (the address, AE titles).
Result<connect::DicomClientOptions> client_options(const DicomPeerOptions& peer);

}  // namespace meridian::app
