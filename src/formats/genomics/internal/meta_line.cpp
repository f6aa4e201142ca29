#include "formats/genomics/internal/meta_line.hpp"

#include <algorithm>
#include <initializer_list>

#include "formats/genomics/allele.hpp"
#include "formats/genomics/faults.hpp"
#include "formats/genomics/internal/reserved.hpp"
#include "formats/genomics/internal/text.hpp"

namespace meridian::genomics::internal {
namespace {

constexpr std::size_t kMaxAttributes = 1'000;

Issue fault(const MetaLine& meta, IssueType type, const Message& message, std::vector<std::string> arguments = {}) {
  return {Severity::error, type,
          message,         std::move(arguments),
          meta_path(meta), {0, static_cast<std::uint32_t>(meta.line), 1}};
}

bool is_attribute_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_graphic(c) && c != '<' && c != '>' && c != '"' && c != ',';
  });
}

/// `"text with \" and \\"`: what it says; the rest is left in `text`.
bool take_quoted(std::string_view& text, std::string& into) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) {
      into += text[++i];
    } else if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    } else {
      into += text[i];
    }
  }
  return false;
}

/// The attributes that are needed, first and in this order.
bool begins_with(const MetaLine& meta, std::initializer_list<std::string_view> names, Issues& issues) {
  std::size_t at = 0;
  for (const std::string_view name : names) {
    if (at >= meta.attributes.size() || meta.attributes[at].first != name || meta.attributes[at].second.empty()) {
      issues.add(fault(meta, IssueType::required, faults::kMetaMissing, {std::string(name)}));
      return false;
    }
    ++at;
  }
  return true;
}

bool is_quoted(const MetaLine& meta, std::string_view attribute) {
  return meta.value.find("," + std::string(attribute) + "=\"") != std::string::npos;
}

void check_description(const MetaLine& meta, Severity severity, Issues& issues) {
  const bool is_there = std::any_of(meta.attributes.begin(), meta.attributes.end(),
                                    [](const auto& one) { return one.first == "Description"; });
  if (is_there && is_quoted(meta, "Description")) return;
  Issue issue = fault(meta, IssueType::required, faults::kMetaMissing, {"Description=\"…\""});
  if (!is_there) issue.severity = severity;
  issues.add(std::move(issue));
}

void check_field(const MetaLine& meta, int version, Issues& issues) {
  if (!begins_with(meta, {"ID", "Number", "Type"}, issues)) return;
  const auto count = parse_count(meta.attribute("Number"), version);
  const auto type = value_type(meta.attribute("Type"));
  if (!count) {
    issues.add(fault(meta, IssueType::value, faults::kMetaValue, {"Number", std::string(meta.attribute("Number"))}));
  }
  const bool is_format = meta.key == "FORMAT";
  if (!type || (is_format && *type == ValueType::flag)) {
    issues.add(fault(meta, IssueType::value, faults::kMetaValue, {"Type", std::string(meta.attribute("Type"))}));
  }
  check_description(meta, Severity::error, issues);
  if (!count || !type) return;
  const std::string_view id = meta.attribute("ID");
  const FieldDefinition* reserved = is_format ? reserved_format(id, version) : reserved_info(id, version);
  if (reserved == nullptr) return;
  // MQ of INFO is an Integer in the text of 4.3 and a Float in its table.
  const bool is_type = reserved->type == *type || (!is_format && id == "MQ");
  const bool is_count = reserved->count == *count || reserved->count.kind == Count::Kind::any;
  if (is_count && is_type) return;
  issues.add(fault(meta, IssueType::business_rule, faults::kReserved,
                   {std::string(id), to_string(reserved->count), std::string(name(reserved->type))}));
}

void check_symbol(const MetaLine& meta, int version, Issues& issues) {
  if (!begins_with(meta, {"ID"}, issues)) return;
  const std::string_view id = meta.attribute("ID");
  if (!is_symbol(id, version)) issues.add(fault(meta, IssueType::value, faults::kSymbol));
  check_description(meta, version >= 4 ? Severity::information : Severity::error, issues);
  for (std::size_t i = 1; i < meta.attributes.size(); ++i) {
    const auto& [key, value] = meta.attributes[i];
    if (key == "Number") {
      if (!parse_count(value, version)) {
        issues.add(fault(meta, IssueType::value, faults::kMetaValue, {"Number", value}));
      }
      if (i != 1) issues.add(fault(meta, IssueType::structure, faults::kMetaMissing, {"Number"}));
    }
    if (key == "Type" && !value_type(value)) {
      issues.add(fault(meta, IssueType::value, faults::kMetaValue, {"Type", value}));
    }
  }
}

