// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalog/repos.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// Something that lists can be narrowed by.
struct TagTerm {
    std::string id;     ///< the tag itself: `license:mit`
    std::string label;  ///< for people
};
/// By kind of tag: what cards may name of tasks, licences and libraries, then what public repositories use.
using TagsByKind = std::map<std::string, std::vector<TagTerm>>;
Result<TagsByKind> list_tags(Hub& hub, catalog::RepoType type);

}  // namespace mirfa::hub
