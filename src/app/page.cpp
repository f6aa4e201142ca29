#include "app/page.hpp"

#include <cstddef>
#include <string>

#include "http/router.hpp"

extern "C" {
extern const char meridian_page_begin[];
extern const char meridian_page_end[];
}

namespace meridian::app {

std::string_view page_html() {
  return {meridian_page_begin, static_cast<std::size_t>(meridian_page_end - meridian_page_begin)};
}

void mount_page(http::Router& router) {
  router
      .add(http::Method::get, "/",
           [](const http::Request&) {
             return http::Response::bytes("text/html; charset=utf-8", std::string(page_html()))
                 .with("Cache-Control", "no-cache")
                 .with("Content-Security-Policy",
                       "default-src 'none'; connect-src 'self'; img-src 'self'; script-src 'unsafe-inline'; style-src "
                       "'unsafe-inline'; "
                       "base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
                 .with("X-Content-Type-Options", "nosniff");
           })
      .run(http::Run::inline_)
      .hidden();
}

}  // namespace meridian::app
