#include "rest/context.hpp"

#include <charconv>

namespace meridian::rest {
namespace {

Result<store::TenantId> tenant_of(const http::Request& request) {
  const std::string_view text = request.path_parameter("tenant");
  if (text.empty()) return store::kDefaultTenant;
  std::uint32_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || number == 0 || text.front() == '0') {
    return fail(ErrorCode::not_found, "a tenant is named by a number above 0: /t/2/fhir");
  }
  return store::TenantId(number);
}

}  // namespace

Result<Context> context_of(const http::Request& request) {
  Context context{store::local_reader(), store::local_writer()};
  context.reader.tenant = context.writer.tenant = TRY(tenant_of(request));
  context.reader.deadline = context.writer.deadline = request.deadline;
  context.reader.stop = context.writer.stop = request.stop;
  context.writer.source = "rest";
  return context;
}

std::string fhir_root(const http::Request& request) {
  const std::string_view tenant = request.path_parameter("tenant");
  return tenant.empty() ? "/fhir" : "/t/" + std::string(tenant) + "/fhir";
}

}  // namespace meridian::rest
