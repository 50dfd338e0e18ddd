// SPDX-License-Identifier: Apache-2.0
#include "base/ascii.h"
#include "http/request.h"

namespace mirfa::http {

std::string_view name_of(Verb verb) {
    switch (verb) {
        case Verb::kGet: return "GET";
        case Verb::kHead: return "HEAD";
        case Verb::kPost: return "POST";
        case Verb::kPut: return "PUT";
        case Verb::kPatch: return "PATCH";
        case Verb::kDelete: return "DELETE";
        case Verb::kOptions: return "OPTIONS";
    }
    return "GET";
}

void Headers::set(std::string_view name, std::string value) {
    std::erase_if(fields_, [&](const auto& field) { return ascii_iequals(field.first, name); });
    fields_.emplace_back(std::string(name), std::move(value));
}

std::string_view Headers::get(std::string_view name) const {
    for (const auto& [key, value] : fields_)
        if (ascii_iequals(key, name)) return value;
    return {};
}

bool Headers::has(std::string_view name) const {
    for (const auto& [key, value] : fields_)
        if (ascii_iequals(key, name)) return true;
    return false;
}

}  // namespace mirfa::http
