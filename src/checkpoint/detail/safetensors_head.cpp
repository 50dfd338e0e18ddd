// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/safetensors_head.h"

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <optional>

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kMaxDepth = 32;
enum Seen : unsigned { kDtype = 1, kShape = 2, kOffsets = 4, kAll = 7 };

/// Told the text's pieces by the parser. Depth 1 is the head itself, 2 a tensor or the metadata, 3 a list of numbers;
/// members of a tensor that nobody knows are passed over, as the format's own reader does.
class Handler {
public:
    using error_code = boost::json::error_code;
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    SafetensorsHead head;
    std::optional<Error> error;

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code& ec) {
        if (skipping_ > 0 || depth_ >= 2) return begin_skipped(ec);
        ++depth_;
        if (depth_ == 1) return true;
        in_metadata_ = key_ == "__metadata__";
        if (in_metadata_) return metadata_seen_++ == 0 || fail(ec, "\"__metadata__\" is there twice");
        if (head.tensors.size() == kMaxTensors) return fail(ec, fmt::format("it lists more than {} tensors", kMaxTensors));
        seen_ = 0;
        head.tensors.push_back({});
        head.tensors.back().info.name = key_;
        return true;
    }
    bool on_object_end(std::size_t, error_code& ec) {
        if (skipping_ > 0) return --skipping_, true;
        --depth_;
        if (depth_ == 1 && !in_metadata_ && seen_ != kAll)
            return fail_tensor(ec, "lacks its \"dtype\", its \"shape\" or its \"data_offsets\"");
        return true;
    }
    bool on_array_begin(error_code& ec) {
        if (skipping_ > 0) return begin_skipped(ec);
        if (depth_ != 2 || in_metadata_ || in_list_) return wrong_value(ec);
        if (key_ != "shape" && key_ != "data_offsets") return key_ == "dtype" ? wrong_value(ec) : begin_skipped(ec);
        numbers_.clear();
        in_list_ = true;
        return true;
    }
    bool on_array_end(std::size_t, error_code& ec) {
        if (skipping_ > 0) return --skipping_, true;
        in_list_ = false;
        auto& tensor = head.tensors.back();
        if (key_ == "shape") {
            tensor.info.shape = numbers_;
            return see(kShape, ec);
        }
        if (numbers_.size() != 2) return fail_tensor(ec, fmt::format("has {} data_offsets instead of 2", numbers_.size()));
        tensor.begin = numbers_[0];
        tensor.end = numbers_[1];
        return see(kOffsets, ec);
    }
    bool on_key_part(boost::json::string_view part, std::size_t, error_code&) { return collect(key_, part, false); }
    bool on_key(boost::json::string_view part, std::size_t, error_code&) { return collect(key_, part, true); }
    bool on_string_part(boost::json::string_view part, std::size_t, error_code&) { return collect(text_, part, false); }
    bool on_string(boost::json::string_view part, std::size_t, error_code& ec) {
        collect(text_, part, true);
        if (skipping_ > 0) return true;
        if (depth_ != 2 || in_list_) return wrong_value(ec);
        if (in_metadata_)
            return head.metadata.emplace(key_, text_).second || fail(ec, "its metadata names \"" + key_ + "\" twice");
        if (key_ != "dtype") return key_ != "shape" && key_ != "data_offsets" ? true : wrong_value(ec);
        const auto dtype = find_dtype(text_);
        if (!dtype) return fail_tensor(ec, fmt::format("is of the unknown type \"{}\"", text_.substr(0, 40)));
        head.tensors.back().info.dtype = *dtype;
        head.tensors.back().info.stored_as = text_;
        return see(kDtype, ec);
    }
    bool on_number_part(boost::json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, boost::json::string_view, error_code& ec) {
        return number >= 0 ? on_count(static_cast<std::uint64_t>(number), ec) : on_other(ec);
    }
    bool on_uint64(std::uint64_t number, boost::json::string_view, error_code& ec) { return on_count(number, ec); }
    bool on_double(double, boost::json::string_view, error_code& ec) { return on_other(ec); }
    bool on_bool(bool, error_code& ec) { return on_other(ec); }
    bool on_null(error_code& ec) { return on_other(ec); }
    bool on_comment_part(boost::json::string_view, error_code&) { return true; }
    bool on_comment(boost::json::string_view, error_code&) { return true; }

