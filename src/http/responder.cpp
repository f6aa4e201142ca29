#include "http/responder.hpp"

#include <utility>

namespace meridian::http {

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    const Responder old(std::exchange(target_, std::move(other.target_)));
  }
  return *this;
}

Responder::~Responder() {
  if (target_) target_->send(Response::problem(500, "The request was not answered."));
}

void Responder::send(Response response) && {
  if (const std::shared_ptr<Target> target = std::exchange(target_, nullptr)) target->send(std::move(response));
}

}  // namespace meridian::http
