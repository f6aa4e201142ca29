// DicomNode: what the catalogue says of one place where DICOM peers are listened to, and how it is read from YAML.
//
//   node: archive                     # [a-z0-9_-]{1,64}; the file's name without .yaml
//   title: { en: Image archive, zh: 影像归档 }
//   listen: 0.0.0.0:11112
//   titles: [MERIDIAN]                # its AE titles; the first is what it calls itself
//   tls: { certificate: node.pem, key: node.key, client_authorities: hospital.pem }
//   peers:                            # who may ask; with `anyone: true` whoever comes
//     - { title: CT1, address: 10.0.0.5, certificate_sha256: 9f86… }
//     - { title: VIEWER, to: 10.0.0.9:104, tls: { authorities: hospital.pem } }     # C-MOVE may send there
//   on_conflict: refuse               # another object under the UID of one that is there; or replace
//   associations: 64
//   worklist: { stations: [CT1, CT2], modalities: [CT] }    # what is shown of it, all when not given; false: nothing
//   enabled: true
//
// Every fault is told with its file and line, all of them at once. Values; free of threads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "connect/dicom_server.hpp"
#include "imaging/archive.hpp"

namespace meridian::imaging {

/// What a node shows of the worklist; empty: of all.
struct WorklistView {
  std::vector<std::string> stations;  ///< AE titles; steps that are at no station are shown too
  std::vector<std::string> modalities;
};

struct DicomNode {
  std::string name;
  std::string title_english;
  std::string title_chinese;
  connect::DicomServerOptions server;
  std::vector<connect::DicomDestination> destinations;  ///< peers that C-MOVE may send to
  OnConflict on_conflict = OnConflict::refuse;
  std::optional<WorklistView> worklist = WorklistView();  ///< nothing: no worklist here
  bool is_enabled = true;
  std::string origin;  ///< the file
  std::string text;    ///< and what it says
  /// Whether both are declared alike.
  bool operator==(const DicomNode& other) const { return origin == other.origin && text == other.text; }
};

/// One file's node. Faults are added as "archive.yaml:7: …"; nothing is given back then.
std::optional<DicomNode> parse_dicom_node(const std::string& yaml, const std::string& origin,
                                          std::vector<std::string>& faults);
/// Every *.yaml of a folder, in the order of their names; a folder that is not there has none. Paths of certificates
/// are taken from the folder on. invalid_argument with a line for each fault.
Result<std::vector<DicomNode>> read_dicom_nodes(const std::string& folder);

}  // namespace meridian::imaging
