// SPDX-License-Identifier: Apache-2.0
#include "server/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "base/file.h"

namespace mirfa::server {
namespace {

TEST(Config, HasDefaultsThatWorkInAnEmptyFolder) {
    const auto config = parse_config({}).value();
    EXPECT_EQ(config.url(8080), "http://127.0.0.1:8080");
    EXPECT_EQ(config.database_address(), "sqlite:./mirfa-data/mirfa.db");
    EXPECT_EQ(config.store_address(), "file:./mirfa-data/store");
}

TEST(Config, AFlagWinsOverTheEnvironment) {
    ::setenv("MIRFA_LISTEN", "127.0.0.1:1111", 1);
    EXPECT_EQ(parse_config({}).value().port(), 1111);
    EXPECT_EQ(parse_config({"--listen", "[::1]:2222"}).value().port(), 2222);
    EXPECT_EQ(parse_config({"--listen", "[::1]:2222"}).value().address(), "::1");
    ::unsetenv("MIRFA_LISTEN");
}

TEST(Config, TheEnvironmentWinsOverTheFileItNames) {
    const auto folder = TemporaryFolder::create().value();
    const auto file = folder.path() / "mirfa.conf";
    std::ofstream(file) << "listen = \"127.0.0.1:1111\"\nlog-level = \"error\"\ntrusted-proxy = \"10.0.0.0/8,127.0.0.1\"\n";
    ::setenv("MIRFA_CONFIG", file.c_str(), 1);
    ::setenv("MIRFA_LISTEN", "127.0.0.1:2222", 1);
    const auto config = parse_config({"--log-level", "debug"}).value();
    EXPECT_EQ(config.port(), 2222);
    EXPECT_EQ(config.log_level, "debug");
    EXPECT_EQ(config.trusted_proxies, (std::vector<std::string>{"10.0.0.0/8", "127.0.0.1"}));
    ::unsetenv("MIRFA_LISTEN");
    EXPECT_EQ(parse_config({}).value().port(), 1111);
    ::unsetenv("MIRFA_CONFIG");
}

TEST(Config, AMistypedNameInTheFileIsRefused) {
    const auto folder = TemporaryFolder::create().value();
    const auto file = folder.path() / "mirfa.conf";
    std::ofstream(file) << "listn = \"127.0.0.1:1111\"\n";
    const auto refused = parse_config({"--config", file.string()}).error();
    EXPECT_EQ(refused.code, Code::kInvalidArgument);
    EXPECT_NE(refused.message.find("listn"), std::string::npos) << refused.message;
}

TEST(Config, TheCommentedFileHoldsTheDefaults) {
    const auto from_file = parse_config({"--config", std::string(MIRFA_SOURCE_DIR) + "/docs/operate/mirfa.conf"});
    ASSERT_TRUE(from_file.has_value()) << from_file.error().message;
    const ServerConfig defaults;
    EXPECT_EQ(from_file.value().listen, defaults.listen);
    EXPECT_EQ(from_file.value().data, defaults.data);
    EXPECT_EQ(from_file.value().free_space_floor_mb, defaults.free_space_floor_mb);
    EXPECT_EQ(from_file.value().git_cache_mb, defaults.git_cache_mb);
    EXPECT_EQ(from_file.value().audit_days, defaults.audit_days);
    EXPECT_EQ(from_file.value().log_level, defaults.log_level);
}

TEST(Config, TheCommentedFileNamesEveryOption) {
    std::ifstream in(MIRFA_SOURCE_DIR "/docs/operate/mirfa.conf");
    std::ostringstream text;
    text << in.rdbuf();
    const std::string help = parse_config({"--help"}).error().message;
    static const std::regex option("\n  --([a-z-]+)");
    int found = 0;
    for (std::sregex_iterator match(help.begin(), help.end(), option), end; match != end; ++match) {
        if (match->str(1) == "config") continue;
        ++found;
        EXPECT_TRUE(std::regex_search(text.str(), std::regex("\n(# )?" + match->str(1) + " = "))) << match->str(1);
    }
    EXPECT_GT(found, 10);
}

TEST(Config, RefusesWhatCannotBeMeant) {
    const std::vector<std::vector<std::string>> cases = {{"--listen", "8080"},
                                                         {"--listen", "x:99999"},
                                                         {"--public-url", "ftp://x"},
                                                         {"--tls-key", "x"},
                                                         {"--log-level", "loud"},
                                                         {"--unknown", "x"},
                                                         {"--public-url", "https://"},
                                                         {"--public-url", "https:///hf"},
                                                         {"--public-url", "https://me:pw@host"},
                                                         {"--free-space-floor-mb", "18446744073709551615"}};
    for (const auto& arguments : cases) EXPECT_EQ(parse_config(arguments).error().code, Code::kInvalidArgument) << arguments[0];
}

TEST(Config, HelpShowsTheDefaults) {
    const auto help = parse_config({"--help"}).error();
    EXPECT_EQ(help.code, Code::kUnsupported);
    EXPECT_NE(help.message.find("127.0.0.1:8080"), std::string::npos);
}

}  // namespace
}  // namespace mirfa::server
