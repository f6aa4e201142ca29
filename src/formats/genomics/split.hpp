// Splitting: what remains of a record when one of its alternates is looked at alone.
//
// As `bcftools norm -m-`: of Number=A the value of the allele, of R the reference's and its own, of G those of the
// genotypes of both; genotypes keep the allele as 1 and take the others for 0. What has another number of values than
// its definition asks for is left as it stands.
#pragma once

#include <cstddef>
#include <string>

#include "formats/genomics/record.hpp"

namespace meridian::genomics {

/// INFO of the alternate with that number, from 1.
std::string split_info(const Record& record, std::size_t allele);
/// A sample's column.
std::string split_sample(const Record& record, std::size_t sample, std::size_t allele);

}  // namespace meridian::genomics
