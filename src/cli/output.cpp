// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>

#include "cli/exit_status.h"

namespace mirfa::cli {
namespace {

std::string json_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", c);
            out += escape;
        } else {
            out += c;
        }
    }
    return out + '"';
}

/// Columns of a terminal, near enough: octets that begin a character.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::shared_ptr<bool> add_json(CLI::App& leaf) {
    auto json = std::make_shared<bool>(false);
    leaf.add_flag("--json", *json, "Print the result as JSON");
    return json;
}

void Report::field(std::string_view key, std::string_view text) {
    fields_.push_back({std::string(key), printable(text), json_text(text)});
}

void Report::number(std::string_view key, std::uint64_t value) {
    fields_.push_back({std::string(key), std::to_string(value), std::to_string(value)});
}

void Report::list(std::string_view key, const std::vector<std::string>& texts) {
    std::string plain, json = "[";
    for (const auto& text : texts) {
        plain += (plain.empty() ? "" : ", ") + text;
        json += (json.size() > 1 ? ", " : "") + json_text(text);
    }
    fields_.push_back({std::string(key), printable(plain), json + "]"});
}

std::string Report::json() const {
    std::string out = "{";
    for (const auto& field : fields_) out += (out.size() > 1 ? ", " : "") + json_text(field.key) + ": " + field.as_json;
    return out + "}";
}

void Report::print() const {
    if (json_) return say(json());
    for (const auto& field : fields_) say(field.key + ": " + field.text);
}

void Table::print() const {
    if (json_) {
        std::string out = "[";
        for (const auto& row : rows_) {
            Report report(true);
            for (std::size_t i = 0; i < columns_.size(); ++i) report.field(columns_[i], row[i]);
            out += (out.size() > 1 ? ", " : "") + report.json();
        }
        return say(out + "]");
    }
    if (rows_.empty()) return;
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        widths.push_back(width_of(columns_[i]));
        for (const auto& row : rows_) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    const auto line = [&](const std::vector<std::string>& cells) {
        std::string out;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            out += printable(cells[i]);
            if (i + 1 < cells.size()) out.append(widths[i] - std::min(widths[i], width_of(cells[i])) + 2, ' ');
        }
        say(out);
    };
    std::vector<std::string> heads = columns_;
    for (auto& head : heads) std::transform(head.begin(), head.end(), head.begin(), ::toupper);
    line(heads);
    for (const auto& row : rows_) line(row);
}

int fail(const client::Failure& failure) {
    warn("Error: " + failure.message);
    if (!failure.request_id.empty()) warn("(request " + failure.request_id + ")");
    return exit_status(failure.kind);
}

void say(const std::string& line) { std::printf("%s\n", line.c_str()); }
void say_progress(std::uint64_t done, std::uint64_t all) {
    std::fputs((std::to_string(done) + " " + std::to_string(all) + "\n").c_str(), stdout);
    std::fflush(stdout);
}

void warn(const std::string& line) { std::fprintf(stderr, "%s\n", printable(line).c_str()); }

std::string human_size(std::uint64_t bytes) {
    if (bytes < 1000) return std::to_string(bytes);
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 999.95 && unit < 5; ++unit) value /= 1000;
    char text[32];
    std::snprintf(text, sizeof text, "%.1f%c", value, "\0KMGTP"[unit]);
    return text;
}

std::string printable(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F) c = '?';
    return out;
}

}  // namespace mirfa::cli
