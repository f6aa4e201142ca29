#include "dicomweb/internal/store_answer.hpp"

#include <algorithm>

#include "dicomweb/internal/common.hpp"
#include "formats/dicom/dictionary.hpp"
#include "formats/fhir/json_writer.hpp"

namespace meridian::dicomweb::internal {
namespace {

using dicom::Tag;
using dicom::Vr;

constexpr Tag kReferencedClass{0x0008, 0x1150};
constexpr Tag kReferencedInstance{0x0008, 0x1155};
constexpr Tag kRetrieveUrl{0x0008, 0x1190};
constexpr Tag kFailureReason{0x0008, 0x1197};
constexpr Tag kFailed{0x0008, 0x1198};
constexpr Tag kReferenced{0x0008, 0x1199};
constexpr Tag kOtherFailures{0x0008, 0x119A};
constexpr Tag kFailedAttributes{0x0074, 0x1048};
constexpr Tag kErrorComment{0x0000, 0x0902};

constexpr int kOutOfResources = 0xA700;
constexpr int kOtherStudy = 0xA901;
constexpr int kNotUnderstood = 0xC000;
constexpr int kProcessingFailure = 0x0110;
constexpr int kDuplicate = 0x0111;
constexpr int kNotAuthorized = 0x0124;

/// Writes a data set in one of its two forms.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual void begin_set() = 0;
  virtual void end_set() = 0;
  virtual void begin_sequence(Tag tag) = 0;
  virtual void begin_item(std::size_t number) = 0;
  virtual void end_item() = 0;
  virtual void end_sequence() = 0;
  virtual void text(Tag tag, Vr vr, std::string_view value) = 0;
  virtual void number(Tag tag, Vr vr, int value) = 0;
  virtual std::string take() = 0;
};

class JsonForm final : public Writer {
 public:
  void begin_set() override { json_.begin_object(); }
  void end_set() override { json_.end_object(); }
  void begin_sequence(Tag tag) override {
    json_.key(dicom::hex(tag)).begin_object().key("vr").string("SQ").key("Value").begin_array();
  }
  void begin_item(std::size_t) override { json_.begin_object(); }
  void end_item() override { json_.end_object(); }
  void end_sequence() override { json_.end_array().end_object(); }
  void text(Tag tag, Vr vr, std::string_view value) override {
    json_.key(dicom::hex(tag)).begin_object().key("vr").string(dicom::name(vr)).key("Value").begin_array();
    json_.string(value).end_array().end_object();
  }
  void number(Tag tag, Vr vr, int value) override {
    json_.key(dicom::hex(tag)).begin_object().key("vr").string(dicom::name(vr)).key("Value").begin_array();
    json_.number(value).end_array().end_object();
  }
  std::string take() override { return std::move(json_).take(); }

 private:
  fhir::JsonWriter json_;
};

/// https://dicom.nema.org/medical/dicom/current/output/html/part19.html#chapter_A
class XmlForm final : public Writer {
 public:
  void begin_set() override {
    out_ =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
        "<NativeDicomModel xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\">";
  }
  void end_set() override { out_ += "</NativeDicomModel>"; }
  void begin_sequence(Tag tag) override { begin(tag, Vr::sq); }
  void begin_item(std::size_t number) override { out_ += "<Item number=\"" + std::to_string(number) + "\">"; }
  void end_item() override { out_ += "</Item>"; }
  void end_sequence() override { out_ += "</DicomAttribute>"; }
  void text(Tag tag, Vr vr, std::string_view value) override {
    begin(tag, vr);
    out_ += "<Value number=\"1\">";
    for (const char c : value) {
      if (c == '<')
        out_ += "&lt;";
      else if (c == '&')
        out_ += "&amp;";
      else
        out_ += c;
    }
    out_ += "</Value></DicomAttribute>";
  }
  void number(Tag tag, Vr vr, int value) override { text(tag, vr, std::to_string(value)); }
  std::string take() override { return std::move(out_); }

 private:
  void begin(Tag tag, Vr vr) {
    out_ += "<DicomAttribute tag=\"" + dicom::hex(tag) + "\" vr=\"" + std::string(dicom::name(vr)) + '"';
    if (const std::string_view keyword = dicom::keyword(tag); !keyword.empty()) {
      out_.append(" keyword=\"").append(keyword) += '"';
    }
    out_ += '>';
  }

