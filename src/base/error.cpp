#include "base/error.hpp"

namespace meridian {
namespace {

struct Row {
  std::string_view name;
  int http_status;
  std::string_view issue_type;
  std::string_view advice;
};

constexpr Row kRows[] = {
#define MERIDIAN_ERROR(name, http_status, issue_type, advice) {#name, http_status, issue_type, advice},
#include "base/errors.def"
#undef MERIDIAN_ERROR
};

const Row& row(ErrorCode code) {
  return kRows[static_cast<std::size_t>(code)];
}

}  // namespace

std::string_view name(ErrorCode code) {
  return row(code).name;
}
int http_status(ErrorCode code) {
  return row(code).http_status;
}
std::string_view issue_type(ErrorCode code) {
  return row(code).issue_type;
}
std::string_view advice(ErrorCode code) {
  return row(code).advice;
}

}  // namespace meridian
