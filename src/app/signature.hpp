// Recognises what kind of file the first bytes belong to, by its signature and never by its name.
#pragma once

#include <string_view>

namespace meridian::app {

/// A kind of file and how this program stands to it.
struct Signature {
  std::string_view kind;  ///< "DICOM object"; empty when not recognised
  std::string_view chinese;
  bool is_fhir_text = false;  ///< JSON or XML that may be FHIR: the FHIR reader says more
  bool is_hl7v2 = false;      ///< messages, or a batch file of them
};

/// `head`: the first bytes, decompressed; 512 are enough.
Signature recognise(std::string_view head);

}  // namespace meridian::app
