// WebSocket: frames alone, and conversations over loopback sockets.
#include "http/websocket.hpp"

#include <gtest/gtest.h>

#include <future>

#include "http/internal/websocket_deflate.hpp"
#include "http/internal/websocket_frames.hpp"
#include "http/internal/websocket_handshake.hpp"
#include "http/testing/raw_client.hpp"
#include "http/testing/test_server.hpp"

namespace meridian::http {
namespace {

using namespace std::string_literals;
using internal::append_frame;
using internal::deflate_message;
using internal::inflate_message;
using internal::Inflated;
using internal::MessageReader;
using internal::Opcode;
using internal::Packing;
using testing::RawClient;
using testing::TestServer;

constexpr std::uint32_t kMask = 0x12345678;

std::string client_frame(Opcode opcode, std::string_view payload) {
  std::string out;
  append_frame(out, opcode, payload, kMask);
  return out;
}

class EchoHandler final : public WebSocketHandler {
 public:
  explicit EchoHandler(std::promise<CloseCode>& closed) : closed_(closed) {}
  void opened(std::shared_ptr<WebSocket> socket) override { socket_ = std::move(socket); }
  void received(MessageKind kind, std::string message) override {
    if (message == "close me") return socket_->close(CloseCode::going_away, "as you wish");
    (void)socket_->send(kind, message);
  }
  void closed(CloseCode code) override { closed_.set_value(code); }

 private:
  std::promise<CloseCode>& closed_;
  std::shared_ptr<WebSocket> socket_;
};

class WebSockets : public ::testing::Test {
 protected:
  WebSockets() {
    Router router;
    WebSocketRules rules;
    rules.max_message_bytes = 1000;
    rules.subprotocol = "echo";
    router.add_websocket(
        "/socket",
        [this](const Request&) -> Result<std::unique_ptr<WebSocketHandler>> {
          return std::make_unique<EchoHandler>(closed_);
        },
        rules);
    ServerOptions options;
    options.times.idle_ms = 400;
    server_ = std::make_unique<TestServer>(std::move(router), options);
    client_ = std::make_unique<RawClient>(server_->port());
  }
  testing::RawResponse upgrade(const std::string& fields = {}) {
    client_->send(
        "GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
        fields + "\r\n");
    return client_->response();
  }
  /// The next message of the server.
  MessageReader::Event receive() {
    while (true) {
      std::string_view rest = unread_;
      std::optional<MessageReader::Event> event = reader_.read(rest);
      unread_.erase(0, unread_.size() - rest.size());
      if (event) return *std::move(event);
      const std::string more = client_->read(1);
      if (more.empty()) return {Opcode::close, "cut", CloseCode::broken};
      unread_ += more;
    }
  }

