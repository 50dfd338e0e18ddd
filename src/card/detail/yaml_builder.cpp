// SPDX-License-Identifier: Apache-2.0
// The parser's own tree would expand nothing but also limit nothing, so values are built from its events here. Every
// value and every octet of text costs something, also the copies that aliases make: an alias of an alias of an alias is
// paid in full before it is made.
#include "card/detail/yaml_builder.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "base/ascii.h"
#include "card/detail/yaml_scalar.h"

namespace mirfa::card::detail {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxCost = 16u << 20;
constexpr std::size_t kValueCost = 32;
// Put behind the text as a remark: the parser takes a text's very end for a closing quote, but not the end of this.
constexpr std::string_view kEndMark = "# end";
constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

/// Leaves the parser; caught in build_yaml.
struct Refused {
    YAML::Mark mark;
    Error error;
};

[[noreturn]] void refuse(const YAML::Mark& mark, std::string message, Code code = Code::kInvalidArgument) {
    throw Refused{mark, Error{code, std::move(message)}};
}

struct Extent {
    std::size_t cost = kValueCost;
    int depth = 0;  ///< of lists and mappings
    void add(const Extent& inner) {
        cost += inner.cost;
        depth = std::max(depth, inner.depth + 1);
    }
};

Extent extent_of(const json::value& value) {
    Extent extent;
    if (value.is_structured()) extent.depth = 1;
    if (const auto* text = value.if_string()) extent.cost += text->size();
    if (const auto* list = value.if_array())
        for (const auto& item : *list) extent.add(extent_of(item));
    if (const auto* map = value.if_object())
        for (const auto& [key, item] : *map) {
            extent.cost += kValueCost + key.size();
            extent.add(extent_of(item));
        }
    return extent;
}

json::value resolve(const std::string& tag, const std::string& text) {
    if (tag == "!" || tag == std::string(kCoreTag) + "str") return json::value(text);
    return resolve_plain(text);  // without a tag, or with one that does not concern us
}

/// The parser gives one octet for the escapes `\N` and `\_`, which is no UTF-8: what was meant is put in its place.
std::string mended(const std::string& text) {
    if (is_utf8(text)) return text;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto c = static_cast<unsigned char>(text[at]);
        const std::size_t length = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        if (c >= 0x80 && c < 0xc0) out += '\xC2';
        out += text.substr(at, length);
        at += length;
    }
    return out;
}

class Builder final : public YAML::EventHandler {
public:
    explicit Builder(int first_line) : first_line_(first_line) {}
    Yaml take() { return std::move(yaml_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, anchor, nullptr, "null"); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& raw) override {
        const std::string text = mended(raw);
        add(mark, anchor, resolve(tag, text), text, tag == "?");
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) refuse(mark, "an alias is used inside of what it stands for");
        const Extent extent = extent_of(found->second);
        pay(mark, extent.cost);
        if (static_cast<int>(levels_.size()) + extent.depth > kMaxYamlDepth) refuse(mark, "nested too deeply");
        std::string key;
        if (const auto* text = found->second.if_string()) key = *text;
        add(mark, YAML::NullAnchor, found->second, key);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
        open(mark, anchor, json::array{});
    }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
        open(mark, anchor, json::object{});
    }
    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override {
        merge_into_top();
        close();
    }

