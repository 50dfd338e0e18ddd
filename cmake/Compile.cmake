# SPDX-License-Identifier: Apache-2.0
# What every target of ours is compiled with.
add_library(mirfa_compile INTERFACE)
target_compile_features(mirfa_compile INTERFACE cxx_std_20)
target_compile_options(mirfa_compile INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
    -Werror=switch -Wimplicit-fallthrough)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(mirfa_compile INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 sees dangling strings and uninitialised values in correct library code at -O1 and above.
    target_compile_options(mirfa_compile INTERFACE -Wno-missing-field-initializers -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow
        -Wno-stringop-overread -Wno-array-bounds -Wno-free-nonheap-object)
else()
    target_compile_options(mirfa_compile INTERFACE -Wthread-safety -Wno-missing-field-initializers)
endif()
target_compile_definitions(mirfa_compile INTERFACE _FILE_OFFSET_BITS=64)
if(MIRFA_SANITIZE)
    add_compile_options(-fsanitize=${MIRFA_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${MIRFA_SANITIZE})
endif()
if(MIRFA_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)  # fences in Asio, which the thread sanitizer does not model
endif()
if(MIRFA_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)  # the rooms themselves must report what they cover
endif()
