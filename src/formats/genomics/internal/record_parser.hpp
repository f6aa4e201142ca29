// Takes lines apart into Records and says what is wrong with each.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/issue.hpp"
#include "formats/genomics/header.hpp"
#include "formats/genomics/record.hpp"

namespace meridian::genomics::internal {

struct ValueScan;

class RecordParser {
 public:
  /// Both outlive it.
  RecordParser(const Header& header, const Limits& limits) : header_(header), limits_(limits) {}

  /// False: nothing can be made of the line; an issue says so.
  bool parse(std::string_view line, std::uint64_t number, std::uint64_t offset, Record& record, Issues& issues);

 private:
  void parse_fixed(const Record& record);
  void parse_alleles(Record& record);
  void parse_info(Record& record);
  /// `where` makes the path of the value; it is asked only when something is wrong.
  template <typename Where>
  void check_type(const FieldDefinition& definition, const ValueScan& scan, std::string_view value, const Where& where);
  void check_info(const Record& record, const InfoField& field);
  void parse_format(Record& record);
  void parse_samples(Record& record, std::string_view columns);
  void check_sample(const Record& record, std::size_t sample);
  void check_sample_value(const Record& record, std::size_t sample, const FormatField& field, std::string_view value,
                          std::uint32_t ploidy);
  /// Of more than a limit allows nothing is kept.
  void leave_out(const char* where, std::size_t limit, const char* name);
  /// Once for each name.
  void note_undeclared(const std::string& what, std::string_view at);
  void add(IssueType type, const Message& message, const std::string& where, std::string_view at,
           std::vector<std::string> arguments = {}, Severity severity = Severity::error);

  const Header& header_;
  const Limits& limits_;
  Record* record_ = nullptr;  // of the call that runs
  Issues* issues_ = nullptr;
  bool has_too_much_ = false;
  std::string format_text_;  // of the record before, mostly the same
  std::vector<std::string> format_keys_;
  std::vector<const FieldDefinition*> format_definitions_;
  struct Seen {
    std::string key;
    const FieldDefinition* definition;
  };
  std::vector<Seen> info_before_;  // likewise, by place
  std::set<std::string, std::less<>> undeclared_;
};

/// What 4.4 asks of structural variants and tandem repeats. Sections 3 and 5
void check_structural(const Record& record, int version, Issues& issues);

Issue record_fault(const Record& record, IssueType type, const Message& message, const std::string& where,
                   std::string_view at, std::vector<std::string> arguments, Severity severity = Severity::error);

}  // namespace meridian::genomics::internal