  std::string out_;
};

void write_words(Writer& writer, const std::string& words) {
  if (words.empty()) return;
  writer.begin_sequence(kFailedAttributes);
  writer.begin_item(1);
  writer.text(kErrorComment, Vr::lo, words);
  writer.end_item();
  writer.end_sequence();
}

void write_item(Writer& writer, const StoreOutcome& outcome, const std::string& base) {
  if (!outcome.key.instance.empty()) {
    writer.text(kReferencedClass, Vr::ui, outcome.sop_class);
    writer.text(kReferencedInstance, Vr::ui, outcome.key.instance);
  }
  if (outcome.reason == 0) {
    writer.text(kRetrieveUrl, Vr::ur, url_of(base, outcome.key));
    return;
  }
  writer.number(kFailureReason, Vr::us, outcome.reason);
  write_words(writer, outcome.words);
}

template <typename Belongs>
void write_sequence(Writer& writer, Tag tag, const std::vector<StoreOutcome>& outcomes, const std::string& base,
                    Belongs belongs) {
  std::size_t number = 0;
  for (const StoreOutcome& outcome : outcomes) {
    if (!belongs(outcome)) continue;
    if (number++ == 0) writer.begin_sequence(tag);
    writer.begin_item(number);
    write_item(writer, outcome, base);
    writer.end_item();
  }
  if (number > 0) writer.end_sequence();
}

/// The study that all belong to; empty where they are of several, or none is safe.
std::string common_study(const std::vector<StoreOutcome>& outcomes) {
  std::string study;
  for (const StoreOutcome& outcome : outcomes) {
    if (outcome.reason != 0) continue;
    if (!study.empty() && study != outcome.key.study) return {};
    study = outcome.key.study;
  }
  return study;
}

int status_of(const std::vector<StoreOutcome>& outcomes) {
  const auto safe = std::ranges::count(outcomes, 0, &StoreOutcome::reason);
  if (safe == std::ssize(outcomes)) return 200;
  if (safe > 0) return 202;
  const bool is_ours = std::ranges::all_of(outcomes, [](const StoreOutcome& outcome) {
    return outcome.reason == kOutOfResources || outcome.reason == kProcessingFailure;
  });
  return is_ours ? 503 : 409;
}

}  // namespace

int failure_reason(ErrorCode code) {
  switch (code) {
    case ErrorCode::busy:
    case ErrorCode::too_large:
      return kOutOfResources;
    case ErrorCode::conflict:
      return kDuplicate;
    case ErrorCode::forbidden:
      return kNotAuthorized;
    case ErrorCode::unprocessable:
      return kOtherStudy;
    case ErrorCode::malformed_input:
    case ErrorCode::unsupported:
      return kNotUnderstood;
    default:
      return kProcessingFailure;
  }
}

http::Response store_answer(const std::vector<StoreOutcome>& outcomes, const std::string& base, bool is_xml) {
  if (outcomes.empty()) return http::Response::problem(400, "there is no object in the body");
  std::unique_ptr<Writer> writer;
  if (is_xml) {
    writer = std::make_unique<XmlForm>();
  } else {
    writer = std::make_unique<JsonForm>();
  }
  writer->begin_set();
  // In the order of their tags.
  if (const std::string study = common_study(outcomes); !study.empty()) {
    writer->text(kRetrieveUrl, Vr::ur, url_of(base, {study}));
  }
  write_sequence(*writer, kFailed, outcomes, base,
                 [](const StoreOutcome& one) { return one.reason != 0 && !one.key.instance.empty(); });
  write_sequence(*writer, kReferenced, outcomes, base, [](const StoreOutcome& one) { return one.reason == 0; });
  write_sequence(*writer, kOtherFailures, outcomes, base,
                 [](const StoreOutcome& one) { return one.reason != 0 && one.key.instance.empty(); });
  writer->end_set();
  http::Response response = http::Response::bytes(is_xml ? kDicomXml : kDicomJson, writer->take(), status_of(outcomes));
  if (response.status == 503) response.headers.set("Retry-After", "10");
  return response;
}

}  // namespace meridian::dicomweb::internal
