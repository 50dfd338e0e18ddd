// SPDX-License-Identifier: Apache-2.0
#include "format/ndjson_commit.h"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <limits>

#include "format/detail/commit_line.h"

namespace mirfa::format {
namespace {

using ErrorCode = boost::json::error_code;

/// Hands the events of the JSON parser to a CommitLine.
struct LineEvents {
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    explicit LineEvents(CommitLine& to) : line(to) {}
    CommitLine& line;

    /// The parser stops with an error code of its own; the real error waits in the line.
    static bool stop_unless(bool good, ErrorCode& ec) {
        if (!good) ec = boost::json::error::syntax;
        return good;
    }
    bool on_document_begin(ErrorCode&) { return true; }
    bool on_document_end(ErrorCode&) { return true; }
    bool on_object_begin(ErrorCode&) { return line.open_object(), true; }
    bool on_object_end(std::size_t, ErrorCode&) { return line.close(), true; }
    bool on_array_begin(ErrorCode&) { return line.open_array(), true; }
    bool on_array_end(std::size_t, ErrorCode&) { return line.close(), true; }
    bool on_key_part(boost::json::string_view part, std::size_t, ErrorCode&) {
        return line.key_part({part.data(), part.size()}), true;
    }
    bool on_key(boost::json::string_view part, std::size_t, ErrorCode& ec) {
        line.key_part({part.data(), part.size()});
        return stop_unless(line.key_end(), ec);
    }
    bool on_string_part(boost::json::string_view part, std::size_t, ErrorCode& ec) {
        return stop_unless(line.text_part({part.data(), part.size()}), ec);
    }
    bool on_string(boost::json::string_view part, std::size_t, ErrorCode& ec) {
        return stop_unless(line.text_part({part.data(), part.size()}) && line.text_end(), ec);
    }
    bool on_number_part(boost::json::string_view, ErrorCode&) { return true; }
    bool on_int64(std::int64_t number, boost::json::string_view, ErrorCode& ec) { return stop_unless(line.number(number), ec); }
    bool on_uint64(std::uint64_t, boost::json::string_view, ErrorCode& ec) { return stop_unless(line.number({}), ec); }
    bool on_double(double, boost::json::string_view, ErrorCode& ec) { return stop_unless(line.number({}), ec); }
    bool on_bool(bool, ErrorCode&) { return true; }
    bool on_null(ErrorCode&) { return true; }
    bool on_comment_part(boost::json::string_view, ErrorCode&) { return true; }
    bool on_comment(boost::json::string_view, ErrorCode&) { return true; }
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

bool is_commit_name(std::string_view text) {
    return text.size() >= 5 && text.size() <= 40 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Error bad_line(std::string_view message) { return Error{Code::kInvalidArgument, std::string(message)}; }

Result<std::string> need_path(const CommitLine& line, CommitLine::Field field, std::string_view name) {
    const auto& path = line.text(field);
    if (path && !path->empty()) return *path;
    return bad_line("The operation needs a \"" + std::string(name) + "\".");
}

std::optional<std::string> given(const std::optional<std::string>& text) { return text && !text->empty() ? text : std::nullopt; }

}  // namespace

/// Splits the body into lines, feeds them to the JSON parser piece by piece, and makes each whole line an operation.
class CommitParser::Body {
public:
    Body(CommitSink& sink, CommitLimits limits)
        : sink_(sink), limits_(limits), content_(sink, limits.inline_bytes), line_(content_), json_({}, line_) {}

    Result<void> feed(std::string_view text) {
        while (!text.empty()) {
            const auto end = text.find('\n');
            TRY(feed_line(text.substr(0, end)));
            if (end == std::string_view::npos) return ok();
            TRY(end_line());
            ++number_;
            text.remove_prefix(end + 1);
        }
        return ok();
    }

    Result<void> finish() {
        TRY(end_line());
        if (!has_header_) return bad_line("A commit must begin with its header line.");
        return ok();
    }

    /// Of the line that is being read, from 1.
    std::size_t number() const { return number_; }

private:
    Result<void> feed_line(std::string_view part) {
        if (!inside_) {
            const auto blanks = std::find_if_not(part.begin(), part.end(), is_blank) - part.begin();
            part.remove_prefix(static_cast<std::size_t>(blanks));
            if (part.empty()) return ok();
            inside_ = true;
            line_.start(has_header_);
        }
        return part.empty() ? Result<void>(ok()) : write(part, true);
    }

