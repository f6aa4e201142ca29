// MapperPool: mappers of one catalogue and context, one for each thread that maps. Any thread.
#pragma once

#include <memory>
#include <utility>

#include "base/pool.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/mapper.hpp"

namespace meridian::ingest::internal {

class MapperPool {
 public:
  MapperPool(std::shared_ptr<const mapping::Catalogue> catalogue, mapping::MappingContext context)
      : catalogue_(std::move(catalogue)), context_(std::move(context)), idle_(kKept) {}

  /// What a mapper makes of these.
  template <typename... Of>
  mapping::Mapped map(const Of&... of) const {
    std::unique_ptr<mapping::Mapper> mapper =
        idle_.take_or([this] { return std::make_unique<mapping::Mapper>(catalogue_, context_); });
    mapping::Mapped mapped = mapper->map(of...);
    idle_.give(std::move(mapper));
    return mapped;
  }

  const mapping::Catalogue& catalogue() const { return *catalogue_; }
  const mapping::MappingContext& context() const { return context_; }

 private:
  static constexpr std::size_t kKept = 16;
  const std::shared_ptr<const mapping::Catalogue> catalogue_;
  const mapping::MappingContext context_;
  mutable Pool<mapping::Mapper> idle_;
};

}  // namespace meridian::ingest::internal
