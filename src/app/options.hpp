// What each command of the program was asked to do, as plain values; command_line.cpp fills them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/data_options.hpp"
#include "app/dicom_options.hpp"
#include "app/feed_options.hpp"
#include "app/vcf_options.hpp"
#include "base/issue.hpp"

namespace meridian::app {

enum class OutputFormat : std::uint8_t { text, json };
enum class FhirSyntax : std::uint8_t { json, xml };
enum class Explain : std::uint8_t { no, yes };
enum class Style : std::uint8_t { pretty, compact, canonical };

/// What holds for every command.
struct CommonOptions {
  Language language = Language::english;
  bool quiet = false;                                         ///< no progress on standard error
  std::string config_file;                                    ///< empty: none
  std::vector<std::pair<std::string, std::string>> settings;  ///< --set name=value, in their order
};

struct FhirpathOptions {
  std::string expression;
  std::vector<std::string> files;
  std::vector<std::string> profiles;  ///< for conformsTo(): files, or canonical URLs of what was loaded
  std::vector<std::string> packages;  ///< .tgz files
  OutputFormat format = OutputFormat::text;
  Explain explain = Explain::no;
};

struct ValidateOptions {
  std::vector<std::string> files;
  std::vector<std::string> profiles;  ///< files, or canonical URLs of what was loaded
  std::vector<std::string> packages;  ///< .tgz files
  OutputFormat format = OutputFormat::text;
  unsigned threads = 0;  ///< 0: as many as the machine has
};

struct ConvertOptions {
  std::string file;
  FhirSyntax to = FhirSyntax::json;
  std::string out;  ///< empty: standard output
  Style style = Style::pretty;
};

struct InspectOptions {
  std::vector<std::string> files;
};

/// Of `hl7 to-fhir` and `cda to-fhir`.
struct MappingOptions {
  enum class As : std::uint8_t { bundle, ndjson };
  As as = As::bundle;
  std::string folder;        ///< laid over catalog/mappings; empty: none
  std::string zone = "UTC";  ///< of times without an offset
};

struct Hl7Options {
  enum class Task : std::uint8_t { parse, validate, ack, to_fhir };
  enum class Stage : std::uint8_t { application, accept };
  Task task = Task::parse;
  std::vector<std::string> files;
  std::vector<std::string> profiles;  ///< conformance profiles: XML files
  std::string path;                   ///< parse: only the values there
  std::string charset;                ///< what the bytes are, whatever MSH-18 says
  OutputFormat format = OutputFormat::text;
  Stage stage = Stage::application;
  MappingOptions mapping;
  bool coverage = false;  ///< which fields were mapped, instead of resources
};

struct CdaOptions {
  enum class Task : std::uint8_t { parse, validate, to_fhir, from_fhir };
  Task task = Task::parse;
  std::vector<std::string> files;
  OutputFormat format = OutputFormat::text;
  MappingOptions mapping;
  // from-fhir
  std::string kind = "ccd";  ///< of document
  std::string out;           ///< a file; empty: standard output
  std::string report;        ///< a file for what the document does not say, as an OperationOutcome; empty: none
  std::string patient;       ///< the id of the one whose document it is; empty: the only one
  std::string id;            ///< of the document; empty: made of the content
  std::string time;          ///< when it was made; empty: as the content says
};

struct SignalOptions {
  enum class Action : std::uint8_t { info, samples, annotations, to_fhir };
  Action action = Action::info;
  std::vector<std::string> files;
  std::uint64_t from = 0;         ///< frame
  std::uint64_t to = UINT64_MAX;  ///< frame, not included
  bool physical = false;          ///< values in their units rather than the converter's numbers
  OutputFormat format = OutputFormat::text;
  MappingOptions::As as = MappingOptions::As::bundle;  ///< to_fhir
  std::string zone = "UTC";                            ///< to_fhir: of the recording's clock
};

struct DicomOptions {
  enum class Task : std::uint8_t { dump, info, report, to_fhir, convert, render };
  Task task = Task::dump;
  std::vector<std::string> files;
  OutputFormat format = OutputFormat::text;
  MappingOptions::As as = MappingOptions::As::bundle;  ///< to_fhir
  std::string zone = "UTC";                            ///< to_fhir: of times without an offset
  std::string to;                                      ///< convert: the transfer syntax's UID
  std::string out;                                     ///< convert, render: the file to write
  std::uint32_t frame = 1;                             ///< render
  std::vector<double> window;                          ///< render: center and width; empty: the file's own
};

struct ServeOptions {
  std::string data;  ///< the data folder
};

struct ConfigExplainOptions {
  enum class As : std::uint8_t { text, markdown };
  std::string name;  ///< one setting, or all when empty
  As as = As::text;
};

struct CompletionOptions {
  std::string shell;
};

struct VersionOptions {};

/// Text to print and leave: help, or a usage error with its exit code.
struct Leave {
  int exit_code = 0;
  std::string text;
};

using Command =
    std::variant<FhirpathOptions, ValidateOptions, ConvertOptions, InspectOptions, Hl7Options, SignalOptions,
                 DicomOptions, ServeOptions, ConfigExplainOptions, CompletionOptions, VersionOptions, ImportOptions,
                 ExportOptions, GetOptions, SearchOptions, HistoryOptions, BackupOptions, RestoreOptions, VerifyOptions,
                 ReindexOptions, StatsOptions, TerminologyOptions, DoctorOptions, Hl7SendOptions, FeedsOptions,
                 FeedTestOptions, DevicesOptions, InboxOptions, CdaOptions, DicomEchoOptions, DicomSendOptions,
                 DicomNodesOptions, DicomStoreOptions, DicomFindOptions, DicomFetchOptions, DicomRemoveOptions,
                 DicomWorklistOptions, VcfOptions, Leave>;

struct Invocation {
  CommonOptions common;
  Command command;
};

/// How the program leaves. Documented in `meridian help`.
enum ExitCode : int {
  kOk = 0,      ///< done, nothing wrong
  kFound = 1,   ///< done, and what was looked at has errors
  kUsage = 2,   ///< the command line was not understood
  kFailed = 3,  ///< could not be done: a file, a socket, a setting
};

}  // namespace meridian::app
