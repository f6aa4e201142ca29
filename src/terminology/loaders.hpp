// Loaders: the files in which terminologies are given out, read into a CodeSystemBuilder, a file at a time.
//
// Each reads one file as a stream; those of one terminology go into the same builder, in any order. Lines that cannot
// be used are left out, each with an Issue at its line. Errors: malformed_input when the file is not what it should be,
// and those of the source. Formats, as their owners publish them: ICD-10-CM order file and tabular list (CDC), SNOMED
// CT RF2 snapshot, LOINC table CSV, RxNorm RRF, OHDSI Athena, ClaML. Threads: one builder at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "terminology/code_system_builder.hpp"

namespace meridian {
class ByteSource;
}

namespace meridian::terminology {

enum class FileKind : std::uint8_t {
  icd10cm_order,
  icd10cm_tabular,
  snomed_language,  ///< before the descriptions, so that they know which is preferred
  snomed_concept,
  snomed_description,
  snomed_relationship,
  snomed_refset,  ///< simple ones: which concepts are members; behind the concepts
  snomed_map,     ///< simple, complex and extended ones
  loinc_table,
  loinc_hierarchy,
  rxnorm_concept,
  rxnorm_relation,
  athena_concept,
  athena_relation,
  claml,
};

/// By the name that a file has when it is given out; nothing when it is none of these.
std::optional<FileKind> kind_of_file(std::string_view name);

/// The url, name and language that systems of this kind of file have.
SystemAbout about_of(FileKind kind);

/// What goes from one file to the next of the same terminology.
struct LoadState {
  std::unordered_set<std::uint64_t> preferred;  ///< SNOMED CT descriptions
  std::uint32_t newest = 0;                     ///< effective time of SNOMED CT: 20240731
  std::uint64_t records = 0;                    ///< that were used
};

Result<> load_file(FileKind kind, ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues);

/// What can be said when all files are in: the version of SNOMED CT.
void finish(CodeSystemBuilder& builder, const LoadState& state);

// Of load_file(), each in a source of its own.
Result<> load_icd10cm(ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues);
Result<> load_icd10cm_tabular(ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues);
Result<> load_snomed(FileKind kind, ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues);
Result<> load_columns(FileKind kind, ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues);
Result<> load_claml(ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues);

}  // namespace meridian::terminology
