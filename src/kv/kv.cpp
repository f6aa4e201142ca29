#include "kv/kv.hpp"

namespace meridian::kv {

Range Range::prefix(std::string_view bytes) {
  // The first key that does not begin so: the last byte that can grow grows, and what follows it falls away.
  std::string end(bytes);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return {std::string(bytes), std::move(end)};
}

void Batch::put(SpaceId space, std::string_view key, std::string_view value) {
  add(Entry::Kind::put, space, key, value);
}

void Batch::erase(SpaceId space, std::string_view key) {
  add(Entry::Kind::erase, space, key, {});
}

void Batch::require_absent(SpaceId space, std::string_view key) {
  add(Entry::Kind::absent, space, key, {});
}

void Batch::require_value(SpaceId space, std::string_view key, std::string_view value) {
  add(Entry::Kind::value, space, key, value);
}

void Batch::clear() {
  entries_.clear();
  arena_.clear();
}

std::string_view Batch::key(const Entry& entry) const {
  return std::string_view(arena_).substr(entry.offset, entry.key_size);
}

std::string_view Batch::value(const Entry& entry) const {
  return std::string_view(arena_).substr(entry.offset + entry.key_size, entry.value_size);
}

void Batch::add(Entry::Kind kind, SpaceId space, std::string_view key, std::string_view value) {
  entries_.push_back(
      {kind, space, static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(value.size()), arena_.size()});
  arena_ += key;
  arena_ += value;
}

Result<> check_key(std::string_view key) {
  if (key.empty()) return fail(ErrorCode::invalid_argument, "a key has at least one byte");
  if (key.size() > kMaxKeyBytes) {
    return fail(ErrorCode::too_large, "a key has at most " + std::to_string(kMaxKeyBytes) + " bytes");
  }
  return {};
}

Result<> check_batch(const Batch& batch, std::size_t spaces) {
  if (batch.bytes() > kMaxBatchBytes) {
    return fail(ErrorCode::too_large, "a batch has at most " + std::to_string(kMaxBatchBytes) + " bytes");
  }
  for (const Batch::Entry& entry : batch.entries()) {
    if (static_cast<std::size_t>(entry.space) >= spaces) return fail(ErrorCode::invalid_argument, "no such space");
    TRY(check_key(batch.key(entry)));
  }
  return {};
}

Result<> check_load(std::span<const std::pair<std::string, std::string>> entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    TRY(check_key(entries[i].first));
    if (i > 0 && entries[i - 1].first >= entries[i].first) {
      return fail(ErrorCode::invalid_argument, "entries to load are not in ascending order of key");
    }
  }
  return {};
}

}  // namespace meridian::kv
