// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/outcome.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace mirfa::cli {

/// Adds `--json` to a leaf.
std::shared_ptr<bool> add_json(CLI::App& leaf);

/// One object of results: `key: value` lines for people, or one line of JSON.
class Report {
public:
    explicit Report(bool json) : json_(json) {}
    void field(std::string_view key, std::string_view text);
    void number(std::string_view key, std::uint64_t value);
    void list(std::string_view key, const std::vector<std::string>& texts);
    /// Standard output gets it.
    void print() const;
    std::string json() const;

private:
    struct Field {
        std::string key;
        std::string text;
        std::string as_json;
    };
    bool json_;
    std::vector<Field> fields_;
};

/// Rows of equal columns: padded with a head for people, or an array of objects.
class Table {
public:
    Table(bool json, std::vector<std::string> columns) : json_(json), columns_(std::move(columns)) {}
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    void print() const;

private:
    bool json_;
    std::vector<std::string> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// Standard error gets the failure and what can be done; gives the exit status.
int fail(const client::Failure& failure);
/// A line on standard output for people; nothing with --json, whose output is the report alone.
void say(const std::string& line);
void warn(const std::string& line);
/// A line `DONE ALL` on standard output at once, for a program that reads along.
void say_progress(std::uint64_t done, std::uint64_t all);

/// `20.0K`, `1.5G`: powers of 1000.
std::string human_size(std::uint64_t bytes);

/// What a name or text of the hub looks like on a terminal: control characters are replaced.
std::string printable(std::string_view text);

}  // namespace mirfa::cli
