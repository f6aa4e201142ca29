#include "app/signature.hpp"

#include <algorithm>

namespace meridian::app {
namespace {

bool begins(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

std::string_view without_mark_and_space(std::string_view head) {
  if (begins(head, "\xEF\xBB\xBF")) head.remove_prefix(3);
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{} : head.substr(first);
}

bool is_text(std::string_view head) {
  return std::all_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f' || byte == 0x1B;
  });
}

}  // namespace

Signature recognise(std::string_view head) {
  if (head.empty()) return {"empty file", "空文件"};
  // DICOM PS3.10, section 7.1: 128 bytes of preamble and the prefix "DICM".
  if (head.size() >= 132 && head.substr(128, 4) == "DICM") return {"DICOM object", "DICOM 对象"};
  if (begins(head, "%PDF-")) return {"PDF document", "PDF 文档"};
  if (begins(head, "PK\x03\x04")) return {"ZIP archive", "ZIP 压缩包"};
  if (begins(head, "\x89PNG\r\n\x1A\n")) return {"PNG image", "PNG 图像"};
  if (begins(head, "\xFF\xD8\xFF")) return {"JPEG image", "JPEG 图像"};
  if (begins(head, "PAR1")) return {"Parquet table", "Parquet 表"};
  if (begins(head, "BAM\x01")) return {"BAM alignment", "BAM 比对文件"};
  if (begins(head, "BCF\x02")) return {"BCF variants", "BCF 变异文件"};
  if (begins(head, "package/") && head.size() >= 262 && head.substr(257, 5) == "ustar") {
    return {"npm package, as FHIR packages are", "npm 包（FHIR 包的形式）"};
  }
  if (head.size() >= 262 && head.substr(257, 5) == "ustar") return {"tar archive", "tar 归档"};
  const std::string_view text = without_mark_and_space(head);
  if (text.empty() && head.size() < 512) return {"nothing but white space", "只有空白"};
  // HL7 v2.5.1, section 2.5.4: a message begins with MSH, a file with FHS, a batch with BHS; MLLP puts a VT before.
  const std::string_view message = begins(head, "\x0B") ? head.substr(1) : text;
  for (const std::string_view start : {"MSH", "FHS", "BHS"}) {
    if (begins(message, start) && message.size() > 3 &&
        std::string_view("|^~\\&#$!").find(message[3]) != std::string_view::npos) {
      return {"HL7 v2 message", "HL7 v2 消息", false, true};
    }
  }
  if (begins(text, "##fileformat=VCF")) return {"VCF variants", "VCF 变异文件"};
  if (begins(text, "{") || begins(text, "[")) return {"JSON text", "JSON 文本", true};
  if (begins(text, "<")) {
    if (text.find("<ClinicalDocument") != std::string_view::npos) return {"CDA document", "CDA 文档"};
    return {"XML text", "XML 文本", true};
  }
  if (is_text(head)) return {"plain text", "纯文本"};
  return {};
}

}  // namespace meridian::app
