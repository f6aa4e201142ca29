// What analysers say: records of a message, by patient, order and result.
//
//   const std::vector<Order> orders = orders_of(text, limits, issues);
//
// Records are H (header), P (patient), O (order), R (result), C (comment), M (manufacturer's), Q (question), L (end). H
// says which characters separate fields, repeats and components, and which escapes. An Order is what a sample's results
// need of the records around it; of results without an order, one without its own values. The password of H is left
// out. Texts stay in the message's bytes; escapes are resolved. Faults are Issues with the record's number. Bounds:
// MessageLimits. Any thread.
// Specification: CLSI LIS2-A2 (ASTM E1394).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"

namespace meridian::astm {

struct MessageLimits {
  std::size_t max_records = 100'000;
  std::size_t max_fields = 200;  ///< of a record
};

struct TestResult {
  std::string test;   ///< the analyser's code: the fourth part of the universal test id, or the first there is
  std::string value;  ///< the first part
  std::string unit;
  std::string range;
  std::string flag;
  std::string status;
  std::string time;  ///< completed, else started
  std::vector<std::string> comments;
};

/// What a sample was measured for. Only a patient's results belong in a record.
enum class Purpose : std::uint8_t {
  patient,
  control,  ///< O-12 is Q, or H-12: a sample whose values are known
  trial,    ///< H-12 is T or D: training, debugging
};

struct Order {
  std::string sender;        ///< H-5, the first part
  std::string sent;          ///< H-14
  std::string patient;       ///< the practice's number, else the laboratory's
  std::string patient_name;  ///< parts joined by a blank
  std::string birth;
  std::string sex;
  std::string specimen;             ///< O-3, the first part
  std::string instrument_specimen;  ///< O-4, the first part
  std::string priority;
  std::string collected;
  std::string specimen_kind;
  std::vector<std::string> tests;  ///< asked for
  std::vector<std::string> comments;
  std::vector<TestResult> results;
  Purpose purpose = Purpose::patient;
  bool is_question = false;  ///< Q: the analyser asks what it is to do
};

/// Empty, with an Issue, when the text does not begin with H, or has more records than are allowed: a part of it would
/// look like the whole.
std::vector<Order> orders_of(std::string_view text, const MessageLimits& limits, Issues& issues);

}  // namespace meridian::astm
