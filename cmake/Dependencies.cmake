# Every library comes from a Debian package (tools/bootstrap.sh lists them). SIAHUB_LIBS_<layer>
# names what a layer links besides its own dependencies.
list(APPEND CMAKE_MODULE_PATH ${CMAKE_SOURCE_DIR}/cmake)
set(Boost_NO_WARN_NEW_VERSIONS ON)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(Blake3 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LZ4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)

set(SIAHUB_LIBS_core fmt::fmt spdlog::spdlog Threads::Threads Boost::boost Boost::json)
set(SIAHUB_LIBS_crypto OpenSSL::Crypto blake3)
set(SIAHUB_LIBS_db SQLite::SQLite3)
set(SIAHUB_LIBS_xet PkgConfig::LZ4 Boost::json)
set(SIAHUB_LIBS_hub PkgConfig::YAML Boost::json)
set(SIAHUB_LIBS_cas Boost::json Boost::url)

find_path(RAPIDCHECK_INCLUDE rapidcheck.h REQUIRED)
find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
add_library(siahub_test_libs INTERFACE)
target_link_libraries(siahub_test_libs INTERFACE GTest::gtest GTest::gmock GTest::gtest_main
                      ${RAPIDCHECK_LIBRARY})
