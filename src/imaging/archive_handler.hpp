// ArchiveHandler: the archive behind a DicomServer: C-STORE, C-FIND, C-MOVE, C-GET, storage commitment.
//
// C-STORE is answered when the object is safe. What is asked below the level of studies need not name the levels
// above it. Threads and lifetime: as DicomHandler; the archive and the node outlive it.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part04.html#chapter_B, #chapter_C, #chapter_J
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connect/dicom_service.hpp"
#include "imaging/archive.hpp"
#include "imaging/dicom_node.hpp"

namespace meridian::imaging {

/// What answers a C-FIND of the modality worklist.
using FindWorklist = Callback<Result<std::unique_ptr<connect::DicomMatches>>(const connect::DicomQuery& query)>;

/// As whom the store and the archive are asked for a peer.
store::ReadContext reader_for(const connect::DicomPeer& peer);

class ArchiveHandler final : public connect::DicomHandler {
 public:
  /// `worklist` may be empty: then there is none.
  ArchiveHandler(Archive& archive, const DicomNode& node, FindWorklist worklist = {});

  bool offers(connect::DicomService service) const override;
  Result<std::unique_ptr<connect::DicomSink>> store(const connect::DicomPeer& peer, const connect::DicomKind& kind,
                                                    const std::string& sop_instance) override;
  Result<std::unique_ptr<connect::DicomMatches>> find(const connect::DicomQuery& query) override;
  Result<connect::DicomMove> move(const connect::DicomQuery& query, const std::string& destination) override;
  Result<std::unique_ptr<connect::DicomObjects>> get(const connect::DicomQuery& query) override;
  Result<connect::DicomCommitment> commit(const connect::DicomQuery& query) override;

 private:
  Result<std::unique_ptr<connect::DicomObjects>> objects(const connect::DicomQuery& query);

  Archive& archive_;
  const DicomNode& node_;
  const FindWorklist worklist_;
};

}  // namespace meridian::imaging
