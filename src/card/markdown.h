// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mirfa::card {

enum class LinkUse { kLink, kImage };

struct MarkdownOptions {
    /// Gives the address to write for a relative one (no scheme, no host, not only a fragment), for example by putting the
    /// repository's revision before it. Null: relative addresses stay.
    std::function<std::string(LinkUse, std::string_view)> rewrite_relative;
    /// An image that lies on another host becomes a link to it: for pages whose policy does not let it be loaded.
    bool images_of_others_as_links = false;
    std::size_t max_bytes = 1u << 20;
    int max_depth = 64;  ///< of quotes, lists and emphasis in each other
};

/// Markdown with tables, strike-through and bare links as HTML that may stand in a page of ours: HTML in the text is left
/// out, and addresses other than http, https, mailto and relative ones become empty.
/// Takes: UTF-8; what is not is replaced.
/// Fails: kTooLarge when the text is too long or nested too deeply: show it as plain text then.
Result<std::string> markdown_to_html(std::string_view markdown, const MarkdownOptions& options = {});

}  // namespace mirfa::card
