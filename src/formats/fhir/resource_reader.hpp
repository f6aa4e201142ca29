// ResourceReader: the FHIR resources of any file, one after another.
//
// What a file is, is told by its content, never by its name: one resource in JSON or XML (a Bundle is one), or NDJSON;
// each as it is or compressed by gzip or zstd; "-" is standard input. NDJSON streams in bounded memory; a single
// resource is read whole.
//
//   auto reader = TRY(ResourceReader::open(path));
//   ReadResource resource;
//   while (TRY(reader.next(resource, issues))) use(resource.document(), resource.line());
//
// A resource with faults of form is reported and passed over: in NDJSON the next line is read, else that was all.
// Issues and positions are those of the file: line and column, bytes after decompression; of XML the element that
// a node came from.
// Errors: those of base/input.hpp, and too_large for a single resource over DocumentLimits::max_bytes.
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/input.hpp"
#include "formats/fhir/document.hpp"
#include "formats/fhir/ndjson.hpp"

namespace meridian::fhir {

enum class FileForm : std::uint8_t {
  empty,   ///< nothing, or white space only
  json,    ///< one JSON text
  xml,     ///< one XML text
  ndjson,  ///< a JSON text a line
};
std::string_view name(FileForm form);  ///< "JSON", "NDJSON"

struct ResourceReaderOptions {
  InputLimits input;
  DocumentLimits document;
  NdjsonLimits ndjson;
};

/// A resource with the place it came from. It belongs to one reader, which uses it again for the next.
class ReadResource {
 public:
  ReadResource();
  ~ReadResource();
  ReadResource(ReadResource&&) noexcept;
  ReadResource& operator=(ReadResource&&) noexcept;

  const Document& document() const;
  FileForm form() const;
  /// Where it begins in the file: the line of an NDJSON file, 1 otherwise.
  std::uint64_t line() const;
  /// A position in the document's JSON text, as Node::position() gives it, as one in the file.
  Position in_file(Position in_document) const;

 private:
  friend class ResourceReader;
  struct State;
  std::unique_ptr<State> state_;
};

class ResourceReader {
 public:
  /// A file of this name, or standard input for "-". The schema must outlive the reader.
  static Result<ResourceReader> open(const std::string& path, ResourceReaderOptions options = {},
                                     const Schema& schema = Schema::r4());
  /// What a source gives, already decompressed.
  static Result<ResourceReader> from(std::unique_ptr<ByteSource> source, ResourceReaderOptions options = {},
                                     const Schema& schema = Schema::r4());
  ~ResourceReader();
  ResourceReader(ResourceReader&&) noexcept;

  FileForm form() const;
  /// The next resource; false at the end. The resource is valid until the next call.
  Result<bool> next(ReadResource& resource, Issues& issues);

  /// Of NDJSON: chunks of lines, to be worked on by several threads (ndjson_parallel.hpp). Instead of next().
  NdjsonChunks& chunks();

  /// For progress: bytes taken from the file itself, and how many it has where that is known.
  std::uint64_t consumed() const;
  std::optional<std::uint64_t> size() const;

 private:
  struct State;
  explicit ResourceReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What the beginning of a file, decompressed, shows it to be. `is_whole` says that there is nothing after it.
FileForm recognise_form(std::string_view beginning, bool is_whole);

}  // namespace meridian::fhir
