// Loaded code systems over HTTP: which there are, one more, one less. Bodies are images (terminology/image.hpp): who
// loads has read the files of a terminology into one, so that the server takes nothing but what is ready.
//
// GET, POST and DELETE /api/v1/terminology/systems. An answer of 200 to POST says that the system is on the disk and in
// force. Specification: our own.
#pragma once

namespace meridian::http {
class Router;
}
namespace meridian::terminology {
class Folder;
class Library;
}  // namespace meridian::terminology

namespace meridian::rest {

/// Both outlive the router.
void mount_terminology(http::Router& router, terminology::Library& library, terminology::Folder& folder);

}  // namespace meridian::rest