  std::promise<CloseCode> closed_;
  std::unique_ptr<TestServer> server_;
  std::unique_ptr<RawClient> client_;
  MessageReader reader_{MessageReader::Side::client, 1 << 20};
  std::string unread_;
};

TEST_F(WebSockets, answer_the_handshake_as_the_standards_example) {
  const testing::RawResponse response = upgrade("Sec-WebSocket-Protocol: chat, echo\r\n");
  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(response.field("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(response.field("Sec-WebSocket-Protocol"), "echo");
}

TEST_F(WebSockets, carry_text_and_bytes_both_ways) {
  upgrade();
  client_->send(client_frame(Opcode::text, "你好"));
  EXPECT_EQ(receive().payload, "你好");
  client_->send(client_frame(Opcode::binary, std::string(500, '\xff')));
  const MessageReader::Event bytes = receive();
  EXPECT_EQ(bytes.opcode, Opcode::binary);
  EXPECT_EQ(bytes.payload, std::string(500, '\xff'));
  client_->send(client_frame(Opcode::ping, "are you there"));
  const MessageReader::Event pong = receive();
  EXPECT_EQ(pong.opcode, Opcode::pong);
  EXPECT_EQ(pong.payload, "are you there");
}

TEST_F(WebSockets, close_when_either_side_says_so) {
  upgrade();
  client_->send(client_frame(Opcode::close, internal::close_payload(CloseCode::normal, "bye")));
  EXPECT_EQ(receive().code, CloseCode::normal);
  EXPECT_EQ(closed_.get_future().get(), CloseCode::normal);
  EXPECT_TRUE(client_->is_closed());
}

TEST_F(WebSockets, close_when_the_handler_says_so) {
  upgrade();
  client_->send(client_frame(Opcode::text, "close me"));
  const MessageReader::Event close = receive();
  EXPECT_EQ(close.code, CloseCode::going_away);
  EXPECT_EQ(close.payload, "as you wish");
}

TEST_F(WebSockets, tell_the_handler_when_the_peer_vanishes) {
  upgrade();
  client_.reset();
  EXPECT_EQ(closed_.get_future().get(), CloseCode::broken);
}

TEST_F(WebSockets, refuse_messages_that_are_too_long) {
  upgrade();
  client_->send(client_frame(Opcode::text, std::string(1001, 'x')));
  EXPECT_EQ(receive().code, CloseCode::too_big);
}

TEST_F(WebSockets, refuse_text_that_is_not_utf8) {
  upgrade();
  client_->send(client_frame(Opcode::text, "\xc0\x80"));
  EXPECT_EQ(receive().code, CloseCode::invalid_payload);
}

TEST_F(WebSockets, ping_a_silent_peer_and_give_up_a_dead_one) {
  upgrade();
  EXPECT_EQ(receive().opcode, Opcode::ping);
  EXPECT_EQ(closed_.get_future().get(), CloseCode::broken);
}

TEST_F(WebSockets, are_refused_to_pages_of_other_sites) {
  EXPECT_EQ(upgrade("Origin: https://evil.example\r\n").status, 403);
  EXPECT_EQ(upgrade("Origin: http://localhost\r\n").status, 101);
}

TEST_F(WebSockets, are_not_opened_by_an_ordinary_request) {
  client_->send("GET /socket HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client_->response().status, 426);
}

TEST_F(WebSockets, compress_what_is_worth_it_when_the_client_offers_that) {
  const testing::RawResponse response =
      upgrade("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
  EXPECT_EQ(response.field("Sec-WebSocket-Extensions"),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
  MessageReader reader(MessageReader::Side::client, 1 << 20, Packing::deflated);
  const std::string message(900, 'z');
  const std::string deflated = deflate_message(message, 15);
  std::string frame;
  append_frame(frame, Opcode::text, deflated, kMask, Packing::deflated);
  for (int i = 0; i < 2; ++i) {
    client_->send(frame);
    std::optional<MessageReader::Event> event;
    std::size_t on_the_wire = 0;
    while (!event) {
      const std::string byte = client_->read(1);
      ASSERT_FALSE(byte.empty());
      ++on_the_wire;
      std::string_view rest = byte;
      event = reader.read(rest);
    }
    EXPECT_EQ(event->payload, message);
    EXPECT_LT(on_the_wire, 100u);
  }
  client_->send(client_frame(Opcode::text, "short"));
  EXPECT_EQ(receive().payload, "short") << "plain messages may stand among compressed ones";
}

TEST_F(WebSockets, refuse_a_message_that_grows_beyond_its_limit) {
  upgrade("Sec-WebSocket-Extensions: permessage-deflate\r\n");
  std::string bomb;
  append_frame(bomb, Opcode::text, deflate_message(std::string(100'000, 'z'), 15), kMask, Packing::deflated);
  client_->send(bomb);
  EXPECT_EQ(receive().code, CloseCode::too_big);
}

TEST_F(WebSockets, know_no_compression_that_was_not_agreed) {
  EXPECT_EQ(upgrade("Sec-WebSocket-Extensions: x-other\r\n").field("Sec-WebSocket-Extensions"), "");
  std::string frame;
  append_frame(frame, Opcode::text, deflate_message("text", 15), kMask, Packing::deflated);
  client_->send(frame);
  EXPECT_EQ(receive().code, CloseCode::protocol_error);
}

TEST(Deflate, agrees_to_the_first_offer_that_can_be_kept) {
  const auto agreed = [](std::string_view offers) {
    const std::optional<internal::DeflateTerms> terms = internal::negotiate_deflate(offers);
    return terms ? terms->to_text() : std::string();
  };
  const std::string plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  EXPECT_EQ(agreed("permessage-deflate"), plain);
  EXPECT_EQ(agreed("x-webkit-frame, Permessage-Deflate ; client_max_window_bits=10"), plain);
  EXPECT_EQ(agreed("permessage-deflate; server_max_window_bits=\"11\""), plain + "; server_max_window_bits=11");
  EXPECT_EQ(agreed("permessage-deflate; server_max_window_bits=8, permessage-deflate"), plain);
  for (const std::string_view bad :
       {"", "permessage-deflate; unknown", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=16", "permessage-deflate; server_max_window_bits=09",
        "permessage-deflate; client_no_context_takeover=1",
        "permessage-deflate; client_max_window_bits; client_max_window_bits"}) {
    EXPECT_EQ(agreed(bad), "") << bad;
  }
}

TEST(Deflate, brings_messages_back_and_refuses_broken_ones) {
  std::string out;
  for (const int bits : {9, 12, 15}) {
    for (const std::size_t size : {0U, 1U, 1000U, 100'000U}) {
      std::string message;
      for (std::size_t i = 0; i < size; ++i) message += static_cast<char>(i * i >> 3);
      ASSERT_EQ(inflate_message(deflate_message(message, bits), size, out), Inflated::ok) << bits << ' ' << size;
      EXPECT_EQ(out, message);
      if (size > 0) {
        EXPECT_EQ(inflate_message(deflate_message(message, bits), size - 1, out), Inflated::too_large);
      }
    }
  }
  // The standard's examples: "Hello" in a fixed block, in a stored one, and with a last block (section 7.2.3).
  EXPECT_EQ(inflate_message("\xf2\x48\xcd\xc9\xc9\x07\x00"s, 10, out), Inflated::ok);
  EXPECT_EQ(out, "Hello");
  EXPECT_EQ(inflate_message("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"s, 10, out), Inflated::ok);
  EXPECT_EQ(out, "Hello");
  EXPECT_EQ(inflate_message("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s, 10, out), Inflated::ok);
  EXPECT_EQ(out, "Hello");
  EXPECT_EQ(inflate_message("\xff\xff\xff"s, 10, out), Inflated::malformed);
  EXPECT_EQ(inflate_message("\x00\x20\x00\xdf\xff\x48"s, 100, out), Inflated::malformed) << "a block that is cut";
}

TEST(MessageReader, reads_the_same_messages_however_the_bytes_arrive) {
  std::string bytes = client_frame(Opcode::text, std::string(300, 'a')) + client_frame(Opcode::ping, "p");
  std::string fragment = client_frame(Opcode::text, "one ");
  fragment[0] = static_cast<char>(Opcode::text);  // not final
  std::string last = client_frame(Opcode::continuation, "message");
  bytes += fragment + client_frame(Opcode::ping, "between") + last;
  for (std::size_t step = 1; step < bytes.size(); step += 7) {
    MessageReader reader(MessageReader::Side::server, 1000);
    std::vector<std::string> payloads;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      std::string_view piece = std::string_view(bytes).substr(at, step);
      while (auto event = reader.read(piece)) payloads.push_back(event->payload);
      EXPECT_FALSE(reader.fault());
    }
    EXPECT_EQ(payloads, (std::vector<std::string>{std::string(300, 'a'), "p", "between", "one message"}));
  }
}

TEST(MessageReader, refuses_what_breaks_the_protocol) {
  const auto fault_of = [](const std::string& bytes) {
    MessageReader reader(MessageReader::Side::server, 1000);
    std::string_view rest = bytes;
    while (reader.read(rest)) {
    }
    return reader.fault();
  };
  std::string unmasked;
  append_frame(unmasked, Opcode::text, "x");
  EXPECT_EQ(fault_of(unmasked), CloseCode::protocol_error);
  EXPECT_EQ(fault_of(client_frame(static_cast<Opcode>(3), "x")), CloseCode::protocol_error);
  EXPECT_EQ(fault_of(client_frame(Opcode::continuation, "x")), CloseCode::protocol_error);
  EXPECT_EQ(fault_of(client_frame(Opcode::ping, std::string(126, 'x'))), CloseCode::protocol_error);
  EXPECT_EQ(fault_of(client_frame(Opcode::close, "x")), CloseCode::protocol_error);
  EXPECT_EQ(fault_of(client_frame(Opcode::close, std::string("\x03\xed", 2))), CloseCode::protocol_error);
  std::string reserved = client_frame(Opcode::text, "x");
  reserved[0] = static_cast<char>(0xc1);
  EXPECT_EQ(fault_of(reserved), CloseCode::protocol_error);
}

}  // namespace
}  // namespace meridian::http
