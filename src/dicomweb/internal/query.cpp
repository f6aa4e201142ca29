#include "dicomweb/internal/query.hpp"

#include <algorithm>
#include <charconv>
#include <span>

#include "formats/dicom/dictionary.hpp"

namespace meridian::dicomweb::internal {
namespace {

using dicom::Tag;
using dicom::Vr;

constexpr std::size_t kMaxKeys = 200;
constexpr std::size_t kMaxValueBytes = 16 * 1024;

constexpr Tag kStudyUid{0x0020, 0x000D};
constexpr Tag kSeriesUid{0x0020, 0x000E};

// https://dicom.nema.org/medical/dicom/current/output/html/part18.html#table_10.6.3-3 and the two behind it; without
// the Retrieve URL, which search() sets.
constexpr Tag kOfStudies[] = {
    {0x0008, 0x0020}, {0x0008, 0x0030}, {0x0008, 0x0050}, {0x0008, 0x0056}, {0x0008, 0x0061},
    {0x0008, 0x0090}, {0x0008, 0x0201}, {0x0010, 0x0010}, {0x0010, 0x0020}, {0x0010, 0x0030},
    {0x0010, 0x0040}, {0x0020, 0x000D}, {0x0020, 0x0010}, {0x0020, 0x1206}, {0x0020, 0x1208},
};
constexpr Tag kOfSeries[] = {
    {0x0008, 0x0060}, {0x0008, 0x0201}, {0x0008, 0x103E}, {0x0020, 0x000E},
    {0x0020, 0x0011}, {0x0020, 0x1209}, {0x0040, 0x0244}, {0x0040, 0x0245},
};
constexpr Tag kOfInstances[] = {
    {0x0008, 0x0016}, {0x0008, 0x0018}, {0x0008, 0x0056}, {0x0008, 0x0201}, {0x0020, 0x0013},
    {0x0028, 0x0008}, {0x0028, 0x0010}, {0x0028, 0x0011}, {0x0028, 0x0100},
};
// What the archive counts besides what it keeps.
constexpr Tag kCountedOfStudies[] = {
    {0x0008, 0x0056}, {0x0008, 0x0061}, {0x0008, 0x0062}, {0x0020, 0x1206}, {0x0020, 0x1208}};
constexpr Tag kCountedOfSeries[] = {{0x0020, 0x1209}};
// Parameters of others, which change nothing of what is found.
constexpr std::string_view kLetPass[] = {"accept", "charset", "orderby"};

bool is_among(Tag tag, std::span<const Tag> tags) {
  return std::ranges::find(tags, tag) != tags.end();
}

bool is_known(Tag tag, imaging::Level level) {
  if (is_among(tag, tags_of(imaging::Level::patient)) || is_among(tag, tags_of(imaging::Level::study))) return true;
  if (is_among(tag, kCountedOfStudies)) return true;
  if (level == imaging::Level::study) return false;
  if (is_among(tag, tags_of(imaging::Level::series)) || is_among(tag, kCountedOfSeries)) return true;
  return level == imaging::Level::instance && is_among(tag, tags_of(imaging::Level::instance));
}

Result<std::uint64_t> number_of(const http::QueryParameter& parameter) {
  std::uint64_t number = 0;
  const char* const end = parameter.value.data() + parameter.value.size();
  const auto [at, fault] = std::from_chars(parameter.value.data(), end, number);
  if (fault != std::errc() || at != end) {
    return fail(ErrorCode::invalid_argument, parameter.name + " takes a whole number");
  }
  return number;
}

Result<bool> flag_of(const http::QueryParameter& parameter) {
  if (parameter.value == "true") return true;
  if (parameter.value == "false") return false;
  return fail(ErrorCode::invalid_argument, parameter.name + " takes true or false");
}

std::vector<std::string_view> words(std::string_view list) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    if (end > at) out.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

class Reading {
 public:
  Reading(imaging::Level level, const imaging::InstanceKey& above) : above_(above) { out_.query.level = level; }

