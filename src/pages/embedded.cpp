// SPDX-License-Identifier: Apache-2.0
#include "pages/embedded.h"

#include <algorithm>
#include <iterator>

namespace mirfa::pages {
namespace {

struct Preload {
    std::string_view component;
    std::string_view file;
};
struct Message {
    std::string_view key;
    std::string_view english;
    std::string_view arabic;
};

std::string_view between(const char* first, const char* last) { return {first, static_cast<std::size_t>(last - first)}; }

#include "assets.inc"

}  // namespace

const Asset* find_asset(std::string_view name) {
    const auto* found = std::lower_bound(std::begin(kAssets), std::end(kAssets), name,
                                         [](const Asset& asset, std::string_view wanted) { return asset.name < wanted; });
    return found != std::end(kAssets) && found->name == name ? found : nullptr;
}

std::vector<std::string_view> files_for(std::string_view component, std::string_view language) {
    std::vector<std::string_view> files(std::begin(kEntryFiles), std::end(kEntryFiles));
    for (const auto& preload : kPreloads)
        if (preload.component == component || preload.component == language) files.push_back(preload.file);
    return files;
}

std::string_view message(std::string_view language, std::string_view key) {
    const auto* found = std::lower_bound(std::begin(kMessages), std::end(kMessages), key,
                                         [](const Message& one, std::string_view wanted) { return one.key < wanted; });
    if (found == std::end(kMessages) || found->key != key) return key;
    return language == "ar" ? found->arabic : found->english;
}

}  // namespace mirfa::pages
