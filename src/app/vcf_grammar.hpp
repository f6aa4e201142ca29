// The command `vcf` and its options.
#pragma once

#include <CLI/CLI.hpp>

#include "app/vcf_options.hpp"

namespace meridian::app {

/// `options` outlive the app.
void add_vcf(CLI::App& app, VcfOptions& options);

}  // namespace meridian::app
