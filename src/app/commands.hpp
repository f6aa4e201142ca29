// The commands of the program. Each does its work, writes to standard output, complains to standard error, and
// gives the exit code (options.hpp).
#pragma once

#include "app/options.hpp"

namespace meridian::app {

int run_fhirpath(const FhirpathOptions& options, const CommonOptions& common);
int run_validate(const ValidateOptions& options, const CommonOptions& common);
int run_convert(const ConvertOptions& options, const CommonOptions& common);
int run_inspect(const InspectOptions& options, const CommonOptions& common);
int run_hl7(const Hl7Options& options, const CommonOptions& common);
int run_cda(const CdaOptions& options, const CommonOptions& common);
int run_cda_from_fhir(const CdaOptions& options, const CommonOptions& common);
int run_signal(const SignalOptions& options, const CommonOptions& common);
int run_dicom(const DicomOptions& options, const CommonOptions& common);
int run_dicom_echo(const DicomEchoOptions& options);
int run_dicom_send(const DicomSendOptions& options);
int run_dicom_nodes(const DicomNodesOptions& options, const CommonOptions& common);
int run_dicom_store(const DicomStoreOptions& options, const CommonOptions& common);
int run_dicom_find(const DicomFindOptions& options, const CommonOptions& common);
int run_dicom_worklist(const DicomWorklistOptions& options, const CommonOptions& common);
int run_dicom_fetch(const DicomFetchOptions& options, const CommonOptions& common);
int run_dicom_remove(const DicomRemoveOptions& options, const CommonOptions& common);
int run_vcf(const VcfOptions& options, const CommonOptions& common);
int run_serve(const ServeOptions& options, const CommonOptions& common);
int run_config_explain(const ConfigExplainOptions& options, const CommonOptions& common);
int run_completion(const CompletionOptions& options);
int run_version();

int run_import(const ImportOptions& options, const CommonOptions& common);
int run_export(const ExportOptions& options, const CommonOptions& common);
int run_get(const GetOptions& options, const CommonOptions& common);
int run_search(const SearchOptions& options, const CommonOptions& common);
int run_history(const HistoryOptions& options, const CommonOptions& common);
int run_backup(const BackupOptions& options, const CommonOptions& common);
int run_restore(const RestoreOptions& options, const CommonOptions& common);
int run_verify(const VerifyOptions& options, const CommonOptions& common);
int run_reindex(const ReindexOptions& options, const CommonOptions& common);
int run_stats(const StatsOptions& options, const CommonOptions& common);
int run_terminology(const TerminologyOptions& options, const CommonOptions& common);
int run_hl7_send(const Hl7SendOptions& options);
int run_feeds(const FeedsOptions& options, const CommonOptions& common);
int run_devices(const DevicesOptions& options, const CommonOptions& common);
int run_feed_test(const FeedTestOptions& options, const CommonOptions& common);
int run_inbox(const InboxOptions& options, const CommonOptions& common);
int run_doctor(const DoctorOptions& options, const CommonOptions& common);

/// Chooses the command.
int run(const Invocation& invocation);

}  // namespace meridian::app
