// The bytes of terms, for both sides: what extraction writes is what a probe looks up. The layouts stand in terms.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "search/values.hpp"

namespace meridian::search::internal {

/// Parts one field of a term from the next; no text in a term holds it or the marks, which is_plain() tells.
inline constexpr char kEnd = '\0';
/// Before a system that the element's binding implies, and before the URL of a reference that is not relative.
inline constexpr char kMark = '\1';
/// In place of a raw string that is too long.
inline constexpr char kLong = '\2';

inline constexpr std::size_t kMaxFolded = 480;     ///< bytes of a folded string in a term
inline constexpr std::size_t kMaxTerm = 1000;      ///< bytes of a term before what a composite adds
inline constexpr std::size_t kMaxComposite = 400;  ///< bytes of each part of a composite
inline constexpr std::size_t kMaxWord = 128;

/// Whether the text can stand in a term: no byte below 4.
bool is_plain(std::string_view text);
/// At most that many bytes of UTF-8, cut between characters.
std::string_view cut_text(std::string_view text, std::size_t bytes);
/// The least bytes above all that begin with `begin`.
std::string after_prefix(std::string_view begin);

/// code 00 [01] system
void append_token(std::string& out, std::string_view folded_code, std::string_view system, bool is_implied);
/// id 00 type, or 01 url 00 version
void append_reference(std::string& out, const ReferenceValue& reference);

/// Bytes before an interval's: of the number as it stands, in a unit, in a unit of a system, in base units.
void append_any_unit(std::string& out);
void append_unit(std::string& out, std::string_view unit);
void append_system_unit(std::string& out, std::string_view system, std::string_view code);
void append_dimension(std::string& out, std::string_view dimension);

/// A square of one degree.
void append_cell(std::string& out, int latitude, int longitude);

}  // namespace meridian::search::internal
