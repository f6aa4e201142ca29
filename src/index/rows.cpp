#include "index/rows.hpp"

#include <algorithm>
#include <vector>

#include "index/internal/bitmap.hpp"
#include "index/internal/collector.hpp"
#include "index/internal/posting.hpp"
#include "index/internal/varint.hpp"

namespace meridian::index {

namespace {

constexpr Row kPieceRows = Row{1} << 32;

std::uint32_t high_of(Row row) {
  return static_cast<std::uint32_t>(row >> 32);
}
std::uint32_t low_of(Row row) {
  return static_cast<std::uint32_t>(row);
}

Roaring copy_of(const roaring_bitmap_t* bitmap) {
  return Roaring(roaring_bitmap_copy(bitmap));
}

}  // namespace

Rows::Bitmap::Bitmap(const Bitmap& other) {
  pieces.reserve(other.pieces.size());
  for (const Piece& piece : other.pieces) pieces.push_back({piece.high, copy_of(piece.low.get())});
}

std::size_t Rows::Bitmap::find(std::uint32_t high) const {
  const auto at = std::lower_bound(pieces.begin(), pieces.end(), high,
                                   [](const Piece& piece, std::uint32_t wanted) { return piece.high < wanted; });
  return static_cast<std::size_t>(at - pieces.begin());
}

const roaring_bitmap_t* Rows::Bitmap::get(std::uint32_t high) const {
  const std::size_t place = find(high);
  return place < pieces.size() && pieces[place].high == high ? pieces[place].low.get() : nullptr;
}

roaring_bitmap_t* Rows::Bitmap::get_or_make(std::uint32_t high) {
  const std::size_t place = find(high);
  if (place == pieces.size() || pieces[place].high != high) {
    pieces.insert(pieces.begin() + static_cast<std::ptrdiff_t>(place), Piece{high, Roaring(roaring_bitmap_create())});
  }
  return pieces[place].low.get();
}

void Rows::Bitmap::drop_if_empty(std::size_t place) {
  if (roaring_bitmap_is_empty(pieces[place].low.get())) {
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(place));
  }
}

Rows::Rows() : bitmap_(std::make_unique<Bitmap>()) {}
Rows::Rows(const Rows& other) : bitmap_(std::make_unique<Bitmap>(*other.bitmap_)) {}
Rows::Rows(Rows&& other) noexcept : bitmap_(std::exchange(other.bitmap_, std::make_unique<Bitmap>())) {}
Rows& Rows::operator=(const Rows& other) {
  if (this != &other) bitmap_ = std::make_unique<Bitmap>(*other.bitmap_);
  return *this;
}
Rows& Rows::operator=(Rows&& other) noexcept {
  std::swap(bitmap_, other.bitmap_);
  return *this;
}
Rows::~Rows() = default;

Rows Rows::range(Row first, Row end) {
  Rows rows;
  rows.add_range(first, end);
  return rows;
}

Rows Rows::of(std::span<const Row> rows) {
  Collector collector;
  for (const Row row : rows) collector.add(row);
  return collector.take();
}

void Rows::add(Row row) {
  roaring_bitmap_add(bitmap_->get_or_make(high_of(row)), low_of(row));
}

void Rows::add_range(Row first, Row end) {
  while (first < end) {
    const Row piece_last = first | (kPieceRows - 1);
    const Row last = std::min(end - 1, piece_last);
    roaring_bitmap_add_range_closed(bitmap_->get_or_make(high_of(first)), low_of(first), low_of(last));
    if (last == UINT64_MAX) return;
    first = last + 1;
  }
}

void Rows::remove(Row row) {
  const std::size_t place = bitmap_->find(high_of(row));
  if (place == bitmap_->pieces.size() || bitmap_->pieces[place].high != high_of(row)) return;
  roaring_bitmap_remove(bitmap_->pieces[place].low.get(), low_of(row));
  bitmap_->drop_if_empty(place);
}

void Rows::remove_range(Row first, Row end) {
  if (first >= end) return;
  for (std::size_t place = bitmap_->find(high_of(first)); place < bitmap_->pieces.size();) {
    Bitmap::Piece& piece = bitmap_->pieces[place];
    const Row base = Row{piece.high} << 32;
    if (base >= end) return;
    const Row from = std::max(base, first);
    const Row last = std::min(end - 1, base | (kPieceRows - 1));
    if (from <= last) roaring_bitmap_remove_range_closed(piece.low.get(), low_of(from), low_of(last));
    const std::size_t before = bitmap_->pieces.size();
    bitmap_->drop_if_empty(place);
    if (bitmap_->pieces.size() == before) ++place;
  }
}

bool Rows::contains(Row row) const {
  const roaring_bitmap_t* low = bitmap_->get(high_of(row));
  return low != nullptr && roaring_bitmap_contains(low, low_of(row));
}

bool Rows::empty() const {
  return bitmap_->pieces.empty();
}

std::uint64_t Rows::count() const {
  std::uint64_t count = 0;
  for (const Bitmap::Piece& piece : bitmap_->pieces) count += roaring_bitmap_get_cardinality(piece.low.get());
  return count;
}

std::uint64_t Rows::count_and(const Rows& other) const {
  std::uint64_t count = 0;
  for (const Bitmap::Piece& piece : bitmap_->pieces) {
    if (const roaring_bitmap_t* theirs = other.bitmap_->get(piece.high)) {
      count += roaring_bitmap_and_cardinality(piece.low.get(), theirs);
    }
  }
  return count;
}

