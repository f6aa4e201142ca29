// How fast text becomes records with every field visited and checked, beside htslib on the same bytes in memory. The
// bytes: calls of 100 samples (GT:AD:DP:GQ:PL), and sites with annotations alone.
#include <benchmark/benchmark.h>
#include <htslib/kstring.h>
#include <htslib/vcf.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "formats/genomics/reader.hpp"

namespace meridian::genomics {
namespace {

std::string header(std::size_t samples) {
  std::string text =
      "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All\">\n##contig=<ID=1,length=248956422>\n"
      "##INFO=<ID=AC,Number=A,Type=Integer,Description=\"x\">\n##INFO=<ID=AN,Number=1,Type=Integer,Description=\"x\">\n"
      "##INFO=<ID=AF,Number=A,Type=Float,Description=\"x\">\n##INFO=<ID=DP,Number=1,Type=Integer,Description=\"x\">\n"
      "##INFO=<ID=CSQ,Number=.,Type=String,Description=\"x\">\n"
      "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"x\">\n##FORMAT=<ID=AD,Number=R,Type=Integer,Description="
      "\"x\">\n"
      "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"x\">\n##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="
      "\"x\">\n"
      "##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"x\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
  if (samples > 0) text += "\tFORMAT";
  for (std::size_t i = 0; i < samples; ++i) text += "\tS" + std::to_string(i);
  return text + '\n';
}

std::string body(std::size_t samples, std::size_t records) {
  std::string text;
  std::uint32_t noise = 1;
  const auto next = [&](std::uint32_t most) {
    noise = noise * 1'664'525 + 1'013'904'223;
    return std::to_string((noise >> 8) % most);
  };
  for (std::size_t i = 0; i < records; ++i) {
    text += "1\t" + std::to_string(1'000 + i * 37) + "\trs" + next(100'000'000) + "\tA\tG\t" + next(1'000) +
            ".5\tPASS\tAC=" + next(200) + ";AN=200;AF=0." + next(1'000) + ";DP=" + next(5'000);
    if (samples == 0) text += ";CSQ=G|missense_variant|MODERATE|BRCA1|ENSG00000012048|Transcript|ENST00000357654|x";
    if (samples > 0) text += "\tGT:AD:DP:GQ:PL";
    for (std::size_t s = 0; s < samples; ++s) {
      text +=
          "\t0/1:" + next(60) + ',' + next(60) + ':' + next(120) + ':' + next(99) + ':' + next(900) + ",0," + next(900);
    }
    text += '\n';
  }
  return text;
}

void ours(benchmark::State& state, std::size_t samples, std::size_t records) {
  const std::string text = header(samples) + body(samples, records);
  for (auto _ : state) {
    Issues issues;
    auto reader = Reader::open(memory_source(text), {}, issues);
    if (!reader) std::abort();
    Record record;
    while (*reader->next(record, issues)) benchmark::DoNotOptimize(record.samples.data());
    if (reader->records() != records || issues.has_errors()) std::abort();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void theirs(benchmark::State& state, std::size_t samples, std::size_t records) {
  const std::string head = header(samples);
  const std::string text = body(samples, records);
  bcf_hdr_t* parsed = bcf_hdr_init("r");
  std::string of_header = head;
  if (bcf_hdr_parse(parsed, of_header.data()) != 0) std::abort();
  bcf1_t* row = bcf_init();
  kstring_t line = {0, 0, nullptr};
  for (auto _ : state) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) {
      const std::size_t end = text.find('\n', at);
      line.l = 0;
      kputsn(text.data() + at, end - at, &line);
      if (vcf_parse(&line, parsed, row) != 0 || bcf_unpack(row, BCF_UN_ALL) != 0) std::abort();
      benchmark::DoNotOptimize(row->d.fmt);
      at = end + 1;
    }
    if (count != records) std::abort();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
  ks_free(&line);
  bcf_destroy(row);
  bcf_hdr_destroy(parsed);
}

void calls_ours(benchmark::State& state) {
  ours(state, 100, 500);
}
void calls_theirs(benchmark::State& state) {
  theirs(state, 100, 500);
}
void sites_ours(benchmark::State& state) {
  ours(state, 0, 10'000);
}
void sites_theirs(benchmark::State& state) {
  theirs(state, 0, 10'000);
}
BENCHMARK(calls_ours)->Name("VCF, 100 samples, every field/ours");
BENCHMARK(calls_theirs)->Name("VCF, 100 samples, every field/theirs:htslib");
BENCHMARK(sites_ours)->Name("VCF, sites alone, every field/ours");
BENCHMARK(sites_theirs)->Name("VCF, sites alone, every field/theirs:htslib");

}  // namespace
}  // namespace meridian::genomics
