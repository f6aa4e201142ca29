// XML as it streams by, through Expat: the beginnings and ends of elements by their local names, and text.
//
// For the parts of workbooks, which have no document type: one is refused, so that there are no entities but XML's own.
// Elements lie at most 64 deep, and no tag is longer than 1 MiB. Errors: malformed_input with the line, too_large,
// those of the source.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/input.hpp"

struct XML_ParserStruct;

namespace meridian::table::internal {

class XmlAttributes {
 public:
  explicit XmlAttributes(const char* const* pairs) : pairs_(pairs) {}
  /// By the local name; empty when it is not there.
  std::string_view operator[](std::string_view name) const;

 private:
  const char* const* pairs_;
};

class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual void begin(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual void end(std::string_view name) = 0;
  /// A part of the text between two tags.
  virtual void text(std::string_view text) = 0;
};

class XmlStream {
 public:
  /// The handler must outlive the stream.
  XmlStream(std::unique_ptr<ByteSource> source, XmlHandler& handler);
  ~XmlStream();
  XmlStream(const XmlStream&) = delete;
  XmlStream& operator=(const XmlStream&) = delete;

  /// Goes on until the handler pauses; false at the end.
  Result<bool> run();
  /// To be called by the handler, from `begin` or `end`.
  void pause();
  /// The same; `run` then fails.
  void stop(Error error);

 private:
  struct Callbacks;

  std::unique_ptr<ByteSource> source_;
  XmlHandler& handler_;
  XML_ParserStruct* parser_;
  std::unique_ptr<Error> error_;
  std::uint64_t fed_ = 0;
  int depth_ = 0;
  bool is_paused_ = false;
  bool is_last_ = false;
  bool is_done_ = false;
};

/// All of a part through a handler.
Result<> read_xml(std::unique_ptr<ByteSource> source, XmlHandler& handler);

}  // namespace meridian::table::internal
