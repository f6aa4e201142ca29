// For tests: random small resources and conditions on them, drawn from a few values so that conditions often hold.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "search/query.hpp"

namespace meridian::search::testing {

class RandomSearch {
 public:
  explicit RandomSearch(std::uint64_t seed) : random_(seed) {}

  /// A resource of one of types(), as JSON.
  std::string resource(std::string_view type, std::string_view id);
  static const std::vector<std::string_view>& types();
  /// On any parameter of the type; some operands mean nothing.
  Condition condition(const Parameters& parameters, fhir::TypeId type);

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

 private:
  std::string_view one_of(std::initializer_list<std::string_view> choices) {
    return *(choices.begin() + below(choices.size()));
  }
  std::string patient();
  std::string observation();
  std::string encounter();
  std::string condition_resource();
  std::string medication_request();
  std::string location();
  std::string risk_assessment();
  std::string value_set();
  std::string text();
  std::string date();
  std::string period();
  std::string number();
  std::string quantity();
  std::string coding();
  std::string concept_();
  std::string identifier();
  std::string reference();
  Operand operand(const Parameter& parameter, Modifier modifier);

  std::mt19937_64 random_;
};

}  // namespace meridian::search::testing
