// $export: Bulk Data Access: starts an export, tells how far it is, hands out its files, cancels it.
//
//   GET [base]/$export, Patient/$export, Group/[id]/$export   202, Content-Location: [base]/$export/[job]
//   GET [base]/$export/[job]            202 with X-Progress, then 200 with the manifest
//   GET [base]/$export/[job]/[type]     NDJSON; as it lies, in zstd, to a client that takes that
//   DELETE [base]/$export/[job]         202
//
// Specification: https://hl7.org/fhir/uv/bulkdata/export.html
#pragma once

#include "rest/exchange.hpp"

namespace meridian::rest {

http::Response export_system(const Exchange& exchange);
http::Response export_patients(const Exchange& exchange);
http::Response export_group(const Exchange& exchange);
http::Response show_export(const Exchange& exchange);
http::Response give_export_file(const Exchange& exchange);
http::Response cancel_export(const Exchange& exchange);

}  // namespace meridian::rest
