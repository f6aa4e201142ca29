#include "formats/table/internal/xml_stream.hpp"

#include <expat.h>

#include <utility>

#include "base/check.hpp"

namespace meridian::table::internal {
namespace {

constexpr char kSeparator = '\x01';  // between a name's namespace and its local part
constexpr int kMaxDepth = 64;
constexpr std::uint64_t kMaxToken = std::uint64_t{1} << 20;
constexpr int kPiece = 1 << 16;

std::string_view local(std::string_view name) {
  const std::size_t end = name.rfind(kSeparator);
  return end == std::string_view::npos ? name : name.substr(end + 1);
}

}  // namespace

std::string_view XmlAttributes::operator[](std::string_view name) const {
  for (const char* const* pair = pairs_; *pair != nullptr; pair += 2) {
    if (local(*pair) == name) return pair[1];
  }
  return {};
}

struct XmlStream::Callbacks {
  static void begin(void* user, const XML_Char* name, const XML_Char** attributes) {
    auto& stream = *static_cast<XmlStream*>(user);
    if (stream.error_) return;
    if (++stream.depth_ > kMaxDepth) {
      stream.stop({ErrorCode::too_large, "the workbook's XML is nested deeper than 64"});
      return;
    }
    stream.handler_.begin(local(name), XmlAttributes(attributes));
  }
  static void end(void* user, const XML_Char* name) {
    auto& stream = *static_cast<XmlStream*>(user);
    if (stream.error_) return;
    --stream.depth_;
    stream.handler_.end(local(name));
  }
  static void text(void* user, const XML_Char* text, int size) {
    auto& stream = *static_cast<XmlStream*>(user);
    if (!stream.error_) stream.handler_.text({text, static_cast<std::size_t>(size)});
  }
  static void document_type(void* user, const XML_Char* /*name*/, const XML_Char* /*system*/,
                            const XML_Char* /*is_public*/, int /*has_subset*/) {
    static_cast<XmlStream*>(user)->stop({ErrorCode::malformed_input, "the workbook's XML has a document type"});
  }
};

XmlStream::XmlStream(std::unique_ptr<ByteSource> source, XmlHandler& handler)
    : source_(std::move(source)), handler_(handler), parser_(XML_ParserCreateNS(nullptr, kSeparator)) {
  CHECK(parser_ != nullptr);
  XML_SetUserData(parser_, this);
  XML_SetElementHandler(parser_, &Callbacks::begin, &Callbacks::end);
  XML_SetCharacterDataHandler(parser_, &Callbacks::text);
  XML_SetStartDoctypeDeclHandler(parser_, &Callbacks::document_type);
}

XmlStream::~XmlStream() {
  XML_ParserFree(parser_);
}

void XmlStream::pause() {
  if (error_ || is_paused_) return;
  is_paused_ = XML_StopParser(parser_, XML_TRUE) == XML_STATUS_OK;
}

void XmlStream::stop(Error error) {
  if (error_) return;
  error_ = std::make_unique<Error>(std::move(error));
  XML_StopParser(parser_, XML_FALSE);
}

Result<bool> XmlStream::run() {
  while (!is_done_) {
    XML_Status status = XML_STATUS_OK;
    if (std::exchange(is_paused_, false)) {
      status = XML_ResumeParser(parser_);
    } else {
      void* buffer = XML_GetBuffer(parser_, kPiece);
      CHECK(buffer != nullptr);
      const std::size_t count = TRY(source_->read({static_cast<char*>(buffer), static_cast<std::size_t>(kPiece)}));
      is_last_ = count == 0;
      fed_ += count;
      status = XML_ParseBuffer(parser_, static_cast<int>(count), is_last_ ? 1 : 0);
    }
    if (error_) return fail(*error_);
    if (status == XML_STATUS_ERROR) {
      return fail(ErrorCode::malformed_input, std::string("the workbook's XML is broken: ") +
                                                  XML_ErrorString(XML_GetErrorCode(parser_)) + " in line " +
                                                  std::to_string(XML_GetCurrentLineNumber(parser_)));
    }
    if (status == XML_STATUS_SUSPENDED) return true;
    is_done_ = is_last_;
    const XML_Index at = XML_GetCurrentByteIndex(parser_);
    if (at >= 0 && fed_ > static_cast<std::uint64_t>(at) + kMaxToken) {
      return fail(ErrorCode::too_large, "a tag of the workbook's XML is longer than 1 MiB");
    }
  }
  return false;
}

Result<> read_xml(std::unique_ptr<ByteSource> source, XmlHandler& handler) {
  XmlStream stream(std::move(source), handler);
  while (TRY(stream.run())) {
  }
  return {};
}

}  // namespace meridian::table::internal
