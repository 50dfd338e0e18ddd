// SPDX-License-Identifier: Apache-2.0
#include "cli/size_text.h"

#include <gtest/gtest.h>

namespace mirfa::cli {
namespace {

TEST(SizeText, UnitsArePowersOfTenAndOfTwo) {
    const std::pair<const char*, std::uint64_t> cases[] = {
        {"5GB", 5'000'000'000}, {"500MB", 500'000'000},     {"2.5 gb", 2'500'000'000}, {"1GiB", 1u << 30},
        {"1000", 1000},         {"1TB", 1'000'000'000'000}, {"10KB", 10'000},
    };
    for (const auto& [text, octets] : cases) EXPECT_EQ(parse_size_text(text).value(), octets) << text;
}

TEST(SizeText, OtherTextsAreRefused) {
    for (const char* text : {"", "GB", "-1GB", "0", "5XB", "nan", "inf", "1e999", "9999999TB", "5 G B"}) {
        EXPECT_EQ(parse_size_text(text).error().code, Code::kInvalidArgument) << text;
    }
    EXPECT_EQ(parse_size_text("5XB").error().message, "\"5XB\" is no size. Write it as 500MB or 5GB.");
}

}  // namespace
}  // namespace mirfa::cli
