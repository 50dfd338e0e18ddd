// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

namespace mirfa {

/// A password, token or key. It cannot be printed or formatted by accident: whoever needs the text says `reveal()`.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}
    const std::string& reveal() const { return text_; }
    bool empty() const { return text_.empty(); }

private:
    std::string text_;
};

}  // namespace mirfa
