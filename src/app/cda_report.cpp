#include "app/cda_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/cda/header.hpp"
#include "formats/cda/narrative.hpp"
#include "formats/cda/section.hpp"
#include "formats/fhir/json_writer.hpp"

namespace meridian::app {
namespace {

/// Statements within statements are shown, and written, as deep as people follow.
constexpr int kDeepest = 30;

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (is_blank && !out.empty() && out.back() == ' ') continue;
    if (is_blank || static_cast<unsigned char>(c) >= 0x20) out += is_blank ? ' ' : c;
  }
  return out;
}

std::string shown(const cda::Identifier& id) {
  if (id.root.empty()) return id.null_flavor.empty() ? "" : fmt::format("({})", id.null_flavor);
  return one_line(id.extension.empty() ? std::string(id.root) : fmt::format("{}^{}", id.extension, id.root));
}

std::string shown(const cda::Code& code) {
  const std::string name = one_line(code.display);
  if (code.code.empty())
    return name.empty() && !code.null_flavor.empty() ? fmt::format("({})", code.null_flavor) : name;
  return name.empty() ? one_line(code.code) : fmt::format("{} ({})", name, one_line(code.code));
}

std::string shown(const std::vector<cda::Identifier>& ids) {
  std::string out;
  for (const cda::Identifier& id : ids) {
    if (const std::string text = shown(id); !text.empty()) out += (out.empty() ? "" : ", ") + text;
  }
  return out;
}

class Text {
 public:
  Text(const cda::Document& document, Language language)
      : document_(document), narrative_(document), is_chinese_(language == Language::chinese) {}

  std::string run() {
    if (cda::is_whole(document_)) header();
    for (const cda::Section& section : cda::sections_of(document_)) this->section(section, 0);
    for (const cda::Entry& entry : cda::entries_of(document_)) statement(entry, 0, "");
    const cda::Element other = document_.root().child("component").child("nonXMLBody").child("text");
    if (other) {
      Issues ignored;
      const cda::Attachment body = cda::read_attachment(document_, other, ignored);
      line(0, say("body", "正文"),
           body.location.empty() ? fmt::format("{}, {} bytes", body.media_type, body.bytes.size())
                                 : fmt::format("{}, {}", body.media_type, one_line(body.location)));
    }
    return std::move(out_);
  }

 private:
  const char* say(const char* english, const char* chinese) const { return is_chinese_ ? chinese : english; }

  void line(int depth, std::string_view label, const std::string& text) {
    if (text.empty()) return;
    out_.append(static_cast<std::size_t>(depth) * 2, ' ');
    out_ += fmt::format("{}: {}\n", label, text);
  }

  void header() {
    const cda::Header header = cda::read_header(document_);
    out_ += fmt::format("{}: {}\n", say("document", "文档"),
                        one_line(header.title.empty() ? header.code.display : header.title));
    line(1, say("type", "类型"), shown(header.code));
    line(1, say("id", "标识"), shown(header.id));
    line(1, say("set", "集合"),
         header.set_id.root.empty()
             ? ""
             : fmt::format("{}, {} {}", shown(header.set_id), say("version", "版本"), header.version));
    line(1, say("time", "时间"), one_line(header.time));
    line(1, say("templates", "模板"), shown(header.templates));
    line(1, say("confidentiality", "保密级别"), shown(header.confidentiality));
    line(1, say("language", "语言"), one_line(header.language));
    for (const cda::Patient& patient : header.patients) {
      std::string text = patient.names.empty() ? std::string() : patient.names[0].text;
      if (!patient.gender.empty()) text += ", " + shown(patient.gender);
      if (!patient.birth_time.empty())
        text += fmt::format(", {} {}", say("born", "出生"), one_line(patient.birth_time));
      if (!patient.ids.empty()) text += ", " + shown(patient.ids);
      line(1, say("patient", "患者"), text);
    }
    for (const cda::Author& author : header.authors) {
      const cda::Name* name = author.is_device       ? &author.device
                              : author.names.empty() ? &author.organization
                                                     : &author.names[0];
      line(1, say("author", "作者"), fmt::format("{}, {}", name->text, one_line(author.time)));
    }
    line(1, say("custodian", "保管机构"), header.custodian.text);
    if (header.encounter_element) {
      line(1, say("encounter", "就诊"),
           fmt::format("{} {} {}", shown(header.encounter.code), shown(header.encounter.ids),
                       cda::value_text(header.encounter_element.child("effectiveTime"))));
    }
    for (const cda::RelatedDocument& related : header.related) {
      line(1, say("related", "关联文档"), fmt::format("{} {}", related.type, shown(related.id)));
    }
  }

