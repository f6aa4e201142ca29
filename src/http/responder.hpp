// Responder: the promise of one response, kept by a deferred handler and redeemed once, from any thread.
//
// Safe when the client has gone: send() then does nothing. One that is destroyed unused answers 500, so that no
// request hangs. Moves; does not copy.
#pragma once

#include <memory>

#include "http/response.hpp"

namespace meridian::http {

class Responder {
 public:
  struct Target {
    virtual ~Target() = default;
    virtual void send(Response response) = 0;
  };

  Responder() = default;
  explicit Responder(std::shared_ptr<Target> target) : target_(std::move(target)) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&& other) noexcept;
  ~Responder();

  void send(Response response) &&;
  explicit operator bool() const { return target_ != nullptr; }

 private:
  std::shared_ptr<Target> target_;
};

}  // namespace meridian::http
