// SPDX-License-Identifier: Apache-2.0
// Whatever a README holds: a change of it is refused with a reason, or keeps the body and is none when it is made
// once more (that it is read back as that change, edit_card checks itself). The first octet chooses the change.
#include <cstdlib>
#include <vector>

#include "card/edit.h"
#include "card/front_matter.h"

using namespace mirfa;
using namespace mirfa::card;

static void require(bool property) {
    if (!property) std::abort();
}

static std::vector<Edit> edits_of(std::uint8_t choice) {
    const CardPath key = choice & 1 ? CardPath{"license"} : CardPath{"a", "b"};
    switch (choice >> 1 & 7) {
        case 0: return {{Edit::Kind::kSet, key, "no"}};
        case 1: return {{Edit::Kind::kSet, key, {"x", 1, {{"k", "two\nlines"}}}}};
        case 2: return {{Edit::Kind::kSet, key, {{"x", 1.5}, {"y", {true, "- z"}}}}};
        case 3: return {{Edit::Kind::kAdd, key, "more: #"}};
        case 4: return {{Edit::Kind::kRemove, key, nullptr}};
        case 5: return {{Edit::Kind::kSet, key, 7}, {Edit::Kind::kAdd, {"tags"}, {"one", "two"}}};
        case 6: return {{Edit::Kind::kSet, {"tags", std::size_t{0}}, "first"}};
        default: return {{Edit::Kind::kRemove, {"tags"}, "one"}};
    }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view readme(reinterpret_cast<const char*>(data) + 1, size - 1);
    auto edits = edits_of(data[0]);
    const auto made = edit_card(readme, edits);
    if (!made.has_value()) {
        require(!made.error().message.empty());
        return 0;
    }
    const auto before = split_card(readme);
    const auto after = split_card(made.value());
    if (before.has_front_matter && after.has_front_matter) require(before.body == after.body);
    if (edits.front().kind == Edit::Kind::kRemove) return 0;
    const auto again = edit_card(made.value(), edits);
    require(again.has_value() && again.value() == made.value());
    return 0;
}
