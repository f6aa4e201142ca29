#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "app/signature.hpp"
#include "base/input.hpp"
#include "formats/fhir/resource_reader.hpp"
#include "formats/hl7v2/batch.hpp"
#include "formats/hl7v2/charset.hpp"
#include "formats/hl7v2/header.hpp"

namespace meridian::app {
namespace {

/// How the bytes are wrapped, by their first four (RFC 1952, RFC 8878).
std::string_view wrapping(std::string_view head) {
  if (head.starts_with("\x1F\x8B")) return "gzip";
  if (head.starts_with("\x28\xB5\x2F\xFD")) return "zstd";
  return {};
}

/// A source whose beginning is looked at before it is read.
class Peeked final : public ByteSource {
 public:
  static Result<std::unique_ptr<Peeked>> of(std::unique_ptr<ByteSource> source) {
    std::string head(512, '\0');
    std::size_t have = 0;
    while (have < head.size()) {
      const std::size_t count = TRY(source->read(std::span(head).subspan(have)));
      if (count == 0) break;
      have += count;
    }
    head.resize(have);
    return std::make_unique<Peeked>(std::move(source), std::move(head));
  }
  Peeked(std::unique_ptr<ByteSource> source, std::string head) : source_(std::move(source)), head_(std::move(head)) {}

