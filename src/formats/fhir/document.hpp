// Document: one FHIR resource, parsed from JSON into an immutable tree whose every node knows its type.
//
// The tree is FHIR's own, not JSON's: a repeated element is several nodes of one name; a primitive has its value
// and, from its `_sibling`, its id and extensions as children; `resourceType` is a node's type, not a child. What
// JSON says beyond that is kept too, so that nothing is lost: member order, the digits of a number (`1.00`), nulls
// in arrays, unknown members (see json.hpp for writing); where it breaks the rules of FHIR's JSON format, such
// as an empty array, form_faults() lists it. Nodes lie in one array in the order of the text; texts are views
// into the text itself.
//
// A Document owns its bytes unless it was parsed by parse_borrowed(). Nodes are two words, copied freely, and
// live as long as their Document stays where it is alive (moving the Document keeps them valid).
// Threads: immutable; read from any.
// Specification: https://hl7.org/fhir/R4/json.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/issue.hpp"
#include "formats/fhir/schema.hpp"

namespace meridian::fhir {

namespace internal {
struct Record;
struct Tape;
}  // namespace internal

/// What a node's own value is, apart from its children.
enum class ValueKind : std::uint8_t {
  none,     ///< an object, or a primitive with only id or extensions
  string,   ///< text() is the string, escapes resolved
  number,   ///< text() is the digits as they stand
  boolean,  ///< text() is "true" or "false"
};

/// How the node stands in the JSON text. A primitive of which only `_sibling` is given is an object.
enum class JsonKind : std::uint8_t { object, array, null, string, number, boolean };

class Children;
class Items;

class Node {
 public:
  Node() = default;

  explicit operator bool() const { return tape_ != nullptr; }
  bool operator==(const Node&) const = default;

  const Schema& schema() const;
  TypeId type() const;        ///< of the value: Patient, HumanName, Quantity for valueQuantity; none when unknown
  ElementId element() const;  ///< in its parent's type; none for a root and for unknown members
  NameId name() const;        ///< the element's name; none for a root and for unknown members
  /// The JSON key: "valueQuantity"; empty for a root. Of a known element without the underscore.
  std::string_view key() const;

  ValueKind value_kind() const;
  bool has_value() const { return value_kind() != ValueKind::none; }
  std::string_view text() const;  ///< of the value; empty when there is none
  JsonKind json_kind() const;
  bool is_in_json_array() const;

  bool has_children() const;
  /// All children in the order of the text: repeated elements one by one, a primitive's id and extensions,
  /// unknown members too (type() is none). Not shown are empty arrays and nulls that stand for nothing.
  Children children() const;
  /// Only those of one element.
  Children children(NameId name) const;
  /// The same as children(name), to walk a path in a hurry: it looks no further than the first JSON member of that
  /// name, of which FHIR's JSON has no second.
  Items items(NameId name) const;
  /// The first child of that name, or a null node.
  Node child(NameId name) const;
  Node child(std::string_view name) const;

  /// The index among its siblings of the same name, for a repeated element; -1 for one that does not repeat.
  int index() const;
  Node parent() const;  ///< null for a root; costs a search from the root
  /// FHIRPath to this node from the root: `Patient.name[0].given[1]`. For messages; it searches.
  std::string path() const;
  /// Where its value (or object) begins in the text.
  Position position() const;
  std::size_t offset() const;  ///< of position(), which counts lines from the start to tell the rest

  /// A number that orders nodes of one document as in the text and identifies them: for sets of nodes.
  std::uint32_t order() const { return static_cast<std::uint32_t>(index_); }
  const void* document() const { return tape_; }

 private:
  friend class Children;
  friend class Document;
  friend class DocumentParser;
  friend struct internal::Tape;
  Node(const internal::Tape* tape, std::size_t index) : tape_(tape), index_(index) {}
  Items scattered_items(NameId name) const;
  const internal::Tape* tape_ = nullptr;
  std::size_t index_ = 0;  // of 32 bits; wide, so that no padding is carried about
};

/// A range of nodes: `for (Node name : patient.children(kName))`.
class Children {
 public:
  class iterator {
   public:
    using value_type = Node;
    using difference_type = std::ptrdiff_t;
    Node operator*() const;
    iterator& operator++();
    iterator operator++(int);
    bool operator==(const iterator& other) const;

