#include "formats/genomics/record.hpp"

#include <algorithm>

#include "formats/genomics/internal/text.hpp"

namespace meridian::genomics {
namespace {

int hex_digit(char c) {
  if (internal::is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

const InfoField* Record::find_info(std::string_view key) const {
  const auto found = std::find_if(info.begin(), info.end(), [&](const InfoField& field) { return field.key == key; });
  return found == info.end() ? nullptr : &*found;
}

std::string_view Record::info_value(std::string_view key) const {
  const InfoField* field = find_info(key);
  return field == nullptr ? std::string_view() : field->value;
}

std::optional<std::size_t> Record::find_format(std::string_view key) const {
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i].key == key) return i;
  }
  return std::nullopt;
}

std::string_view Record::value(std::size_t sample, std::size_t field) const {
  return sample < samples.size() ? internal::piece(samples[sample], ':', field) : std::string_view();
}

std::string_view Record::value(std::size_t sample, std::string_view key) const {
  const auto field = find_format(key);
  return field ? value(sample, *field) : std::string_view();
}

std::uint64_t Record::end() const {
  const auto said = internal::number_of<std::uint64_t>(info_value("END"));
  return said && *said >= pos ? *said : pos + ref.size() - 1;
}

void write(const Record& record, std::string& out) {
  out.append(record.chrom).append("\t").append(std::to_string(record.pos));
  out.append("\t").append(record.id).append("\t").append(record.ref).append("\t");
  if (record.alts.empty()) out += '.';
  for (std::size_t i = 0; i < record.alts.size(); ++i) {
    if (i > 0) out += ',';
    out.append(record.alts[i]);
  }
  out.append("\t").append(record.qual).append("\t").append(record.filter).append("\t");
  if (record.info.empty()) out.append(record.info_text);
  for (std::size_t i = 0; i < record.info.size(); ++i) {
    if (i > 0) out += ';';
    out.append(record.info[i].key);
    if (record.info[i].has_value) out.append("=").append(record.info[i].value);
  }
  if (record.has_format) {
    out += '\t';
    if (record.format.empty()) out.append(record.format_text);
    for (std::size_t i = 0; i < record.format.size(); ++i) {
      if (i > 0) out += ':';
      out.append(record.format[i].key);
    }
  }
  for (const std::string_view sample : record.samples) out.append("\t").append(sample);
  out += '\n';
}

std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace meridian::genomics