  void section(const cda::Section& section, int depth) {
    if (depth > kDeepest) return;
    std::string title = one_line(section.title());
    const std::string code = shown(section.code());
    if (!code.empty()) title += (title.empty() ? "" : " · ") + code;
    out_.append(static_cast<std::size_t>(depth) * 2, ' ');
    out_ += fmt::format("{}: {}\n", say("section", "章节"), title);
    std::string text = cda::plain_text(section.narrative());
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      out_.append(static_cast<std::size_t>(depth + 1) * 2, ' ');
      out_ += "| " + one_line(std::string_view(text).substr(at, end - at)) + '\n';
      at = end + 1;
    }
    for (const cda::Entry& entry : section.entries()) statement(entry, depth + 1, "");
    for (const cda::Section& inner : section.sections()) this->section(inner, depth + 1);
  }

  void statement(const cda::Entry& entry, int depth, std::string_view relation) {
    if (depth > kDeepest) return;
    std::string text(relation);
    const auto add = [&text](const std::string& part) {
      if (!part.empty()) text += (text.empty() ? "" : " ") + part;
    };
    add(std::string(cda::name(entry.kind())));
    if (entry.mood() != "EVN") add(std::string(entry.mood()));
    if (entry.is_negated()) add(say("NOT", "否定"));
    add(shown(entry.code()));
    for (const cda::Element value : entry.values()) add("= " + value_or_text(value));
    const cda::Element product =
        entry.element().child(entry.kind() == cda::EntryKind::supply ? "product" : "consumable");
    add(shown(cda::read_code(product.child("manufacturedProduct").child("manufacturedMaterial").child("code"))));
    const cda::Element dose = entry.element().child("doseQuantity");
    if (dose.has_attributes()) add(cda::value_text(dose));
    for (const cda::Element time : entry.times()) {
      if (const std::string when = cda::value_text(time); !when.empty()) add("@ " + when);
    }
    if (!entry.status().empty()) add(fmt::format("[{}]", one_line(entry.status())));
    out_.append(static_cast<std::size_t>(depth) * 2, ' ');
    out_ += one_line(text) + '\n';
    for (const cda::Entry::Related& related : entry.related()) statement(related.entry, depth + 1, related.type);
  }

  std::string value_or_text(cda::Element value) const {
    if (value.child("reference")) return one_line(cda::text_of(value, narrative_));
    return one_line(cda::value_text(value));
  }

  const cda::Document& document_;
  cda::NarrativeIndex narrative_;
  bool is_chinese_;
  std::string out_;
};

class Json {
 public:
  explicit Json(const cda::Document& document) : document_(document) {}

  std::string run(const Issues& issues, Language language) {
    json_.begin_object();
    if (document_) {
      header(cda::read_header(document_));
      json_.key("sections").begin_array();
      for (const cda::Section& section : cda::sections_of(document_)) this->section(section, 0);
      json_.end_array();
      json_.key("entries").begin_array();
      for (const cda::Entry& entry : cda::entries_of(document_)) statement(entry, 0);
      json_.end_array();
    }
    json_.key("issues").begin_array();
    for (const Issue& issue : issues.all()) {
      json_.begin_object().key("severity").string(name(issue.severity)).key("id").string(issue.message->id);
      json_.key("path").string(issue.path).key("line").number(std::int64_t{issue.position.line});
      json_.key("text").string(text(issue, language)).end_object();
    }
    json_.end_array().end_object();
    return std::move(json_).take() + "\n";
  }

 private:
  void member(std::string_view key, std::string_view text) {
    if (!text.empty()) json_.key(key).string(text);
  }
  void code(std::string_view key, const cda::Code& code) {
    if (code.empty()) return;
    json_.key(key).begin_object();
    member("code", code.code);
    member("system", code.system);
    member("display", code.display);
    member("nullFlavor", code.null_flavor);
    json_.end_object();
  }
  void ids(std::string_view key, const std::vector<cda::Identifier>& list) {
    if (list.empty()) return;
    json_.key(key).begin_array();
    for (const cda::Identifier& id : list) json_.string(shown(id));
    json_.end_array();
  }

  void header(const cda::Header& header) {
    member("root", document_.root().name());
    member("title", header.title);
    member("id", shown(header.id));
    member("setId", shown(header.set_id));
    member("version", header.version);
    member("time", header.time);
    member("language", header.language);
    ids("templates", header.templates);
    code("type", header.code);
    code("confidentiality", header.confidentiality);
    json_.key("patients").begin_array();
    for (const cda::Patient& patient : header.patients) {
      json_.begin_object();
      if (!patient.names.empty()) member("name", patient.names[0].text);
      member("birthTime", patient.birth_time);
      code("gender", patient.gender);
      ids("ids", patient.ids);
      json_.end_object();
    }
    json_.end_array();
    member("custodian", header.custodian.text);
  }

  void section(const cda::Section& section, int depth) {
    json_.begin_object();
    member("path", section.element().path());
    member("title", section.title());
    code("code", section.code());
    ids("templates", section.templates());
    member("text", cda::plain_text(section.narrative()));
    json_.key("entries").begin_array();
    for (const cda::Entry& entry : section.entries()) statement(entry, 0);
    json_.end_array().key("sections").begin_array();
    if (depth < kDeepest) {
      for (const cda::Section& inner : section.sections()) this->section(inner, depth + 1);
    }
    json_.end_array().end_object();
  }

  void statement(const cda::Entry& entry, int depth) {
    json_.begin_object().key("kind").string(cda::name(entry.kind()));
    member("mood", entry.mood());
    if (entry.is_negated()) json_.key("negated").boolean(true);
    ids("templates", entry.templates());
    ids("ids", entry.ids());
    code("code", entry.code());
    member("status", entry.status());
    texts("times", entry.times());
    texts("values", entry.values());
    json_.key("related").begin_array();
    if (depth < kDeepest) {
      for (const cda::Entry::Related& related : entry.related()) {
        json_.begin_object().key("type").string(related.type).key("entry");
        statement(related.entry, depth + 1);
        json_.end_object();
      }
    }
    json_.end_array().end_object();
  }

  void texts(std::string_view key, const std::vector<cda::Element>& elements) {
    if (elements.empty()) return;
    json_.key(key).begin_array();
    for (const cda::Element element : elements) json_.string(cda::value_text(element));
    json_.end_array();
  }

  const cda::Document& document_;
  fhir::JsonWriter json_;
};

}  // namespace

std::string document_text(const cda::Document& document, Language language) {
  return Text(document, language).run();
}

std::string document_json(const cda::Document& document, const Issues& issues, Language language) {
  return Json(document).run(issues, language);
}

}  // namespace meridian::app
