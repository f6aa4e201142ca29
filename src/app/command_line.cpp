#include "app/command_line.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "app/completion.hpp"
#include "app/data_grammar.hpp"
#include "app/dicom_grammar.hpp"
#include "app/feed_grammar.hpp"
#include "app/grammar.hpp"
#include "app/vcf_grammar.hpp"
#include "base/nearest.hpp"

namespace meridian::app {
namespace {

const Choices<OutputFormat> kFormats{{"text", OutputFormat::text}, {"json", OutputFormat::json}};
const Choices<FhirSyntax> kSyntaxes{{"json", FhirSyntax::json}, {"xml", FhirSyntax::xml}};
const Choices<Style> kStyles{{"pretty", Style::pretty}, {"compact", Style::compact}, {"canonical", Style::canonical}};
const Choices<MappingOptions::As> kBundleForms{{"bundle", MappingOptions::As::bundle},
                                               {"ndjson", MappingOptions::As::ndjson}};
const Choices<Hl7Options::Stage> kStages{{"application", Hl7Options::Stage::application},
                                         {"accept", Hl7Options::Stage::accept}};
const Choices<std::string> kTransferSyntaxes{
    {"explicit", "1.2.840.10008.1.2.1"},   {"implicit", "1.2.840.10008.1.2"},
    {"big-endian", "1.2.840.10008.1.2.2"}, {"deflated", "1.2.840.10008.1.2.1.99"},
    {"rle", "1.2.840.10008.1.2.5"},        {"jpeg-lossless", "1.2.840.10008.1.2.4.70"}};
const Choices<Language> kLanguages{{"en", Language::english}, {"zh", Language::chinese}};

constexpr std::int64_t kMostThreads = 256;
constexpr const char* kFilesHelp =
    "files: a resource, a Bundle or NDJSON, in JSON or XML, plain, .gz or .zst; - is standard input";

/// All commands' options side by side, and the CLI11 tree that fills them.
struct Grammar {
  CommonOptions common;
  std::string port;
  std::string address;
  std::vector<std::string> assignments;
  FhirpathOptions fhirpath;
  ValidateOptions validate;
  ConvertOptions convert;
  InspectOptions inspect;
  Hl7Options hl7;
  CdaOptions cda;
  SignalOptions signal;
  DicomOptions dicom;
  VcfOptions vcf;
  ServeOptions serve;
  ConfigExplainOptions config_explain;
  CompletionOptions completion;
  std::string help_about;
  std::optional<DataGrammar> data;  // outlive the app that holds their words
  std::optional<FeedGrammar> feeds;
  std::optional<DicomGrammar> dicom_peers;
  CLI::App app{"Meridian (经络): a data and decision platform for hospitals"};

