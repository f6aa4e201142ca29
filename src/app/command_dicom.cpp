#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/open_key.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "base/input.hpp"
#include "formats/dicom/json.hpp"
#include "formats/dicom/render.hpp"
#include "formats/dicom/report.hpp"
#include "formats/dicom/values.hpp"
#include "formats/dicom/write.hpp"
#include "formats/fhir/json_writer.hpp"
#include "mapping/imaging.hpp"

namespace meridian::app {
namespace {

using dicom::DataSet;
using dicom::File;
using dicom::Tag;

/// One line of `info`: what it is called for programs, and where it stands.
struct Fact {
  const char* key;
  Tag tag;
};
constexpr Fact kFacts[] = {
    {"patientName", {0x0010, 0x0010}},      {"patientId", {0x0010, 0x0020}},
    {"patientSex", {0x0010, 0x0040}},       {"patientBirthDate", {0x0010, 0x0030}},
    {"studyUid", {0x0020, 0x000D}},         {"studyDate", {0x0008, 0x0020}},
    {"studyDescription", {0x0008, 0x1030}}, {"accessionNumber", {0x0008, 0x0050}},
    {"modality", {0x0008, 0x0060}},         {"seriesUid", {0x0020, 0x000E}},
    {"seriesNumber", {0x0020, 0x0011}},     {"seriesDescription", {0x0008, 0x103E}},
    {"instanceUid", {0x0008, 0x0018}},      {"instanceNumber", {0x0020, 0x0013}},
    {"sopClass", {0x0008, 0x0016}},
};

std::string fact(const DataSet& set, std::string_view key) {
  for (const Fact& one : kFacts) {
    if (key == one.key) return dicom::text(set, one.tag);
  }
  return {};
}

/// Without control characters, which a terminal would obey.
std::string plain(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return text;
}

void append(std::string& line, const std::string& word, std::string_view before = ", ") {
  if (word.empty()) return;
  if (!line.empty()) line += before;
  line += plain(word);
}

std::string syntax_name(const File& file) {
  const dicom::TransferSyntax& syntax = file.transfer_syntax();
  return syntax.uid.empty() ? file.transfer_syntax_uid() : std::string(syntax.name);
}

class DicomWork {
 public:
  DicomWork(const DicomOptions& options, const CommonOptions& common)
      : options_(options),
        common_(common),
        progress_("reading", total_size(options.files),
                  common.quiet ? Progress::Show::never : Progress::Show::when_watched) {}

  Result<> prepare() {
    using Task = DicomOptions::Task;
    if ((options_.task == Task::convert || options_.task == Task::render) && options_.files.size() != 1) {
      return fail(ErrorCode::invalid_argument, "convert and render take one FILE");
    }
    if (options_.frame == 0) return fail(ErrorCode::invalid_argument, "frames count from 1");
    if (options_.task != DicomOptions::Task::to_fhir) return {};
    mapping::ImagingContext context;
    context.tenant_key = kOpenKey;
    context.zone = TRY(TimeZone::find(options_.zone));
    studies_.emplace(std::move(context));
    return {};
  }

  int run() {
    for (const std::string& file : options_.files) {
      if (output_.is_broken()) break;
      Issues issues;
      const Result<> done = work_on(file, issues);
      const Progress::Pause pause(progress_);
      complain_of(file, issues, common_.language);
      if (issues.has_errors()) exit_code_ = std::max<int>(exit_code_, kFound);
      if (!done && !issues.has_fatal()) {
        complain_of(file, done.error());
        exit_code_ = kFailed;
      }
    }
    if (studies_) print_studies();
    if (const Result<> written = output_.finish(); !written) {
      complain(written.error().message());
      return kFailed;
    }
    return exit_code_;
  }

 private:
  Result<> work_on(const std::string& name, Issues& issues) {
    const dicom::Limits limits;
    const auto source = TRY(open_input(name));
    std::string bytes = TRY(read_all(*source, limits.max_bytes));
    progress_.end_file(source->consumed());
    const File file = TRY(dicom::read_file(std::move(bytes), limits, issues));
    switch (options_.task) {
      case DicomOptions::Task::dump:
        print(options_.format == OutputFormat::json ? dicom::to_json(file.data_set()) + '\n' : dicom::dump(file));
        return {};
      case DicomOptions::Task::info:
        print(options_.format == OutputFormat::json ? info_json(name, file, issues) : info_text(name, file, issues));
        return {};
      case DicomOptions::Task::report:
        return report(file);
      case DicomOptions::Task::render:
        return render(file, issues);
      case DicomOptions::Task::to_fhir:
        studies_->add(file.data_set(), issues);
        return {};
      case DicomOptions::Task::convert:
        return convert(file, issues);
    }
    return {};
  }

