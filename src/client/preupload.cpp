// SPDX-License-Identifier: Apache-2.0
#include "client/preupload.h"

#include <map>
#include <span>

#include "base/file.h"
#include "base/percent.h"
#include "client/tree.h"
#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::client {
namespace {

constexpr std::size_t kFilesAtATime = 256;
constexpr std::size_t kSampleBytes = 512;
constexpr std::size_t kMaxRules = 1u << 20;

Result<std::string> sample_of(const LocalFile& file) {
    TRY(const auto in, File::open_to_read(file.local));
    Bytes front(std::min<std::uint64_t>(kSampleBytes, file.bytes));
    TRY(const auto count, in.read_at(0, front));
    return to_base64(ByteView(front).first(count));
}

Result<std::optional<std::string>> text_of(const std::vector<LocalFile>& files, std::string_view path) {
    for (const auto& file : files)
        if (file.path == path) {
            TRY(auto text, read_small_file(file.local, kMaxRules));
            return std::optional(std::move(text));
        }
    return std::optional<std::string>();
}

struct Rules {
    std::optional<std::string> ignore, attributes;
};

Result<std::string> question(std::span<const LocalFile> files, const Rules& rules) {
    format::JsonWriter json;
    json.object().array("files");
    for (const auto& file : files) {
        TRY(const auto sample, sample_of(file));
        json.object().field("path", file.path).field("sample", sample).field("size", file.bytes).end();
    }
    json.end().field("gitIgnore", rules.ignore).field("gitAttributes", rules.attributes);
    return std::move(json).take();
}

}  // namespace

Result<std::vector<FileAdvice>> ask_about_files(Hub& hub, const RepoId& repo, const std::string& revision, bool create_pr,
                                                const std::vector<LocalFile>& files) {
    Rules rules;
    TRY(rules.ignore, text_of(files, ".gitignore"));
    TRY(rules.attributes, text_of(files, ".gitattributes"));
    const auto route = api_path(repo) + "/preupload/" + percent_encode(revision) + (create_pr ? "?create_pr=1" : "");
    std::vector<FileAdvice> all;
    for (std::size_t at = 0; at < files.size(); at += kFilesAtATime) {
        const auto some = std::span(files).subspan(at, std::min(kFilesAtATime, files.size() - at));
        TRY(auto body, question(some, rules));
        TRY(const auto answer, hub.send_json("POST", route, std::move(body), title_of(repo), true));
        TRY(const auto* list, format::need_array(answer, "files"));
        std::map<std::string_view, const boost::json::value*> by_path;
        for (const auto& item : *list) by_path[format::find_string(item, "path").value_or("")] = &item;
        for (const auto& file : some) {
            const auto found = by_path.find(file.path);
            if (found == by_path.end()) return Error{Code::kCorrupt, file.path + ": the hub did not say how to send it."};
            FileAdvice advice;
            advice.is_large = file.bytes > 0 && format::find_string(*found->second, "uploadMode") == "lfs";
            advice.is_ignored = format::find_bool(*found->second, "shouldIgnore").value_or(false);
            if (const auto oid = format::find_string(*found->second, "oid")) advice.there = *oid;
            all.push_back(std::move(advice));
        }
    }
    return all;
}

Result<void> check_card(Hub& hub, const RepoId& repo, const std::vector<LocalFile>& files) {
    TRY(const auto card, text_of(files, "README.md"));
    if (!card) return ok();
    format::JsonWriter json;
    json.object().field("content", *card).field("repoType", name_of(repo.type));
    const std::string body = std::move(json).take();
    fetch::Request request;
    request.method = "POST";
    request.url = hub.url("/api/validate-yaml");
    request.headers = {{"Content-Type", "application/json"}};
    request.body = as_bytes(body);
    TRY(const auto answer, hub.ask(std::move(request), true));
    if (answer.status != 400) return ok();
    auto error = hub_error(answer, "README.md");
    error.code = Code::kInvalidArgument;
    return error;
}

}  // namespace mirfa::client
