// SPDX-License-Identifier: Apache-2.0
// Whatever a README holds: its parts are views of it, its metadata can be written as JSON and read again, and checking
// and summing up come to an end.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cstdlib>

#include "card/check.h"
#include "card/front_matter.h"
#include "card/summary.h"

using namespace mirfa;
using namespace mirfa::card;

static void require(bool property) {
    if (!property) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view readme(reinterpret_cast<const char*>(data), size);
    const auto split = split_card(readme);
    require(split.body.size() + split.yaml.size() <= readme.size());
    const auto yaml = parse_yaml(split.has_front_matter ? split.yaml : readme);
    if (yaml.has_value()) {
        boost::json::parse_options options;
        options.max_depth = kMaxYamlDepth + 1;
        boost::system::error_code failed;
        (void)boost::json::parse(boost::json::serialize(yaml.value().value), failed, {}, options);
        require(!failed);
    }
    for (const RepoKind kind : {RepoKind::kModel, RepoKind::kDataset, RepoKind::kSpace}) {
        // What the hub says is in what the command says.
        require(check_card(kind, readme).size() >= validate_card(kind, readme).errors.size());
        (void)summarize({kind, readme, {}, readme, readme});
    }
    return 0;
}
