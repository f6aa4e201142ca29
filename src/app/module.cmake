find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
set(MODULE_PRIVATE fmt::fmt CLI11::CLI11)

# The program's memory (docs/adr/0135-jemalloc.md); sanitizers bring their own.
if(NOT CMAKE_CXX_FLAGS MATCHES "sanitize")
  find_library(JEMALLOC jemalloc REQUIRED)
  list(APPEND MODULE_PRIVATE "${JEMALLOC}")
endif()

# The page at `/` lies in the program.
set(MODULE_SOURCES "${dir}/internal/page.S")
set_source_files_properties("${dir}/internal/page.S" PROPERTIES
  COMPILE_DEFINITIONS "MERIDIAN_PAGE=\"${dir}/page/index.html\""
  OBJECT_DEPENDS "${dir}/page/index.html")

# The program as its users meet it.
if(MERIDIAN_TESTS AND NOT MERIDIAN_FUZZ)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_test(NAME program COMMAND Python3::Interpreter "${dir}/program_test.py" $<TARGET_FILE:meridian>)
  set_tests_properties(program PROPERTIES LABELS "unit" TIMEOUT 600)
endif()
