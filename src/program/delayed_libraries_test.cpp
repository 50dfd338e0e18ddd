// SPDX-License-Identifier: Apache-2.0
#include "program/delayed_libraries.h"

#include <gtest/gtest.h>
#include <link.h>

#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

#include "program/testing/calls.h"

namespace mirfa::program {
namespace {

/// A library is loaded once in the life of a process, so each first call has a process of its own.
void expect_in_a_fresh_process(bool (*holds)()) { EXPECT_EXIT(std::_Exit(holds() ? 0 : 9), testing::ExitedWithCode(0), ""); }

bool is_loaded(std::string_view part_of_name) {
    const auto compare = [](dl_phdr_info* info, std::size_t, void* part) {
        return std::string_view(info->dlpi_name).find(*static_cast<std::string_view*>(part)) == std::string_view::npos ? 0 : 1;
    };
    return ::dl_iterate_phdr(compare, &part_of_name) != 0;
}

// The squares of 1 to 16, added up.
constexpr double kWeight = 1496;

TEST(DelayedLibraries, AreNotThereBeforeTheFirstCall) { EXPECT_FALSE(is_loaded("program_fixture")); }

TEST(DelayedLibraries, TheFirstCallAndThoseAfterItGetAllArguments) {
    expect_in_a_fresh_process([] { return weigh() == kWeight && is_loaded("program_fixture") && weigh() == kWeight; });
}

TEST(DelayedLibraries, TheFirstCallMayBeVariadic) {
    expect_in_a_fresh_process([] { return add() == 4.5 && add() == 4.5; });
}

TEST(DelayedLibraries, TheFirstCallMayGiveAResultInMemory) {
    expect_in_a_fresh_process([] {
        const auto result = triple();
        return result.first == 7 && result.second == 8 && result.third == 9;
    });
}

TEST(DelayedLibraries, AVariableHasTheValueThatStartingTheLibraryGaveIt) {
    expect_in_a_fresh_process([] { return value() == 1; });
}

TEST(DelayedLibraries, ThreadsMayRaceForTheFirstCall) {
    expect_in_a_fresh_process([] {
        std::vector<double> got(16);
        std::vector<std::thread> threads;
        for (double& each : got) threads.emplace_back([&each] { each = weigh(); });
        for (auto& thread : threads) thread.join();
        return got == std::vector<double>(16, kWeight) && value() == 1;
    });
}

TEST(DelayedLibraries, ACallOfWhatCannotBeLoadedEndsTheProgramAndSaysWhichItIs) {
    EXPECT_EXIT(call_what_is_absent(), testing::ExitedWithCode(1), "libprogram_absent.so");
}

TEST(DelayedLibraries, WhoLoadsAllLearnsWhichCannotBeLoaded) {
    EXPECT_EXIT(std::_Exit(load_delayed_libraries() ? 9 : 0), testing::ExitedWithCode(0), "libprogram_absent.so");
}

}  // namespace
}  // namespace mirfa::program
