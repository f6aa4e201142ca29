# Asio is compiled once, in internal/asio.cpp; whoever includes its headers is told so.
find_package(OpenSSL REQUIRED)
if(NOT TARGET meridian_asio)
  add_library(meridian_asio INTERFACE)
  target_compile_definitions(meridian_asio INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
                                                     BOOST_ASIO_DISABLE_BOOST_COROUTINE)
  # Asio counts references with fences, which GCC's thread sanitizer does not see.
  target_compile_options(meridian_asio INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  target_link_libraries(meridian_asio INTERFACE Boost::headers Threads::Threads)
endif()
set(MODULE_PRIVATE meridian_asio OpenSSL::SSL OpenSSL::Crypto)
