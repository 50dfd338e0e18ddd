# SPDX-License-Identifier: Apache-2.0
# Makes a program load shared libraries when one of their functions is first called, not at each start (docs/decisions/0021).
# The code that calls them stays as it is, and so do tests and the installed client library, which link them as usual.
#
#   mirfa_delay(mirfa
#       LIBRARIES /usr/lib/…/libcurl.so /usr/lib/…/libhdf5.so:H5open    # behind a colon, what gives its variables their values
#       CALLERS   mirfa_fetch mirfa_checkpoint)                         # static libraries of the program with all of the calls
#
# The stubs are assembly for x86-64. On other processors libraries are linked as usual.
function(mirfa_delay program)
    cmake_parse_arguments(arg "" "" "LIBRARIES;CALLERS" ${ARGN})
    set(libraries)
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
        list(TRANSFORM arg_LIBRARIES PREPEND --library= OUTPUT_VARIABLE libraries)
    endif()
    list(TRANSFORM arg_CALLERS REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE archives)
    list(TRANSFORM arg_LIBRARIES REPLACE ":[A-Za-z0-9_]+$" "" OUTPUT_VARIABLE files)
    set(script ${CMAKE_SOURCE_DIR}/cmake/delayed/stubs.py)
    set(stubs ${CMAKE_CURRENT_BINARY_DIR}/${program}_delayed.S)
    add_custom_command(OUTPUT ${stubs} VERBATIM DEPENDS ${script} ${archives} ${files}
        COMMAND ${Python3_EXECUTABLE} ${script} --nm ${CMAKE_NM} --readelf ${CMAKE_READELF} --output ${stubs} ${libraries} ${archives})
    target_sources(${program} PRIVATE ${stubs})
    target_link_libraries(${program} PRIVATE ${CMAKE_DL_LIBS})
    # The stubs come first and define all that the libraries would be needed for, so the linker leaves those out.
    target_link_options(${program} PRIVATE LINKER:--as-needed)
endfunction()
