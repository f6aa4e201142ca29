#include "imaging/archive_handler.hpp"

#include <algorithm>
#include <utility>

#include "formats/dicom/values.hpp"
#include "imaging/item.hpp"

namespace meridian::imaging {
namespace {

using connect::DicomQuery;
using dicom::Tag;
using dicom::Vr;

constexpr Tag kLevel{0x0008, 0x0052};
constexpr Tag kRetrieveTitle{0x0008, 0x0054};
constexpr Tag kTransaction{0x0008, 0x1195};
constexpr Tag kReferencedClass{0x0008, 0x1150};
constexpr Tag kReferencedInstance{0x0008, 0x1155};
constexpr Tag kFailureReason{0x0008, 0x1197};
constexpr Tag kFailedInstances{0x0008, 0x1198};
constexpr Tag kReferencedInstances{0x0008, 0x1199};
constexpr std::uint16_t kEventAllKept = 1;
constexpr std::uint16_t kEventSomeFailed = 2;
constexpr std::uint16_t kNoSuchInstance = 0x0112;  // PS3.3, C.14.1.1
constexpr std::uint16_t kClassInstanceConflict = 0x0119;
constexpr std::size_t kMaxCommitted = 100'000;

bool is_explicit(const DicomQuery& query) {
  return query.transfer_syntax != dicom::uids::kImplicitLittle;
}

bool is_patient_root(const DicomQuery& query) {
  return query.sop_class == connect::uids::kPatientRootFind || query.sop_class == connect::uids::kPatientRootMove ||
         query.sop_class == connect::uids::kPatientRootGet;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::patient:
      return "PATIENT";
    case Level::study:
      return "STUDY";
    case Level::series:
      return "SERIES";
    case Level::instance:
      break;
  }
  return "IMAGE";
}

class Sink final : public connect::DicomSink {
 public:
  Sink(std::unique_ptr<Incoming> incoming, OnConflict on_conflict)
      : incoming_(std::move(incoming)), on_conflict_(on_conflict) {}
  Result<> append(std::string_view bytes) override { return incoming_->append(bytes); }
  void finish(connect::DicomReply reply) override {
    incoming_->finish(on_conflict_, [reply = std::move(reply)](Result<Received> received) mutable {
      std::move(reply).give(received ? connect::DimseStatus() : connect::status_of(received.error()));
    });
  }

 private:
  std::unique_ptr<Incoming> incoming_;
  OnConflict on_conflict_;
};

class Answers final : public connect::DicomMatches {
 public:
  Answers(std::unique_ptr<Matches> matches, Level level, bool in_explicit, std::string title)
      : matches_(std::move(matches)), level_(level), is_explicit_(in_explicit), title_(std::move(title)) {}
  Result<std::optional<std::string>> next() override {
    std::optional<Match> match = TRY(matches_->next());
    if (!match) return std::nullopt;
    match->attributes.set(kLevel, Vr::cs, std::string(name_of(level_)));
    match->attributes.set(kRetrieveTitle, Vr::ae, title_);
    return to_data_set(match->attributes, is_explicit_);
  }

 private:
  std::unique_ptr<Matches> matches_;
  const Level level_;
  const bool is_explicit_;
  const std::string title_;
};

/// The data set of a file of the archive.
class ArchivedBytes final : public connect::DicomBytes {
 public:
  ArchivedBytes(std::unique_ptr<RandomAccessFile> file, std::uint64_t at, std::uint64_t end)
      : file_(std::move(file)), at_(at), end_(end) {}
  std::uint64_t size() const override { return end_ - at_; }
  Result<> read(std::uint64_t at, std::span<char> into) const override {
    const std::size_t read = TRY(file_->read_at(at_ + at, into));
    if (read != into.size()) return fail(ErrorCode::io_failure, "an object of the archive is shorter than it was");
    return {};
  }

 private:
  std::unique_ptr<RandomAccessFile> file_;
  std::uint64_t at_;
  std::uint64_t end_;
};

class Objects final : public connect::DicomObjects {
 public:
  Objects(const Archive& archive, std::vector<StoredInstance> instances)
      : archive_(archive), instances_(std::move(instances)) {}
  std::uint32_t count() const override { return static_cast<std::uint32_t>(instances_.size()); }
  std::vector<connect::DicomKind> kinds() const override {
    std::vector<connect::DicomKind> kinds;
    for (const StoredInstance& one : instances_) {
      if (std::ranges::find(kinds, one.kind) == kinds.end()) kinds.push_back(one.kind);
    }
    return kinds;
  }
  Result<std::optional<connect::DicomObject>> next() override {
    if (next_ == instances_.size()) return std::nullopt;
    const StoredInstance& one = instances_[next_++];
    connect::DicomObject object{one.kind, one.key.instance, {}};
    object.data_set = std::make_shared<ArchivedBytes>(TRY(archive_.open(one)), one.data_set_at, one.bytes);
    return object;
  }

 private:
  const Archive& archive_;
  const std::vector<StoredInstance> instances_;
  std::size_t next_ = 0;
};

}  // namespace

store::ReadContext reader_for(const connect::DicomPeer& peer) {
  store::ReadContext context = store::local_reader();
  context.actor.id = "dicom/" + peer.calling;
  return context;
}

