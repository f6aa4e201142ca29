#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/hl7_mapping.hpp"
#include "app/hl7_report.hpp"
#include "app/messages.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "base/clock.hpp"
#include "base/input.hpp"
#include "formats/fhir/json_writer.hpp"
#include "formats/hl7v2/ack.hpp"
#include "formats/hl7v2/batch.hpp"
#include "formats/hl7v2/charset.hpp"
#include "formats/hl7v2/header.hpp"
#include "formats/hl7v2/path.hpp"
#include "formats/hl7v2/profile.hpp"
#include "formats/hl7v2/validate.hpp"
#include "validation/operation_outcome.hpp"

namespace meridian::app {
namespace {

/// Now, as HL7 v2 writes it: `20260101120000+0000`.
std::string time_of_day() {
  std::string digits;
  for (const char c : system_clock().now().to_string().substr(0, 19)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits + "+0000";
}

/// A position in a message's text as one in the file. CR, LF and CR LF end lines.
Position in_file(std::string_view text, const hl7v2::BatchItem& item, const Position& within) {
  std::uint64_t line = item.line;
  std::size_t begin = 0;
  const std::size_t end = std::min(within.offset, text.size());
  for (std::size_t i = 0; i < end; ++i) {
    if (text[i] != '\n' && (text[i] != '\r' || (i + 1 < text.size() && text[i + 1] == '\n'))) continue;
    ++line;
    begin = i + 1;
  }
  return {static_cast<std::size_t>(item.offset) + within.offset, static_cast<std::uint32_t>(line),
          static_cast<std::uint32_t>(end - begin + 1)};
}

class Hl7Work {
 public:
  Hl7Work(const Hl7Options& options, const CommonOptions& common)
      : options_(options),
        common_(common),
        progress_("reading", total_size(options.files),
                  common.quiet ? Progress::Show::never : Progress::Show::when_watched) {}

  Result<> prepare() {
    if (!options_.path.empty()) path_ = TRY(hl7v2::Path::parse(options_.path));
    if (!options_.charset.empty()) {
      charsets_.always = hl7v2::charset_of_code(options_.charset);
      if (!charsets_.always) {
        return fail(ErrorCode::invalid_argument,
                    "--charset takes a code of table 0211 such as \"UNICODE UTF-8\" or GB18030");
      }
    }
    for (const std::string& file : options_.profiles) {
      const auto source = TRY(open_input(file));
      auto profile = hl7v2::Profile::parse(TRY(read_all(*source, hl7v2::Profile::kMaxBytes)));
      if (!profile) return fail(std::move(profile).error().within(file));
      profiles_.push_back(std::move(*profile));
    }
    if (options_.task == Hl7Options::Task::to_fhir)
      mapping_ = TRY(Hl7Mapping::open(options_.mapping, common_.language));
    return {};
  }

  int run() {
    for (const std::string& file : options_.files) {
      if (output_.is_broken()) break;
      run(file);
    }
    if (mapping_ != nullptr && options_.coverage) print(mapping_->coverage());
    if (const Result<> written = output_.finish(); !written) {
      complain(written.error().message());
      return kFailed;
    }
    return exit_code_;
  }

 private:
  void run(const std::string& file) {
    Issues all;
    std::uint64_t messages = 0;
    if (const Result<> done = read(file, all, messages); !done) {
      const Progress::Pause pause(progress_);
      complain_of(file, done.error());
      exit_code_ = kFailed;
      all.add({Severity::fatal, IssueType::processing, kNotReadable, {done.error().message()}});
    } else if (messages == 0) {
      Issues none;
      none.add({Severity::error, IssueType::structure, kNoMessage});
      if (options_.task == Hl7Options::Task::validate) {
        tell(file, none);
      } else {
        complain_of(file, none, common_.language);
      }
      all.add_all(std::move(none));
    }
    if (options_.task == Hl7Options::Task::validate) {
      print(options_.format == OutputFormat::json ? validation::operation_outcome_json(all, common_.language) + "\n"
                                                  : summary(file, messages, all));
    }
    if (all.has_errors() && exit_code_ == kOk) exit_code_ = kFound;
  }

  Result<> read(const std::string& file, Issues& all, std::uint64_t& messages) {
    const auto source = TRY(open_input(file));
    hl7v2::BatchReader reader(*source);
    for (;;) {
      Issues of_batch;
      const auto item = TRY(reader.next(of_batch));
      tell(file, of_batch);
      all.add_all(std::move(of_batch));
      if (!item) break;
      if (item->kind == hl7v2::BatchItem::Kind::message) work_on(file, *item, all);
      progress_.advance(source->consumed(), reader.messages());
      if (output_.is_broken()) break;
    }
    messages = reader.messages();
    progress_.end_file(source->consumed());
    return {};
  }

  void work_on(const std::string& file, const hl7v2::BatchItem& item, Issues& all) {
    Issues issues;
    const hl7v2::Decoded decoded = hl7v2::decode(item.bytes, charsets_, issues);
    const std::string_view text = decoded.text(item.bytes);
    hl7v2::Message message = parser_.parse_borrowed(text, issues);
    if (mapping_ != nullptr && message) {
      const std::string resources = mapping_->convert(message, issues);
      if (!options_.coverage) print(resources);
    } else if (message && options_.task != Hl7Options::Task::parse) {
      hl7v2::validate(message, {}, issues);
      for (const hl7v2::Profile& profile : profiles_) profile.validate(message, issues);
    }
    if (options_.task == Hl7Options::Task::ack) answer(message, issues);
    issues.move_positions([&](const Position& position) { return in_file(text, item, position); });
    if (options_.task == Hl7Options::Task::parse) show(message, item, issues);
    tell(file, issues);
    parser_.recycle(std::move(message));
    all.add_all(std::move(issues));
  }

  void show(const hl7v2::Message& message, const hl7v2::BatchItem& item, const Issues& issues) {
    if (path_) {
      print(values_at(message, *path_, options_.format));
    } else if (options_.format == OutputFormat::json) {
      print(message_json(message, item, issues, common_.language));
    } else if (message) {
      print(message_text(message, item, common_.language));
    }
  }

  void answer(const hl7v2::Message& message, const Issues& issues) {
    using hl7v2::Outcome;
    const Outcome outcome = !message ? Outcome::rejected : issues.has_errors() ? Outcome::error : Outcome::accepted;
    const auto stage =
        options_.stage == Hl7Options::Stage::accept ? hl7v2::AckStage::accept : hl7v2::AckStage::application;
    const hl7v2::AckCode code = hl7v2::ack_code(stage, outcome);
    const std::string time = time_of_day();
    const std::string control_id = fmt::format("{}.{}", time.substr(0, 14), ++answers_);
    std::string ack =
        hl7v2::make_ack(message, code, issues, {.time = time, .control_id = control_id, .language = common_.language});
    if (options_.format == OutputFormat::json) {
      fhir::JsonWriter json;
      json.begin_object().key("code").string(hl7v2::name(code)).key("message").string(ack).end_object();
      print(std::move(json).take() + "\n");
      return;
    }
    // A person reads lines; a program gets what goes over the wire.
    if (output_.is_terminal()) std::replace(ack.begin(), ack.end(), '\r', '\n');
    print(ack);
  }

  /// Issues as lines: those of validate are its results, others are told beside them.
  void tell(const std::string& file, const Issues& issues) {
    if (issues.empty()) return;
    if (options_.task == Hl7Options::Task::validate) {
      if (options_.format == OutputFormat::json) return;
      for (const Issue& issue : issues.all()) print(issue_line(file, issue, common_.language) + "\n");
    } else if (mapping_ != nullptr ||
               (options_.task == Hl7Options::Task::parse && (options_.format == OutputFormat::text || path_))) {
      // How lines end is of interest to validate only.
      const Progress::Pause pause(progress_);
      complain_of_faults(file, issues, common_.language);
    }
  }

  std::string summary(const std::string& file, std::uint64_t messages, const Issues& issues) const {
    const std::string faults = counted_faults(issues, common_.language);
    if (common_.language == Language::chinese) {
      return fmt::format("{}：{} 条消息，{}\n", file, human_count(messages), faults);
    }
    return fmt::format("{}: {}, {}\n", file, counted(messages, "message"), faults);
  }

  void print(std::string_view text) { progress_.print(output_, text); }

  const Hl7Options& options_;
  const CommonOptions& common_;
  hl7v2::CharsetOptions charsets_;
  std::optional<hl7v2::Path> path_;
  std::vector<hl7v2::Profile> profiles_;
  std::unique_ptr<Hl7Mapping> mapping_;  // of to-fhir
  hl7v2::MessageParser parser_;
  Output output_;
  Progress progress_;
  std::uint64_t answers_ = 0;
  int exit_code_ = kOk;
};

}  // namespace

int run_hl7(const Hl7Options& options, const CommonOptions& common) {
  Hl7Work work(options, common);
  if (const Result<> prepared = work.prepare(); !prepared) {
    complain(prepared.error().message());
    return prepared.error().code() == ErrorCode::invalid_argument ? kUsage : kFailed;
  }
  return work.run();
}

}  // namespace meridian::app