private:
    struct Level {
        json::value value;
        YAML::Mark mark;
        YAML::anchor_t anchor;
        bool has_key = false;
        bool key_is_merge = false;
        std::string key;
        std::vector<json::value> merged = {};  ///< values of `<<`
    };

    void pay(const YAML::Mark& mark, std::size_t cost) {
        spent_ += cost;
        if (spent_ > kMaxCost) refuse(mark, "too much content", Code::kTooLarge);
    }

    void open(const YAML::Mark& mark, YAML::anchor_t anchor, json::value empty) {
        if (levels_.size() == kMaxYamlDepth) refuse(mark, "nested too deeply");
        if (expects_key()) refuse(mark, "a key must be text");
        pay(mark, kValueCost);
        levels_.push_back({std::move(empty), mark, anchor});
    }

    void close() {
        Level done = std::move(levels_.back());
        levels_.pop_back();
        if (done.anchor != YAML::NullAnchor) pay(done.mark, extent_of(done.value).cost);
        place(done.mark, done.anchor, std::move(done.value));
    }

    bool expects_key() const { return !levels_.empty() && levels_.back().value.is_object() && !levels_.back().has_key; }

    /// A finished value that is no collection; `text` is what it means as a key.
    void add(const YAML::Mark& mark, YAML::anchor_t anchor, json::value value, const std::string& text, bool plain = false) {
        pay(mark, kValueCost + 2 * text.size());
        if (!expects_key()) return place(mark, anchor, std::move(value));
        if (value.is_structured()) refuse(mark, "a key must be text");
        if (anchor != YAML::NullAnchor) anchors_[anchor] = value;
        auto& level = levels_.back();
        level.key = text;
        level.has_key = true;
        level.key_is_merge = plain && text == "<<";
        if (levels_.size() == 1 && !level.key_is_merge) yaml_.lines[text] = first_line_ + mark.line;
    }

    void place(const YAML::Mark& mark, YAML::anchor_t anchor, json::value value) {
        if (anchor != YAML::NullAnchor) anchors_[anchor] = value;
        if (levels_.empty()) {
            yaml_.value = std::move(value);
        } else if (auto* list = levels_.back().value.if_array()) {
            list->push_back(std::move(value));
        } else {
            place_in_map(mark, std::move(value));
        }
    }

    void place_in_map(const YAML::Mark& mark, json::value value) {
        auto& level = levels_.back();
        level.has_key = false;
        if (level.key_is_merge) return note_merged(mark, std::move(value));
        const auto [place, is_new] = level.value.as_object().insert_or_assign(level.key, std::move(value));
        if (!is_new && yaml_.repeated_keys.size() < 100) yaml_.repeated_keys.push_back(level.key);
    }

    void note_merged(const YAML::Mark& mark, json::value value) {
        auto& merged = levels_.back().merged;
        if (value.is_object()) return merged.push_back(std::move(value));
        if (!value.is_array()) refuse(mark, "`<<` needs a mapping or a list of mappings");
        for (auto& item : value.as_array()) {
            if (!item.is_object()) refuse(mark, "`<<` needs a mapping or a list of mappings");
            merged.push_back(std::move(item));
        }
    }

    /// A mapping's own keys win over merged ones, earlier merged ones over later.
    void merge_into_top() {
        auto& level = levels_.back();
        for (auto& from : level.merged)
            for (auto& [key, value] : from.as_object())
                if (!level.value.as_object().contains(key)) level.value.as_object().emplace(key, std::move(value));
    }

    const int first_line_;
    Yaml yaml_;
    std::vector<Level> levels_;
    std::unordered_map<YAML::anchor_t, json::value> anchors_;
    std::size_t spent_ = 0;
};

Error at(const YAML::Mark& mark, int first_line, Error error) {
    error.message +=
        " (" + std::to_string(first_line + std::max(mark.line, 0)) + ":" + std::to_string(std::max(mark.column, 0) + 1) + ")";
    return error;
}

/// Characters that YAML does not allow, one of which the parser takes for the end.
const char* find_control(std::string_view text) {
    const auto found = std::find_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
    });
    return found == text.end() ? nullptr : &*found;
}

int line_of(std::string_view text, const char* place) { return static_cast<int>(std::count(text.data(), place, '\n')); }

}  // namespace

Result<Yaml> build_yaml(std::string_view text, int first_line) {
    if (const char* control = find_control(text)) {
        YAML::Mark mark;
        mark.line = line_of(text, control);
        return at(mark, first_line, Error{Code::kInvalidArgument, "a character that cannot be printed"});
    }
    const bool has_line_end = text.ends_with('\n') || text.ends_with('\r');
    std::istringstream stream(std::string(text) + (has_line_end ? "" : "\n") + std::string(kEndMark));
    try {
        YAML::Parser parser(stream);
        Builder builder(first_line);
        parser.HandleNextDocument(builder);
        Yaml yaml = builder.take();
        Builder rest(first_line);
        if (parser.HandleNextDocument(rest)) return Error{Code::kInvalidArgument, "there is more than one document"};
        return yaml;
    } catch (const Refused& refused) {
        return at(refused.mark, first_line, refused.error);
    } catch (const YAML::Exception& failed) {
        return at(failed.mark, first_line, Error{Code::kInvalidArgument, failed.msg});
    }
}

}  // namespace mirfa::card::detail
