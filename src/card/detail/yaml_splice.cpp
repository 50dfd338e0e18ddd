// SPDX-License-Identifier: Apache-2.0
// The old and the new value are compared from the top down, beside where the old one is written. Where both are block
// mappings or block lists only what differs inside is gone into; else a value is replaced as one. Each change is a
// replacement of one range of octets, made at the end together.
//
// An entry of a mapping or list reaches from its line to the next entry's; blank lines and comments that are not indented
// further than its key belong to what follows.
#include "card/detail/yaml_splice.h"

#include <algorithm>
#include <vector>

#include "card/detail/yaml_layout.h"
#include "card/detail/yaml_text.h"
#include "card/edit.h"

namespace mirfa::card::detail {
namespace {

namespace json = boost::json;
using Kind = Layout::Kind;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_block(const json::value& value) {
    return (value.is_array() && !value.get_array().empty()) || (value.is_object() && !value.get_object().empty());
}

struct Splice {
    std::size_t begin;
    std::size_t end;
    std::string text;
};

class Splicer {
public:
    Splicer(std::string_view text, std::string_view line_end, int first_line)
        : text_(text), line_end_(line_end), first_line_(first_line) {}

    Result<std::string> run(const Layout& root, const json::object& was, const json::object& wanted) {
        if (root.marked) return refuse(root.begin, "it has an anchor or a tag");
        if (root.kind == Kind::kMap && root.flow) {
            TRY(replace_flow(root, wanted));
        } else if (root.kind == Kind::kMap) {
            TRY(change_map(root, text_.size(), was, wanted, 0));
        } else if (root.kind == Kind::kNone) {
            for (const auto& [key, value] : wanted) put(text_.size(), text_.size(), yaml_entry(key, value));
        } else {
            return refuse(root.begin, "it is no mapping");
        }
        return applied();
    }

private:
    Error refuse(std::size_t at, const std::string& why) const {
        const auto end = text_.begin() + static_cast<std::ptrdiff_t>(std::min(at == kNowhere ? 0 : at, text_.size()));
        const auto line = first_line_ + std::count(text_.begin(), end, '\n');
        return Error{Code::kUnsupported, "Line " + std::to_string(line) + " of the metadata cannot be changed without risk: " +
                                             why + ". Change it in a text editor."};
    }

    void put(std::size_t begin, std::size_t end, std::string_view text) {
        std::string lines;
        for (const char c : text) lines += c == '\n' ? std::string(line_end_) : std::string(1, c);
        splices_.push_back({begin, end, std::move(lines)});
    }

