// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace mirfa::server {

/// `mirfa serve …`: runs until SIGTERM or SIGINT. Gives the exit status of the program.
int serve(const std::vector<std::string>& arguments);

}  // namespace mirfa::server
