#include "imaging/internal/object_reader.hpp"

#include <algorithm>
#include <utility>

#include "formats/dicom/values.hpp"
#include "imaging/dialect.hpp"

namespace meridian::imaging::internal {
namespace {

constexpr dicom::Tag kStudyUid{0x0020, 0x000D};
constexpr dicom::Tag kSeriesUid{0x0020, 0x000E};

/// PS3.5, 9.1: digits and dots, at most 64; leading zeros are let pass, as others do.
bool is_uid(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

template <typename Read>
Result<dicom::File> read(Read read, std::string bytes) {
  Issues issues;
  dicom::Limits limits;
  return read(std::move(bytes), limits, issues);
}

}  // namespace

Result<dicom::File> read_archived_head(std::string bytes) {
  return read(dicom::read_head, std::move(bytes));
}
Result<dicom::File> read_archived_file(std::string bytes) {
  return read(dicom::read_file, std::move(bytes));
}

ObjectReader::ObjectReader(kv::Blobs& blobs, const ArchiveOptions& options, std::atomic<std::uint64_t>& held,
                           std::string source, InstanceKey expected)
    : blobs_(blobs),
      options_(options),
      held_by_all_(held),
      expected_(std::move(expected)),
      next_try_(options.held_bytes) {
  seen_.row.stored.source = std::move(source);
  hash_.update(options_.key);
}

ObjectReader::~ObjectReader() {
  held_by_all_ -= reserved_;
}

Result<> ObjectReader::append(std::string_view bytes) {
  seen_.row.stored.bytes += bytes.size();
  if (seen_.row.stored.bytes > options_.object_bytes) {
    return fail(ErrorCode::too_large, "the object has more bytes than the archive takes");
  }
  if (tail_) {
    hash_.update(bytes);
    TRY(tail_->append(bytes));
    return writer_->append(bytes);
  }
  if (held_.empty()) held_.reserve(std::max(options_.held_bytes, bytes.size()));
  held_ += bytes;
  if (held_.size() > next_try_) TRY(try_head());
  return {};
}

/// More is held than is usual: the head must be among it, or four times as much is held.
Result<> ObjectReader::try_head() {
  // A copy: the reader keeps what it is given. It happens once an object, or thrice where heads are long.
  Result<dicom::File> head = read_archived_head(held_);
  const bool is_whole = head && head->data_set_end() < held_.size();
  if (is_whole) {
    note(*head);
    seen_.row.stored.pixels_at = head->data_set_end();
    tail_.emplace(head->transfer_syntax());
    return spill();
  }
  if (held_.size() >= kMaxReadHead) {
    return fail(ErrorCode::too_large, "what stands before the pixels has more than 64 MB");
  }
  next_try_ = std::min(held_.size() * 4, kMaxReadHead);
  return grow(next_try_);
}

Result<> ObjectReader::grow(std::size_t to) {
  const std::uint64_t more = to - reserved_;
  if (held_by_all_.fetch_add(more) + more > kMaxHeldByAll) {
    held_by_all_ -= more;
    return fail(ErrorCode::busy, "too many large objects come at the same time");
  }
  reserved_ += more;
  return {};
}

Result<> ObjectReader::spill() {
  const StoredInstance& stored = seen_.row.stored;
  hash_.update(std::string_view(held_).substr(stored.data_set_at));
  TRY(tail_->append(std::string_view(held_).substr(stored.pixels_at)));
  writer_ = TRY(blobs_.writer());
  TRY(writer_->append(held_));
  if (stored.pixels_at <= kMaxHeadBytes) seen_.head = held_.substr(0, stored.pixels_at);
  held_ = std::string();
  held_by_all_ -= std::exchange(reserved_, 0);
  return {};
}

void ObjectReader::note(const dicom::File& file) {
  const dicom::DataSet set =
      options_.dialects == nullptr ? file.data_set() : options_.dialects->corrected(file.data_set());
  StoredInstance& stored = seen_.row.stored;
  stored.data_set_at = file.data_set_at();
  prologue_ = sha256(std::string_view(file.bytes()).substr(0, stored.data_set_at));
  stored.kind.transfer_syntax =
      file.transfer_syntax_uid().empty() ? std::string(file.transfer_syntax().uid) : file.transfer_syntax_uid();
  stored.kind.sop_class = dicom::text(set, dicom::tags::kSopClass);
  stored.key = {dicom::text(set, kStudyUid), dicom::text(set, kSeriesUid), dicom::text(set, dicom::tags::kSopInstance)};
  seen_.row.attributes = attributes_of(set, Level::instance);
  seen_.patient = attributes_of(set, Level::patient);
  seen_.study = attributes_of(set, Level::study);
  seen_.series = attributes_of(set, Level::series);
  hash_.update(stored.kind.transfer_syntax);
}

Result<NewInstance> ObjectReader::finish() {
  StoredInstance& stored = seen_.row.stored;
  if (tail_) {
    TRY(tail_->finish());
  } else {
    file_ = TRY(read_archived_file(std::move(held_)));
    note(*file_);
    const std::string& bytes = file_->bytes();
    if (!file_->transfer_syntax().is_deflated) {
      for (const dicom::Element& element : file_->data_set().elements) {
        if (element.tag.group < dicom::tags::kPixelData.group) continue;
        stored.pixels_at = element.offset;
        break;
      }
      if (stored.pixels_at != 0 && stored.pixels_at <= kMaxHeadBytes) seen_.head = bytes.substr(0, stored.pixels_at);
    }
    hash_.update(std::string_view(bytes).substr(stored.data_set_at));
  }
  for (const auto& [uid, name] :
       {std::pair(&stored.key.study, "Study Instance UID"), std::pair(&stored.key.series, "Series Instance UID"),
        std::pair(&stored.key.instance, "SOP Instance UID"), std::pair(&stored.kind.sop_class, "SOP Class UID")}) {
    if (!is_uid(*uid)) {
      return fail(ErrorCode::malformed_input, std::string("the object has no ") + name + " that is a UID");
    }
  }
  if (!expected_.study.empty() && expected_.study != stored.key.study) {
    return fail(ErrorCode::unprocessable, "the object belongs to another study");
  }
  if (!expected_.instance.empty() && expected_.instance != stored.key.instance) {
    return fail(ErrorCode::malformed_input, "the data set has another SOP Instance UID than was announced");
  }
  // HMAC, as RFC 2104 has it, in spirit: the inner digest is hashed under the key again.
  const auto keyed = [this](const Sha256Digest& inner, const Sha256Digest& more) {
    hash_.update(options_.key);
    for (const Sha256Digest* one : {&inner, &more}) {
      hash_.update({reinterpret_cast<const char*>(one->data()), one->size()});
    }
    return hash_.finish();
  };
  const Sha256Digest data_set = hash_.finish();
  stored.content = keyed(data_set, {});
  stored.blob = keyed(data_set, prologue_);
  return seen_;
}

Result<> ObjectReader::keep(const kv::BlobName& name) {
  if (!writer_) {
    writer_ = TRY(blobs_.writer());
    TRY(writer_->append(file_->bytes()));
  }
  return writer_->commit(name);
}

}  // namespace meridian::imaging::internal