    Result<std::string> applied() {
        // What is only put in goes before what is taken out at the same place.
        std::stable_sort(splices_.begin(), splices_.end(),
                         [](const auto& a, const auto& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
        std::string out;
        std::size_t at = 0;
        for (const auto& splice : splices_) {
            if (splice.begin < at || splice.end < splice.begin) return refuse(splice.begin, "two changes meet there");
            out += text_.substr(at, splice.begin - at);
            out += splice.text;
            at = splice.end;
        }
        return out + std::string(text_.substr(at));
    }

    // Lines.

    std::size_t line_begin(std::size_t at) const {
        const auto before = at == 0 ? text_.npos : text_.rfind('\n', at - 1);
        return before == text_.npos ? 0 : before + 1;
    }
    /// Where the line's end stands, `\r` included.
    std::size_t line_stop(std::size_t at) const {
        auto end = std::min(text_.find('\n', at), text_.size());
        return end > at && text_[end - 1] == '\r' ? end - 1 : end;
    }
    std::size_t next_line(std::size_t at) const {
        const auto end = text_.find('\n', at);
        return end == text_.npos ? text_.size() : end + 1;
    }
    std::size_t column(std::size_t at) const { return at - line_begin(at); }
    bool only_blanks(std::size_t begin, std::size_t end) const {
        return std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(begin), text_.begin() + static_cast<std::ptrdiff_t>(end),
                           is_blank);
    }
    /// A `#` that could begin a comment: one inside of a quoted text counts too, to be safe.
    bool has_comment(std::size_t begin, std::size_t end) const {
        for (std::size_t at = begin; at < end; ++at)
            if (text_[at] == '#' && (at == 0 || is_blank(text_[at - 1]))) return true;
        return false;
    }
    static bool has_marks(const Layout& node) {
        return node.marked ||
               std::any_of(node.children.begin(), node.children.end(), [](const auto& child) { return has_marks(child.node); });
    }

    // Entries.

    bool starts_line(const Layout::Child& child) const { return only_blanks(line_begin(child.begin), child.begin); }
    std::size_t begin_of(const Layout::Child& child) const { return starts_line(child) ? line_begin(child.begin) : child.begin; }
    std::size_t limit_of(const Layout& parent, std::size_t index, std::size_t parent_limit) const {
        return index + 1 < parent.children.size() ? begin_of(parent.children[index + 1]) : parent_limit;
    }
    /// The end of an entry's last line.
    std::size_t end_of(const Layout::Child& child, std::size_t limit) const {
        std::size_t end = limit;
        const std::size_t own = column(child.begin);
        while (end > child.begin) {
            const std::size_t line = line_begin(end - 1);
            if (line <= child.begin) break;
            const std::size_t first = text_.find_first_not_of(" \t\r\n", line);
            const bool blank = first == text_.npos || first >= end;
            if (!blank && !(text_[first] == '#' && first - line <= own)) break;
            end = line;
        }
        return end;
    }

    Result<void> check_child(const Layout& parent, std::size_t index) const {
        const auto& child = parent.children[index];
        if (child.begin == kNowhere || child.after == kNowhere)
            return refuse(child.begin, "its key is written in an unusual way");
        if (child.node.marked) return refuse(child.begin, "it has an anchor, an alias or a tag");
        return ok();
    }
    /// Before something goes as a whole.
    Result<void> check_inside(const Layout::Child& child) const {
        if (has_marks(child.node)) return refuse(child.begin, "it has an anchor, an alias or a tag inside");
        return ok();
    }

    Result<std::size_t> find(const Layout& map, std::string_view key) const {
        std::size_t found = kNowhere;
        for (std::size_t i = 0; i < map.children.size(); ++i) {
            if (map.children[i].key != key) continue;
            if (found != kNowhere) return refuse(map.children[i].begin, "\"" + std::string(key) + "\" is given twice");
            found = i;
        }
        return found;
    }

    // Mappings.

    Result<void> change_map(const Layout& map, std::size_t limit, const json::object& was, const json::object& wanted,
                            int depth) {
        std::size_t kept = 0;
        for (const auto& child : map.children) kept += child.key == "<<" || wanted.contains(child.key);
        for (const auto& [key, value] : was) {
            const auto* next = wanted.if_contains(key);
            if (next && *next == value) continue;
            TRY(const std::size_t index, find(map, key));
            if (index == kNowhere) {
                if (!next) return refuse(map.begin, "\"" + std::string(key) + "\" comes from another mapping");
                insert(map, limit, key, *next, depth);
                continue;
            }
            TRY(check_child(map, index));
            if (next) {
                TRY(change(map.children[index], limit_of(map, index, limit), value, *next, depth));
            } else {
                TRY(erase(map, index, limit, kept));
            }
        }
        for (const auto& [key, value] : wanted)
            if (!was.contains(key)) insert(map, limit, key, value, depth);
        return ok();
    }

    Result<void> erase(const Layout& parent, std::size_t index, std::size_t limit, std::size_t kept) {
        const auto& child = parent.children[index];
        TRY(check_inside(child));
        const std::size_t end = end_of(child, limit_of(parent, index, limit));
        if (starts_line(child)) {
            put(line_begin(child.begin), end, "");
            return ok();
        }
        // The first of an item, behind its dash: the next one moves up.
        if (index + 1 == parent.children.size() || kept == 0) return refuse(child.begin, "nothing would be left behind the dash");
        const std::size_t next = parent.children[index + 1].begin;
        if (!only_blanks(end, next)) return refuse(child.begin, "a comment would move");
        put(child.begin, next, "");
        return ok();
    }

    void insert(const Layout& map, std::size_t limit, std::string_view key, const json::value& value, int depth) {
        const auto& children = map.children;
        const std::string lines = yaml_entry(key, value, column(children.front().begin));
        const auto behind = [&](std::size_t index) { return end_of(children[index], limit_of(map, index, limit)); };
        const auto order = usual_order();
        const auto place = [&](std::string_view name) { return std::find(order.begin(), order.end(), name) - order.begin(); };
        const auto own = place(key);
        if (depth > 0 || own == std::ssize(order)) return put_line(behind(children.size() - 1), lines);
        for (std::size_t i = children.size(); i-- > 0;)
            if (place(children[i].key) < own) return put_line(behind(i), lines);
        for (const auto& child : children)
            if (starts_line(child) && place(child.key) < std::ssize(order) && place(child.key) > own)
                return put_line(line_begin(child.begin), lines);
        put_line(behind(children.size() - 1), lines);
    }

    void put_line(std::size_t at, const std::string& lines) { put(at, at, lines); }

    // Values.

    Result<void> change(const Layout::Child& child, std::size_t limit, const json::value& was, const json::value& wanted,
                        int depth) {
        const Layout& node = child.node;
        if (node.flow && (wanted.is_array() || wanted.is_object()) && was.kind() == wanted.kind())
            return change_flow(node, was, wanted);
        if (!node.flow && node.kind == Kind::kMap && is_block(wanted) && wanted.is_object() && was.is_object() &&
            keeps_one(was.get_object(), wanted.get_object()))
            return change_map(node, limit, was.get_object(), wanted.get_object(), depth + 1);
        if (!node.flow && node.kind == Kind::kList && is_block(wanted) && wanted.is_array() && was.is_array())
            return change_list(node, limit, was.get_array(), wanted.get_array(), depth + 1);
        return replace(child, limit, wanted);
    }

    static bool keeps_one(const json::object& was, const json::object& wanted) {
        return std::any_of(was.begin(), was.end(), [&](const auto& pair) { return wanted.contains(pair.key()); });
    }

    Result<void> change_list(const Layout& list, std::size_t limit, const json::array& was, const json::array& wanted,
                             int depth) {
        std::size_t same = 0;
        while (same < was.size() && same < wanted.size() && was[same] == wanted[same]) ++same;
        std::size_t tail = 0;
        while (tail < was.size() - same && tail < wanted.size() - same &&
               was[was.size() - 1 - tail] == wanted[wanted.size() - 1 - tail])
            ++tail;
        const std::size_t old_end = was.size() - tail;
        const std::size_t new_end = wanted.size() - tail;
        if (list.children.size() != was.size()) return refuse(list.begin, "its items cannot be told apart");
        for (std::size_t i = same; i < old_end; ++i) TRY(check_child(list, i));
        // As many as before: each changes where it stands. Else the first ones, and the rest goes or comes.
        const std::size_t both = old_end - same == new_end - same ? old_end - same : 0;
        for (std::size_t i = same; i < same + both; ++i)
            TRY(change(list.children[i], limit_of(list, i, limit), was[i], wanted[i], depth));
        if (both > 0) return ok();
        if (list.children.front().begin == kNowhere) return refuse(list.begin, "its first item is empty");
        return replace_items(list, limit, {same, old_end}, wanted, new_end);
    }

    struct Range {
        std::size_t first;
        std::size_t last;
    };
    /// Items `[old.first, old.last)` become `wanted[old.first, new_end)`.
    Result<void> replace_items(const Layout& list, std::size_t limit, Range old, const json::array& wanted, std::size_t new_end) {
        std::string lines;
        for (std::size_t i = old.first; i < new_end; ++i) lines += yaml_item(wanted[i], column(list.children.front().begin));
        for (std::size_t i = old.first; i < old.last; ++i) {
            TRY(check_inside(list.children[i]));
            if (!starts_line(list.children[i])) return refuse(list.children[i].begin, "it is an item inside of an item's line");
            put(line_begin(list.children[i].begin), end_of(list.children[i], limit_of(list, i, limit)), "");
        }
        if (lines.empty()) return ok();
        if (old.first == 0 && !starts_line(list.children.front()))
            return refuse(list.begin, "it is an item inside of an item's line");
        const std::size_t place = old.first == 0 ? line_begin(list.children.front().begin)
                                                 : end_of(list.children[old.first - 1], limit_of(list, old.first - 1, limit));
        if (list.children[std::max<std::size_t>(old.first, 1) - 1].begin == kNowhere)
            return refuse(list.begin, "an item of it is empty");
        put_line(place, lines);
        return ok();
    }

    // Whole values.

    Result<void> replace(const Layout::Child& child, std::size_t limit, const json::value& wanted) {
        TRY(check_inside(child));
        const std::size_t end = end_of(child, limit);
        const std::size_t stop = line_stop(child.after);
        const bool is_item = child.key.empty() && text_[child.begin] == '-' && child.after == child.begin + 1;
        if (is_item && (is_block(wanted) || child.node.kind == Kind::kMap || child.node.kind == Kind::kList))
            return replace_item(child, end, wanted);
        const std::size_t indent = column(child.begin);
        if (child.node.begin == kNowhere || child.node.begin > stop) {
            // Nothing on the key's line: what is below it goes, a comment behind the key stays.
            put(child.after, child.after, is_block(wanted) ? "" : inline_part(wanted, indent));
            put(stop, end_without_line_end(end, stop), "");
            if (is_block(wanted)) put_line(std::max(next_line(stop), end), yaml_below(wanted, indent));
            return ok();
        }
        TRY(const std::size_t value_end, end_of_value(child.node, end));
        put(child.node.begin, value_end, is_block(wanted) ? "" : inline_part(wanted, indent, text_[child.node.begin]).substr(1));
        if (is_block(wanted)) put_line(next_line(value_end), yaml_below(wanted, indent));
        return ok();
    }

    Result<void> replace_item(const Layout::Child& child, std::size_t end, const json::value& wanted) {
        if (has_comment(child.begin, end)) return refuse(child.begin, "a comment inside of it would be lost");
        put(child.begin, end, yaml_item(wanted, column(child.begin)).substr(column(child.begin)));
        return ok();
    }

    /// ` value`, without the last line's end; a quotation mark as before is kept.
    static std::string inline_part(const json::value& wanted, std::size_t indent, char before = 0) {
        if (wanted.is_string() && (before == '"' || before == '\'')) return " " + yaml_inline(wanted, Inside::kBlock, before);
        std::string lines = yaml_entry("k", wanted, indent).substr(indent + 2);
        lines.pop_back();
        return lines;
    }

    std::size_t end_without_line_end(std::size_t end, std::size_t at_least) const {
        if (end > at_least && text_[end - 1] == '\n') --end;
        if (end > at_least && text_[end - 1] == '\r') --end;
        return std::max(end, at_least);
    }

    /// Of a value that begins on its key's line and whose entry ends at `end`.
    Result<std::size_t> end_of_value(const Layout& node, std::size_t end) const {
        if (node.flow) return end_of_flow(node);
        const std::size_t last = end_without_line_end(end, node.begin);
        if (text_[node.begin] == '"' || text_[node.begin] == '\'') return end_of_quotes(node.begin, last);
        if (text_[node.begin] == '|' || text_[node.begin] == '>') return last;
        // A plain text ends where a comment begins.
        std::size_t stop = node.begin;
        while (stop < last && !(text_[stop] == '#' && is_blank(text_[stop - 1]))) ++stop;
        if (line_stop(stop) < last) return refuse(node.begin, "a comment inside of it would be lost");
        while (stop > node.begin && is_blank(text_[stop - 1])) --stop;
        return stop;
    }

    Result<std::size_t> end_of_quotes(std::size_t begin, std::size_t limit) const {
        const char quote = text_[begin];
        for (std::size_t at = begin + 1; at < limit; ++at) {
            if (quote == '"' && text_[at] == '\\')
                ++at;
            else if (text_[at] == quote && quote == '\'' && at + 1 < limit && text_[at + 1] == quote)
                ++at;
            else if (text_[at] == quote)
                return at + 1;
        }
        return refuse(begin, "its quotation mark is not closed where it should be");
    }

    // In brackets and braces.

    Result<std::size_t> end_of_flow(const Layout& node) const {
        int open = 0;
        for (std::size_t at = node.begin; at < text_.size(); ++at) {
            const char c = text_[at];
            const bool starts_token =
                at == 0 || is_blank(text_[at - 1]) || std::string_view("[{,:").find(text_[at - 1]) != std::string_view::npos;
            if ((c == '"' || c == '\'') && starts_token) {
                TRY(const std::size_t behind, end_of_quotes(at, text_.size()));
                at = behind - 1;
            } else if (c == '#' && at > 0 && is_blank(text_[at - 1])) {
                at = next_line(at) - 1;
            } else if (c == '[' || c == '{') {
                ++open;
            } else if ((c == ']' || c == '}') && --open == 0) {
                return at + 1;
            }
        }
        return refuse(node.begin, "its bracket is not closed where it should be");
    }

    /// Whether only collections inside of a mapping's values differ, each of which can change where it stands.
    static bool differs_inside_only(const Layout& node, const json::object& was, const json::object& wanted) {
        if (was.size() != wanted.size() || node.children.size() != was.size()) return false;
        return std::all_of(node.children.begin(), node.children.end(), [&](const auto& child) {
            const auto *old = was.if_contains(child.key), *next = wanted.if_contains(child.key);
            if (!old || !next) return false;
            return *old == *next || (child.node.flow && !child.node.marked && old->kind() == next->kind());
        });
    }

    Result<void> change_flow(const Layout& node, const json::value& was, const json::value& wanted) {
        if (was.is_object() && differs_inside_only(node, was.get_object(), wanted.get_object())) {
            for (const auto& child : node.children)
                if (was.at(child.key) != wanted.at(child.key))
                    TRY(change_flow(child.node, was.at(child.key), wanted.at(child.key)));
            return ok();
        }
        const auto* old_list = was.if_array();
        const auto* new_list = wanted.if_array();
        const bool grows = old_list && new_list && !old_list->empty() && old_list->size() < new_list->size() &&
                           std::equal(old_list->begin(), old_list->end(), new_list->begin());
        if (!grows) return replace_flow(node, wanted);
        TRY(const std::size_t end, end_of_flow(node));
        std::size_t at = end - 1;
        while (is_blank(text_[at - 1])) --at;
        if (has_comment(line_begin(at), at)) return refuse(at, "a comment stands where the list would grow");
        std::string more;
        for (std::size_t i = old_list->size(); i < new_list->size(); ++i)
            more += ", " + yaml_inline((*new_list)[i], Inside::kFlow);
        put(at, at, text_[at - 1] == ',' ? more.substr(1) + "," : more);
        return ok();
    }

    Result<void> replace_flow(const Layout& node, const json::value& wanted) {
        TRY(const std::size_t end, end_of_flow(node));
        if (has_comment(node.begin, end)) return refuse(node.begin, "a comment inside of its brackets would be lost");
        if (has_marks(node)) return refuse(node.begin, "it has an anchor, an alias or a tag inside");
        put(node.begin, end, yaml_inline(wanted, Inside::kFlow));
        return ok();
    }

    const std::string_view text_;
    const std::string_view line_end_;
    const int first_line_;
    std::vector<Splice> splices_;
};

}  // namespace

Result<std::string> splice_yaml(std::string_view yaml, const json::object& was, const json::object& wanted,
                                std::string_view line_end, int first_line) {
    TRY(const Layout layout, lay_out(yaml));
    return Splicer(yaml, line_end, first_line).run(layout, was, wanted);
}

}  // namespace mirfa::card::detail
