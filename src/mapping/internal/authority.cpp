#include "mapping/internal/authority.hpp"

#include <cstdio>

#include "base/uuid.hpp"
#include "mapping/internal/text_rules.hpp"

namespace meridian::mapping::internal {

bool is_oid(std::string_view text) {
  return text.size() > 2 && text[0] >= '0' && text[0] <= '2' && text[1] == '.' &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string uri_part(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
    if (is_plain) {
      out += c;
    } else {
      char encoded[4];
      std::snprintf(encoded, sizeof encoded, "%%%02X", static_cast<unsigned char>(c));
      out += encoded;
    }
  }
  return out;
}

std::string authority_uri(std::string_view name, std::string_view universal, std::string_view kind) {
  if (!universal.empty()) {
    if (is_oid(universal)) return "urn:oid:" + std::string(universal);
    if (kind == "UUID" || kind == "GUID") {
      if (const Result<Uuid> uuid = Uuid::parse(universal)) return "urn:uuid:" + uuid->to_string();
    }
    if (kind == "URI" || universal.find("://") != std::string_view::npos) {
      if (universal.find_first_of(" \t\r\n") == std::string_view::npos) return clean(universal);
    }
    if (name.empty()) return "urn:id:" + uri_part(universal);
  }
  return name.empty() ? std::string() : "urn:id:" + uri_part(name);
}

}  // namespace meridian::mapping::internal
