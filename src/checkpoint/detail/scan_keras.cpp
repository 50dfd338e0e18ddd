// SPDX-License-Identifier: Apache-2.0
// A layer of the class Lambda brings code of its own: Python's octets in base64, which Keras runs when it loads the model. Other
// layers name classes that are not Keras's, which it imports or which the person who loads the model must have. Models
// say their layers as JSON, in config.json of a .keras archive, or in the attribute model_config of an HDF5 file. There the text
// is looked for in the octets, since attributes are never compressed and the library would have to be trusted with the file. All
// octets are looked at, those of weights too: an attribute may lie anywhere, and whoever skips what some datasets claim as theirs
// gives a place to hide one.
// Keras reads JSON of UTF-16 and UTF-32 too: without its zeros what is looked for reads as in UTF-8.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "checkpoint/detail/file_scan.h"
#include "checkpoint/detail/keras_layers.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kWindow = 1u << 20;

/// What is read until this goes is part of a search.
class Searching {
public:
    explicit Searching(ScanBudget& budget) : budget_(budget) { budget_.searching = true; }
    ~Searching() { budget_.searching = false; }
    Searching(const Searching&) = delete;
    Searching& operator=(const Searching&) = delete;

private:
    ScanBudget& budget_;
};

}  // namespace

Result<void> FileScan::look_at_keras(const Source& source, const Place& place) {
    std::string text;
    std::optional<Error> failed;
    KerasLayers layers;
    const Searching searching(*budget_);
    for (std::uint64_t at = 0; at < source->size() && !failed;) {
        text.erase(0, text.size() - std::min(text.size(), KerasLayers::kOverlap));
        const std::size_t kept = text.size();
        const auto more = static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, source->size() - at));
        text.resize(kept + more);
        if (auto read = source->read_at(at, {reinterpret_cast<Byte*>(text.data()) + kept, more}); !read.has_value()) {
            failed = std::move(read).error();  // what stands before counts
            text.resize(kept);
        }
        at += more;
        std::erase(text, '\0');
        layers.look(text, failed || at == source->size());
    }
    tell_layers(layers, place);
    if (failed) return *std::move(failed);
    return ok();
}

void FileScan::tell_layers(const KerasLayers& layers, const Place& place) {
    if (layers.has_lambda())
        find(place, {Safety::kDangerous, "", "It has a layer of the class Lambda, whose code Keras runs when it loads the model.",
                     "keras_lambda"});
    for (const auto& [safety, name] : layers.imports()) {
        const std::string shown = printable(name);
        if (safety == Safety::kDangerous)
            find(place, {safety, "", fmt::format("It has Keras call {} when it loads the model.", shown), "keras_call", shown});
        else
            find(place, {safety, "", fmt::format("It needs code of its own: {}.", shown), "keras_code", shown});
    }
    if (layers.has_far())
        find(Safety::kSuspicious, place, "It has more spaces before the class of a layer than any writer of JSON puts there.");
    if (layers.spells_letters())
        find(Safety::kSuspicious, place, "It spells letters by their numbers, which hides what classes its layers have.");
}

}  // namespace mirfa::checkpoint
