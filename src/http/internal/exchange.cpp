#include "http/internal/exchange.hpp"

#include "http/internal/answering.hpp"

namespace meridian::http::internal {

Exchange::Exchange(net::Loop& loop, const Request& request, std::shared_ptr<const ServerOptions> options)
    : method_(request.method),
      steering_(steering_fields(request.headers)),
      options_(std::move(options)),
      signal_(std::make_shared<Signal>(loop)) {}

void Exchange::send(Response response) {
  {
    const std::lock_guard lock(mutex_);
    if (abandoned_ || response_) return;
  }
  prepare(response, method_, steering_, *options_);
  {
    const std::lock_guard lock(mutex_);
    if (abandoned_ || response_) return;
    response_ = std::move(response);
    signal_->notify();
  }
}

void Exchange::wake() {
  const std::lock_guard lock(mutex_);
  if (!abandoned_) signal_->notify();
}

std::optional<Response> Exchange::take() {
  const std::lock_guard lock(mutex_);
  if (!response_) return std::nullopt;
  abandoned_ = true;  // one answer is enough
  return std::move(response_);
}

void Exchange::abandon() {
  std::optional<Response> dropped;
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    dropped.swap(response_);
  }
  stop_.request_stop();
}

}  // namespace meridian::http::internal
