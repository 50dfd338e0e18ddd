// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace mirfa::server {

/// Lets this process open as many files as its administrator permits; shells and systemd start programs with 1,024.
/// Gives: that number.
std::size_t raise_open_files_limit();

/// How many connections may be open at once, so that each can also hold a file and the database keeps its own.
std::size_t connections_for(std::size_t open_files);

}  // namespace mirfa::server
