find_package(ICU REQUIRED COMPONENTS uc)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(simdjson REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(DCMTK REQUIRED)
pkg_check_modules(OPENJPEG REQUIRED IMPORTED_TARGET libopenjp2)
find_library(OPENJPH_LIBRARY openjph REQUIRED) # its pkg-config file names no library
find_package(Python3 REQUIRED COMPONENTS Interpreter)

# The table of data elements is written at build time from the dictionary that DCMTK's package installs.
file(GLOB dicom_dictionaries "/usr/share/libdcmtk*/dicom.dic" "/usr/share/dcmtk/dicom.dic")
if(NOT dicom_dictionaries)
  message(FATAL_ERROR "DCMTK's data dictionary (dicom.dic) is missing: run ./dev setup")
endif()
list(GET dicom_dictionaries 0 dicom_dictionary)
set(dicom_generator "${PROJECT_SOURCE_DIR}/tools/dicom_dictionary/generate.py")
set(dicom_tables "${PROJECT_BINARY_DIR}/generated/dicom/dictionary_tables.cpp")
add_custom_command(
  OUTPUT "${dicom_tables}"
  COMMAND Python3::Interpreter "${dicom_generator}" "${dicom_dictionary}" "${dicom_tables}"
  DEPENDS "${dicom_generator}" "${dicom_dictionary}"
  COMMENT "Writing the table of DICOM's data elements")
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/generated/dicom")

set(MODULE_SOURCES "${dicom_tables}")
set(MODULE_PRIVATE ICU::uc ZLIB::ZLIB fmt::fmt DCMTK::dcmdata DCMTK::dcmjpeg DCMTK::dcmjpls PkgConfig::OPENJPEG
    "${OPENJPH_LIBRARY}")
set(MODULE_TEST simdjson::simdjson "${OPENJPH_LIBRARY}")