void check_value_list(const MetaLine& meta, int version, Issues& issues) {
  if (!begins_with(meta, {"ID", "Number", "Type", "Values"}, issues)) return;
  if (!parse_count(meta.attribute("Number"), version)) {
    issues.add(fault(meta, IssueType::value, faults::kMetaValue, {"Number", std::string(meta.attribute("Number"))}));
  }
  if (!value_type(meta.attribute("Type"))) {
    issues.add(fault(meta, IssueType::value, faults::kMetaValue, {"Type", std::string(meta.attribute("Type"))}));
  }
  const std::string_view values = meta.attribute("Values");
  if (!values.starts_with('[') || !values.ends_with(']')) {
    issues.add(fault(meta, IssueType::structure, faults::kMetaMissing, {"Values=[…]"}));
  }
}

/// `scheme://host[:port]/path`, or the name of a file.
bool is_url(std::string_view text) {
  if (!all_graphic(text) || text.empty()) return false;
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return true;
  std::string_view host = text.substr(scheme + 3);
  if (text.starts_with("file:")) return true;
  host = host.substr(0, host.find('/'));
  const std::size_t colon = host.find(':');
  if (colon != std::string_view::npos && !number_of<std::uint16_t>(host.substr(colon + 1))) return false;
  host = host.substr(0, colon);
  const bool has_letter = std::any_of(host.begin(), host.end(), is_letter);
  return has_letter || std::count(host.begin(), host.end(), '.') == 3;
}

}  // namespace

std::string meta_path(const MetaLine& meta) {
  std::string path = "line " + std::to_string(meta.line) + ", " + meta.key;
  const std::string_view id = meta.attribute("ID");
  if (!id.empty() && meta.key != "SAMPLE" && meta.key != "PEDIGREE") path.append("/").append(id);
  return path;
}

std::string_view parse_structure(MetaLine& meta) {
  std::string_view text = meta.value;
  if (!text.ends_with('>')) return "it does not end with >";
  text.remove_prefix(1);
  while (true) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || !is_attribute_name(text.substr(0, equals)))
      return "a name=value is missing";
    if (meta.attributes.size() == kMaxAttributes) return "it has more than 1000 values";
    std::string name(text.substr(0, equals));
    std::string value;
    text.remove_prefix(equals + 1);
    if (text.starts_with('"')) {
      if (!take_quoted(text, value)) return "a quotation mark is missing";
    } else if (text.starts_with('[')) {
      const std::size_t end = text.find(']');
      if (end == std::string_view::npos) return "a bracket is missing";
      value = text.substr(0, end + 1);
      text.remove_prefix(end + 1);
    } else {
      // What is not quoted may hold angle brackets only in names of symbols, which are judged apart.
      std::size_t end = text.find(',');
      if (end == std::string_view::npos) end = text.size() - 1;
      value = text.substr(0, end);
      text.remove_prefix(end);
      if (!all_graphic(value)) return "a value with spaces is not in quotation marks";
      if (value.starts_with('<') || value.ends_with('>')) return "a value begins or ends with an angle bracket";
    }
    meta.attributes.emplace_back(std::move(name), std::move(value));
    if (text == ">") return {};
    if (!text.starts_with(',')) return "something stands behind a value";
    text.remove_prefix(1);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
}

void check_meta(const MetaLine& meta, int version, Issues& issues) {
  const std::string& key = meta.key;
  if (key == "INFO" || key == "FORMAT") {
    check_field(meta, version, issues);
  } else if (key == "FILTER") {
    if (begins_with(meta, {"ID"}, issues)) {
      check_description(meta, version >= 4 ? Severity::information : Severity::error, issues);
    }
  } else if (key == "ALT") {
    check_symbol(meta, version, issues);
  } else if (key == "contig") {
    if (begins_with(meta, {"ID"}, issues) && !is_contig_name(meta.attribute("ID"), version)) {
      issues.add(fault(meta, IssueType::value, faults::kCharacter));
    }
  } else if (key == "META") {
    if (version >= 3) check_value_list(meta, version, issues);
  } else if (key == "SAMPLE") {
    if (version >= 3) {
      begins_with(meta, {"ID"}, issues);
      return;
    }
    if (!begins_with(meta, {"ID", "Genomes", "Mixture"}, issues)) return;
    check_description(meta, Severity::error, issues);
    const std::size_t genomes = count_pieces(meta.attribute("Genomes"), ';');
    if (count_pieces(meta.attribute("Mixture"), ';') != genomes) {
      issues.add(fault(meta, IssueType::structure, faults::kMetaMissing, {"Mixture"}));
    }
  } else if (key == "PEDIGREE") {
    if (version >= 3) begins_with(meta, {"ID"}, issues);
  } else if (key == "assembly") {
    if (!is_url(meta.value)) issues.add(fault(meta, IssueType::value, faults::kUrl));
  } else if (key == "pedigreeDB") {
    std::string_view url = meta.value;
    if (url.starts_with('<') && url.ends_with('>')) url = url.substr(1, url.size() - 2);
    if (!is_url(url)) issues.add(fault(meta, IssueType::value, faults::kUrl));
  }
}

}  // namespace meridian::genomics::internal
