// The way of images into a CodeSystem and out of it.
#pragma once

#include <memory>
#include <utility>

#include "terminology/internal/code_system_tables.hpp"

namespace meridian::terminology::internal {

class CodeSystemImage {
 public:
  static const CodeSystem::Tables& tables(const CodeSystem& system) { return *system.tables_; }
  static CodeSystemPtr make(std::unique_ptr<CodeSystem::Tables> tables) {
    return CodeSystemPtr(new CodeSystem(std::move(tables)));
  }
};

}  // namespace meridian::terminology::internal
