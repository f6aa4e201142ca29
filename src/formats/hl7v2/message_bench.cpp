// Messages parsed, and every leaf visited and unescaped. The counterpart is tools/bench/hl7v2_bench.mjs, on the same
// ones: the sample messages of the outside data, each a file.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/testing/paths.hpp"
#include "formats/hl7v2/batch.hpp"
#include "formats/hl7v2/message.hpp"
#include "formats/hl7v2/structure.hpp"
#include "formats/hl7v2/validate.hpp"

namespace meridian::hl7v2 {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The messages of the converter's samples, in the order of their names, with CR at the end of segments.
const std::vector<std::string>& samples() {
  static const std::vector<std::string> messages = [] {
    std::vector<std::string> out;
    const auto folder = testing::shared_data("hl7v2/microsoft-fhir-converter/samples");
    if (!folder) return out;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
      if (entry.path().extension() == ".hl7") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      const std::string bytes = read(path);
      const auto source = memory_source(bytes);
      BatchReader reader(*source);
      Issues issues;
      while (const auto item = reader.next(issues).value()) {
        if (item->kind != BatchItem::Kind::message) continue;
        std::string& message = out.emplace_back();
        for (const char c : item->bytes) {
          if (c != '\n' || !message.ends_with('\r')) message += c == '\n' ? '\r' : c;
        }
      }
    }
    return out;
  }();
  return messages;
}

std::size_t bytes_of(const std::vector<std::string>& messages) {
  std::size_t sum = 0;
  for (const std::string& message : messages) sum += message.size();
  return sum;
}

std::size_t visit(const Message& message, std::string& buffer) {
  std::size_t sum = 0;
  for (const Segment segment : message.segments()) {
    for (std::size_t i = 1; i <= segment.field_count(); ++i) {
      for (const Repetition repetition : segment.field(i)) {
        for (const Component component : repetition) {
          for (const Subcomponent leaf : component) sum += leaf.text(buffer).size();
        }
      }
    }
  }
  return sum;
}

template <typename Work>
void run(benchmark::State& state, const Work& work) {
  const std::vector<std::string>& messages = samples();
  if (messages.empty()) return state.SkipWithError("the data is not on this machine");
  MessageParser parser;
  std::string buffer;
  for (auto _ : state) {
    for (const std::string& text : messages) {
      Issues issues;
      Message message = parser.parse_borrowed(text, issues);
      benchmark::DoNotOptimize(work(message, buffer));
      parser.recycle(std::move(message));
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes_of(messages)));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * messages.size()));
}

void parse_and_visit(benchmark::State& state) {
  run(state, [](const Message& message, std::string& buffer) { return visit(message, buffer); });
}
BENCHMARK(parse_and_visit)->Name("hl7v2 parse, every leaf visited/ours");

void parse_only(benchmark::State& state) {
  run(state, [](const Message& message, std::string&) { return message.segments().size(); });
}
BENCHMARK(parse_only)->Name("hl7v2 parse alone/ours");

void parse_and_group(benchmark::State& state) {
  run(state, [](const Message& message, std::string&) { return Structure(message).nodes().size(); });
}
BENCHMARK(parse_and_group)->Name("hl7v2 parse, grouped/ours");

void parse_and_validate(benchmark::State& state) {
  run(state, [](const Message& message, std::string&) {
    Issues found;
    validate(message, {}, found);
    return found.size();
  });
}
BENCHMARK(parse_and_validate)->Name("hl7v2 parse, validated/ours");

void split_batch(benchmark::State& state) {
  std::string file;
  while (!samples().empty() && file.size() < (std::size_t{16} << 20)) {
    for (const std::string& message : samples()) file += message;
  }
  if (file.empty()) return state.SkipWithError("the data is not on this machine");
  for (auto _ : state) {
    const auto source = memory_source(file);
    BatchReader reader(*source);
    Issues issues;
    while (reader.next(issues).value()) {
    }
    benchmark::DoNotOptimize(reader.messages());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * file.size()));
}
BENCHMARK(split_batch)->Name("hl7v2 batch file taken apart/ours");

}  // namespace
}  // namespace meridian::hl7v2