    Result<void> write(std::string_view part, bool more) {
        ErrorCode why;
        const std::size_t parsed = json_.write_some(more, part.data(), part.size(), why);
        if (line_.error()) return *line_.error();
        if (why == boost::json::error::incomplete) return bad_line("The line breaks off.");
        if (why) return bad_line("The line is not valid JSON.").with_detail(why.message());
        if (parsed < part.size()) return bad_line("Something follows the JSON object of the line.");
        return ok();
    }

    Result<void> end_line() {
        if (!inside_) return ok();
        TRY(write({}, false));
        json_.reset();
        inside_ = false;
        return emit();
    }

    Result<void> emit();
    Result<void> emit_header();
    Result<void> emit_file();
    Result<void> emit_lfs_file();
    Result<void> emit_copy();

    CommitSink& sink_;
    CommitLimits limits_;
    InlineContent content_;
    CommitLine line_;
    boost::json::basic_parser<LineEvents> json_;
    std::size_t number_ = 1;
    std::size_t operations_ = 0;
    bool inside_ = false;  ///< a line that is not blank has begun
    bool has_header_ = false;
};

Result<void> CommitParser::Body::emit() {
    const auto& key = line_.text(CommitLine::kKey);
    if (!key) return bad_line("The line must be an object with a \"key\" and a \"value\".");
    if (line_.has_content() && *key != "file") return bad_line("Only a \"file\" may have content.");
    if (*key == "header") return emit_header();
    if (!has_header_) return bad_line("A commit must begin with its header line.");
    if (++operations_ > limits_.operations)
        return Error{Code::kTooLarge, "A commit may have at most " + std::to_string(limits_.operations) + " operations."};
    if (*key == "file") return emit_file();
    if (*key == "lfsFile") return emit_lfs_file();
    if (*key == "copyFile") return emit_copy();
    if (*key != "deletedFile" && *key != "deletedFolder")
        return bad_line("The operation \"" + key->substr(0, 40) + "\" is not known.");
    TRY(auto path, need_path(line_, CommitLine::kPath, "path"));
    if (*key == "deletedFile") return sink_.deleted_file(std::move(path));
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return sink_.deleted_folder(std::move(path));
}

Result<void> CommitParser::Body::emit_header() {
    if (has_header_) return bad_line("A commit has only one header line.");
    has_header_ = true;
    CommitHeader header{line_.text(CommitLine::kSummary).value_or(""), line_.text(CommitLine::kDescription).value_or(""),
                        given(line_.text(CommitLine::kParentCommit))};
    if (header.parent_commit && !is_commit_name(*header.parent_commit))
        return bad_line("The parentCommit must be 5 to 40 lower-case hexadecimal digits.");
    return sink_.header(std::move(header));
}

Result<void> CommitParser::Body::emit_file() {
    TRY(auto path, need_path(line_, CommitLine::kPath, "path"));
    if (!line_.has_content()) return bad_line("The file has no content.");
    TRY(const auto size, content_.finish(line_.text(CommitLine::kEncoding)));
    return sink_.file({std::move(path), size, given(line_.text(CommitLine::kOldPath))});
}

Result<void> CommitParser::Body::emit_lfs_file() {
    TRY(auto path, need_path(line_, CommitLine::kPath, "path"));
    if (line_.text(CommitLine::kAlgo).value_or("sha256") != "sha256") return bad_line("The algo of an lfsFile must be sha256.");
    const auto oid = Sha256::parse(line_.text(CommitLine::kOid).value_or(""));
    if (!oid.has_value()) return bad_line("The oid of an lfsFile must be 64 hexadecimal digits.");
    std::optional<std::uint64_t> size;
    if (line_.size()) size = static_cast<std::uint64_t>(*line_.size());
    return sink_.lfs_file({std::move(path), oid.value(), size, given(line_.text(CommitLine::kOldPath))});
}

Result<void> CommitParser::Body::emit_copy() {
    TRY(auto path, need_path(line_, CommitLine::kPath, "path"));
    TRY(auto source, need_path(line_, CommitLine::kSourcePath, "srcPath"));
    return sink_.copy_file({std::move(path), std::move(source), given(line_.text(CommitLine::kSourceRevision))});
}

CommitParser::CommitParser(CommitSink& sink, CommitLimits limits) : body_(std::make_unique<Body>(sink, limits)) {}
CommitParser::~CommitParser() = default;

Result<void> CommitParser::feed(ByteView piece) { return located(body_->feed(as_text(piece))); }

Result<void> CommitParser::finish() { return located(body_->finish()); }

Result<void> CommitParser::located(Result<void> result) const {
    if (result.has_value()) return result;
    Error error = std::move(result).error();
    if (error.code == Code::kInvalidArgument || error.code == Code::kTooLarge)
        error.message = "Line " + std::to_string(body_->number()) + " of the commit: " + error.message;
    return error;
}

}  // namespace mirfa::format
