#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/signature.hpp"
#include "base/input.hpp"
#include "formats/fhir/resource_reader.hpp"

namespace meridian::app {
namespace {

/// How the bytes are wrapped, by their first four (RFC 1952, RFC 8878).
std::string_view wrapping(std::string_view head) {
  if (head.substr(0, 2) == "\x1F\x8B") return "gzip";
  if (head.substr(0, 4) == "\x28\xB5\x2F\xFD") return "zstd";
  return {};
}

Result<std::string> first_bytes(ByteSource& source) {
  std::string head(512, '\0');
  head.resize(TRY(source.read(head)));
  return head;
}

/// What was counted while reading.
struct Census {
  std::map<std::string, std::uint64_t> resources;  // by type
  std::map<std::string, std::uint64_t> entries;    // of Bundles, by type
  std::vector<std::string> profiles;               // the first few, each once
  std::uint64_t count = 0;
  std::uint64_t nodes = 0;
  std::uint64_t bytes = 0;
  std::string only;  // "Patient/example": of a single resource
  std::string bundle_type;
};

std::string_view child_text(fhir::Node node, std::string_view name) {
  const fhir::Node child = node.child(name);
  return child ? child.text() : std::string_view{};
}

void take_census(Census& census, const fhir::Document& document) {
  constexpr std::size_t kProfilesShown = 5;
  const fhir::Schema& schema = document.schema();
  const fhir::Node root = document.root();
  const std::string type(schema.type(root.type()).name);
  ++census.count;
  ++census.resources[type];
  census.nodes += document.node_count();
  census.bytes += document.source().size();
  if (census.count == 1) {
    census.only = type;
    if (const std::string_view id = child_text(root, "id"); !id.empty()) census.only += "/" + std::string(id);
  }
  if (const fhir::Node meta = root.child("meta")) {
    for (const fhir::Node profile : meta.children(schema.find_name("profile"))) {
      const std::string url(profile.text());
      bool known = census.profiles.size() >= kProfilesShown;
      for (const std::string& shown : census.profiles) known = known || shown == url;
      if (!known) census.profiles.push_back(url);
    }
  }
  if (type == "Bundle") {
    census.bundle_type = std::string(child_text(root, "type"));
    for (const fhir::Node entry : root.children(schema.find_name("entry"))) {
      const fhir::Node resource = entry.child("resource");
      const bool known = resource && resource.type() != fhir::TypeId::none;
      ++census.entries[known ? std::string(schema.type(resource.type()).name) : "(no resource)"];
    }
  }
}

std::string table(const std::map<std::string, std::uint64_t>& counts) {
  std::string out;
  for (const auto& [type, count] : counts) out += fmt::format("    {:<28}{:>12}\n", type, human_count(count));
  return out;
}

class Words {
 public:
  explicit Words(Language language) : chinese_(language == Language::chinese) {}
  std::string_view operator()(std::string_view english, std::string_view chinese) const {
    return chinese_ ? chinese : english;
  }

 private:
  bool chinese_;
};

std::string describe(const Census& census, fhir::FileForm form, std::uint64_t faults, const Words& say) {
  std::string out = "  ";
  if (form == fhir::FileForm::ndjson) {
    out += fmt::format(fmt::runtime(say("NDJSON with {} FHIR R4 resources\n", "NDJSON，含 {} 个 FHIR R4 资源\n")),
                       human_count(census.count));
    out += table(census.resources);
  } else if (census.count == 1) {
    out += fmt::format(fmt::runtime(say("FHIR R4 resource {} in {}\n", "FHIR R4 资源 {}，格式 {}\n")), census.only,
                       fhir::name(form));
    if (!census.entries.empty()) {
      std::uint64_t entries = 0;
      for (const auto& [type, count] : census.entries) entries += count;
      out += fmt::format(fmt::runtime(say("  {} with {} entries\n", "  {} 类型的 Bundle，共 {} 个条目\n")),
                         census.bundle_type.empty() ? "Bundle" : census.bundle_type, human_count(entries));
      out += table(census.entries);
    }
  }
  for (const std::string& profile : census.profiles) {
    out += fmt::format(fmt::runtime(say("  says it conforms to {}\n", "  声明符合 {}\n")), profile);
  }
  if (census.count > 0) {
    out += fmt::format(fmt::runtime(say("  {} of JSON, {} values\n", "  JSON 共 {}，{} 个值\n")),
                       human_bytes(census.bytes), human_count(census.nodes));
  }
  if (faults > 0) {
    out += fmt::format(fmt::runtime(say("  {} faults of form; meridian validate says which\n",
                                        "  有 {} 处格式错误；可用 meridian validate 查看\n")),
                       human_count(faults));
  }
  return out;
}

Result<bool> inspect(const std::string& file, const CommonOptions& common, Output& output) {
  const Words say(common.language);
  // Standard input can be read only once, so how it is wrapped is not told.
  std::string_view wrapped;
  if (file != "-") {
    auto raw = TRY(open_raw_input(file));
    wrapped = wrapping(TRY(first_bytes(*raw)));
    output.line(fmt::format("{}: {}{}{}", file,
                            raw->size() ? human_bytes(*raw->size()) : std::string(say("size unknown", "大小未知")),
                            wrapped.empty() ? "" : ", ", wrapped));
    auto plain = TRY(open_input(file));
    const Signature signature = recognise(TRY(first_bytes(*plain)));
    if (!signature.is_fhir_text) {
      const std::string_view kind = say(signature.kind, signature.chinese);
      output.line("  " + std::string(kind.empty() ? say("not recognised", "无法识别") : kind));
      return true;
    }
  }
  fhir::ResourceReader reader = TRY(fhir::ResourceReader::open(file));
  if (file == "-") output.line(say("standard input:", "标准输入："));
  Progress progress("reading", reader.size().value_or(0),
                    common.quiet ? Progress::Show::never : Progress::Show::when_watched);
  fhir::ReadResource resource;
  Issues issues;
  Census census;
  while (TRY(reader.next(resource, issues))) {
    take_census(census, resource.document());
    progress.advance(reader.consumed(), census.count);
  }
  output.write(describe(census, reader.form(), issues.errors(), say));
  if (census.count == 0) {
    output.line(fmt::format(
        fmt::runtime(say("  {} text, but no FHIR resource that can be read", "  {} 文本，但不是可读取的 FHIR 资源")),
        fhir::name(reader.form())));
    if (!issues.empty()) output.line("  " + text(issues.all().front(), common.language));
  }
  return census.count > 0;
}

}  // namespace

int run_inspect(const InspectOptions& options, const CommonOptions& common) {
  Output output;
  int exit_code = kOk;
  for (const std::string& file : options.files) {
    const Result<bool> read = inspect(file, common, output);
    if (!read) {
      complain(file + ": " + read.error().message());
      exit_code = kFailed;
    } else if (!*read && exit_code == kOk) {
      exit_code = kFound;
    }
  }
  if (const Result<> written = output.finish(); !written) {
    complain(written.error().message());
    return kFailed;
  }
  return exit_code;
}

}  // namespace meridian::app
