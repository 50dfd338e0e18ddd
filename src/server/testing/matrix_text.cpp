// SPDX-License-Identifier: Apache-2.0
#include "server/testing/matrix_text.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

namespace mirfa::server::testing {
namespace {

constexpr http::Verb kVerbs[] = {http::Verb::kGet, http::Verb::kHead,  http::Verb::kPost,
                                 http::Verb::kPut, http::Verb::kPatch, http::Verb::kDelete};

std::optional<http::Verb> verb_of(std::string_view word) {
    for (const auto verb : kVerbs)
        if (http::name_of(verb) == word) return verb;
    return std::nullopt;
}

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

std::vector<std::string> split_by(const std::string& text, const std::string& mark) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (auto at = text.find(mark); at != text.npos; from = at + mark.size(), at = text.find(mark, from))
        parts.push_back(text.substr(from, at - from));
    parts.push_back(text.substr(from));
    return parts;
}

/// The word that text begins with; it is taken off.
std::string take_word(std::string& text) {
    const auto end = text.find(' ');
    const auto word = text.substr(0, end);
    text.erase(0, end == text.npos ? text.npos : end + 1);
    return word;
}

std::string with_line_ends(const std::string& text) {
    std::string out;
    for (const auto& part : split_by(text, "\\n")) out += (out.empty() ? "" : "\n") + part;
    return out;
}

bool read_case(const std::string& line, MatrixCase& read) {
    const auto fields = split_by(line, " | ");
    if (fields.size() != 4) return false;
    read.route = fields[0];
    read.needs = split_by(fields[1], "+");
    auto request = fields[2];
    auto first = take_word(request);
    auto verb = verb_of(first);
    if (verb)
        first = take_word(request);
    else
        verb = verb_of(read.route.substr(0, read.route.find(' ')));
    if (!verb) return false;
    read.verb = *verb;
    read.target = first;
    read.kind = take_word(request);
    // JSON writes the ends of lines itself; the other bodies have them as they are.
    read.body = read.kind == "json" || read.kind == "lfs" ? request : with_line_ends(request);
    for (const auto& word : words_of(fields[3])) {
        if (word == "rebuild")
            read.rebuild = true;
        else
            read.answers.push_back(std::atoi(word.c_str()));
    }
    return !read.answers.empty();
}

bool read_row(const std::string& line, MatrixGrid& grid) {
    const auto words = words_of(line);
    if (grid.columns.empty()) {
        grid.columns = words;
        return true;
    }
    if (words.size() != grid.columns.size() + 1 || grid.cells.contains(words[0])) return false;
    grid.rows.push_back(words[0]);
    for (std::size_t i = 0; i < grid.columns.size(); ++i) grid.cells[words[0]][grid.columns[i]] = words[i + 1];
    return true;
}

}  // namespace

bool MatrixCase::needs_any_of(const std::string& words) const {
    const auto wanted = words_of(words);
    for (const auto& need : needs)
        for (const auto& word : wanted)
            if (need == word) return true;
    return false;
}

PermissionMatrix PermissionMatrix::read(const std::string& path) {
    PermissionMatrix matrix;
    std::ifstream in(path);
    std::string section;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (words_of(line).empty() || line[0] == '#') continue;
        if (line[0] == '[') {
            section = line.substr(1, line.find(']') - 1);
            continue;
        }
        MatrixCase read;
        const bool good = section == "routes" ? read_case(line, read) : read_row(line, matrix.grids[section]);
        if (!good) {
            std::cerr << path << ":" << number << ": cannot read: " << line << "\n";
            std::abort();
        }
        if (section == "routes") matrix.cases.push_back(std::move(read));
    }
    return matrix;
}

}  // namespace mirfa::server::testing
