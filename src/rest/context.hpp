// Context: who asks, for which tenant, until when. The one place where a request becomes a ReadContext and a
// WriteContext of the store: real identities will come in here and nowhere else.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/request.hpp"
#include "store/context.hpp"

namespace meridian::rest {

struct Context {
  store::ReadContext reader;
  store::WriteContext writer;
};

/// The tenant is that of the path: `/t/{tenant}/…`, a number; without, the default one. Errors: not_found.
Result<Context> context_of(const http::Request& request);

/// The path in front of the interactions: "/fhir" or "/t/2/fhir".
std::string fhir_root(const http::Request& request);

}  // namespace meridian::rest
