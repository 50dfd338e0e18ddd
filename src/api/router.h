// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "api/route.h"

namespace mirfa::api {

/// Finds the route of a request. The table is compiled once; matching allocates only what the path parts need.
/// Threads: any, after construction.
class Router {
public:
    Router();
    ~Router();
    /// Rows are tried in the order they were added; literals before placeholders of the same place.
    void add(std::span<const Route> routes);
    const std::vector<const Route*>& routes() const { return routes_; }

    struct Match {
        const Route* route = nullptr;
        PathParts path;
        bool other_verb = false;  ///< the path is known under another verb: 405
    };
    /// `raw_path` as sent; segments are split before they are decoded. HEAD falls back on GET.
    /// Fails: kInvalidArgument for a broken escape or a NUL.
    Result<Match> match(http::Verb verb, std::string_view raw_path) const;
    /// The methods known at this path, as the Allow header lists them.
    std::string verbs_at(std::string_view raw_path) const;

private:
    struct Compiled;
    std::vector<const Route*> routes_;
    std::vector<Compiled> compiled_;
};

}  // namespace mirfa::api
