// SPDX-License-Identifier: Apache-2.0
#include "client/lfs_upload.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "base/file.h"
#include "client/parallel.h"
#include "client/tree.h"
#include "fetch/url.h"
#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::client {
namespace {

using boost::json::value;
using format::find_member;
using format::find_string;

constexpr std::string_view kLfsJson = "application/vnd.git-lfs+json";
/// While one file is hashed and put to the disk over there, another is on its way.
constexpr std::size_t kFilesAtOnce = 4;

/// Octets [offset, offset + length) of a file.
class FilePart final : public ByteSource {
public:
    FilePart(File file, std::uint64_t offset, std::uint64_t length) : file_(std::move(file)), at_(offset), left_(length) {}
    Result<std::size_t> read(ByteSpan into) override {
        const auto want = std::min<std::uint64_t>(into.size(), left_);
        if (want == 0) return std::size_t{0};
        TRY(const auto count, file_.read_at(at_, into.first(want)));
        if (count == 0) return Error{Code::kConflict, "A file became shorter while it was sent."};
        at_ += count;
        left_ -= count;
        return count;
    }

private:
    File file_;
    std::uint64_t at_, left_;
};

class Sender {
public:
    Sender(Hub& hub, const RepoId& repo, Progress* progress, const std::atomic<bool>* stop)
        : hub_(hub), repo_(repo), progress_(progress), stop_(stop) {}

    Result<value> ask(const std::string& branch, const std::vector<LfsFile>& files);
    Result<void> send(const value& object, const LfsFile& file);

private:
    Result<fetch::Answer> put(const std::string& url, const LfsFile& file, std::uint64_t offset, std::uint64_t length);
    Result<void> put_parts(const value& action, const std::string& url, const LfsFile& file, std::uint64_t part_bytes);
    Result<void> verify(const value& object, const LfsFile& file);

