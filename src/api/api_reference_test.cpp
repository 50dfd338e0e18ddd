// SPDX-License-Identifier: Apache-2.0
// docs/api/README.md is read by people, so it is written by people; this holds it to the table the server works by.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "api/route.h"

namespace mirfa::api {
namespace {

/// Rows `| GET | `pattern` | …` as "GET pattern".
std::multiset<std::string> documented_routes() {
    std::ifstream file(MIRFA_SOURCE_DIR "/docs/api/README.md");
    std::ostringstream text;
    text << file.rdbuf();
    const std::string page = text.str();
    static const std::regex row(R"(\n\| ([A-Z]+) \| `([^`]+)` \|)");
    std::multiset<std::string> found;
    for (std::sregex_iterator match(page.begin(), page.end(), row), end; match != end; ++match)
        found.insert(match->str(1) + " " + match->str(2));
    return found;
}

TEST(ApiReference, NamesEveryRouteOnceAndNoOther) {
    const auto documented = documented_routes();
    std::multiset<std::string> served;
    for (const Route& route : api_routes()) served.insert(std::string(http::name_of(route.verb)) + " " + route.pattern);
    EXPECT_FALSE(served.empty());
    for (const auto& route : served)
        EXPECT_EQ(documented.count(route), served.count(route)) << route << " is not in docs/api/README.md";
    for (const auto& route : documented) EXPECT_EQ(served.count(route), documented.count(route)) << route << " is not served";
}

}  // namespace
}  // namespace mirfa::api
