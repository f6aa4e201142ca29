#include "formats/signal/ecg.hpp"

#include "formats/signal/aecg.hpp"
#include "formats/signal/scp.hpp"

namespace meridian::signal {

EcgFormat recognise(std::string_view bytes) {
  if (is_scp(bytes)) return EcgFormat::scp;
  return is_aecg(bytes) ? EcgFormat::aecg : EcgFormat::none;
}

Result<Ecg> read_ecg(std::string_view bytes, const EcgLimits& limits, Issues& issues) {
  switch (recognise(bytes)) {
    case EcgFormat::scp:
      return read_scp(bytes, limits, issues);
    case EcgFormat::aecg:
      return read_aecg(bytes, limits, issues);
    case EcgFormat::none:
      break;
  }
  return fail(ErrorCode::malformed_input, "this is neither SCP-ECG nor annotated ECG");
}

}  // namespace meridian::signal