    Hub& hub_;
    const RepoId& repo_;
    Progress* progress_;
    const std::atomic<bool>* stop_;
};

Result<value> Sender::ask(const std::string& branch, const std::vector<LfsFile>& files) {
    format::JsonWriter json;
    json.object().field("operation", "upload").array("transfers").value("basic").value("multipart").end();
    json.field("hash_algo", "sha256").object("ref").field("name", branch).end().array("objects");
    for (const auto& file : files) json.object().field("oid", file.sha256.hex()).field("size", file.file.bytes).end();
    const std::string body = std::move(json).take();
    fetch::Request request;
    request.method = "POST";
    const std::string prefix = repo_.type == RepoType::kModel ? "/" : "/" + plural_of(repo_.type) + "/";
    request.url = hub_.url(prefix + repo_.name + ".git/info/lfs/objects/batch");
    request.headers = {{"Accept", std::string(kLfsJson)}, {"Content-Type", std::string(kLfsJson)}};
    request.body = as_bytes(body);
    request.stop = stop_;
    TRY(const auto answer, hub_.ask(std::move(request), true));
    if (!answer.ok()) return hub_error(answer, title_of(repo_));
    return format::parse_json(answer.body);
}

Result<fetch::Answer> Sender::put(const std::string& url, const LfsFile& file, std::uint64_t offset, std::uint64_t length) {
    fetch::Request request;
    request.method = "PUT";
    request.url = url;
    request.source_bytes = length;
    request.source = [&file, offset, length]() -> Result<std::unique_ptr<ByteSource>> {
        TRY(auto in, File::open_to_read(file.file.local));
        return std::unique_ptr<ByteSource>(std::make_unique<FilePart>(std::move(in), offset, length));
    };
    request.limits.idle = std::chrono::seconds(600);
    request.stop = stop_;
    TRY(auto answer, fetch::send_patiently(hub_.http(), request));
    if (!answer.ok()) return hub_error(answer, file.file.path);
    if (progress_ != nullptr) progress_->advance(static_cast<std::int64_t>(length));
    return answer;
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return n;
}

/// Part numbers are keys of the action's headers; `url` takes the list of what was put.
Result<void> Sender::put_parts(const value& action, const std::string& url, const LfsFile& file, std::uint64_t part_bytes) {
    std::map<std::uint64_t, std::string> parts;
    const auto* header = format::find_object(action, "header");
    for (const auto& [key, address] : *header)
        if (const auto n = number(key); n && address.is_string()) parts[*n] = address.get_string();
    if (part_bytes == 0 || parts.size() != (file.file.bytes + part_bytes - 1) / part_bytes || parts.empty() ||
        parts.begin()->first != 1)
        return Error{Code::kCorrupt, file.file.path + ": the hub's parts do not add up to the file."};
    format::JsonWriter json;
    json.object().field("oid", file.sha256.hex()).array("parts");
    for (const auto& [n, address] : parts) {
        const auto offset = (n - 1) * part_bytes;
        if (offset >= file.file.bytes) return Error{Code::kCorrupt, file.file.path + ": the hub's parts have a gap."};
        TRY(const auto answer, put(address, file, offset, std::min(part_bytes, file.file.bytes - offset)));
        json.object().field("partNumber", n).field("etag", answer.find("ETag").value_or("")).end();
    }
    const std::string body = std::move(json).take();
    fetch::Request request;
    request.method = "POST";
    request.url = url;
    request.headers = {{"Accept", std::string(kLfsJson)}, {"Content-Type", std::string(kLfsJson)}};
    request.body = as_bytes(body);
    TRY(const auto answer, fetch::send_patiently(hub_.http(), request));
    if (!answer.ok()) return hub_error(answer, file.file.path);
    return ok();
}

Result<void> Sender::verify(const value& object, const LfsFile& file) {
    const auto* actions = find_member(object, "actions");
    const auto* action = actions ? find_member(*actions, "verify") : nullptr;
    const auto href = action ? find_string(*action, "href") : std::nullopt;
    if (!href) return ok();
    format::JsonWriter json;
    json.object().field("oid", file.sha256.hex()).field("size", file.file.bytes);
    const std::string body = std::move(json).take();
    fetch::Request request;
    request.method = "POST";
    request.url = *href;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = as_bytes(body);
    TRY(const auto to, fetch::origin_of(*href));
    TRY(const auto ours, fetch::origin_of(hub_.settings().endpoint));
    auto answer = to == ours ? hub_.ask(request, true) : fetch::send_patiently(hub_.http(), request);
    if (!answer.has_value()) return std::move(answer).error();
    if (!answer.value().ok()) return hub_error(answer.value(), file.file.path);
    return ok();
}

Result<void> Sender::send(const value& object, const LfsFile& file) {
    if (const auto* error = find_member(object, "error"); error != nullptr && error->is_object())
        return Error{Code::kInvalidArgument,
                     file.file.path + ": " + std::string(find_string(*error, "message").value_or("refused"))};
    const auto* actions = find_member(object, "actions");
    const auto* action = actions ? find_member(*actions, "upload") : nullptr;
    if (action == nullptr) {  // the hub has it
        if (progress_ != nullptr) progress_->advance(static_cast<std::int64_t>(file.file.bytes));
        return ok();
    }
    TRY(const auto href, format::need_string(*action, "href"));
    const auto* header = find_member(*action, "header");
    const auto part_bytes = header ? find_string(*header, "chunk_size") : std::nullopt;
    if (part_bytes) {
        TRY(put_parts(*action, href, file, number(*part_bytes).value_or(0)));
    } else {
        TRY(put(href, file, 0, file.file.bytes));
    }
    TRY(check_unchanged(file.file));
    return verify(object, file);
}

}  // namespace

Result<void> send_lfs_files(Hub& hub, const RepoId& repo, const std::string& branch, const std::vector<LfsFile>& files,
                            Progress* progress, const std::atomic<bool>* stop) {
    Sender sender(hub, repo, progress, stop);
    TRY(const auto answer, sender.ask(branch, files));
    TRY(const auto* objects, format::need_array(answer, "objects"));
    std::map<std::string, const value*, std::less<>> by_oid;
    for (const auto& object : *objects) by_oid[std::string(find_string(object, "oid").value_or(""))] = &object;
    return in_parallel(files.size(), kFilesAtOnce, [&](std::size_t i) -> Result<void> {
        const auto& file = files[i];
        const auto found = by_oid.find(file.sha256.hex());
        if (found == by_oid.end()) return Error{Code::kCorrupt, file.file.path + ": the hub did not say where to put it."};
        TRY(sender.send(*found->second, file));
        if (progress != nullptr) progress->finished(file.file.path);
        return ok();
    });
}

}  // namespace mirfa::client