private:
    bool fail(error_code& ec, std::string what) {
        error = Error{Code::kInvalidArgument, "This safetensors file is broken: " + std::move(what) + "."};
        ec = boost::json::make_error_code(boost::json::error::exception);
        return false;
    }
    bool fail_tensor(error_code& ec, std::string_view what) {
        return fail(ec, fmt::format("the tensor \"{}\" {}", head.tensors.back().info.name.substr(0, 200), what));
    }
    bool wrong_value(error_code& ec) {
        if (depth_ == 0) return fail(ec, "its head is no JSON object");
        if (depth_ == 1)
            return fail(ec, fmt::format("\"{}\" is described by something else than an object", key_.substr(0, 200)));
        if (in_metadata_) return fail(ec, fmt::format("its metadata \"{}\" is no text", key_.substr(0, 200)));
        return fail_tensor(ec, fmt::format("has something else in its \"{}\" than belongs there", key_.substr(0, 200)));
    }
    bool on_count(std::uint64_t number, error_code& ec) {
        if (!in_list_) return on_other(ec);
        if (numbers_.size() == kMaxRank) return fail_tensor(ec, fmt::format("has more than {} axes", kMaxRank));
        numbers_.push_back(number);
        return true;
    }
    /// A value that is right only where nobody looks.
    bool on_other(error_code& ec) {
        const bool known = key_ == "dtype" || key_ == "shape" || key_ == "data_offsets";
        if (skipping_ > 0 || (depth_ == 2 && !in_metadata_ && !in_list_ && !known)) return true;
        return wrong_value(ec);
    }
    bool begin_skipped(error_code& ec) {
        const bool known = in_metadata_ || in_list_ || key_ == "dtype" || key_ == "shape" || key_ == "data_offsets";
        if (skipping_ == 0 && known) return wrong_value(ec);
        if (++skipping_ > kMaxDepth) return fail(ec, "its head is nested too deeply");
        return true;
    }
    bool see(Seen what, error_code& ec) {
        if ((seen_ & what) != 0) return fail_tensor(ec, fmt::format("has \"{}\" twice", key_));
        seen_ |= what;
        return true;
    }
    bool collect(std::string& into, boost::json::string_view part, bool last) {
        if (&into == &key_ && skipping_ > 0) return true;  // key_ is the last one that counts
        auto& fresh = &into == &key_ ? key_is_complete_ : text_is_complete_;
        if (fresh) into.clear();
        into.append(part.data(), part.size());
        fresh = last;
        return true;
    }

    std::size_t depth_ = 0;
    std::size_t skipping_ = 0;
    std::size_t metadata_seen_ = 0;
    unsigned seen_ = 0;
    bool in_metadata_ = false;
    bool in_list_ = false;
    bool key_is_complete_ = true;
    bool text_is_complete_ = true;
    std::string key_;
    std::string text_;
    std::vector<std::uint64_t> numbers_;
};

}  // namespace

Result<SafetensorsHead> parse_safetensors_head(std::string_view json) {
    boost::json::parse_options options;
    options.max_depth = kMaxDepth + 4;
    boost::json::basic_parser<Handler> parser(options);
    boost::json::error_code why;
    const std::size_t parsed = parser.write_some(false, json.data(), json.size(), why);
    if (parser.handler().error) return *parser.handler().error;
    if (!why && parsed < json.size()) why = boost::json::make_error_code(boost::json::error::extra_data);
    if (why)
        return Error{Code::kInvalidArgument,
                     fmt::format("This safetensors file is broken: its head is no JSON at octet {}: {}.", parsed, why.message())};
    return std::move(parser.handler().head);
}

}  // namespace mirfa::checkpoint
