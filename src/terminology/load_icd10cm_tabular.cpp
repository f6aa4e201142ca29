#include <algorithm>
#include <pugixml.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/input.hpp"
#include "terminology/loaders.hpp"
#include "terminology/messages.hpp"

// The tabular list of ICD-10-CM (CDC, icd10cm_tabular_YYYY.xml): <chapter> <section> <diag>, one within another, with
// <name> (the code), <desc>, <inclusionTerm> and notes. What <sevenChrDef> says of a code holds for the leaves below
// it: they are written out here, padded with X to six characters, as the order file has them. A section is a code that
// cannot be chosen.

namespace meridian::terminology {
namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{512} << 20;
constexpr int kDeepest = 64;

struct Seventh {
  char character;
  std::string text;
};

class Reader {
 public:
  Reader(CodeSystemBuilder& builder, LoadState& state, Issues& issues)
      : builder_(builder), state_(state), issues_(issues) {}

  void section(pugi::xml_node node, std::string_view chapter) {
    const std::string_view code = node.attribute("id").value();
    if (code.empty()) return complain(node, "section.id");
    const bool is_block = code.find('-') != std::string_view::npos;  // others are one category, and no code beside it
    if (is_block) {
      // "Intestinal infectious diseases (A00-A09)"
      std::string_view name = node.child_value("desc");
      name = name.substr(0, std::min(name.rfind(" ("), name.size()));
      const std::uint32_t place = builder_.add(code, name);
      builder_.set_abstract(place, true);
      builder_.add_property(place, "chapter", ValueType::string, chapter);
      ++state_.records;
    }
    const std::string_view above = is_block ? code : std::string_view();
    for (const pugi::xml_node inner : node.children("diag")) diagnosis(inner, above, nullptr, 0);
  }

 private:
  void complain(pugi::xml_node node, std::string element) {
    issues_.add({Severity::error,
                 IssueType::required,
                 kFieldEmpty,
                 {std::move(element)},
                 {},
                 {static_cast<std::size_t>(node.offset_debug()), 0, 0}});
  }

  void notes(pugi::xml_node node, std::uint32_t place) {
    for (const pugi::xml_node terms : node.children("inclusionTerm")) {
      for (const pugi::xml_node note : terms.children("note")) {
        builder_.add_designation(place, "en", "inclusion", note.text().get());
      }
    }
    for (const char* kind : {"includes", "excludes1", "excludes2", "codeFirst", "codeAlso", "useAdditionalCode"}) {
      for (const pugi::xml_node group : node.children(kind)) {
        for (const pugi::xml_node note : group.children("note")) {
          builder_.add_property(place, kind, ValueType::string, note.text().get());
        }
      }
    }
  }

  void diagnosis(pugi::xml_node node, std::string_view above, const std::vector<Seventh>* sevenths, int depth) {
    const std::string_view code = node.child_value("name");
    if (code.size() < 3 || depth > kDeepest) return complain(node, "diag.name");
    const std::string_view name = node.child_value("desc");
    const bool is_new = !builder_.knows(code);  // the order file may have it already
    const std::uint32_t place = is_new ? builder_.add(code, name) : builder_.add(code);
    if (!above.empty() && (is_new || code.size() == 3)) builder_.add_parent(place, above);
    notes(node, place);
    ++state_.records;
    std::vector<Seventh> own;
    for (const pugi::xml_node extension : node.child("sevenChrDef").children("extension")) {
      const std::string_view character = extension.attribute("char").value();
      if (character.size() == 1) own.push_back({character.front(), extension.text().get()});
    }
    if (!own.empty()) sevenths = &own;
    bool is_leaf = true;
    for (const pugi::xml_node inner : node.children("diag")) {
      diagnosis(inner, code, sevenths, depth + 1);
      is_leaf = false;
    }
    const bool is_spread = is_leaf && sevenths != nullptr && spread(code, name, *sevenths);
    if (is_new) builder_.add_property(place, "billable", ValueType::boolean, is_leaf && !is_spread ? "true" : "false");
  }

  /// "S06.1X7" is for who died: "7th characters D and S do not apply to codes in category S06 with 6th character 7 … or
  /// 8 …", as the list says in words only.
  static bool applies(std::string_view code, char seventh) {
    const bool is_of_the_dead = code.size() == 6 && code.starts_with("S06") && (code[5] == '7' || code[5] == '8');
    return !is_of_the_dead || (seventh != 'D' && seventh != 'S');
  }

  bool spread(std::string_view code, std::string_view name, const std::vector<Seventh>& sevenths) {
    std::string bare;
    for (const char c : code) {
      if (c != '.') bare += c;
    }
    if (bare.size() > 6) return false;
    bare.resize(6, 'X');
    for (const Seventh& seventh : sevenths) {
      if (!applies(bare, seventh.character)) continue;
      const std::string whole = bare.substr(0, 3) + "." + bare.substr(3) + seventh.character;
      if (builder_.knows(whole)) continue;
      const std::uint32_t place = builder_.add(whole, std::string(name) + ", " + seventh.text);
      builder_.add_parent(place, code);
      builder_.add_property(place, "billable", ValueType::boolean, "true");
      ++state_.records;
    }
    return true;
  }

  CodeSystemBuilder& builder_;
  LoadState& state_;
  Issues& issues_;
};

}  // namespace

Result<> load_icd10cm_tabular(ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues) {
  std::string bytes = TRY(read_all(source, kMaxBytes));
  pugi::xml_document document;
  const pugi::xml_parse_result parsed =
      document.load_buffer_inplace(bytes.data(), bytes.size(), pugi::parse_default, pugi::encoding_utf8);
  const pugi::xml_node root = document.child("ICD10CM.tabular");
  if (!parsed || !root) return fail(ErrorCode::malformed_input, "the file is no tabular list of ICD-10-CM");
  if (builder.about().version.empty()) builder.about().version = root.child_value("version");
  Reader reader(builder, state, issues);
  for (const pugi::xml_node chapter : root.children("chapter")) {
    for (const pugi::xml_node section : chapter.children("section"))
      reader.section(section, chapter.child_value("name"));
  }
  return {};
}

}  // namespace meridian::terminology
