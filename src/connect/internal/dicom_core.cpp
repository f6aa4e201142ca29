#include "connect/internal/dicom_core.hpp"

#include <utility>

namespace meridian::connect::internal {

DicomCore::DicomCore(DicomServerOptions given, net::Io& the_io, http::Executor& the_executor, DicomHandler& the_handler)
    : options(std::move(given)),
      io(the_io),
      executor(the_executor),
      handler(the_handler),
      objects_metric(metrics().counter({"meridian_dicom_objects", "Objects received by DICOM associations"},
                                       {{"node", options.name}})),
      bytes_metric(metrics().counter({"meridian_dicom_received_bytes", "Bytes received by DICOM associations", "bytes"},
                                     {{"node", options.name}})),
      aborted_metric(metrics().counter({"meridian_dicom_associations_aborted", "DICOM associations that broke off"},
                                       {{"node", options.name}})),
      rejected_metric(metrics().counter(
          {"meridian_dicom_associations_rejected", "DICOM associations that were refused"}, {{"node", options.name}})),
      store_seconds(metrics().histogram(
          {"meridian_dicom_store_seconds", "From the begin of an object to the answer that it is kept", "seconds"},
          request_seconds(), {{"node", options.name}})) {}

}  // namespace meridian::connect::internal
