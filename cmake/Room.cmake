# SPDX-License-Identifier: Apache-2.0
# A room is one static library `mirfa::NAME`, one test program `NAME_test`, and its fuzz targets.
#
#   mirfa_room(blob
#       USES     base format          # other rooms, as far as the table in tests/layers allows
#       PACKAGES openssl              # names from cmake/Packages.cmake
#       HEADERS  store.h              # each is compiled alone by the build
#       SOURCES  folder_store.cpp
#       TESTS    folder_store_test.cpp
#       FUZZ     parse_thing          # parse_thing_fuzz.cpp, corpus in corpus/parse_thing/
#       TEST_PACKAGES sqlite TEST_USES http)
function(mirfa_room name)
    cmake_parse_arguments(arg "" "" "USES;PACKAGES;HEADERS;SOURCES;TESTS;FUZZ;TEST_PACKAGES;TEST_USES" ${ARGN})
    list(TRANSFORM arg_USES PREPEND mirfa::)
    list(TRANSFORM arg_PACKAGES PREPEND pkg::)
    list(TRANSFORM arg_TEST_USES PREPEND mirfa::)
    list(TRANSFORM arg_TEST_PACKAGES PREPEND pkg::)
    add_library(mirfa_${name} STATIC ${arg_SOURCES})
    add_library(mirfa::${name} ALIAS mirfa_${name})
    target_include_directories(mirfa_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(mirfa_${name} PUBLIC ${arg_USES} ${arg_PACKAGES} PRIVATE mirfa_compile)
    target_compile_features(mirfa_${name} PUBLIC cxx_std_20)
    mirfa_check_headers(${name} "${arg_HEADERS}")
    if(MIRFA_TESTS AND arg_TESTS)
        add_executable(${name}_test ${arg_TESTS})
        target_link_libraries(${name}_test PRIVATE mirfa::${name} ${arg_TEST_USES} ${arg_TEST_PACKAGES} pkg::gtest
            mirfa_compile)
        target_compile_definitions(${name}_test PRIVATE MIRFA_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
        add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
        set_tests_properties(${name} PROPERTIES TIMEOUT 600)
    endif()
    foreach(fuzz IN LISTS arg_FUZZ)
        mirfa_fuzz(${name} ${fuzz})
    endforeach()
endfunction()

# Every header must compile when it is the only thing included. In dev builds only: the check costs a compile each.
function(mirfa_check_headers name headers)
    if(NOT MIRFA_TESTS OR NOT headers)
        return()
    endif()
    set(sources)
    foreach(header IN LISTS headers)
        string(REPLACE "/" "_" flat ${header})
        set(source ${CMAKE_CURRENT_BINARY_DIR}/alone_${flat}.cpp)
        file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${name}/${header}\"\n" @ONLY)
        list(APPEND sources ${source})
    endforeach()
    add_library(mirfa_${name}_headers OBJECT ${sources})
    target_link_libraries(mirfa_${name}_headers PRIVATE mirfa::${name} mirfa_compile)
    target_compile_options(mirfa_${name}_headers PRIVATE -fsyntax-only -O0)
endfunction()

# A fuzz target is replayed over its corpus by every test run; with MIRFA_FUZZ (clang) it is a libFuzzer program.
function(mirfa_fuzz room fuzz)
    add_executable(${room}_${fuzz}_fuzz ${fuzz}_fuzz.cpp)
    target_link_libraries(${room}_${fuzz}_fuzz PRIVATE mirfa::${room} mirfa_compile)
    if(MIRFA_FUZZ)
        target_compile_options(${room}_${fuzz}_fuzz PRIVATE -fsanitize=fuzzer)
        target_link_options(${room}_${fuzz}_fuzz PRIVATE -fsanitize=fuzzer)
    else()
        target_sources(${room}_${fuzz}_fuzz PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.cpp)
    endif()
    if(MIRFA_TESTS)
        add_test(NAME fuzz_${room}_${fuzz}
            COMMAND ${room}_${fuzz}_fuzz ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${fuzz} -runs=0)
    endif()
endfunction()
