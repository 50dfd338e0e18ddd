// SPDX-License-Identifier: Apache-2.0
#include "card/emissions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mirfa::card {
namespace {

using testing::HasSubstr;

constexpr std::string_view kHead =
    "timestamp,project_name,run_id,duration,emissions,energy_consumed,country_name,region,codecarbon_version,cpu_model,gpu_count,"
    "gpu_model\n";
constexpr std::string_view kFirst = "2024-01-01,p,run1,1800,0.25,0.5,Canada,quebec,2.3.4,Xeon,8,A100\n";
constexpr std::string_view kSecond = "2024-01-02,p,run2,3600,0.5,1.5,Canada,quebec,2.3.4,Xeon,8,\"8 x NVIDIA A100, 80GB\"\n";

Emissions read(std::string_view csv, EmissionRows rows = EmissionRows::kLast) {
    auto result = read_emissions_csv(csv, rows);
    EXPECT_TRUE(result.has_value()) << result.error().message;
    return result.has_value() ? result.value() : Emissions{};
}

TEST(EmissionsCsv, TheLastRowsKilogramsBecomeGrams) {
    const Emissions expected{500, "codecarbon 2.3.4", "", "quebec, Canada", "8 x NVIDIA A100, 80GB", 1.5, 3600};
    EXPECT_EQ(read(std::string(kHead) + std::string(kFirst) + std::string(kSecond)), expected);
}

TEST(EmissionsCsv, RunsAreAddedUpEachByItsLastRow) {
    const auto sum = read(std::string(kHead) + std::string(kFirst) +
                              "2024-01-01,p,run1,2000,0.3,0.6,Canada,quebec,2.3.4,Xeon,8,A100\n" + std::string(kSecond),
                          EmissionRows::kAllOfRuns);
    EXPECT_DOUBLE_EQ(sum.grams, 800);
    EXPECT_DOUBLE_EQ(*sum.energy_kwh, 2.1);
    EXPECT_DOUBLE_EQ(*sum.seconds, 5600);
}

TEST(EmissionsCsv, ColumnsAreFoundByNameAndMayBeMissing) {
    EXPECT_EQ(read("emissions\n0.001"), (Emissions{1, "codecarbon", "", "", "", {}, {}}));
    EXPECT_EQ(read("\xEF\xBB\xBFgpu_model,emissions,gpu_count,country_name\r\nT4,0.002,2.0,\r\n").hardware, "2 x T4");
    EXPECT_EQ(read("cpu_model,emissions,region\n\"Xeon \"\"W\"\"\n6\",1e-3,nan\n"),
              (Emissions{1, "codecarbon", "", "", "Xeon \"W\"\n6", {}, {}}));
}

TEST(EmissionsCsv, SaysWhatIsWrongAndWhere) {
    const std::pair<std::string, const char*> cases[] = {
        {"", "no column `emissions`"},
        {"duration\n1\n", "no column `emissions`"},
        {"emissions\n", "no rows"},
        {"emissions\n1\n\nmuch\n", "Line 4 of the file"},
        {"emissions\n-1\n", "Line 2 of the file"},
        {"a,emissions\n1\n", "Line 2 of the file"},
    };
    for (const auto& [csv, message] : cases) {
        const auto result = read_emissions_csv(csv);
        ASSERT_FALSE(result.has_value()) << csv;
        EXPECT_THAT(result.error().message, HasSubstr(message));
    }
}

}  // namespace
}  // namespace mirfa::card
