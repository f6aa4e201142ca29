#include "mapping/stable_id.hpp"

#include "base/hash.hpp"

namespace meridian::mapping {
namespace {

constexpr std::size_t kBlock = 64;

std::string_view bytes_of(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

StableIds::StableIds(std::string_view tenant_key) {
  std::string key(tenant_key);
  if (key.size() > kBlock) key = bytes_of(sha256(key));
  key.resize(kBlock, '\0');
  inner_ = outer_ = key;
  for (char& c : inner_) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer_) c = static_cast<char>(c ^ 0x5c);
}

Uuid StableIds::id(std::string_view type, std::string_view authority, std::string_view identifier,
                   std::uint32_t epoch) const {
  std::string text = inner_;
  text += type;
  text += '\0';
  text += authority;
  text += '\0';
  text += identifier;
  text += '\0';
  text += std::to_string(epoch);
  const Sha256Digest inner = sha256(text);
  text = outer_;
  text += bytes_of(inner);
  return Uuid::of_digest(sha256(text));
}

}  // namespace meridian::mapping
