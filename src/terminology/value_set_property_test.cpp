#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "terminology/code_system_builder.hpp"
#include "terminology/value_set.hpp"

// Random hierarchies and random composes, against sets of codes computed one by one.

namespace meridian::terminology {
namespace {

using Codes = std::set<std::pair<std::string, std::string>>;  // system, code

struct PlainCode {
  std::vector<std::string> parents;
  std::map<std::string, std::string> properties;
  bool is_active = true;
};

struct World : Sources {
  std::map<std::string, std::map<std::string, PlainCode>> plain;
  std::map<std::string, CodeSystemPtr> systems;
  std::map<std::string, ValueSet> sets;

  CodeSystemPtr code_system(std::string_view url, std::string_view /*version*/) const override {
    return systems.at(std::string(url));
  }
  Grammar grammar(std::string_view /*system*/) const override { return nullptr; }
  bool value_set(std::string_view canonical, CodeSetPtr& /*made*/, const ValueSet*& defined) const override {
    defined = &sets.at(std::string(canonical));
    return true;
  }
};

class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed) {}
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }

  void make_system(World& world, const std::string& url) {
    CodeSystemBuilder builder({.url = url});
    const std::uint32_t count = 1 + below(20);
    for (std::uint32_t at = 0; at < count; ++at) {
      const std::string code = "c" + std::to_string(at);
      PlainCode& plain = world.plain[url][code];
      const std::uint32_t place = builder.add(code, "Name " + code);
      for (std::uint32_t link = below(3); link > 0 && at > 0; --link) {
        plain.parents.push_back("c" + std::to_string(below(at)));
        builder.add_parent(place, plain.parents.back());
      }
      if (at == 0 || below(2) == 0) {  // so that the property is one of the system
        plain.properties["p"] = std::to_string(below(3));
        builder.add_property(place, "p", ValueType::code, plain.properties["p"]);
      }
      plain.is_active = below(5) != 0;
      builder.set_active(place, plain.is_active);
    }
    world.systems[url] = builder.build()->system;
  }

  Include include(std::uint32_t sets) {
    Include made;
    if (sets > 0 && below(3) == 0) {
      for (std::uint32_t n = 1 + below(2); n > 0; --n) made.value_sets.push_back("v" + std::to_string(below(sets)));
      if (below(2) == 0) return made;
    }
    made.system = "s" + std::to_string(below(3));
    const auto some_code = [&] { return "c" + std::to_string(below(22)); };
    switch (below(4)) {
      case 0:
        for (std::uint32_t n = 1 + below(5); n > 0; --n) made.codes.emplace_back(some_code(), Wording());
        break;
      case 1:
        break;
      default:
        for (std::uint32_t n = 1 + below(2); n > 0; --n) made.filters.push_back(filter(some_code()));
    }
    return made;
  }

 private:
  Filter filter(const std::string& code) {
    static constexpr std::array<const char*, 4> kHierarchy{"is-a", "descendent-of", "is-not-a", "generalizes"};
    switch (below(6)) {
      case 0:
        return {"p", "=", std::to_string(below(3))};
      case 1:
        return {"p", "exists", below(2) == 0 ? "true" : "false"};
      case 2:
        return {below(2) == 0 ? "p" : "concept", below(2) == 0 ? "in" : "not-in", "0,2," + code};
      case 3:
        return {"code", "regex", "c1.*|c" + std::to_string(below(9))};
      default:
        return {"concept", kHierarchy[below(4)], code};
    }
  }
  std::mt19937 random_;
};

/// The same by definition, code by code.
class Naive {
 public:
  explicit Naive(const World& world) : world_(world) {}

  Codes codes(const ValueSet& set) const {
    Codes all;
    for (const Include& include : set.includes) all.merge(of(include));
    for (const Include& exclude : set.excludes) {
      for (const auto& one : of(exclude)) all.erase(one);
    }
    if (!set.takes_inactive) {
      std::erase_if(all, [&](const auto& one) { return !world_.plain.at(one.first).at(one.second).is_active; });
    }
    return all;
  }

