// Annotated ECG documents for tests, of all that an Ecg holds.
#pragma once

#include <string>

#include "formats/signal/ecg.hpp"

namespace meridian::signal::testing {

std::string aecg_document(const Ecg& ecg);

}  // namespace meridian::signal::testing