   private:
    friend class Children;
    const internal::Tape* tape_ = nullptr;
    std::uint32_t at_ = 0;   // the node shown
    std::uint32_t end_ = 0;  // after the object walked
    NameId wanted_ = NameId::none;
  };
  iterator begin() const;
  iterator end() const;
  bool empty() const { return begin() == end(); }

 private:
  friend class Node;
  const internal::Tape* tape_ = nullptr;
  std::uint32_t first_ = 0;
  std::uint32_t end_ = 0;
  NameId wanted_ = NameId::none;
};

/// What Node::items() walks: `for (Items items = patient.items(kName); items; items.next()) use(items.node());`
/// All inline and of plain numbers, so that a loop keeps it in registers.
class Items {
 public:
  explicit operator bool() const;
  Node node() const;
  TypeId type() const;  ///< of node()
  void next();
  /// The members and items looked at so far, for those who count work.
  std::uint32_t looked() const { return looked_; }

 private:
  friend class Node;
  Items(const internal::Tape* tape, const internal::Record* at, const internal::Record* end)
      : tape_(tape), at_(at), end_(end) {}
  void step();
  void skip_hidden();
  const internal::Tape* tape_;
  const internal::Record* at_;
  const internal::Record* end_;
  std::uint32_t looked_ = 1;
  NameId scattered_ = NameId::none;  // of items that do not lie in one place
};

/// A breach of the rules of FHIR's JSON format that leaves the text readable. Validation reports them.
struct FormFault {
  enum class Kind : std::uint8_t {
    array_expected,      ///< the element repeats, but stands without an array
    array_not_expected,  ///< the element does not repeat, but stands in an array
    array_empty,         ///< the node is the array
    array_in_array,      ///< the node is the inner array
    object_empty,
    object_expected,         ///< a plain value where the type has elements
    object_not_expected,     ///< an object where a primitive value belongs
    null_not_expected,       ///< a null other than one that keeps a place beside an id or extension
    companion_not_matching,  ///< `_name` is of another shape than `name`, or neither object, array nor null
    resource_type_unknown,   ///< a contained resource without a resourceType that the schema knows
  };
  Kind kind;
  Node node;
};

/// Bounds on what one document may cost. What passes them is refused with an Issue that names the bound.
/// The depth is never more than kDeepest, so that code may walk a document by recursion.
struct DocumentLimits {
  static constexpr std::uint32_t kDeepest = 1000;
  std::size_t max_bytes = std::size_t{1} << 30;
  std::uint32_t max_depth = 256;
  std::uint32_t max_nodes = 200'000'000;
  bool operator==(const DocumentLimits&) const = default;
};

class Document {
 public:
  Document() = default;
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  bool has_root() const;
  Node root() const;
  const Schema& schema() const;
  std::string_view source() const;  ///< the JSON text as received
  std::size_t node_count() const;
  std::size_t memory_bytes() const;  ///< what it holds, its own copy of the text included
  /// In no particular order; the first thousand.
  std::span<const FormFault> form_faults() const;

 private:
  friend class DocumentParser;
  std::unique_ptr<internal::Tape> tape_;
};

/// Parses many documents, reusing its scratch memory. One per thread; making another costs little.
///
/// Faults of form (not JSON, bad UTF-8, a duplicate key, a bound passed) are fatal Issues and give a Document
/// without root; what is well-formed but unknown to the schema becomes nodes without type, which validation
/// reports. A resource without a known `resourceType` is such a fault too.
class DocumentParser {
 public:
  explicit DocumentParser(const Schema& schema = Schema::r4(), DocumentLimits limits = {});
  ~DocumentParser();
  DocumentParser(DocumentParser&&) noexcept;

  /// Takes over the text.
  Document parse(std::string text, Issues& issues);
  /// The text must outlive the document.
  Document parse_borrowed(std::string_view text, Issues& issues);
  /// Parses the text as a value of the given type (a data type, say) rather than as a resource. TypeId::none
  /// takes any JSON; no node has a type then.
  Document parse_as(TypeId type, std::string text, Issues& issues);
  /// Gives a document's memory back for the next one; for streams.
  void recycle(Document&& document);

 private:
  struct Scratch;
  class Spares;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace meridian::fhir

// The inline half: where nodes lie. Nobody else includes it.
#include "formats/fhir/internal/tape.hpp"