  Grammar() {
    app.name("meridian");
    app.require_subcommand(0, 1);
    app.fallthrough();
    app.footer(
        "Start here:\n"
        "  meridian inspect patient.json              what is this file?\n"
        "  meridian validate patient.json             what is wrong with it?\n"
        "  meridian fhirpath 'name.given' patient.json  ask it something\n"
        "  meridian serve                             the same over HTTP\n\n"
        "Exit codes: 0 done, nothing wrong; 1 done, and the data or the expression has errors;\n"
        "2 the command line was not understood; 3 could not be done (a file, a socket, a setting).");
    choice(app, "--lang", common.language, kLanguages, "language of messages; otherwise from LC_ALL or LANG");
    app.add_flag("-q,--quiet", common.quiet, "no progress on standard error");
    app.add_option("--config", common.config_file, "a YAML file of settings")->type_name("FILE");
    app.add_option("--set", assignments, "one setting: --set http.port=8080; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);  // one a flag: the words after it are somebody else's

    add_fhirpath();
    add_validate();
    add_convert();
    add_inspect();
    add_hl7();
    add_cda();
    add_signal();
    add_dicom();
    add_vcf(app, vcf);
    add_serve();
    data.emplace(app);
    feeds.emplace(app);  // after hl7, to which it adds a word
    dicom_peers.emplace(app);
    add_config();
    auto* version = app.add_subcommand("version", "print the version and what it was built with");
    version->fallthrough();
    auto* complete = app.add_subcommand("completion", "print a completion script for your shell");
    complete->fallthrough();
    positional(complete->add_option("SHELL", completion.shell, "bash, zsh or fish")->required())
        ->check(CLI::Validator(
            [](const std::string& shell) {
              const bool known = shell == "bash" || shell == "zsh" || shell == "fish";
              return known ? std::string() : "there are scripts for bash, zsh and fish, not for \"" + shell + "\"";
            },
            ""));
    complete->footer("bash: source <(meridian completion bash)");
    auto* help = app.add_subcommand("help", "explain the program or one command");
    help->fallthrough();
    positional(help->add_option("COMMAND", help_about, "the command to explain"));
  }

  void add_fhirpath() {
    auto* command = app.add_subcommand("fhirpath", "evaluate a FHIRPath expression over files");
    command->fallthrough();
    positional(command->add_option("EXPR", fhirpath.expression, "the expression, in quotes")->required());
    positional(command->add_option("FILE", fhirpath.files, kFilesHelp));
    command->add_option("--profile", fhirpath.profiles, "a profile that conformsTo() may name: a file, or a URL")
        ->type_name("FILE|URL")
        ->allow_extra_args(false);
    command->add_option("--package", fhirpath.packages, "a FHIR package to know profiles and value sets from")
        ->type_name("FILE.tgz")
        ->allow_extra_args(false);
    choice(*command, "--format", fhirpath.format, kFormats, "text: a result a line; json: an array a file");
    command->add_flag_callback(
        "--explain", [this] { fhirpath.explain = Explain::yes; }, "print the compiled plan before the results");
    command->footer(
        "Examples:\n"
        "  meridian fhirpath 'Patient.name.given' patient.json\n"
        "  meridian fhirpath \"Observation.value.ofType(Quantity).value > 5\" obs.ndjson.gz --format json\n"
        "A bad expression gives exit code 1 and a caret under the fault.");
  }

  void add_validate() {
    auto* command = app.add_subcommand("validate", "say what is wrong with FHIR resources");
    command->fallthrough();
    positional(command->add_option("FILE", validate.files, kFilesHelp)->required());
    command->add_option("--profile", validate.profiles, "a profile: a file, or the URL of one in a package given")
        ->type_name("FILE|URL")
        ->allow_extra_args(false);
    command->add_option("--package", validate.packages, "a FHIR package to know profiles and value sets from")
        ->type_name("FILE.tgz")
        ->allow_extra_args(false);
    choice(*command, "--format", validate.format, kFormats, "text: a line an issue; json: an OperationOutcome a file");
    command
        ->add_option_function<std::int64_t>(
            "--threads",
            [this](const std::int64_t& threads) {
              if (threads < 0 || threads > kMostThreads) {
                throw CLI::ValidationError("--threads", "takes a number up to " + std::to_string(kMostThreads));
              }
              validate.threads = static_cast<unsigned>(threads);
            },
            "how many threads work on NDJSON; 0: as many as the machine has")
        ->type_name("N");
    command->footer(
        "Nothing is ever fetched: profiles come from the files and packages given.\n"
        "Exit code 0 when there is no error (warnings are no errors), 1 when there is one.");
  }

  void add_convert() {
    auto* command = app.add_subcommand("convert", "convert a FHIR file between JSON and XML, losing nothing");
    command->fallthrough();
    positional(command->add_option("FILE", convert.file, "the file; - is standard input")->required());
    choice(*command, "--to", convert.to, kSyntaxes, "what to make")->required();
    command->add_option("--out", convert.out, "where to; standard output when not given")->type_name("FILE");
    choice(*command, "--style", convert.style, kStyles,
           "pretty: for reading; compact: no white space; canonical: equal content gives equal bytes");
  }

  void add_inspect() {
    auto* command = app.add_subcommand("inspect", "say in words what files are");
    command->fallthrough();
    positional(command->add_option("FILE", inspect.files, kFilesHelp)->required());
  }

  void add_hl7() {
    auto* command = app.add_subcommand("hl7", "look at HL7 v2 messages, say what is wrong with them, answer them");
    command->fallthrough();
    command->require_subcommand(1);
    const auto task = [&](const char* name, const char* about, const char* format_help) {
      auto* sub = command->add_subcommand(name, about);
      sub->fallthrough();
      positional(
          sub->add_option("FILE", hl7.files, "files of one message or many, plain, .gz or .zst; - is standard input")
              ->required());
      choice(*sub, "--format", hl7.format, kFormats, format_help);
      sub->add_option("--charset", hl7.charset,
                      "what the bytes are, whatever MSH-18 says: GB18030, \"UNICODE UTF-8\" ...")
          ->type_name("CODE");
      return sub;
    };
    auto* parse = task("parse", "show what messages hold, by groups and paths",
                       "text: a tree; json: a message a line, values by path");
    parse->add_option("--path", hl7.path, "only the values at a path such as PID-3[*].1 or OBX[2]-5")
        ->type_name("PATH");
    auto* validate_messages = task("validate", "say what is wrong with messages, by the tables of their version",
                                   "text: a line an issue; json: an OperationOutcome a file");
    auto* ack = task("ack", "write the acknowledgement of each message",
                     "text: the messages, as they go over the wire; json: code and message, a line each");
    choice(*ack, "--stage", hl7.stage, kStages,
           "application: AA, AE or AR; accept: CA, CE or CR, the first answer of enhanced mode");
    auto* to_fhir =
        command->add_subcommand("to-fhir", "make FHIR resources of messages, by the tables of the catalogue");
    to_fhir->fallthrough();
    positional(to_fhir->add_option("FILE", hl7.files, "files of messages, plain, .gz or .zst; - is standard input")
                   ->required());
    mapping(*to_fhir, hl7.mapping, "bundle: a transaction a message; ndjson: a resource a line");
    to_fhir->add_option("--charset", hl7.charset, "what the bytes are, whatever MSH-18 says")->type_name("CODE");
    to_fhir->add_flag("--coverage", hl7.coverage, "which fields were mapped and which dropped, instead of resources");
    for (CLI::App* sub : {validate_messages, ack}) {
      sub->add_option("--profile", hl7.profiles, "a conformance profile (HL7v2xConformanceProfile)")
          ->type_name("FILE")
          ->allow_extra_args(false);
    }
    command->footer(
        "Examples:\n"
        "  meridian hl7 parse admission.hl7\n"
        "  meridian hl7 parse results.hl7 --path 'OBX[*]-5'\n"
        "  meridian hl7 validate batch.hl7.gz --format json\n"
        "  meridian hl7 to-fhir admission.hl7 --zone Asia/Shanghai\n"
        "Exit code 1 when a message has an error.");
  }

  static void mapping(CLI::App& command, MappingOptions& options, const char* format_help) {
    choice(command, "--format", options.as, kBundleForms, format_help);
    command.add_option("--mappings", options.folder, "a folder laid over the built-in mappings")->type_name("DIR");
    command.add_option("--zone", options.zone, "of times without an offset, such as Asia/Shanghai")->type_name("ZONE");
  }

  void add_cda() {
    auto* command = app.add_subcommand(
        "cda", "look at CDA documents, say what is wrong with them, make FHIR of them and them of FHIR");
    command->fallthrough();
    command->require_subcommand(1);
    const auto task = [&](const char* name, const char* about) {
      auto* sub = command->add_subcommand(name, about);
      sub->fallthrough();
      positional(
          sub->add_option("FILE", cda.files, "documents or parts of them, plain, .gz or .zst; - is standard input")
              ->required());
      return sub;
    };
    auto* parse = task("parse", "show header, sections, narrative and statements");
    choice(*parse, "--format", cda.format, kFormats, "text: a tree; json: a document a line");
    auto* check = task("validate", "say what is wrong with the structure, by CDA R2 itself");
    choice(*check, "--format", cda.format, kFormats, "text: a line an issue; json: an OperationOutcome a file");
    auto* to_fhir = task("to-fhir", "make FHIR resources of documents, by the tables of the catalogue");
    mapping(*to_fhir, cda.mapping, "bundle: a transaction a document; ndjson: a resource a line");
    auto* from_fhir = command->add_subcommand("from-fhir", "make a document of one patient's FHIR resources");
    from_fhir->fallthrough();
    positional(
        from_fhir
            ->add_option("FILE", cda.files,
                         "a Bundle of any type in JSON or XML, or NDJSON; plain, .gz or .zst; - is standard input")
            ->required()
            ->expected(1));
    from_fhir
        ->add_option("--as", cda.kind,
                     "ccd: Continuity of Care Document of C-CDA R2.1; ips: International Patient Summary")
        ->type_name("KIND")
        ->check(CLI::IsMember({"ccd", "ips"}));
    from_fhir->add_option("--out", cda.out, "where the document goes; standard output when not said")
        ->type_name("FILE");
    from_fhir->add_option("--report", cda.report, "what the document does not say, as an OperationOutcome")
        ->type_name("FILE");
    from_fhir
        ->add_option("--patient", cda.patient, "the id of the Patient whose document it is, where there are several")
        ->type_name("ID");
    from_fhir->add_option("--id", cda.id, "the document's id; made of the content when not said")->type_name("UUID");
    from_fhir
        ->add_option("--time", cda.time,
                     "when it was made, such as 2024-05-01T10:30:00Z; as the content says when not said")
        ->type_name("TIME");
    from_fhir->add_option("--mappings", cda.mapping.folder, "a folder laid over the built-in mappings")
        ->type_name("DIR");
    command->footer(
        "C-CDA, CCD, IPS and Chinese shared documents (WS/T 500); bodies of PDF or RTF become a DocumentReference.\n"
        "Nothing is ever fetched, and a DOCTYPE is refused.\n"
        "Examples:\n"
        "  meridian cda parse summary.xml\n"
        "  meridian cda validate summary.xml --format json\n"
        "  meridian cda to-fhir summary.xml --format ndjson\n"
        "  meridian cda from-fhir patient.json --as ips --out summary.xml --report missing.json\n"
        "Exit code 1 when a document has an error.");
  }

  void add_signal() {
    using Action = SignalOptions::Action;
    auto* all = app.add_subcommand(
        "signal", "waveforms: what a recording holds (WFDB, SCP-ECG, annotated ECG), its samples, FHIR made of it");
    all->fallthrough();
    all->require_subcommand(1);
    const auto action = [&](const char* name, const char* about, const char* help, Action what) {
      auto* command = all->add_subcommand(name, about);
      command->fallthrough();
      command->callback([this, what] { signal.action = what; });
      positional(command->add_option("FILE", signal.files, help)->required());
      return command;
    };
    auto* command =
        action("info", "channels, rate, length, and the range of each channel",
               "headers of WFDB records (.hea), SCP-ECG files, annotated ECGs; told by their content", Action::info);
    choice(*command, "--format", signal.format, kFormats, "for people, or JSON");
    const auto range = [this](CLI::App& of) {
      of.add_option("--from", signal.from, "the first frame")->type_name("FRAME");
      of.add_option("--to", signal.to, "the frame to stop before")->type_name("FRAME");
    };
    command = action("samples", "one row a frame, one column a channel, with tabs",
                     "the header of a record (.hea), or an electrocardiogram", Action::samples);
    range(*command);
    command->add_flag("--physical", signal.physical, "values in their units; - where nothing was measured");
    command->footer("Where a channel has several samples a frame, their mean is shown.");
    action("annotations", "beats, rhythms and notes, one a row; of an electrocardiogram waves and measurements",
           "files of annotations (.atr), or electrocardiograms", Action::annotations);
    command = action("to-fhir", "make Observations with SampledData, and a Patient where the file names one",
                     "headers of WFDB records (.hea), or electrocardiograms", Action::to_fhir);
    range(*command);
    choice(*command, "--format", signal.as, kBundleForms, "bundle: a transaction a file; ndjson: a resource a line");
    command->add_option("--zone", signal.zone, "of the recording's clock, such as Asia/Shanghai")->type_name("ZONE");
  }

  void add_dicom() {
    using Task = DicomOptions::Task;
    auto* all = app.add_subcommand(
        "dicom", "images: what DICOM files hold, FHIR made of them, other transfer syntaxes, sending");
    all->fallthrough();
    all->require_subcommand(1);
    const auto task = [&](const char* name, const char* about, Task what) {
      auto* command = all->add_subcommand(name, about);
      command->fallthrough();
      command->callback([this, what] { dicom.task = what; });
      positional(
          command->add_option("FILE", dicom.files, "DICOM files, plain, .gz or .zst; - is standard input")->required());
      return command;
    };
    choice(*task("dump", "show every element, by tag and keyword", Task::dump), "--format", dicom.format, kFormats,
           "text: an element a line; json: DICOM JSON (PS3.18 F), a file a line");
    choice(*task("info", "patient, study, series, instance, and the pixels' form", Task::info), "--format",
           dicom.format, kFormats, "for people, or JSON, a file a line");
    task("report", "show a structured report as text", Task::report);
    auto* to_fhir = task("to-fhir", "make an ImagingStudy of each study, with its Patient", Task::to_fhir);
    choice(*to_fhir, "--format", dicom.as, kBundleForms, "bundle: a transaction a study; ndjson: a resource a line");
    to_fhir->add_option("--zone", dicom.zone, "of times without an offset, such as Asia/Shanghai")->type_name("ZONE");
    auto* convert_pixels = task("convert", "write a file in another transfer syntax", Task::convert);
    choice(*convert_pixels, "--to", dicom.to, kTransferSyntaxes,
           "the transfer syntax; pixels are decoded or coded for it");
    convert_pixels->add_option("--out", dicom.out, "the file to write")->type_name("FILE")->required();
    auto* picture = task("render", "make a PNG picture of a frame", Task::render);
    picture->add_option("--out", dicom.out, "the file to write")->type_name("FILE")->required();
    picture->add_option("--frame", dicom.frame, "which frame, from 1")->type_name("N");
    picture->add_option("--window", dicom.window, "the values to show, otherwise as the file says")
        ->type_name("CENTER WIDTH")
        ->expected(2);
    all->footer(
        "Examples:\n"
        "  meridian dicom info *.dcm\n"
        "  meridian dicom dump slice.dcm --format json\n"
        "  meridian dicom to-fhir study/*.dcm --zone Asia/Shanghai\n"
        "  meridian dicom convert slice.dcm --to explicit --out plain.dcm\n"
        "  meridian dicom render slice.dcm --window 40 400 --out slice.png\n"
        "  meridian dicom send study --to archive:104 --called ARCHIVE\n"
        "Exit code 1 when a file is damaged; nothing of it is shown then.");
  }

  void add_serve() {
    auto* command = app.add_subcommand("serve", "start the server");
    command->fallthrough();
    command->add_option("--data", serve.data, "the data folder, made when it is not there")
        ->type_name("DIR")
        ->default_val("meridian-data");
    command->add_option("--port", port, "port to listen on; 0 picks a free one")->type_name("N");
    command->add_option("--address", address, "address to listen on")->type_name("ADDRESS");
    command->footer("Settings (limits, TLS, logs …): meridian config explain");
  }

  void add_config() {
    auto* command = app.add_subcommand("config", "explain the settings");
    command->fallthrough();
    command->require_subcommand(1);
    auto* explain = command->add_subcommand("explain", "each setting: its value, where that came from, what it does");
    explain->fallthrough();
    positional(explain->add_option("NAME", config_explain.name, "one setting, such as http.port"));
    explain->add_flag_callback(
        "--markdown", [this] { config_explain.as = ConfigExplainOptions::As::markdown; }, "as a document");
  }

  Command command() {
    if (app.got_subcommand("fhirpath")) {
      if (fhirpath.files.empty() && fhirpath.explain == Explain::no) fhirpath.files = {"-"};
      return std::move(fhirpath);
    }
    if (app.got_subcommand("validate")) return std::move(validate);
    if (app.got_subcommand("convert")) return std::move(convert);
    if (app.got_subcommand("inspect")) return std::move(inspect);
    if (auto asked = feeds->command(app)) return std::move(*asked);  // hl7 send among them
    if (const CLI::App* command = app.get_subcommand("hl7"); command->parsed()) {
      using Task = Hl7Options::Task;
      hl7.task = command->got_subcommand("ack")        ? Task::ack
                 : command->got_subcommand("validate") ? Task::validate
                 : command->got_subcommand("to-fhir")  ? Task::to_fhir
                                                       : Task::parse;
      return std::move(hl7);
    }
    if (const CLI::App* command = app.get_subcommand("cda"); command->parsed()) {
      using Task = CdaOptions::Task;
      cda.task = command->got_subcommand("validate")    ? Task::validate
                 : command->got_subcommand("to-fhir")   ? Task::to_fhir
                 : command->got_subcommand("from-fhir") ? Task::from_fhir
                                                        : Task::parse;
      return std::move(cda);
    }
    if (app.got_subcommand("signal")) return std::move(signal);
    if (auto asked = dicom_peers->command()) return std::move(*asked);
    if (app.got_subcommand("dicom")) {
      if (dicom.to.empty()) dicom.to = kTransferSyntaxes.begin()->second;
      return std::move(dicom);
    }
    if (app.got_subcommand("vcf")) return std::move(vcf);
    if (app.got_subcommand("serve")) return std::move(serve);
    if (auto asked = data->command(app)) return std::move(*asked);
    if (app.got_subcommand("config")) return std::move(config_explain);
    if (app.got_subcommand("completion")) return std::move(completion);
    if (app.got_subcommand("version")) return VersionOptions{};
    if (app.got_subcommand("help")) return help();
    return Leave{kUsage, app.help()};
  }

  Command help() const {
    // Of a grammar that has parsed nothing: CLI11 would explain the command that was chosen, which is `help`.
    const Grammar fresh;
    if (help_about.empty()) return Leave{kOk, fresh.app.help()};
    for (const CLI::App* sub : fresh.app.get_subcommands(nullptr)) {
      if (sub->get_name() == help_about) return Leave{kOk, sub->help("meridian")};
    }
    return Leave{kUsage, no_such_command(help_about)};
  }

  std::string no_such_command(const std::string& word) const {
    std::vector<std::string_view> names;
    for (const CLI::App* sub : app.get_subcommands(nullptr)) names.push_back(sub->get_name());
    const std::string_view meant = nearest(word, names);
    return "meridian: there is no command \"" + word + "\"" +
           (meant.empty() ? std::string() : "; did you mean " + std::string(meant) + "?") + "\nsee: meridian help\n";
  }

  /// `--set a=b` and the flags that are settings by another name.
  std::string collect_settings() {
    for (const std::string& assignment : assignments) {
      const std::size_t equals = assignment.find('=');
      if (equals == std::string::npos || equals == 0) return "--set takes NAME=VALUE, not \"" + assignment + "\"\n";
      common.settings.emplace_back(assignment.substr(0, equals), assignment.substr(equals + 1));
    }
    if (!port.empty()) common.settings.emplace_back("http.port", port);
    if (!address.empty()) common.settings.emplace_back("http.address", address);
    return {};
  }
};

std::string usage_error(const Grammar& grammar, const CLI::ParseError& error) {
  const std::vector<std::string> left = grammar.app.remaining();
  if (grammar.app.get_subcommands().empty() && !left.empty() && !left.front().starts_with("-")) {
    return grammar.no_such_command(left.front());
  }
  std::string text = "meridian: " + std::string(error.what());
  if (text.back() != '\n') text += '\n';
  const auto parsed = grammar.app.get_subcommands();
  text += parsed.empty() ? "see: meridian help\n" : "see: meridian help " + parsed.front()->get_name() + "\n";
  return text;
}

}  // namespace

Invocation parse_command_line(std::vector<std::string> arguments, Language default_language) {
  Grammar grammar;
  grammar.common.language = default_language;
  // `meridian serve --help` is for the command, `meridian --version` is what people try first.
  if (arguments.size() == 1 && (arguments[0] == "--version" || arguments[0] == "-V")) arguments[0] = "version";
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    grammar.app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    const auto parsed = grammar.app.get_subcommands();
    return {grammar.common, Leave{kOk, parsed.empty() ? grammar.app.help() : parsed.front()->help("meridian")}};
  } catch (const CLI::ParseError& error) {
    return {grammar.common, Leave{kUsage, usage_error(grammar, error)}};
  }
  if (std::string wrong = grammar.collect_settings(); !wrong.empty()) return {grammar.common, Leave{kUsage, wrong}};
  Command command = grammar.command();
  return {std::move(grammar.common), std::move(command)};
}

std::string completion_script(const std::string& shell) {
  Grammar grammar;
  std::vector<CompletedCommand> commands;
  const auto words = [](const CLI::App& app) {
    std::vector<std::string> flags;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    }
    return flags;
  };
  const std::vector<std::string> common = words(grammar.app);
  for (const CLI::App* sub : grammar.app.get_subcommands(nullptr)) {
    CompletedCommand command{sub->get_name(), sub->get_description(), words(*sub), {}};
    command.flags.insert(command.flags.end(), common.begin(), common.end());
    for (const CLI::App* nested : sub->get_subcommands(nullptr)) {
      command.words.push_back(nested->get_name());
      for (std::string& flag : words(*nested)) command.flags.push_back(std::move(flag));
    }
    if (sub->get_name() == "completion") command.words = {"bash", "zsh", "fish"};
    if (sub->get_name() == "help") {
      for (const CLI::App* other : grammar.app.get_subcommands(nullptr)) command.words.push_back(other->get_name());
    }
    commands.push_back(std::move(command));
  }
  return write_completion(shell, commands);
}

}  // namespace meridian::app