 private:
  Codes of(const Include& include) const {
    Codes all;
    for (const auto& [system, plain] : world_.plain) {
      for (const auto& [code, said] : plain) {
        if (passes(include, system, code)) all.emplace(system, code);
      }
    }
    return all;
  }
  bool passes(const Include& include, const std::string& system, const std::string& code) const {
    if (!include.system.empty() && system != include.system) return false;
    if (!include.codes.empty()) {
      bool is_listed = false;
      for (const auto& [listed, wording] : include.codes) is_listed |= listed == code;
      if (!is_listed) return false;
    }
    for (const Filter& filter : include.filters) {
      if (!passes(filter, system, code)) return false;
    }
    for (const std::string& set : include.value_sets) {
      if (!codes(world_.sets.at(set)).contains({system, code})) return false;
    }
    return true;
  }
  bool is_below(const std::string& system, const std::string& code, const std::string& ancestor) const {
    if (code == ancestor) return true;
    for (const std::string& parent : world_.plain.at(system).at(code).parents) {
      if (is_below(system, parent, ancestor)) return true;
    }
    return false;
  }
  static bool is_listed(const std::string& list, const std::string& value) {
    return ("," + list + ",").find("," + value + ",") != std::string::npos;
  }
  bool passes(const Filter& filter, const std::string& system, const std::string& code) const {
    const auto& properties = world_.plain.at(system).at(code).properties;
    const auto own = properties.find("p");
    const bool exists = own != properties.end();
    const bool is_there = world_.plain.at(system).contains(filter.value);
    if (filter.op == "=") return exists && own->second == filter.value;
    if (filter.op == "exists") return exists == (filter.value == "true");
    if (filter.op == "regex") return code.starts_with("c1") || code == filter.value.substr(filter.value.find('|') + 1);
    if (filter.op == "in" || filter.op == "not-in") {
      const bool is_in =
          filter.property == "p" ? exists && is_listed(filter.value, own->second) : is_listed(filter.value, code);
      return is_in == (filter.op == "in");
    }
    if (filter.op == "is-a") return is_there && is_below(system, code, filter.value);
    if (filter.op == "descendent-of") return is_there && code != filter.value && is_below(system, code, filter.value);
    if (filter.op == "is-not-a") return !is_there || !is_below(system, code, filter.value);
    return is_there && is_below(system, filter.value, code);  // generalizes
  }
  const World& world_;
};

TEST(ComposeProperty, agrees_with_sets_computed_code_by_code) {
  std::size_t compared = 0;
  for (std::uint32_t seed = 0; seed < 250; ++seed) {
    Maker maker(seed);
    World world;
    for (const char* url : {"s0", "s1", "s2"}) maker.make_system(world, url);
    for (std::uint32_t set = 0; set < 4; ++set) {
      ValueSet made;
      made.url = "v" + std::to_string(set);
      made.takes_inactive = maker.below(3) != 0;
      for (std::uint32_t n = 1 + maker.below(3); n > 0; --n) made.includes.push_back(maker.include(set));
      for (std::uint32_t n = maker.below(3); n > 0; --n) made.excludes.push_back(maker.include(set));
      world.sets[made.url] = made;
      const Result<CodeSet> composed = compose(made, world);
      ASSERT_TRUE(composed.has_value());
      ASSERT_TRUE(composed->is_listable()) << "seed " << seed;
      const Codes expected = Naive(world).codes(made);
      ASSERT_EQ(composed->size(), expected.size()) << "seed " << seed << " set " << set;
      for (const auto& [system, plain] : world.plain) {
        for (const auto& [code, said] : plain) {
          const bool is_in = expected.contains({system, code});
          ASSERT_EQ(composed->contains(system, code), is_in ? fhir::Membership::in : fhir::Membership::not_in)
              << "seed " << seed << " set " << set << ": " << system << " " << code;
          ++compared;
        }
      }
    }
  }
  EXPECT_GT(compared, 15'000U);
}

}  // namespace
}  // namespace meridian::terminology
