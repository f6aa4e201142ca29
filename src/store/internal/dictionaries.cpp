#include "store/internal/dictionaries.hpp"

#include <array>

extern "C" {
extern const char meridian_store_dictionary_1[];
extern const char meridian_store_dictionary_1_end[];
}

namespace meridian::store {

std::span<const Dictionary> dictionaries() {
  static const std::array<Dictionary, 1> all{{
      {1,
       {meridian_store_dictionary_1,
        static_cast<std::size_t>(meridian_store_dictionary_1_end - meridian_store_dictionary_1)}},
  }};
  return all;
}

}  // namespace meridian::store