ArchiveHandler::ArchiveHandler(Archive& archive, const DicomNode& node, FindWorklist worklist)
    : archive_(archive), node_(node), worklist_(std::move(worklist)) {}

bool ArchiveHandler::offers(connect::DicomService service) const {
  return service != connect::DicomService::none;
}

Result<std::unique_ptr<connect::DicomSink>> ArchiveHandler::store(const connect::DicomPeer& peer,
                                                                  const connect::DicomKind& kind,
                                                                  const std::string& sop_instance) {
  std::unique_ptr<Incoming> incoming =
      TRY(archive_.receive("dicom/" + peer.calling + "@" + peer.address, sop_instance));
  TRY(incoming->append(connect::part_10_head(kind, sop_instance, peer.calling)));
  return std::make_unique<Sink>(std::move(incoming), node_.on_conflict);
}

Result<std::unique_ptr<connect::DicomMatches>> ArchiveHandler::find(const DicomQuery& query) {
  if (query.sop_class == connect::uids::kWorklistFind) {
    if (worklist_) return worklist_(query);
    return fail(ErrorCode::unsupported, "there is no worklist here");
  }
  const Query asked = TRY(read_query(query.identifier, is_explicit(query), is_patient_root(query)));
  const std::string title = node_.server.titles.empty() ? "MERIDIAN" : node_.server.titles.front();
  std::unique_ptr<Matches> matches = TRY(archive_.find(reader_for(query.peer), asked));
  return std::make_unique<Answers>(std::move(matches), asked.level, is_explicit(query), title);
}

/// What a C-MOVE or C-GET names: all instances of what matches.
Result<std::unique_ptr<connect::DicomObjects>> ArchiveHandler::objects(const DicomQuery& query) {
  Query asked = TRY(read_query(query.identifier, is_explicit(query), is_patient_root(query)));
  const bool names_something = std::ranges::any_of(asked.keys.all(), [](const Attribute& key) {
    return key.tag != dicom::tags::kCharacterSet && !key.value.empty() && key.value != "*";
  });
  if (!names_something) return fail(ErrorCode::malformed_input, "the identifier names nothing to be sent");
  const store::ReadContext reader = reader_for(query.peer);
  // Of patients their studies are what is sent.
  asked.level = std::max(asked.level, Level::study);
  const std::unique_ptr<Matches> matches = TRY(archive_.find(reader, asked));
  std::vector<StoredInstance> found;
  while (const std::optional<Match> match = TRY(matches->next())) {
    for (StoredInstance& one : TRY(archive_.instances(reader, match->key))) found.push_back(std::move(one));
  }
  return std::make_unique<Objects>(archive_, std::move(found));
}

Result<connect::DicomMove> ArchiveHandler::move(const DicomQuery& query, const std::string& destination) {
  const auto to = std::ranges::find(node_.destinations, destination, &connect::DicomDestination::title);
  if (to == node_.destinations.end())
    return fail(ErrorCode::not_found, "no peer of that title is declared with \"to\"");
  return connect::DicomMove{*to, TRY(objects(query))};
}

Result<std::unique_ptr<connect::DicomObjects>> ArchiveHandler::get(const DicomQuery& query) {
  return objects(query);
}

// PS3.4, J.3.2 and J.3.3
Result<connect::DicomCommitment> ArchiveHandler::commit(const DicomQuery& query) {
  Issues issues;
  const dicom::File file = TRY(connect::read_data_set(
      query.identifier, is_explicit(query) ? dicom::uids::kExplicitLittle : dicom::uids::kImplicitLittle,
      dicom::Limits(), issues));
  const std::span<const dicom::DataSet> asked = dicom::items(file.data_set(), kReferencedInstances);
  if (asked.empty() || asked.size() > kMaxCommitted) {
    return fail(ErrorCode::malformed_input, "storage commitment is asked for 1 to 100000 instances");
  }
  std::vector<Item> kept;
  std::vector<Item> failed;
  for (const dicom::DataSet& one : asked) {
    Item one_item;
    Attributes& item = one_item.attributes;
    item.set(kReferencedClass, Vr::ui, dicom::text(one, kReferencedClass));
    item.set(kReferencedInstance, Vr::ui, dicom::text(one, kReferencedInstance));
    const Result<StoredInstance> stored =
        archive_.instance(reader_for(query.peer), std::string(item.value(kReferencedInstance)));
    if (!stored && stored.error().code() != ErrorCode::not_found) return fail(stored.error());
    const bool is_kept = stored && stored->kind.sop_class == item.value(kReferencedClass);
    if (!is_kept) {
      item.set(kFailureReason, Vr::us, std::to_string(stored ? kClassInstanceConflict : kNoSuchInstance));
    }
    (is_kept ? kept : failed).push_back(std::move(one_item));
  }
  connect::DicomCommitment commitment;
  commitment.event_type = failed.empty() ? kEventAllKept : kEventSomeFailed;
  Item information;
  information.attributes.set(kTransaction, Vr::ui, dicom::text(file.data_set(), kTransaction));
  if (!failed.empty()) information.set(kFailedInstances, std::move(failed));
  if (!kept.empty()) information.set(kReferencedInstances, std::move(kept));
  commitment.information = to_data_set(information, is_explicit(query));
  return commitment;
}

}  // namespace meridian::imaging
