#include "store/internal/dictionaries.hpp"

namespace meridian::store {

std::span<const Dictionary> dictionaries() {
  return {};
}

}  // namespace meridian::store