  std::string_view head() const { return head_; }
  Result<std::size_t> read(std::span<char> into) override {
    if (at_ == head_.size()) return source_->read(into);
    const std::size_t count = head_.copy(into.data(), into.size(), at_);
    at_ += count;
    return count;
  }
  std::uint64_t consumed() const override { return source_->consumed(); }
  std::optional<std::uint64_t> size() const override { return source_->size(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::string head_;
  std::size_t at_ = 0;
};

/// What was counted while reading.
struct Census {
  std::map<std::string, std::uint64_t> resources;  // by type
  std::map<std::string, std::uint64_t> entries;    // of Bundles, by type
  std::vector<std::string> profiles;               // the first few, each once
  std::uint64_t count = 0;
  std::uint64_t nodes = 0;
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
  /// "3 entries", "3 个条目"
  std::string count(std::uint64_t n, std::string_view one, std::string_view many, std::string_view chinese) const {
    if (chinese_) return fmt::format("{} 个{}", human_count(n), chinese);
    return fmt::format("{} {}", human_count(n), n == 1 ? one : many);
  }

 private:
  bool chinese_;
};

std::string describe(const Census& census, fhir::FileForm form, const Issues& faults, const Words& say,
                     Language language) {
  std::string out;
  if (form == fhir::FileForm::ndjson) {
    out += fmt::format(fmt::runtime(say("  NDJSON with {}\n", "  NDJSON，含 {}\n")),
                       say.count(census.count, "FHIR R4 resource", "FHIR R4 resources", " FHIR R4 资源"));
    out += table(census.resources);
  } else if (census.count == 1) {
    out += fmt::format(fmt::runtime(say("  FHIR R4 resource {} in {}\n", "  FHIR R4 资源 {}，格式 {}\n")), census.only,
                       fhir::name(form));
    if (!census.entries.empty()) {
      std::uint64_t entries = 0;
      for (const auto& [type, count] : census.entries) entries += count;
      out += fmt::format(fmt::runtime(say("  {} with {}\n", "  {} 类型的 Bundle，共 {}\n")),
                         census.bundle_type.empty() ? "Bundle" : census.bundle_type,
                         say.count(entries, "entry", "entries", "条目"));
      out += table(census.entries);
    }
  } else {
    out += fmt::format(fmt::runtime(say("  {} text, but no FHIR resource that can be read\n",
                                        "  {} 文本，但不是可读取的 FHIR 资源\n")),
                       fhir::name(form));
    if (!faults.empty()) out += "  " + text(faults.all().front(), language) + "\n";
  }
  for (const std::string& profile : census.profiles) {
    out += fmt::format(fmt::runtime(say("  says it conforms to {}\n", "  声明符合 {}\n")), profile);
  }
  if (census.count > 0) out += "  " + say.count(census.nodes, "value", "values", "值") + "\n";
  if (faults.has_errors()) {
    out += fmt::format(fmt::runtime(say("  {}; meridian validate says which\n", "  {}；可用 meridian validate 查看\n")),
                       say.count(faults.errors(), "fault of form", "faults of form", "格式错误"));
  }
  return out;
}

/// Messages counted by type and version; whether all of them can be read.
Result<bool> inspect_hl7(ByteSource& source, const Words& say, Output& output) {
  std::map<std::string, std::uint64_t> types;
  std::map<std::string, std::uint64_t> versions;
  std::map<std::string, std::uint64_t> charsets;
  hl7v2::BatchReader reader(source);
  hl7v2::MessageParser parser;
  Issues issues(0);
  const auto shown = [](std::string_view text) { return std::string(text.substr(0, 24)); };
  while (const auto item = TRY(reader.next(issues))) {
    if (item->kind != hl7v2::BatchItem::Kind::message) continue;
    const hl7v2::Decoded decoded = hl7v2::decode(item->bytes, {}, issues);
    hl7v2::Message message = parser.parse_borrowed(decoded.text(item->bytes), issues);
    const hl7v2::Header header = message.header();
    ++types[message ? shown(header.type()) + "^" + shown(header.trigger()) : std::string("?")];
    ++versions[shown(header.version())];
    ++charsets[std::string(hl7v2::code(decoded.charset))];
    parser.recycle(std::move(message));
  }
  output.write(fmt::format(fmt::runtime(say("  HL7 v2 with {}\n", "  HL7 v2，含 {}\n")),
                           say.count(reader.messages(), "message", "messages", "消息")));
  output.write(table(types));
  const auto list = [&](const std::map<std::string, std::uint64_t>& counts, std::string_view english,
                        std::string_view chinese) {
    std::string names;
    for (const auto& [name, count] : counts) names.append(names.empty() ? "" : ", ").append(name);
    output.write(fmt::format("  {}: {}\n", say(english, chinese), names));
  };
  list(versions, "versions", "版本");
  list(charsets, "character sets", "字符集");
  if (issues.has_errors()) {
    output.write(fmt::format(
        fmt::runtime(say("  {}; meridian hl7 validate says which\n", "  {}；可用 meridian hl7 validate 查看\n")),
        say.count(issues.errors(), "fault of form", "faults of form", "格式错误")));
  }
  return reader.messages() > 0 && !issues.has_errors();
}

/// Whether it is something that is known and whole.
Result<bool> inspect(const std::string& file, const CommonOptions& common, Output& output) {
  const Words say(common.language);
  auto raw = TRY(Peeked::of(TRY(open_raw_input(file))));
  const std::string_view wrapped = wrapping(raw->head());
  std::string first_line = file == "-" ? std::string(say("standard input", "标准输入")) : file;
  std::string_view separator = ": ";
  if (raw->size()) first_line.append(std::exchange(separator, ", ")).append(human_bytes(*raw->size()));
  if (!wrapped.empty()) first_line.append(std::exchange(separator, ", ")).append(wrapped);
  output.line(first_line);

  auto plain = TRY(Peeked::of(TRY(decompress(std::move(raw)))));
  const Signature signature = recognise(plain->head());
  if (signature.is_hl7v2) return inspect_hl7(*plain, say, output);
  if (!signature.is_fhir_text) {
    const std::string_view kind = say(signature.kind, signature.chinese);
    output.line("  " + std::string(kind.empty() ? say("not recognised", "无法识别") : kind));
    return true;
  }
  fhir::ResourceReader reader = TRY(fhir::ResourceReader::from(std::move(plain)));
  Progress progress("reading", reader.size().value_or(0),
                    common.quiet ? Progress::Show::never : Progress::Show::when_watched);
  fhir::ReadResource resource;
  Issues issues;
  Census census;
  while (TRY(reader.next(resource, issues))) {
    take_census(census, resource.document());
    progress.advance(reader.consumed(), census.count);
  }
  const Progress::Pause pause(progress);
  output.write(describe(census, reader.form(), issues, say, common.language));
  return census.count > 0 && !issues.has_errors();
}

}  // namespace

int run_inspect(const InspectOptions& options, const CommonOptions& common) {
  Output output;
  int exit_code = kOk;
  for (const std::string& file : options.files) {
    const Result<bool> read = inspect(file, common, output);
    if (!read) {
      complain_of(file, read.error());
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
