// Records: rows of tables, JSON objects, XML that is no CDA: what other programs write, on its way into a mapping.
//
// A record is a tree (formats/tree): a row has an element for each column, an object one for each member, and the root
// is called `record`. As a message it is kept as JSON, whatever it came as, so that it can be read, searched and
// corrected: to_json() gives that, read_record() reads it. What is made of it says a record map (docs/mapping.md),
// which also says what it is called, by what order is kept, and when it was said. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "formats/tree/document.hpp"

namespace meridian {
class TimeZone;
}

namespace meridian::mapping {

class Catalogue;

/// What a record says of itself.
struct RecordHeader {
  std::string id;                    ///< values of the map's `id`, joined by `|`; empty: it has none
  std::vector<std::string> order;    ///< values of the map's `order`
  std::optional<std::int64_t> time;  ///< microseconds of UTC; none: it does not say, or not so that it can be read
};

/// Whether there is a map for records that is called so.
bool has_record_map(const Catalogue& catalogue, std::string_view map);
/// Names of all of them, sorted.
std::vector<std::string_view> record_maps(const Catalogue& catalogue);
RecordHeader read_record_header(const Catalogue& catalogue, std::string_view map, const tree::Document& record,
                                const TimeZone& zone);

/// What is no letter, digit, `_`, `-` or `:` in the names of members is `_` in those of elements, so that paths can be
/// written. Faults are fatal Issues, and leave no tree.
tree::Document read_record(std::string_view json, Issues& issues);
/// Whether this is a path that find_records() can follow: `patients/patient`, `row[@status=done]`.
bool is_record_path(std::string_view path);
/// The elements at the path, from the root; none when it is no path.
std::vector<tree::Element> find_records(const tree::Document& document, std::string_view path);
/// What is in an element as an object, of one line: attributes and elements by their names, those of one name as an
/// array; a text beside them is called `text`.
std::string to_json(tree::Element element);

}  // namespace meridian::mapping
