// The page at `/`: shows that the server is alive and what is in it, and runs a search.
#pragma once

#include <string_view>

namespace meridian::http {
class Router;
}

namespace meridian::app {

/// The page's HTML, embedded in the program.
std::string_view page_html();

/// Answers `/` with it.
void mount_page(http::Router& router);

}  // namespace meridian::app
