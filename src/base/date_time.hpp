// Date, Time and DateTime as FHIR and FHIRPath write them: each may end early (`2015`, `2015-02`, `T14:30`), and
// where it ends is part of the value.
//
// Text comes back as it was read: precision, digits of the fraction (up to 18), `Z` apart from `+00:00`. Years are 1
// to 9999, hours 0 to 23; `24:00` is refused. Second 60 is accepted, as FHIR does, and counts as the first second of
// the next minute wherever an instant is wanted (docs/spec-clarifications.d/base.md).
//
// Comparison answers std::nullopt where FHIRPath answers { }: the precisions differ and nothing before them decided.
// `==` is identity of the text; equality of the values is `compare(a, b)` being `equal`.
// Small values without heap memory; free of threads. Errors never quote the text, which may be a patient's.
// Specification: https://hl7.org/fhir/R4/datatypes.html#dateTime, https://hl7.org/fhirpath/N1/#date
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.hpp"
#include "base/instant.hpp"

namespace meridian {

/// How far a date or time is known. A second with digits after its point is `fraction`.
enum class Precision : std::uint8_t { year, month, day, hour, minute, second, fraction };

/// The units of FHIRPath's calendar durations, from coarse to fine.
enum class CalendarUnit : std::uint8_t { year, month, week, day, hour, minute, second, millisecond };

class Date {
 public:
  /// The year 1, to have something before a value is known.
  constexpr Date() = default;
  /// `2015`, `2015-02` or `2015-02-04`.
  static Result<Date> parse(std::string_view text);
  /// A month or day of 0 is not known.
  static Result<Date> of(int year, int month = 0, int day = 0);

  constexpr int year() const { return year_; }
  constexpr int month() const { return month_; }  ///< 0 when not known
  constexpr int day() const { return day_; }      ///< 0 when not known
  constexpr Precision precision() const {
    return day_ != 0 ? Precision::day : month_ != 0 ? Precision::month : Precision::year;
  }
  std::string to_string() const;
  bool operator==(const Date&) const = default;

 private:
  friend class DateTime;
  static const char* make(int year, int month, int day, Date& out);
  static const char* read(std::string_view text, Date& out);
  std::int16_t year_ = 1;
  std::uint8_t month_ = 0;
  std::uint8_t day_ = 0;
};

class Time {
 public:
  static constexpr int kMaxFractionDigits = 18;

  constexpr Time() = default;  // `00`
  /// FHIRPath's forms: `14`, `14:30`, `14:30:15`, `14:30:15.250`, without the `T`.
  static Result<Time> parse(std::string_view text);
  /// FHIR's form, which goes to the second or finer.
  static Result<Time> parse_fhir(std::string_view text);
  /// A minute or second of -1 is not known. The fraction has `fraction_digits` digits: 250, 3 is .250.
  static Result<Time> of(int hour, int minute = -1, int second = -1, std::uint64_t fraction = 0,
                         int fraction_digits = 0);

  constexpr int hour() const { return hour_; }
  constexpr int minute() const { return minute_; }  ///< 0 when not known
  constexpr int second() const { return second_; }  ///< 0 when not known
  constexpr std::uint64_t fraction() const { return fraction_; }
  constexpr int fraction_digits() const { return fraction_digits_; }
  /// The fraction in microseconds, finer digits cut off.
  std::int64_t microsecond() const;
  constexpr Precision precision() const { return precision_; }
  std::string to_string() const;
  bool operator==(const Time&) const = default;

 private:
  friend class DateTime;
  static const char* make(int hour, int minute, int second, std::uint64_t fraction, int fraction_digits, Time& out);
  static const char* read(std::string_view text, Time& out);
  std::uint64_t fraction_ = 0;
  std::uint8_t hour_ = 0;
  std::uint8_t minute_ = 0;
  std::uint8_t second_ = 0;
  std::uint8_t fraction_digits_ = 0;
  Precision precision_ = Precision::hour;
};

/// How far local time is ahead of UTC, from -14:00 to +14:00, and how that was written.
class UtcOffset {
 public:
  constexpr UtcOffset() = default;  // `Z`
  static Result<UtcOffset> of(int minutes);
  /// `Z`, `+08:00`.
  static Result<UtcOffset> parse(std::string_view text);

