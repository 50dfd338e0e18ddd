// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "card/validate.h"

namespace mirfa::card {

enum class Severity {
    kError,    ///< a hub refuses the commit
    kWarning,  ///< a hub takes it and says so
    kAdvice,   ///< a hub takes it in silence, but a page, a filter or a client will not understand it, or it is missed
};

struct Remark {
    Severity severity = Severity::kAdvice;
    std::string message;  ///< a sentence or two that begin with the quoted path and say how to mend it
    int line = 0;         ///< of the README, from 1; 0 when it is about the whole
    bool operator==(const Remark&) const = default;
};

/// All that validate_card() says, with the line of the value instead of that of its key, and advice on every key that hubs
/// know: forms, near misses of names, what older readers of YAML take for something else, what is missing for the card to
/// be found. In the order of lines. At most kMaxFindings of each severity.
std::vector<Remark> check_card(RepoKind kind, std::string_view readme);

/// Whether a key holds text, so that `4.0` or `no` given for it is text too; also the keys that hold lists of texts.
bool is_text_key(std::string_view key);

std::string_view name_of(Severity severity);

}  // namespace mirfa::card
