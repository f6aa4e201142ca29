// Grouping: the segments of a message put into the groups that a message map describes.
//
// HL7 v2 groups are not marked in a message; they follow from the order of segments. A segment named in `begins` starts
// a group anew unless the group at hand has not come to it yet (`begins: [ORC, OBR]`: an OBR after an ORC belongs to
// the same order). Any other segment goes to the nearest group around it that knows it. Real messages leave groups out
// and misplace segments; what no group knows is dropped, and said.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "formats/hl7v2/message.hpp"
#include "mapping/internal/plan.hpp"

namespace meridian::mapping::internal {

struct Instance {
  int group = 0;
  int parent = kNone;
  int depth = 0;
  bool is_section = false;                                      // of a document
  std::size_t begun = 0;                                        // how far in `begins`, from 1
  std::vector<std::pair<SegmentCode, std::uint32_t>> segments;  // with their index in the message
  std::vector<std::pair<int, std::uint32_t>> bound;             // names and resources
};

class Grouping {
 public:
  void assign(const MessageMap& map, const hl7v2::Message& message);
  /// For a document: one instance that is all of it, to which add() adds those of sections and statements, in order.
  void assign_document();
  int add(int parent, bool is_section);
  /// The nearest section around an instance, or itself; kNone: it stands in none.
  int section_of(int instance) const;

  std::vector<Instance>& instances() { return instances_; }
  const std::vector<Instance>& instances() const { return instances_; }
  /// For each segment its instance, or kNone.
  const std::vector<int>& of_segment() const { return of_segment_; }
  /// The nearest segment of that name, from the instance outwards; -1 when there is none.
  int find_segment(int instance, SegmentCode name) const;
  /// The nearest resource of that name, from the instance outwards; else the only one of the message; -1: none.
  int find_bound(int instance, int name) const;

 private:
  int place(const MessageMap& map, int current, SegmentCode name);
  int begin(const MessageMap& map, int group, int parent, SegmentCode name);
  int descend(const MessageMap& map, int current, SegmentCode name);

  std::vector<Instance> instances_;
  std::vector<int> of_segment_;
  bool is_document_ = false;
};

}  // namespace meridian::mapping::internal
