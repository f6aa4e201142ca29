#include "app/dicom_peer.hpp"

#include <string>
#include <utility>

#include "app/host_port.hpp"

namespace meridian::app {

Result<connect::DicomClientOptions> client_options(const DicomPeerOptions& peer) {
  connect::DicomClientOptions client;
  HostPort to = TRY(parse_host_port("--to", peer.to));
  client.host = std::move(to.host);
  client.port = to.port;
  for (const std::string& title : {peer.called, peer.calling}) {
    if (title.empty() || title.size() > 16) {
      return fail(ErrorCode::invalid_argument, "an AE title has 1 to 16 characters, not \"" + title + "\"");
    }
  }
  client.called = peer.called;
  client.calling = peer.calling;
  client.tls = peer.tls;
  client.certificates = {peer.authorities, peer.certificate, peer.key};
  client.answer_ms = std::int64_t{peer.seconds} * 1000;
  return client;
}

}  // namespace meridian::app