  Result<SearchRequest> read(const std::vector<http::QueryParameter>& parameters, std::uint64_t max_results) {
    imaging::Query& query = out_.query;
    query.combines_day_and_time = true;
    out_.limit = max_results;
    for (const http::QueryParameter& parameter : parameters) TRY(take(parameter, max_results));
    const bool names_study = !above_.study.empty();
    const bool names_series = !above_.series.empty();
    if (!names_study || query.level == imaging::Level::study) ask_for(kOfStudies);
    if (query.level != imaging::Level::study && (!names_series || query.level == imaging::Level::series))
      ask_for(kOfSeries);
    if (query.level == imaging::Level::instance) ask_for(kOfInstances);
    TRY(name(kStudyUid, above_.study));
    TRY(name(kSeriesUid, above_.series));
    return std::move(out_);
  }

 private:
  Result<> take(const http::QueryParameter& parameter, std::uint64_t max_results) {
    const std::string_view name = parameter.name;
    if (name == "limit") {
      out_.limit = std::min(TRY(number_of(parameter)), max_results);
    } else if (name == "offset") {
      out_.offset = TRY(number_of(parameter));
    } else if (name == "fuzzymatching") {
      out_.query.names_match_by_words = TRY(flag_of(parameter));
    } else if (name == "includefield") {
      return include(parameter.value);
    } else if (std::ranges::find(kLetPass, name) == std::end(kLetPass)) {
      return match(name, parameter.value);
    }
    return {};
  }

  Result<> include(std::string_view list) {
    for (const std::string_view word : words(list)) {
      if (word == "all") {
        out_.query.returns_all = true;
        continue;
      }
      const auto tag = dicom::parse_tag(word.substr(0, word.find('.')));
      if (!tag) return fail(ErrorCode::invalid_argument, "includefield names no attribute of DICOM");
      // What the archive does not keep of this level is left out of the answer (8.3.4.3).
      if (is_known(*tag, out_.query.level)) TRY(add(*tag, {}));
    }
    return {};
  }

  Result<> match(std::string_view name, const std::string& value) {
    const auto tag = dicom::parse_tag(name);
    if (!tag) return fail(ErrorCode::invalid_argument, "a parameter is neither one of the search nor an attribute");
    if (!is_known(*tag, out_.query.level)) {
      return fail(ErrorCode::invalid_argument, dicom::to_string(*tag) + " " + std::string(dicom::keyword(*tag)) +
                                                   " cannot be looked for at this level");
    }
    return add(*tag, value);
  }

  Result<> add(Tag tag, std::string value) {
    imaging::Attributes& keys = out_.query.keys;
    const Vr vr = dicom::vr_of(tag);
    if (value.size() > kMaxValueBytes || keys.all().size() == kMaxKeys) {
      return fail(ErrorCode::too_large, "a search has at most 200 keys of 16 KB");
    }
    if (vr == Vr::ui) std::ranges::replace(value, ',', '\\');
    if (vr == Vr::da && !value.empty() && value.find_first_of("*?") == std::string::npos) {
      if (!imaging::day_range(value))
        return fail(ErrorCode::invalid_argument, dicom::to_string(tag) + " takes a day or a range");
    }
    const imaging::Attribute* const before = keys.find(tag);
    if (before != nullptr && !before->value.empty() && !value.empty()) {
      if (vr != Vr::ui) return fail(ErrorCode::invalid_argument, dicom::to_string(tag) + " is given twice");
      value = before->value + '\\' + value;
    } else if (before != nullptr && value.empty()) {
      return {};
    }
    keys.set(tag, vr, std::move(value));
    return {};
  }

  void ask_for(std::span<const Tag> tags) {
    for (const Tag tag : tags) {
      if (out_.query.keys.find(tag) == nullptr) out_.query.keys.set(tag, {});
    }
  }

  /// What the path says must be what the parameters say, where they say something.
  Result<> name(Tag tag, const std::string& uid) {
    if (uid.empty()) return {};
    const std::string_view asked = out_.query.keys.value(tag);
    if (!asked.empty() && asked != "*" && asked != uid) {
      return fail(ErrorCode::invalid_argument, dicom::to_string(tag) + " is another one in the path");
    }
    out_.query.keys.set(tag, uid);
    return {};
  }

  const imaging::InstanceKey& above_;
  SearchRequest out_;
};

}  // namespace

Result<SearchRequest> search_request(imaging::Level level, const imaging::InstanceKey& above,
                                     const std::vector<http::QueryParameter>& parameters, std::uint64_t max_results) {
  return Reading(level, above).read(parameters, max_results);
}

}  // namespace meridian::dicomweb::internal