  constexpr int minutes() const { return minutes_; }
  std::string to_string() const;
  bool operator==(const UtcOffset&) const = default;

 private:
  friend class DateTime;
  static const char* make(int minutes, char sign, UtcOffset& out);
  static const char* read(std::string_view text, UtcOffset& out);
  std::int16_t minutes_ = 0;
  char sign_ = 'Z';
};

class DateTime {
 public:
  constexpr DateTime() = default;
  /// As FHIRPath converts a Date: known to the day at best.
  explicit constexpr DateTime(Date date) : date_(date) {}
  /// A time needs a whole date before it, and an offset needs a time.
  static Result<DateTime> of(Date date, Time time, std::optional<UtcOffset> offset);
  /// FHIRPath's forms: `2015T`, `2015-02-04T14`, `2015-02-04T14:30:00.000+08:00`; the bare dates too.
  static Result<DateTime> parse(std::string_view text);
  /// FHIR's forms: a date, or a date with a time to the second or finer and an offset.
  static Result<DateTime> parse_fhir(std::string_view text);
  /// What a clock beside this offset shows.
  static DateTime at(Instant instant, UtcOffset offset, int fraction_digits = 3);

  constexpr const Date& date() const { return date_; }
  constexpr bool has_time() const { return has_time_; }
  constexpr const Time& time() const { return time_; }  ///< of meaning only when has_time()
  constexpr std::optional<UtcOffset> offset() const {
    return has_offset_ ? std::optional<UtcOffset>(offset_) : std::nullopt;
  }
  constexpr Precision precision() const { return has_time_ ? time_.precision() : date_.precision(); }
  std::string to_string() const;
  bool operator==(const DateTime&) const = default;

 private:
  static const char* read(std::string_view text, DateTime& out);
  Time time_;
  Date date_;
  UtcOffset offset_;
  bool has_time_ = false;
  bool has_offset_ = false;
};

/// Order as FHIRPath has it, std::nullopt where it is not known. Seconds and their fraction are one decimal, so
/// 10:30:00 equals 10:30:00.0. https://hl7.org/fhirpath/N1/#datetime-equality, https://hl7.org/fhirpath/N1/#comparison
std::optional<std::strong_ordering> compare(const Date& a, const Date& b);
std::optional<std::strong_ordering> compare(const Time& a, const Time& b);
/// Two times with offsets meet in UTC. When only one has an offset, the order is known if it would be the same
/// wherever on Earth the other was written.
std::optional<std::strong_ordering> compare(const DateTime& a, const DateTime& b);

/// Calendar arithmetic: a negative amount subtracts. Above seconds the amount's fraction is ignored; a day that the new
/// month lacks becomes its last; an amount finer than the value is first turned, towards zero, into the finest unit the
/// value has (24 hours a day, 30 days a month, 12 months or 365 days a year). A Time goes round the clock.
/// too_large when the year leaves 1 to 9999; invalid_argument for a Time and a unit of days or coarser.
/// https://hl7.org/fhirpath/N1/#datetime-arithmetic
Result<Date> add(const Date& date, const Decimal& amount, CalendarUnit unit);
Result<Time> add(const Time& time, const Decimal& amount, CalendarUnit unit);
Result<DateTime> add(const DateTime& date_time, const Decimal& amount, CalendarUnit unit);

/// Every instant that the value can mean when values without an offset were written beside this one:
/// `2015` is a whole year, `2015-02-04T14:30:00Z` a second. For IANA zones: base/time_zone.hpp.
InstantRange instant_range(const DateTime& date_time, UtcOffset default_offset);
InstantRange instant_range(const Date& date, UtcOffset offset);

}  // namespace meridian
