// The commands of the program. Each does its work, writes to standard output, complains to standard error, and
// gives the exit code (options.hpp).
#pragma once

#include "app/options.hpp"

namespace meridian::app {

int run_fhirpath(const FhirpathOptions& options, const CommonOptions& common);
int run_validate(const ValidateOptions& options, const CommonOptions& common);
int run_convert(const ConvertOptions& options, const CommonOptions& common);
int run_inspect(const InspectOptions& options, const CommonOptions& common);
int run_serve(const ServeOptions& options, const CommonOptions& common);
int run_config_explain(const ConfigExplainOptions& options, const CommonOptions& common);
int run_completion(const CompletionOptions& options);
int run_version();

/// Chooses the command.
int run(const Invocation& invocation);

}  // namespace meridian::app
