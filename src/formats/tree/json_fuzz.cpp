// Property: a text that is read gives a tree that hangs together: every element is found by its number, lies behind its
// parent and in front of what follows it, and depth and count keep the limits. What cannot be read says one thing.
#include <cstdint>
#include <cstdlib>

#include "formats/tree/json.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meridian;
  using namespace meridian::tree;
  JsonOptions options;
  options.limits.max_depth = 20;
  options.limits.max_elements = 2'000;
  options.has_simple_names = size % 2 == 0;
  Issues issues;
  const Document document = read_json({reinterpret_cast<const char*>(data), size}, options, issues);
  require(static_cast<bool>(document) != issues.has_fatal());
  if (!document) {
    require(issues.all().size() == 1);
    return 0;
  }
  std::uint32_t named = 0;
  for (std::uint32_t i = 1; i <= document.element_count(); ++i) {
    const Element element = document.element(i);
    require(element.number() == i);
    const Element parent = element.parent();
    require((i == 1) == !parent);
    require(!parent || parent.number() < i);
    require(!element.next() || (element.next().parent() == parent && element.next().number() > i));
    require(!element.first_child() || element.first_child().number() == i + 1);
    std::uint32_t depth = 0;
    for (Element at = element; at; at = at.parent()) ++depth;
    require(depth <= options.limits.max_depth + 2);
    if (element.first_child()) ++named;
  }
  require(named <= options.limits.max_elements);
  return 0;
}
