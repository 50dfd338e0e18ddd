// SPDX-License-Identifier: Apache-2.0
#include "card/detail/yaml_layout.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace mirfa::card::detail {
namespace {

// As parse_yaml() does: a quote at the very end is not seen otherwise.
constexpr std::string_view kEndMark = "# end";

bool is_space(char c) { return c == ' ' || c == '\t'; }

/// Behind the quoted text that begins at `at`; kNowhere when it does not end.
std::size_t behind_quotes(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (++at; at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\')
            ++at;
        else if (text[at] == quote && quote == '\'' && at + 1 < text.size() && text[at + 1] == quote)
            ++at;
        else if (text[at] == quote)
            return at + 1;
    }
    return kNowhere;
}

class Recorder final : public YAML::EventHandler {
public:
    explicit Recorder(std::string_view text) : text_(text) {}
    Layout take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (expects_key()) return note_key(mark, "null");
        // Written out (`~`) it stands at the mark; where nothing is written the mark is that of what comes next.
        Layout node{is_written(mark) ? Layout::Kind::kScalar : Layout::Kind::kNone, position(mark), false, anchor != 0};
        if (node.kind == Layout::Kind::kNone && !node.marked) node.begin = kNowhere;
        place(std::move(node));
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text) override {
        const bool tagged = !tag.empty() && tag != "?" && tag != "!";
        const bool bang = tag == "!" && position(mark) < text_.size() && text_[position(mark)] == '!';
        if (expects_key()) return note_key(mark, text, tagged || bang || anchor != 0);
        place({Layout::Kind::kScalar, position(mark), false, tagged || bang || anchor != 0});
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        if (expects_key()) return note_key(mark, "", true);
        place({Layout::Kind::kAlias, position(mark), false, true});
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override {
        open(Layout::Kind::kList, mark, tag, anchor, style);
    }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override {
        open(Layout::Kind::kMap, mark, tag, anchor, style);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

private:
    struct Level {
        Layout node;
        bool has_key = false;
        Layout::Child child = {};
    };

    static std::size_t position(const YAML::Mark& mark) { return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos); }
    bool expects_key() const {
        return !levels_.empty() && levels_.back().node.kind == Layout::Kind::kMap && !levels_.back().has_key;
    }

    bool is_written(const YAML::Mark& mark) const {
        const std::size_t at = position(mark);
        if (at >= text_.size()) return false;
        const auto rest = text_.substr(at);
        if (!rest.starts_with('~') && !rest.starts_with("null") && !rest.starts_with("Null") && !rest.starts_with("NULL"))
            return false;
        std::size_t before = at;
        while (before > 0 && is_space(text_[before - 1])) --before;
        return before > 0 && std::string_view(":-,[").find(text_[before - 1]) != std::string_view::npos;
    }

    void note_key(const YAML::Mark& mark, const std::string& key, bool marked = false) {
        auto& level = levels_.back();
        level.has_key = true;
        level.child = {key, position(mark), marked ? kNowhere : behind_colon(position(mark), key), {}};
    }

    std::size_t behind_colon(std::size_t at, const std::string& key) const {
        if (at >= text_.size()) return kNowhere;
        const bool quoted = text_[at] == '"' || text_[at] == '\'';
        if (!quoted && !text_.substr(at).starts_with(key)) return kNowhere;
        std::size_t end = quoted ? behind_quotes(text_, at) : at + key.size();
        while (end < text_.size() && is_space(text_[end])) ++end;
        return end < text_.size() && text_[end] == ':' ? end + 1 : kNowhere;
    }

    void open(Layout::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
              YAML::EmitterStyle::value style) {
        const bool tagged = !tag.empty() && tag != "?";
        levels_.push_back({{kind, position(mark), style == YAML::EmitterStyle::Flow, tagged || anchor != 0}});
    }

    void close() {
        Layout done = std::move(levels_.back().node);
        levels_.pop_back();
        place(std::move(done));
    }

    void place(Layout node) {
        if (levels_.empty()) {
            root_ = std::move(node);
            return;
        }
        auto& level = levels_.back();
        if (level.node.kind == Layout::Kind::kMap) {
            level.has_key = false;
            level.child.node = std::move(node);
            level.node.children.push_back(std::move(level.child));
        } else {
            level.node.children.push_back(item(std::move(node), level.node.flow));
        }
    }

    Layout::Child item(Layout node, bool flow) const {
        if (flow || node.begin == kNowhere || node.begin > text_.size()) return {"", node.begin, kNowhere, std::move(node)};
        std::size_t at = node.begin;
        while (at > 0 && (is_space(text_[at - 1]) || text_[at - 1] == '\n' || text_[at - 1] == '\r')) --at;
        if (at == 0 || text_[at - 1] != '-') return {"", node.begin, kNowhere, std::move(node)};
        return {"", at - 1, at, std::move(node)};
    }

    const std::string_view text_;
    Layout root_;
    std::vector<Level> levels_;
};

/// Takes the next step off the front: `name`, or `[3]` as "3"; false at the end.
bool next_step(std::string_view& path, std::string_view& step, bool& is_index) {
    if (path.starts_with('.')) path.remove_prefix(1);
    if (path.empty()) return false;
    is_index = path.front() == '[';
    const std::size_t end = is_index ? path.find(']') : path.find_first_of(".[");
    step = path.substr(is_index ? 1 : 0, end == path.npos ? path.npos : end - (is_index ? 1 : 0));
    path.remove_prefix(end == path.npos ? path.size() : end + (is_index ? 1 : 0));
    return true;
}

const Layout::Child* find_child(const Layout& node, std::string_view step, bool is_index) {
    if (is_index != (node.kind == Layout::Kind::kList)) return nullptr;
    if (!is_index) {
        // The last of those that are given twice: it counts.
        const auto found =
            std::find_if(node.children.rbegin(), node.children.rend(), [&](const auto& child) { return child.key == step; });
        return found == node.children.rend() ? nullptr : &*found;
    }
    std::size_t index = 0;
    const auto [end, failed] = std::from_chars(step.data(), step.data() + step.size(), index);
    return failed == std::errc{} && index < node.children.size() ? &node.children[index] : nullptr;
}

}  // namespace

Result<Layout> lay_out(std::string_view text) {
    const bool has_line_end = text.ends_with('\n') || text.ends_with('\r');
    std::istringstream stream(std::string(text) + (has_line_end ? "" : "\n") + std::string(kEndMark));
    try {
        YAML::Parser parser(stream);
        Recorder recorder(text);
        parser.HandleNextDocument(recorder);
        return recorder.take();
    } catch (const YAML::Exception& failed) {
        return Error{Code::kInvalidArgument, failed.msg};
    }
}

int line_of_path(std::string_view text, const Layout& layout, std::string_view path) {
    const Layout* node = &layout;
    std::size_t at = kNowhere;
    std::string_view step;
    bool is_index = false;
    while (next_step(path, step, is_index)) {
        const auto* child = find_child(*node, step, is_index);
        if (!child) break;
        at = child->begin;
        node = &child->node;
    }
    if (at == kNowhere || at > text.size()) return 0;
    return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

}  // namespace mirfa::card::detail
