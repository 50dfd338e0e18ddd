# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where: the program with its man pages and completions, and the client library as one static
# archive with its headers, a CMake package and a pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# One archive of all that the library needs of us, so that nobody has to know our rooms.
add_library(mirfa_sdk STATIC)
set_target_properties(mirfa_sdk PROPERTIES OUTPUT_NAME mirfa-client LINKER_LANGUAGE CXX
    ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
foreach(part mirfa_client mirfa_card mirfa_fetch mirfa_format mirfa_base blake3)
    # What renders pages is a hub's: without it nobody needs cmark to link the library.
    target_sources(mirfa_sdk PRIVATE "$<FILTER:$<TARGET_OBJECTS:${part}>,EXCLUDE,card/.*/(markdown|plain_text|summary)\\.cpp>")
endforeach()
# The program is linked first, so that building `mirfa` alone is enough to install everything.
add_dependencies(mirfa mirfa_sdk)

install(TARGETS mirfa RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(TARGETS mirfa_sdk ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk)
install(DIRECTORY include/mirfa DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk FILES_MATCHING PATTERN "*.h")

configure_package_config_file(cmake/install/MirfaConfig.cmake.in ${CMAKE_BINARY_DIR}/install/MirfaConfig.cmake
    INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Mirfa PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/install/MirfaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/install/MirfaConfig.cmake ${CMAKE_BINARY_DIR}/install/MirfaConfigVersion.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Mirfa COMPONENT sdk)
# The file finds its prefix from its own place, wherever that is moved.
file(RELATIVE_PATH MIRFA_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/install/mirfa-client.pc.in ${CMAKE_BINARY_DIR}/install/mirfa-client.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/install/mirfa-client.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT sdk)

# Made by the program itself, so that they tell what it does.
install(CODE "
    set(share \"${CMAKE_BINARY_DIR}/install/share\")
    file(MAKE_DIRECTORY \"\${share}/man1\" \"\${share}/bash\" \"\${share}/zsh\" \"\${share}/fish\")
    execute_process(COMMAND \"$<TARGET_FILE:mirfa>\" manual \"\${share}/man1\" COMMAND_ERROR_IS_FATAL ANY)
    foreach(pair bash/mirfa zsh/_mirfa fish/mirfa.fish)
        get_filename_component(shell \"\${pair}\" DIRECTORY)
        execute_process(COMMAND \"$<TARGET_FILE:mirfa>\" completion \${shell} OUTPUT_FILE \"\${share}/\${pair}\"
            COMMAND_ERROR_IS_FATAL ANY)
    endforeach()" COMPONENT program)
install(DIRECTORY ${CMAKE_BINARY_DIR}/install/share/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT program)
install(FILES ${CMAKE_BINARY_DIR}/install/share/bash/mirfa
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
install(FILES ${CMAKE_BINARY_DIR}/install/share/zsh/_mirfa
    DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT program)
install(FILES ${CMAKE_BINARY_DIR}/install/share/fish/mirfa.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)
