#include "terminology/specification.hpp"

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "formats/fhir/code_lists.hpp"
#include "terminology/definitions.hpp"

namespace meridian::terminology {
namespace {

struct Made {
  std::once_flag once;
  CodeSystemPtr system;
};

}  // namespace

CodeSystemPtr specification_system(std::string_view url, std::string_view version) {
  static std::vector<Made> systems(fhir::Schema::r4().code_systems().size());
  const fhir::Schema& schema = fhir::Schema::r4();
  const fhir::CodeSystemId id = schema.find_code_system(url);
  if (id == fhir::CodeSystemId::none) return nullptr;
  const fhir::CodeSystemInfo& info = schema.code_system(id);
  if (info.code_count == 0 || (!version.empty() && info.version != version)) return nullptr;
  Made& made = systems[static_cast<std::size_t>(id)];
  std::call_once(made.once, [&] {
    Result<CodeSystemPtr> read = read_code_system(id);
    CHECK(read.has_value());
    made.system = *std::move(read);
  });
  return made.system;
}

CodeSetPtr specification_set(std::string_view canonical, const Sources& sources) {
  const fhir::Schema& schema = fhir::Schema::r4();
  const fhir::ValueSetId id = schema.find_value_set(canonical);
  if (id == fhir::ValueSetId::none) return nullptr;
  const fhir::ValueSetInfo& info = schema.value_set(id);
  std::map<std::string_view, std::vector<std::string_view>> members;
  for (std::uint32_t at = 0; at < info.member_count; ++at) {
    const fhir::CodeLists::Member member = fhir::CodeLists::r4().member(id, at);
    members[member.system].push_back(member.code);
  }
  if (!info.is_enumerated) {
    for (const std::string_view system : info.unknown_systems) {
      if (!system.empty()) members.try_emplace(system);
    }
  }
  CodeSet set;
  for (const auto& [url, codes] : members) {
    SystemCodes of;
    of.system = url;
    of.known = sources.code_system(url, {});
    std::vector<std::uint32_t> numbers;
    for (const std::string_view code : codes) {
      const auto number = of.known ? of.known->find(code) : std::nullopt;
      if (number) {
        numbers.push_back(*number);
      } else {
        of.listed.emplace(code, fhir::Membership::in);
      }
    }
    of.sure = Ranges::of(std::move(numbers));
    of.possible = of.sure;
    set.add(std::move(of));
  }
  CodeSet open;
  for (const std::string_view system :
       info.is_enumerated ? std::span<const std::string_view>() : info.unknown_systems) {
    if (system.empty()) {
      open.open();
      open.doubt("codes of any system may be in " + std::string(canonical));
      continue;
    }
    SystemCodes of;
    of.system = system;
    of.known = sources.code_system(system, {});
    if (of.known) of.possible = Ranges::all(of.known->size());
    of.is_open = true;
    open.add(std::move(of));
    open.doubt("not all codes of " + std::string(system) + " are here");
  }
  return std::make_shared<const CodeSet>(set.united(open));
}

}  // namespace meridian::terminology
