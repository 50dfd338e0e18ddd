// SPDX-License-Identifier: Apache-2.0
// The page around the browser application: title and description for those who preview a link, the files to load, and
// the answers of the API that the page would ask for first, so that nothing flickers.
#pragma once

#include "api/call.h"

namespace mirfa::pages {

struct ShellPage {
    std::string_view component;      ///< `repo/CardPage`, below web/src/routes
    std::string title;               ///< what stands in the window's title before the name of the hub
    std::string description = {};    ///< one sentence for previews
    std::vector<std::string> first;  ///< addresses of the API, as the application asks them
    /// Further ones whose refusal is no refusal of the page: a card that is not there, a user who is an organisation.
    std::vector<std::string> also = {};
};

/// The shell of a page; its status is that of the first answer that refuses, or 200.
http::Response shell(const api::Call& call, const ShellPage& page);
/// The same for a page of the call's repository: above each of them somebody signed in sees whether they like it.
http::Response repository_shell(const api::Call& call, ShellPage page);
/// A message of the application in the language of the call's reader.
std::string words(const api::Call& call, std::string_view key);
/// The shell of a page that cannot be shown, with the status of the error; the application words it.
http::Response error_shell(const hub::HubOptions& options, const http::Request& request, const Error& error);

}  // namespace mirfa::pages