Rows& Rows::operator&=(const Rows& other) {
  if (this == &other) return *this;
  auto& pieces = bitmap_->pieces;
  std::erase_if(pieces, [&](Bitmap::Piece& piece) {
    const roaring_bitmap_t* theirs = other.bitmap_->get(piece.high);
    if (theirs == nullptr) return true;
    roaring_bitmap_and_inplace(piece.low.get(), theirs);
    return roaring_bitmap_is_empty(piece.low.get());
  });
  return *this;
}

Rows& Rows::operator|=(const Rows& other) {
  if (this == &other) return *this;
  for (const Bitmap::Piece& piece : other.bitmap_->pieces) {
    roaring_bitmap_or_inplace(bitmap_->get_or_make(piece.high), piece.low.get());
  }
  return *this;
}

Rows& Rows::operator-=(const Rows& other) {
  if (this == &other) {
    bitmap_->pieces.clear();
    return *this;
  }
  std::erase_if(bitmap_->pieces, [&](Bitmap::Piece& piece) {
    if (const roaring_bitmap_t* theirs = other.bitmap_->get(piece.high)) {
      roaring_bitmap_andnot_inplace(piece.low.get(), theirs);
    }
    return roaring_bitmap_is_empty(piece.low.get());
  });
  return *this;
}

bool Rows::operator==(const Rows& other) const {
  return std::equal(bitmap_->pieces.begin(), bitmap_->pieces.end(), other.bitmap_->pieces.begin(),
                    other.bitmap_->pieces.end(), [](const Bitmap::Piece& a, const Bitmap::Piece& b) {
                      return a.high == b.high && roaring_bitmap_equals(a.low.get(), b.low.get());
                    });
}

std::optional<Row> Rows::at_or_after(Row row) const {
  for (std::size_t place = bitmap_->find(high_of(row)); place < bitmap_->pieces.size(); ++place) {
    const Bitmap::Piece& piece = bitmap_->pieces[place];
    roaring_uint32_iterator_t at;
    roaring_init_iterator(piece.low.get(), &at);
    if (piece.high == high_of(row) && !roaring_move_uint32_iterator_equalorlarger(&at, low_of(row))) continue;
    return Row{piece.high} << 32 | at.current_value;
  }
  return std::nullopt;
}

std::optional<Row> Rows::before(Row row) const {
  if (row == 0) return std::nullopt;
  const Row last = row - 1;
  std::size_t place = bitmap_->find(high_of(last));
  if (place < bitmap_->pieces.size() && bitmap_->pieces[place].high == high_of(last)) {
    const roaring_bitmap_t* low = bitmap_->pieces[place].low.get();
    std::uint32_t found = 0;
    const std::uint64_t rank = roaring_bitmap_rank(low, low_of(last));
    if (rank > 0 && roaring_bitmap_select(low, static_cast<std::uint32_t>(rank - 1), &found)) {
      return Row{high_of(last)} << 32 | found;
    }
  }
  if (place == 0) return std::nullopt;
  const Bitmap::Piece& piece = bitmap_->pieces[place - 1];
  return Row{piece.high} << 32 | roaring_bitmap_maximum(piece.low.get());
}

std::size_t Rows::copy(Row from, std::span<Row> out) const {
  // Finding the place again costs a binary search over containers and one within: nothing beside a batch.
  std::size_t count = 0;
  for (std::size_t place = bitmap_->find(high_of(from)); place < bitmap_->pieces.size() && count < out.size();
       ++place) {
    const Bitmap::Piece& piece = bitmap_->pieces[place];
    roaring_uint32_iterator_t at;
    roaring_init_iterator(piece.low.get(), &at);
    if (piece.high == high_of(from) && !roaring_move_uint32_iterator_equalorlarger(&at, low_of(from))) continue;
    std::uint32_t batch[256];
    while (count < out.size()) {
      const auto wanted = static_cast<std::uint32_t>(std::min<std::size_t>(256, out.size() - count));
      const std::uint32_t got = roaring_read_uint32_iterator(&at, batch, wanted);
      for (std::uint32_t i = 0; i < got; ++i) out[count++] = Row{piece.high} << 32 | batch[i];
      if (got < wanted) break;
    }
  }
  return count;
}

std::size_t Rows::memory_bytes() const {
  std::size_t bytes = sizeof(Rows) + sizeof(Bitmap) + bitmap_->pieces.capacity() * sizeof(Bitmap::Piece);
  for (const Bitmap::Piece& piece : bitmap_->pieces) bytes += roaring_bitmap_size_in_bytes(piece.low.get());
  return bytes;
}

// rows := list*      list := first row less the row before (varint) · size (varint) · posting list
// (internal/posting.hpp)
void Rows::append_to(std::string& bytes) const {
  PostingWriter list;
  Row previous = 0;
  std::string encoded;
  const auto write = [&] {
    encoded.clear();
    list.append_to(encoded);
    append_varint(bytes, list.first() - previous);
    append_varint(bytes, encoded.size());
    bytes += encoded;
    previous = list.last();
    list.clear();
  };
  visit([&](const Row* rows, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (list.add(rows[i])) continue;
      write();
      list.add(rows[i]);
    }
    return true;
  });
  if (!list.empty()) write();
}

Result<Rows> Rows::parse(std::string_view bytes) {
  Collector collector;
  Row previous = 0;
  while (!bytes.empty()) {
    const std::optional<std::uint64_t> step = take_varint(bytes);
    const std::optional<std::uint64_t> size = take_varint(bytes);
    if (!step || !size || *size > bytes.size() || *step > UINT64_MAX - previous) {
      return fail(ErrorCode::malformed_input, "a set of rows is cut short");
    }
    const Row first = previous + *step;
    previous = TRY(collect_posting(first, bytes.substr(0, *size), collector));
    bytes.remove_prefix(*size);
  }
  return collector.take();
}

}  // namespace meridian::index
