// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include "card/summary.h"
#include "catalog/finding.h"
#include "hub/commits/weights.h"

namespace mirfa::hub {

/// What a commit of main is, as far as finding it goes.
struct FoundIn {
    catalog::RepoType type;
    std::string_view readme;
    std::span<const std::string> files;  ///< paths
    const boost::json::object& card;
    const card::Summary& summary;
    const Weights& weights;
};
catalog::SearchFacts search_facts(const FoundIn& in);

/// The class of a number of parameters: `<100M`, `1B-3B`, `>200B`; a class begins with its lower bound.
std::string_view size_class(std::int64_t parameters);

}  // namespace mirfa::hub
