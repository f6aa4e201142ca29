#include "search/internal/trace.hpp"

namespace meridian::search::internal {

void Trace::step(std::string_view what, std::uint64_t expected, std::uint64_t found, std::int64_t nanoseconds) {
  if (!on_) return;
  text_.append(static_cast<std::size_t>(depth_) * 2, ' ');
  text_ += what;
  text_ += ": " + std::to_string(expected) + " expected, " + std::to_string(found) + " found, " +
           std::to_string(nanoseconds / 1000) + " us\n";
}

void Trace::note(std::string_view what) {
  if (!on_) return;
  text_.append(static_cast<std::size_t>(depth_) * 2, ' ');
  text_ += what;
  text_ += '\n';
}

}  // namespace meridian::search::internal
