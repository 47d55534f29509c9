# BLAKE3 from the C and assembly sources that Debian's librust-blake3-dev installs: Debian 12 has no
# libblake3-dev, and no third-party source enters this repository.
file(GLOB blake3_dirs /usr/share/cargo/registry/blake3-*/c)
list(SORT blake3_dirs COMPARE NATURAL ORDER DESCENDING)
list(GET blake3_dirs 0 Blake3_SOURCE_DIR)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Blake3 REQUIRED_VARS Blake3_SOURCE_DIR)
set(blake3_sources blake3.c blake3_dispatch.c blake3_portable.c)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND blake3_sources blake3_sse2_x86-64_unix.S blake3_sse41_x86-64_unix.S
       blake3_avx2_x86-64_unix.S blake3_avx512_x86-64_unix.S)
endif()
list(TRANSFORM blake3_sources PREPEND ${Blake3_SOURCE_DIR}/)
add_library(blake3 STATIC ${blake3_sources})
target_include_directories(blake3 SYSTEM PUBLIC ${Blake3_SOURCE_DIR})