  Result<> report(const File& file) {
    const std::string text = dicom::report_text(file.data_set());
    if (text.empty()) return fail(ErrorCode::not_found, "this is no structured report");
    print(text);
    return {};
  }

  Result<> render(const File& file, Issues& issues) {
    dicom::RenderOptions how;
    if (options_.window.size() == 2) how.window = dicom::Window{options_.window[0], std::max(1.0, options_.window[1])};
    return save(TRY(dicom::to_png(TRY(dicom::render(file, options_.frame - 1, how, issues)))));
  }

  Result<> convert(const File& file, Issues& issues) {
    return save(TRY(dicom::transcode(file, options_.to, {}, issues)));
  }

  Result<> save(const std::string& bytes) {
    Output out = TRY(Output::to_file(options_.out));
    out.write(bytes);
    return out.finish();
  }

  static std::optional<dicom::PixelFormat> pixels(const File& file, Issues& issues) {
    auto format = dicom::pixel_format(file.data_set(), {}, issues);
    return format ? std::optional<dicom::PixelFormat>(std::move(*format)) : std::nullopt;
  }

  static std::string info_text(const std::string& name, const File& file, Issues& issues) {
    const DataSet& set = file.data_set();
    std::string head;
    append(head, fact(set, "modality"));
    append(head, syntax_name(file));
    if (const auto format = pixels(file, issues)) {
      append(head, fmt::format("{} of {} × {}", counted(format->frames, "frame"), format->columns, format->rows));
      append(head, format->photometric);
      append(head, fmt::format("{} bits", format->bits_stored));
    }
    std::string out = name + ": " + head + '\n';
    const auto line = [&](const char* label, std::initializer_list<const char*> keys) {
      std::string words;
      for (const char* key : keys) append(words, fact(set, key));
      if (!words.empty()) out += fmt::format("  {:<9} {}\n", label, words);
    };
    line("patient", {"patientName", "patientId", "patientSex", "patientBirthDate"});
    line("study", {"studyDate", "studyDescription", "accessionNumber", "studyUid"});
    line("series", {"seriesNumber", "seriesDescription", "seriesUid"});
    line("instance", {"instanceNumber", "instanceUid"});
    line("class", {"sopClass"});
    return out;
  }

  static std::string info_json(const std::string& name, const File& file, Issues& issues) {
    fhir::JsonWriter json;
    json.begin_object().key("file").string(name);
    json.key("transferSyntax")
        .string(file.transfer_syntax().uid.empty() ? file.transfer_syntax_uid() : file.transfer_syntax().uid);
    json.key("transferSyntaxName").string(syntax_name(file));
    for (const Fact& one : kFacts) {
      const std::string value = dicom::text(file.data_set(), one.tag);
      if (!value.empty()) json.key(one.key).string(value);
    }
    if (const auto format = pixels(file, issues)) {
      json.key("frames").number(std::int64_t{format->frames}).key("rows").number(std::int64_t{format->rows});
      json.key("columns").number(std::int64_t{format->columns}).key("samples").number(std::int64_t{format->samples});
      json.key("bitsAllocated").number(std::int64_t{format->bits_allocated});
      json.key("bitsStored").number(std::int64_t{format->bits_stored}).key("signed").boolean(format->is_signed);
      json.key("photometric").string(format->photometric);
    }
    json.end_object();
    return std::move(json).take() + '\n';
  }

  void print_studies() {
    const bool is_bundle = options_.as == MappingOptions::As::bundle;
    for (const std::string& text : is_bundle ? studies_->bundles() : studies_->resources()) print(text + '\n');
  }

  void print(std::string_view text) { progress_.print(output_, text); }

  const DicomOptions& options_;
  const CommonOptions& common_;
  std::optional<mapping::ImagingStudies> studies_;  // of to-fhir
  Output output_;
  Progress progress_;
  int exit_code_ = kOk;
};

}  // namespace

int run_dicom(const DicomOptions& options, const CommonOptions& common) {
  DicomWork work(options, common);
  if (const Result<> prepared = work.prepare(); !prepared) {
    complain(prepared.error().message());
    return kUsage;
  }
  return work.run();
}

}  // namespace meridian::app
