// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/scan_pickle.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <vector>

#include "base/ascii.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::string_view kTorchMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr std::size_t kMaxStack = 4'000'000;
constexpr std::size_t kMaxMemo = 1'000'000;
constexpr std::size_t kMaxTextOctets = 16u << 20;

class Scan {
public:
    Scan(PickleCode& code, const PickleEvents& events) : code_(code), events_(events) {}

    Result<PickleShape> run() {
        for (std::size_t count = 0;; ++count) {
            TRY(code_.next(now_));
            if (now_.code == op::kStop) return shape_;
            if (now_.code == op::kLong1 && count <= 2)
                shape_.is_magic = now_.text == kTorchMagic;
            else if (now_.code != op::kProto && now_.code != op::kFrame)
                shape_.is_magic = false;
            step();
        }
    }

private:
    using Value = std::uint32_t;  // a text by its number, or one of these
    static constexpr Value kUnknown = 0xffffffff, kMark = 0xfffffffe;

    void import(std::string_view module, std::string_view name) {
        shape_.has_imports = true;
        events_.import(module, name, now_.offset);
    }

    void push(Value value) {
        // Beyond the limit nothing can be followed any more: what is under it becomes unknown.
        if (stack_.size() >= kMaxStack) stack_.clear();
        stack_.push_back(value);
    }
    Value pop() {
        if (stack_.empty()) return kUnknown;
        const Value value = stack_.back();
        stack_.pop_back();
        return value == kMark ? kUnknown : value;
    }
    void drop(int count) {
        while (count-- > 0) pop();
    }
    void drop_to_mark() {
        while (!stack_.empty() && stack_.back() != kMark) stack_.pop_back();
        pop();
    }

    void push_text(std::string_view text, bool escaped) {
        const bool followed = now_.data_size <= kScannedText && (!escaped || text.find('\\') == text.npos);
        if (!followed) return push(kUnknown);
        const auto known = numbers_.find(std::string(text));
        if (known != numbers_.end()) return push(known->second);
        if (text_octets_ + text.size() + 64 > kMaxTextOctets) return push(kUnknown);
        text_octets_ += text.size() + 64;
        texts_.emplace_back(text);
        numbers_.emplace(text, static_cast<Value>(texts_.size() - 1));
        push(static_cast<Value>(texts_.size() - 1));
    }

    /// 'text' or "text" of protocol 0.
    void push_quoted() {
        std::string_view text = ascii_trim(now_.text);
        if (text.size() < 2 || text.front() != text.back() || (text.front() != '\'' && text.front() != '"'))
            return push(kUnknown);
        push_text(text.substr(1, text.size() - 2), true);
    }

    std::optional<std::uint64_t> slot() const {
        if (now_.code != op::kGet && now_.code != op::kPut) return static_cast<std::uint64_t>(now_.number);
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(now_.text.data(), now_.text.data() + now_.text.size(), number);
        if (error != std::errc() || end != now_.text.data() + now_.text.size() || now_.data_size > kScannedText)
            return std::nullopt;
        return number;
    }

    void put(std::optional<std::uint64_t> where) {
        const Value value = stack_.empty() || stack_.back() == kMark ? kUnknown : stack_.back();
        // Python reads "+7" and " 7" as 7 too. Whoever writes like that hides something: from here on no memo is believed.
        if (!where || memo_.size() >= kMaxMemo)
            memo_lost_ = true;
        else
            memo_[*where] = value;
    }

    void get() {
        const auto where = slot();
        const auto found = where ? memo_.find(*where) : memo_.end();
        push(memo_lost_ || found == memo_.end() ? kUnknown : found->second);
    }

    void stack_global() {
        const Value name = pop(), module = pop();
        const auto word = [&](Value value) {
            return value == kUnknown ? std::string_view("unknown") : std::string_view(texts_[value]);
        };
        import(word(module), word(name));
        push(kUnknown);
    }

    void maybe_nested() {
        const std::string_view begin = now_.text;
        const bool pickle = begin.size() > 2 && begin[0] == '\x80' && begin[1] >= 0 && begin[1] <= 5;
        if (pickle || begin.starts_with("PK\3\4")) events_.nested(now_.data_offset, now_.data_size);
    }

    void step() {
        switch (now_.code) {
            case op::kMark: return push(kMark);
            case op::kPop: return static_cast<void>(stack_.empty() ? kUnknown : (stack_.pop_back(), kUnknown));
            case op::kPopMark: return drop_to_mark();
            case op::kDup: return push(stack_.empty() ? kUnknown : stack_.back());
            case op::kString: return push_quoted();
            case op::kUnicode: return push_text(now_.text, true);
            case op::kBinString:
            case op::kShortBinString: maybe_nested(); return push_text(now_.text, false);
            case op::kBinUnicode:
            case op::kShortBinUnicode:
            case op::kBinUnicode8: return push_text(now_.text, false);
            case op::kBinBytes:
            case op::kShortBinBytes:
            case op::kBinBytes8:
            case op::kByteArray8: maybe_nested(); return push(kUnknown);
            case op::kGlobal: import(now_.text, now_.second); return push(kUnknown);
            case op::kInst:
                import(now_.text, now_.second);
                drop_to_mark();
                return push(kUnknown);
            case op::kExt1:
            case op::kExt2:
            case op::kExt4: import("unknown", fmt::format("extension {}", now_.number)); return push(kUnknown);
            case op::kStackGlobal: return stack_global();
            case op::kGet:
            case op::kBinGet:
            case op::kLongBinGet: return get();
            case op::kPut:
            case op::kBinPut:
            case op::kLongBinPut: return put(slot());
            case op::kMemoize: return put(memo_.size());
            default: return move();
        }
    }

    /// Instructions that only take values and give one that is no text.
    void move() {
        switch (now_.code) {
            case op::kProto:
            case op::kFrame: return;
            case op::kBuild:
            case op::kAppend: return drop(1);
            case op::kSetItem: return drop(2);
            case op::kAppends:
            case op::kSetItems:
            case op::kAddItems: return drop_to_mark();
            case op::kTuple:
            case op::kList:
            case op::kDict:
            case op::kFrozenSet:
            case op::kObj: drop_to_mark(); break;
            case op::kTuple1:
            case op::kBinPersId:
            case op::kReadonlyBuffer: drop(1); break;
            case op::kTuple2:
            case op::kReduce:
            case op::kNewObj: drop(2); break;
            case op::kTuple3:
            case op::kNewObjEx: drop(3); break;
            default: break;  // numbers, empty containers, persistent ids, buffers
        }
        push(kUnknown);
    }

    PickleCode& code_;
    const PickleEvents& events_;
    PickleInstruction now_;
    PickleShape shape_;
    std::vector<Value> stack_;
    std::unordered_map<std::uint64_t, Value> memo_;
    bool memo_lost_ = false;
    std::vector<std::string> texts_;
    std::unordered_map<std::string, Value> numbers_;
    std::size_t text_octets_ = 0;
};

}  // namespace

Result<PickleShape> scan_one_pickle(PickleCode& code, const PickleEvents& events) { return Scan(code, events).run(); }

}  // namespace mirfa::checkpoint
