// hl7 send: messages of files, sent by MLLP one after another; or many at once, to see what a receiver can take.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/hl7_files.hpp"
#include "app/host_port.hpp"
#include "app/mllp_load.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "connect/mllp_client.hpp"
#include "ingest/hl7_header.hpp"
#include "net/io.hpp"

namespace meridian::app {
namespace {

Result<connect::MllpClientOptions> client_options(const Hl7SendOptions& options) {
  connect::MllpClientOptions client;
  HostPort to = TRY(parse_host_port("--to", options.to));
  client.host = std::move(to.host);
  client.port = to.port;
  client.tls = options.tls;
  client.certificates.authorities = options.authorities;
  client.certificates.certificate_chain = options.certificate;
  client.certificates.private_key = options.key;
  client.answer_ms = std::int64_t{options.seconds} * 1000;
  return client;
}

Result<int> try_out(const Hl7SendOptions& options, Output& output) {
  std::vector<std::string> messages;
  for (const std::string& file : options.files) {
    for (std::string& message : TRY(read_messages(file))) messages.push_back(std::move(message));
  }
  if (messages.empty()) return fail(ErrorCode::malformed_input, kNoMessages);
  const MllpLoadReport report =
      TRY(send_many(TRY(client_options(options)), std::move(messages),
                    {.connections = options.connections, .times = options.times, .rate = options.rate}));
  output.line(load_text(report.figures, "messages"));
  int exit_code = kOk;
  for (const auto& [code, count] : report.answers) {
    output.line(fmt::format("{} {}", code.empty() ? "??" : code, count));
    if (code != "AA" && code != "CA") exit_code = kFound;
  }
  return exit_code;
}

Result<int> send(const Hl7SendOptions& options, Output& output) {
  if (options.connections > 1 || options.times > 1 || options.rate > 0) return try_out(options, output);
  net::Io io;
  const auto client = TRY(connect::MllpClient::create(TRY(client_options(options)), io));
  const ingest::Hl7HeaderReader reader;
  int exit_code = kOk;
  std::size_t sent = 0;
  for (const std::string& file : options.files) {
    for (std::string& message : TRY(read_messages(file))) {
      const std::string control_id = reader.read(message).control_id;
      const std::string answer = TRY(client->send(std::move(message)));
      const std::string code = acknowledgement_code(answer);
      output.line((code.empty() ? "??" : code) + ' ' + control_id);
      if (code != "AA" && code != "CA") exit_code = kFound;
      ++sent;
    }
  }
  if (sent == 0) return fail(ErrorCode::malformed_input, kNoMessages);
  return exit_code;
}

}  // namespace

int run_hl7_send(const Hl7SendOptions& options) {
  Output output;
  const Result<int> done = send(options, output);
  const Result<> written = output.finish();
  if (!done) complain(done.error().message());
  return done && written ? *done : kFailed;
}

}  // namespace meridian::app
