# How a folder of src/ becomes a static library, its *_test.cpp one test program, its *_bench.cpp one
# benchmark program and its test_support/ a library for tests. Sources are globbed so that adding a
# file needs no build change.

add_library(siahub_flags INTERFACE)
target_compile_options(siahub_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Werror
  -Wno-gnu-statement-expression -fno-omit-frame-pointer>)
# Without times in the precompiled header, equal sources make equal objects: ccache serves them to
# every clone at one path.
target_compile_options(siahub_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>)
target_include_directories(siahub_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(siahub_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)
if(SIAHUB_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
elseif(SIAHUB_SANITIZE)
  add_compile_options(-fsanitize=${SIAHUB_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SIAHUB_SANITIZE})
endif()
add_link_options(-fuse-ld=lld-19)

file(WRITE ${CMAKE_BINARY_DIR}/pch_anchor.cpp "")
add_library(siahub_pch STATIC ${CMAKE_BINARY_DIR}/pch_anchor.cpp)
target_link_libraries(siahub_pch PUBLIC siahub_flags)
target_precompile_headers(siahub_pch PRIVATE ${CMAKE_SOURCE_DIR}/src/core/pch.hpp)

# Test code is compiled in half the time without optimization; what it tests is optimized as ever.
add_library(siahub_test_flags INTERFACE)
target_compile_options(siahub_test_flags INTERFACE -O0)
target_link_libraries(siahub_test_flags INTERFACE siahub_flags siahub_test_libs)
add_library(siahub_test_pch STATIC ${CMAKE_BINARY_DIR}/pch_anchor.cpp)
target_link_libraries(siahub_test_pch PUBLIC siahub_test_flags)
target_precompile_headers(siahub_test_pch PRIVATE ${CMAKE_SOURCE_DIR}/src/core/pch.hpp <gmock/gmock.h> <gtest/gtest.h>)

# `all` is the product and what end-to-end tests start; the rest is built on demand.
add_custom_target(unit_tests)
add_custom_target(bench_programs)

# A program of tests: what it links goes first, then its flags win.
function(siahub_test_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} EXCLUDE_FROM_ALL ${arg_SOURCES})
  add_dependencies(unit_tests ${name})
  target_precompile_headers(${name} REUSE_FROM siahub_test_pch)
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} siahub_test_flags)
endfunction()

function(siahub_layer name)
  set(dir ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dir}/*.cpp)
  set(tests ${sources})
  set(benches ${sources})
  set(support ${sources})
  list(FILTER support INCLUDE REGEX "/test_support/")
  list(FILTER sources EXCLUDE REGEX "/test_support/")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER benches INCLUDE REGEX "_bench\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "(_test|_bench|/main)\\.cpp$")
  if(NOT sources)
    add_library(siahub_${name} INTERFACE)
    foreach(dep IN LISTS SIAHUB_DEPS_${name})
      target_link_libraries(siahub_${name} INTERFACE siahub_${dep})
    endforeach()
    return()
  endif()
  add_library(siahub_${name} STATIC ${sources})
  target_precompile_headers(siahub_${name} REUSE_FROM siahub_pch)
  target_link_libraries(siahub_${name} PUBLIC siahub_flags ${SIAHUB_LIBS_${name}})
  foreach(dep IN LISTS SIAHUB_DEPS_${name})
    target_link_libraries(siahub_${name} PUBLIC siahub_${dep})
  endforeach()
  # What tests of other layers and programs under tests/ use, too; never part of the product.
  if(support)
    add_library(siahub_${name}_test_support STATIC ${support})
    target_precompile_headers(siahub_${name}_test_support REUSE_FROM siahub_pch)
    target_link_libraries(siahub_${name}_test_support PUBLIC siahub_${name})
    set(support_library siahub_${name}_test_support)
  endif()
  if(tests)
    siahub_test_program(${name}_test SOURCES ${tests} LIBRARIES siahub_${name} ${support_library})
    add_test(NAME ${name} COMMAND ${name}_test --gtest_brief=1)
    if(name IN_LIST SIAHUB_DATABASE_LAYERS)
      add_test(NAME ${name}_postgres
               COMMAND ${CMAKE_SOURCE_DIR}/tests/postgres/with_postgres.sh
                       $<TARGET_FILE:${name}_test> --gtest_brief=1)
    endif()
  endif()
  if(benches)
    add_executable(${name}_bench EXCLUDE_FROM_ALL ${benches})
    add_dependencies(bench_programs ${name}_bench)
    target_precompile_headers(${name}_bench REUSE_FROM siahub_pch)
    target_link_libraries(${name}_bench PRIVATE siahub_${name} benchmark::benchmark_main)
  endif()
endfunction()

function(siahub_program name source layer)
  add_executable(${name} ${source})
  target_precompile_headers(${name} REUSE_FROM siahub_pch)
  target_link_libraries(${name} PRIVATE siahub_${layer} ${ARGN})
endfunction()
