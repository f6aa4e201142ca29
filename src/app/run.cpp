#include <cstdio>

#include "app/command_line.hpp"
#include "app/commands.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "app/settings.hpp"
#include "base/version.hpp"

namespace meridian::app {
namespace {

constexpr std::string_view kSettingsEnglish =
    "# Settings\n\n"
    "Each setting can stand in a YAML file (`--config FILE`: `http.port: 8080`, or nested), in the environment\n"
    "(`MERIDIAN_HTTP_PORT=8080`) and on the command line (`--set http.port=8080`); a later one of these wins.\n"
    "`meridian config explain` shows the values in force and where each came from. This page is made by\n"
    "`meridian config explain --markdown`.\n\n";
constexpr std::string_view kSettingsChinese =
    "# 设置\n\n"
    "每项设置可写在 YAML 文件（`--config FILE`：`http.port: "
    "8080`，或嵌套形式）、环境变量（`MERIDIAN_HTTP_PORT=8080`）\n"
    "或命令行（`--set http.port=8080`）中，后者优先。`meridian config explain` 显示当前值及其来源。\n"
    "本页由 `meridian config explain --markdown` 生成。\n\n";

/// The exit code, unless what was written did not arrive.
int finished(Output& output, int exit_code) {
  if (const Result<> out = output.finish(); !out) {
    complain(out.error().message());
    return kFailed;
  }
  return exit_code;
}

int leave(const Leave& leave) {
  if (leave.exit_code == kOk) {
    Output output;
    output.write(leave.text);
    return finished(output, kOk);
  }
  std::fputs(leave.text.c_str(), stderr);
  return leave.exit_code;
}

struct Chooser {
  const CommonOptions& common;
  int operator()(const FhirpathOptions& options) const { return run_fhirpath(options, common); }
  int operator()(const ValidateOptions& options) const { return run_validate(options, common); }
  int operator()(const ConvertOptions& options) const { return run_convert(options, common); }
  int operator()(const InspectOptions& options) const { return run_inspect(options, common); }
  int operator()(const Hl7Options& options) const { return run_hl7(options, common); }
  int operator()(const CdaOptions& options) const { return run_cda(options, common); }
  int operator()(const SignalOptions& options) const { return run_signal(options, common); }
  int operator()(const DicomOptions& options) const { return run_dicom(options, common); }
  int operator()(const DicomEchoOptions& options) const { return run_dicom_echo(options); }
  int operator()(const DicomSendOptions& options) const { return run_dicom_send(options); }
  int operator()(const DicomNodesOptions& options) const { return run_dicom_nodes(options, common); }
  int operator()(const DicomStoreOptions& options) const { return run_dicom_store(options, common); }
  int operator()(const DicomFindOptions& options) const { return run_dicom_find(options, common); }
  int operator()(const DicomWorklistOptions& options) const { return run_dicom_worklist(options, common); }
  int operator()(const DicomFetchOptions& options) const { return run_dicom_fetch(options, common); }
  int operator()(const DicomRemoveOptions& options) const { return run_dicom_remove(options, common); }
  int operator()(const VcfOptions& options) const { return run_vcf(options, common); }
  int operator()(const ServeOptions& options) const { return run_serve(options, common); }
  int operator()(const ConfigExplainOptions& options) const { return run_config_explain(options, common); }
  int operator()(const CompletionOptions& options) const { return run_completion(options); }
  int operator()(const VersionOptions&) const { return run_version(); }
  int operator()(const ImportOptions& options) const { return run_import(options, common); }
  int operator()(const ExportOptions& options) const { return run_export(options, common); }
  int operator()(const GetOptions& options) const { return run_get(options, common); }
  int operator()(const SearchOptions& options) const { return run_search(options, common); }
  int operator()(const HistoryOptions& options) const { return run_history(options, common); }
  int operator()(const BackupOptions& options) const { return run_backup(options, common); }
  int operator()(const RestoreOptions& options) const { return run_restore(options, common); }
  int operator()(const VerifyOptions& options) const { return run_verify(options, common); }
  int operator()(const ReindexOptions& options) const { return run_reindex(options, common); }
  int operator()(const StatsOptions& options) const { return run_stats(options, common); }
  int operator()(const TerminologyOptions& options) const { return run_terminology(options, common); }
  int operator()(const DoctorOptions& options) const { return run_doctor(options, common); }
  int operator()(const Hl7SendOptions& options) const { return run_hl7_send(options); }
  int operator()(const FeedsOptions& options) const { return run_feeds(options, common); }
  int operator()(const DevicesOptions& options) const { return run_devices(options, common); }
  int operator()(const FeedTestOptions& options) const { return run_feed_test(options, common); }
  int operator()(const InboxOptions& options) const { return run_inbox(options, common); }
  int operator()(const Leave& said) const { return leave(said); }
};

}  // namespace

int run(const Invocation& invocation) {
  return std::visit(Chooser{invocation.common}, invocation.command);
}

int run_version() {
  Output output;
  output.line("meridian " + std::string(kVersion));
#ifdef __clang__
  output.line("FHIR R4 (4.0.1); built with " __VERSION__);
#else
  output.line("FHIR R4 (4.0.1); built with GCC " __VERSION__);
#endif
  return finished(output, kOk);
}

int run_completion(const CompletionOptions& options) {
  Output output;
  output.write(completion_script(options.shell));
  return finished(output, kOk);
}

int run_config_explain(const ConfigExplainOptions& options, const CommonOptions& common) {
  const Result<Config> config = load_config(common);
  if (!config) {
    complain(config.error().message());
    return kUsage;
  }
  Output output;
  if (options.as == ConfigExplainOptions::As::markdown) {
    output.write(common.language == Language::chinese ? kSettingsChinese : kSettingsEnglish);
    output.write(settings_markdown(kSettings, common.language));
    return finished(output, kOk);
  }
  if (options.name.empty()) {
    output.write(config->explain(common.language));
    return finished(output, kOk);
  }
  for (const Config::Row& row : config->rows()) {
    if (row.setting->name != options.name) continue;
    output.line(std::string(row.setting->name) + " = " + row.value + "  (" + row.origin + ")");
    output.line(common.language == Language::chinese ? row.setting->chinese : row.setting->english);
    output.line("environment: " + environment_name(row.setting->name));
    return finished(output, kOk);
  }
  complain("there is no setting \"" + options.name + "\"; see: meridian config explain");
  return kUsage;
}

}  // namespace meridian::app
