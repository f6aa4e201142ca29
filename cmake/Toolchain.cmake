# What every target shares: warnings, a fast linker and a compiler cache where the machine has them.
find_program(MERIDIAN_CCACHE ccache)
if(MERIDIAN_CCACHE)
  foreach(lang C CXX ASM)
    set(CMAKE_${lang}_COMPILER_LAUNCHER "${MERIDIAN_CCACHE}")
  endforeach()
endif()

find_program(MERIDIAN_MOLD mold)
if(MERIDIAN_MOLD AND NOT CMAKE_CXX_FLAGS MATCHES "fuse-ld")
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(
  "$<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wnon-virtual-dtor;-Woverloaded-virtual;-Werror>"
  "$<$<COMPILE_LANGUAGE:CXX>:-fno-omit-frame-pointer>")

# Boost is taken from its own versioned headers; Debian ships several versions side by side.
find_package(Boost 1.81 REQUIRED)
find_package(Threads REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
if(MERIDIAN_TESTS)
  find_package(GTest REQUIRED)
endif()
if(MERIDIAN_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()
