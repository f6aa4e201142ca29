// Worklist: the scheduled procedure steps that modalities ask for (SOP class 1.2.840.10008.5.1.4.31), made of the
// record's orders and appointments whenever somebody asks; nothing is kept beside the record.
//
//   auto worklist = TRY(Worklist::open({.store = &store, .catalog = data + "/catalog/dicom", …}));
//   auto steps = TRY(worklist->find(context, {.keys = keys}));
//   while (auto step = TRY(steps->next())) …
//
// A step is
//   - an Appointment that is booked, arrived or checked-in, with a start, and based on an active ServiceRequest of
//     imaging; or
//   - an active ServiceRequest of imaging with an occurrence, when no such Appointment is based on it.
// Of imaging is what says so in its category, or of which worklist_rules.hpp tells the modality. An order of which a
// study is in the record (ImagingStudy.basedOn) is left out, unless the rules want it. Cancelled, completed and all
// other orders and appointments are never shown.
//
// Steps come in the order of their start. They are looked for while they are asked for, page by page in one snapshot of
// the store, so that who cancels costs no more. Every resource is read as who asks, by the store's policy; the archive
// is not asked. Threads: any; steps belong to one at a time. Lifetime: the store and the dialects outlive it; it
// outlives what it gave out. Errors: malformed_input, invalid_argument (the query), too_costly (more candidates or
// matches than the rules allow: an end that is told, never a list cut short), and those of the store.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part04.html#chapter_K
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time_zone.hpp"
#include "imaging/archive_handler.hpp"
#include "imaging/worklist_query.hpp"
#include "imaging/worklist_rules.hpp"
#include "store/context.hpp"

namespace meridian {
class Clock;
}
namespace meridian::store {
class Store;
}

namespace meridian::imaging {

struct WorklistOptions {
  const store::Store* store = nullptr;
  const Dialects* dialects = nullptr;
  const Clock* clock = nullptr;  ///< null: the machine's
  std::string catalog;           ///< the folder of worklist.yaml
  TimeZone zone;                 ///< in which days and times are told
  std::string tenant_key;        ///< secret; study UIDs are made with it, as ids of messages and images are
  std::string default_authority;
};

struct WorklistRequest {
  WorklistKeys keys;
  bool returns_all = false;  ///< answers have what is said of a step, not only what was asked for
  std::string caller = {};   ///< AE title; a step that is at no station yet is at the one who asks
  WorklistView view = {};    ///< what may be seen of it
};

class WorklistSteps {
 public:
  virtual ~WorklistSteps() = default;
  /// What was asked for of the next step; nothing after the last.
  virtual Result<std::optional<Item>> next() = 0;
};

class Worklist {
 public:
  /// Errors: invalid_argument (a line for each fault in worklist.yaml).
  static Result<std::unique_ptr<Worklist>> open(WorklistOptions options);
  ~Worklist();
  Worklist(const Worklist&) = delete;
  Worklist& operator=(const Worklist&) = delete;

  /// Puts in force what worklist.yaml says now; whether that is something else. Errors as of open(): nothing changes.
  Result<bool> reload();
  Result<std::unique_ptr<WorklistSteps>> find(store::ReadContext context, WorklistRequest request) const;
  /// What a node's peers get.
  FindWorklist at(const DicomNode& node) const;

 private:
  struct State;
  explicit Worklist(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::imaging
