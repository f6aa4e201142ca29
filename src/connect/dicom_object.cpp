#include "connect/dicom_object.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "connect/dicom_pdu.hpp"
#include "formats/dicom/file.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::connect {

namespace {

namespace tags = dicom::tags;

constexpr dicom::Tag kImplementationVersionName{0x0002, 0x0013};
constexpr dicom::Tag kSourceTitle{0x0002, 0x0016};
constexpr std::size_t kPreambleBytes = 128;

class HeldBytes final : public DicomBytes {
 public:
  HeldBytes(std::string bytes, std::uint64_t offset) : bytes_(std::move(bytes)), offset_(offset) {}
  std::uint64_t size() const override { return bytes_.size() - offset_; }
  Result<> read(std::uint64_t at, std::span<char> into) const override {
    std::copy_n(bytes_.data() + offset_ + at, into.size(), into.data());
    return {};
  }

 private:
  std::string bytes_;
  std::uint64_t offset_;
};

void append_element(std::string& out, dicom::Tag tag, std::string_view vr, std::string_view value, char padding) {
  char number[4];
  store_little(number, tag.group);
  store_little(number + 2, tag.element);
  out.append(number, 4).append(vr);
  const std::size_t size = value.size() + value.size() % 2;
  if (vr == "OB") {
    out.append(2, '\0');
    store_little(number, static_cast<std::uint32_t>(size));
    out.append(number, 4);
  } else {
    store_little(number, static_cast<std::uint16_t>(size));
    out.append(number, 2);
  }
  out += value;
  if (value.size() % 2 != 0) out += padding;
}

}  // namespace

std::shared_ptr<const DicomBytes> dicom_bytes(std::string bytes, std::uint64_t offset) {
  return std::make_shared<HeldBytes>(std::move(bytes), offset);
}

Result<DicomObject> dicom_object(std::string file_bytes) {
  Issues issues;
  const dicom::File file = TRY(dicom::read_file(std::move(file_bytes), {}, issues));
  DicomObject object;
  object.kind.sop_class = dicom::text(file.data_set(), tags::kSopClass);
  object.sop_instance = dicom::text(file.data_set(), tags::kSopInstance);
  object.kind.transfer_syntax =
      file.transfer_syntax_uid().empty() ? std::string(file.transfer_syntax().uid) : file.transfer_syntax_uid();
  if (object.kind.sop_class.empty() || object.sop_instance.empty()) {
    return fail(ErrorCode::malformed_input, "the file does not say its SOP class and instance");
  }
  object.data_set = dicom_bytes(file.bytes(), file.data_set_at());
  return object;
}

std::string part_10_head(const DicomKind& kind, const std::string& sop_instance, const std::string& source_title) {
  std::string meta;
  append_element(meta, tags::kMetaVersion, "OB", std::string_view("\0\1", 2), '\0');
  append_element(meta, tags::kMediaStorageSopClass, "UI", kind.sop_class, '\0');
  append_element(meta, tags::kMediaStorageSopInstance, "UI", sop_instance, '\0');
  append_element(meta, tags::kTransferSyntax, "UI", kind.transfer_syntax, '\0');
  append_element(meta, tags::kImplementationClass, "UI", kImplementationClass, '\0');
  append_element(meta, kImplementationVersionName, "SH", kImplementationVersion, ' ');
  if (!source_title.empty()) append_element(meta, kSourceTitle, "AE", source_title, ' ');
  char length[4];
  store_little(length, static_cast<std::uint32_t>(meta.size()));
  std::string out(kPreambleBytes, '\0');
  out += "DICM";
  append_element(out, tags::kMetaGroupLength, "UL", {length, 4}, '\0');
  return out + meta;
}

Result<dicom::File> read_data_set(std::string_view set, std::string_view transfer_syntax, const dicom::Limits& limits,
                                  Issues& issues) {
  // Any class and instance will do.
  const DicomKind kind{"1.2.840.10008.5.1.4.1.1.7", std::string(transfer_syntax)};
  return dicom::read_file(part_10_head(kind, "1.2", {}).append(set), limits, issues);
}

}  // namespace meridian::connect
