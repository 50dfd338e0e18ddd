// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>

#include "client/cache_layout.h"
#include "client/tree.h"

/// No path of a list leaves its folder, and what is read is written back the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto tree = mirfa::client::parse_tree({reinterpret_cast<const char*>(data), size});
    if (!tree) return 0;
    for (const auto& file : *tree)
        if (!mirfa::client::check_file_path(file.path).has_value()) std::abort();
    const auto again = mirfa::client::parse_tree(mirfa::client::write_tree(*tree));
    if (!again || again->size() != tree->size()) std::abort();
    return 0;
}
