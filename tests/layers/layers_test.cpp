// SPDX-License-Identifier: Apache-2.0
// Reads the table of rooms in ARCHITECTURE.md and every #include below src/, and fails on one that the table does not
// allow. Tests (`*_test.cpp`, `*_fuzz.cpp`) and files below a `testing/` folder may include any room.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace fs = std::filesystem;
namespace {

using Table = std::map<std::string, std::set<std::string>>;

std::set<std::string> words(const std::string& text) {
    static const std::regex word("[a-z_]+");
    std::set<std::string> found;
    for (std::sregex_iterator it(text.begin(), text.end(), word), end; it != end; ++it) found.insert(it->str());
    return found;
}

/// Rows `| room | purpose | may include |` between the two markers of ARCHITECTURE.md.
Table read_table() {
    std::ifstream in(fs::path(MIRFA_SOURCE_DIR) / "ARCHITECTURE.md");
    Table table;
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line.find("<!-- rooms -->") != std::string::npos) inside = true;
        if (line.find("<!-- end rooms -->") != std::string::npos) inside = false;
        static const std::regex row(R"(\| `([a-z_]+)` \|[^|]*\| ([^|]*) \|)");
        std::smatch match;
        if (inside && std::regex_match(line, match, row)) table[match[1]] = words(match[2]);
    }
    return table;
}

bool is_test(const fs::path& file) {
    const auto text = file.string();
    return text.ends_with("_test.cpp") || text.ends_with("_fuzz.cpp") || text.find("/testing/") != std::string::npos;
}

std::vector<std::string> includes_of(const fs::path& file) {
    std::ifstream in(file);
    std::vector<std::string> found;
    static const std::regex include("^\\s*#include \"([^\"]+)\"");
    for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (std::regex_search(line, match, include)) found.push_back(match[1]);
    }
    return found;
}

TEST(Layers, EveryFolderBelowSrcIsARoomOfTheTable) {
    const auto table = read_table();
    ASSERT_FALSE(table.empty());
    for (const auto& entry : fs::directory_iterator(fs::path(MIRFA_SOURCE_DIR) / "src"))
        EXPECT_TRUE(table.contains(entry.path().filename().string())) << entry.path();
}

TEST(Layers, EveryIncludeIsAllowedByTheTable) {
    const auto table = read_table();
    const fs::path src = fs::path(MIRFA_SOURCE_DIR) / "src";
    std::size_t checked = 0;
    for (const auto& entry : fs::recursive_directory_iterator(src)) {
        const auto extension = entry.path().extension();
        if ((extension != ".h" && extension != ".cpp") || is_test(entry.path())) continue;
        const auto room = fs::relative(entry.path(), src).begin()->string();
        for (const auto& include : includes_of(entry.path())) {
            ++checked;
            if (include == "assets.inc") continue;  // made by tools/web/build: the browser application as bytes
            const auto other = include.substr(0, include.find('/'));
            ASSERT_TRUE(table.contains(other)) << entry.path() << " includes " << include << ": write room/file.h";
            EXPECT_TRUE(other == room || table.at(room).contains(other)) << entry.path() << " includes " << include;
            const bool detail = include.find("/detail/") != std::string::npos;
            EXPECT_TRUE(other == room || !detail) << entry.path() << " reaches into " << include;
        }
    }
    EXPECT_GT(checked, 0u);
}

}  // namespace
