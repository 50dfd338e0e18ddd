// SPDX-License-Identifier: Apache-2.0
#include "client/commit.h"

#include "base/file.h"
#include "base/percent.h"
#include "client/tree.h"
#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::client {
namespace {

/// A multiple of three, so that pieces of base64 can stand behind each other.
constexpr std::size_t kPiece = 3 * 64 * 1024;

std::uint64_t base64_length(std::uint64_t bytes) { return (bytes + 2) / 3 * 4; }

std::string header_line(const CommitWords& words) {
    format::JsonWriter json;
    json.object().field("key", "header").object("value");
    json.field("summary", words.summary).field("description", words.description);
    return std::move(json).take() + "\n";
}

std::string large_line(const CommitOperation& operation) {
    format::JsonWriter json;
    json.object().field("key", "lfsFile").object("value").field("path", operation.path).field("algo", "sha256");
    json.field("oid", operation.sha256.hex()).field("size", operation.file.bytes);
    return std::move(json).take() + "\n";
}

std::string delete_line(const CommitOperation& operation) {
    format::JsonWriter json;
    json.object().field("key", "deletedFile").object("value").field("path", operation.path);
    return std::move(json).take() + "\n";
}

}  // namespace

CommitBody::CommitBody(const CommitWords& words, const std::vector<CommitOperation>& operations) {
    lines_.push_back({header_line(words), nullptr, ""});
    for (const auto& operation : operations) {
        switch (operation.kind) {
            case CommitOperation::Kind::kFile:
                lines_.push_back({R"({"key":"file","value":{"content":")", &operation.file,
                                  R"(","path":)" + format::json_quoted(operation.path) + R"(,"encoding":"base64"}})" + "\n"});
                break;
            case CommitOperation::Kind::kLargeFile: lines_.push_back({large_line(operation), nullptr, ""}); break;
            case CommitOperation::Kind::kDelete: lines_.push_back({delete_line(operation), nullptr, ""}); break;
        }
    }
    for (const auto& line : lines_)
        size_ += line.before.size() + line.after.size() + (line.content ? base64_length(line.content->bytes) : 0);
}

Result<std::size_t> CommitBody::read(ByteSpan into) {
    while (taken_ == ready_.size() && line_ < lines_.size()) TRY(fill());
    const auto rest = as_bytes(ready_).subspan(taken_);
    const auto count = std::min(rest.size(), into.size());
    std::copy_n(rest.begin(), count, into.begin());
    taken_ += count;
    return count;
}

Result<void> CommitBody::fill() {
    const auto& line = lines_[line_];
    taken_ = 0;
    switch (part_) {
        case Part::kBefore:
            ready_ = line.before;
            part_ = line.content ? Part::kContent : Part::kAfter;
            if (line.content == nullptr) return ok();
            file_offset_ = 0;
            { TRY(file_, File::open_to_read(line.content->local)); }
            return ok();
        case Part::kContent: return fill_from_file(*line.content);
        case Part::kAfter:
            ready_ = line.after;
            part_ = Part::kBefore;
            ++line_;
            return ok();
    }
    return ok();
}

Result<void> CommitBody::fill_from_file(const LocalFile& content) {
    Bytes piece(std::min<std::uint64_t>(kPiece, content.bytes - file_offset_));
    const auto read = file_.read_exactly_at(file_offset_, piece);
    if (!read.has_value())
        return Error{Code::kConflict, content.local.string() + " changed while it was sent. Start again when it is finished."};
    file_offset_ += piece.size();
    ready_ = to_base64(piece);
    if (file_offset_ == content.bytes) part_ = Part::kAfter;
    return ok();
}

Result<CommitMade> send_commit(Hub& hub, const RepoId& repo, const CommitWords& words,
                               const std::vector<CommitOperation>& operations, const std::atomic<bool>* stop) {
    fetch::Request request;
    request.method = "POST";
    request.url = hub.url(api_path(repo) + "/commit/" + percent_encode(words.revision) + (words.create_pr ? "?create_pr=1" : ""));
    request.headers = {{"Content-Type", "application/x-ndjson"}};
    request.source_bytes = CommitBody(words, operations).size();
    request.source = [&]() -> Result<std::unique_ptr<ByteSource>> {
        return std::unique_ptr<ByteSource>(std::make_unique<CommitBody>(words, operations));
    };
    request.limits.idle = std::chrono::seconds(600);
    request.stop = stop;
    // Sent again, a commit finds its own contents there and changes nothing; a pull request would be opened twice.
    constexpr int kMoves = 3;
    for (int moves = 0;; ++moves) {
        TRY(const auto answer, hub.ask(request, !words.create_pr));
        if ((answer.status == 412 || answer.status == 409) && !words.create_pr && moves < kMoves &&
            fetch::wait_for_real(std::chrono::milliseconds(500 * (moves + 1)), stop))
            continue;
        if (!answer.ok()) return hub_error(answer, title_of(repo));
        TRY(const auto json, format::parse_json(answer.body));
        CommitMade made;
        TRY(made.commit, format::need_string(json, "commitOid"));
        made.url = format::find_string(json, "commitUrl").value_or("");
        made.pull_request_url = format::find_string(json, "pullRequestUrl").value_or("");
        return made;
    }
}

}  // namespace mirfa::client
