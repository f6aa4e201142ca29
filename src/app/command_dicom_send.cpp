// dicom echo, dicom send: what a DICOM peer says; objects of files sent one after another, or many at once, to see what
// an archive can take.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/dicom_files.hpp"
#include "app/dicom_load.hpp"
#include "app/dicom_peer.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "base/deadline.hpp"
#include "base/input.hpp"
#include "connect/dicom_client.hpp"
#include "connect/dicom_pdu.hpp"
#include "formats/dicom/file.hpp"
#include "net/io.hpp"

namespace meridian::app {
namespace {

using connect::DicomClient;
using connect::DicomKind;
using connect::DicomObject;
using connect::DimseStatus;

Result<std::string> bytes_of(const std::string& file) {
  const auto source = TRY(open_input(file));
  return read_all(*source, dicom::Limits().max_bytes);
}

Result<DicomObject> object_of(const std::string& file) {
  return connect::dicom_object(TRY(bytes_of(file)));
}

Result<int> echo(const DicomEchoOptions& options, Output& output) {
  net::Io io;
  const std::int64_t began = steady_nanoseconds();
  const auto client = TRY(DicomClient::open(TRY(client_options(options.peer)), io,
                                            {{std::string(connect::uids::kVerification), {"1.2.840.10008.1.2"}}}));
  const DimseStatus status = TRY(client->echo());
  output.line(
      fmt::format("{:04X} after {:.1f} ms", status.code, static_cast<double>(steady_nanoseconds() - began) / 1e6));
  TRY(client->release());
  return status.code == connect::dimse_status::kSuccess ? kOk : kFound;
}

Result<int> try_out(const DicomSendOptions& options, const std::vector<std::string>& files, Output& output) {
  std::vector<RenewableObject> objects;
  for (const std::string& file : files) {
    Result<RenewableObject> object = RenewableObject::read(TRY(bytes_of(file)));
    if (!object) return fail(std::move(object).error().within(file));
    objects.push_back(*std::move(object));
  }
  const DicomLoadReport report =
      TRY(send_many(TRY(client_options(options.peer)), objects, {options.connections, options.times}));
  output.line(load_text(report.figures, "objects"));
  int exit_code = kOk;
  for (const auto& [code, count] : report.answers) {
    output.line(fmt::format("{:04X} {}", code, count));
    if (code != connect::dimse_status::kSuccess && !connect::is_warning(code)) exit_code = kFound;
  }
  return exit_code;
}

Result<int> send(const DicomSendOptions& options, Output& output) {
  int exit_code = kOk;
  // Twice over the files: an association must be asked for all kinds of objects before the first goes.
  std::vector<std::string> files;
  std::vector<DicomKind> kinds;
  for (const std::string& file : TRY(dicom_files(options.paths))) {
    const Result<DicomObject> object = object_of(file);
    if (!object) {
      complain_of(file, object.error());
      exit_code = kFound;
      continue;
    }
    files.push_back(file);
    if (std::find(kinds.begin(), kinds.end(), object->kind) == kinds.end()) kinds.push_back(object->kind);
  }
  if (files.empty()) return fail(ErrorCode::malformed_input, "there is no DICOM object to send");
  if (options.connections > 1 || options.times > 1) return try_out(options, files, output);
  net::Io io;
  const auto client = TRY(DicomClient::open(TRY(client_options(options.peer)), io, connect::proposals_for(kinds)));
  for (const std::string& file : files) {
    const DicomObject object = TRY(object_of(file));
    if (!client->takes(object.kind)) {
      complain_of(file, Error(ErrorCode::unsupported, "the peer takes no objects of this class so written"));
      exit_code = kFound;
      continue;
    }
    const DimseStatus status = TRY(client->store(object));
    output.line(fmt::format("{:04X} {}", status.code, object.sop_instance));
    if (status.code != connect::dimse_status::kSuccess && !connect::is_warning(status.code)) exit_code = kFound;
  }
  TRY(client->release());
  return exit_code;
}

int finish(const Result<int>& done, Output& output) {
  const Result<> written = output.finish();
  if (!done) complain(done.error().message());
  return done && written ? *done : kFailed;
}

}  // namespace

int run_dicom_echo(const DicomEchoOptions& options) {
  Output output;
  return finish(echo(options, output), output);
}

int run_dicom_send(const DicomSendOptions& options) {
  Output output;
  return finish(send(options, output), output);
}

}  // namespace meridian::app
