// SPDX-License-Identifier: Apache-2.0
// which of the files to come are large, which are ignored, which are there already.
#include "hub/commits/preupload.h"

#include "api/operations.h"
#include "hub/large/large_objects.h"
#include "hub/repos/revisions.h"

namespace mirfa::api {
namespace {

constexpr std::size_t kMaxFiles = 5'000;
constexpr std::size_t kMaxSample = 64u << 10;

std::optional<std::string> optional_string(const boost::json::value& json, std::string_view key) {
    const auto text = format::find_string(json, key);
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

Result<std::vector<hub::PlannedFile>> parse_files(const boost::json::value& json) {
    TRY(const auto* items, format::need_array(json, "files"));
    if (items->size() > kMaxFiles) return Error{Code::kTooLarge, "At most 5000 files can be planned at once."};
    std::vector<hub::PlannedFile> files;
    for (const auto& item : *items) {
        hub::PlannedFile file;
        TRY(file.path, format::need_string(item, "path"));
        TRY(const auto size, format::need_int(item, "size"));
        if (size < 0) return Error{Code::kInvalidArgument, "The size of " + file.path + " is negative."};
        file.size = static_cast<std::uint64_t>(size);
        const auto sample = format::find_string(item, "sample").value_or("");
        if (sample.size() <= kMaxSample) {
            TRY(file.sample, from_base64(sample));
        }
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace

Result<http::Response> preupload(Call& call) {
    // Here too, because hf shows the text of this answer, and repeats a refused chunk for minutes without showing any.
    TRY(hub::check_free_space(call.hub, 0));
    TRY(const auto json, json_body(call));
    TRY(const auto files, parse_files(json));
    TRY(const auto at, call.hub.catalog.read([&](catalog::Session& s) {
        return hub::resolve_revision_segments(s, call.repository(), call.path.rest);
    }));
    TRY(const auto plans, hub::plan_upload(call.hub, call.repository(), at.commit, files, optional_string(json, "gitAttributes"),
                                           optional_string(json, "gitIgnore")));
    format::JsonWriter answer;
    answer.object().field("commitOid", at.commit.hex()).array("files");
    for (std::size_t i = 0; i < files.size(); ++i) {
        answer.object().field("path", files[i].path).field("uploadMode", plans[i].large ? "lfs" : "regular");
        answer.field("shouldIgnore", plans[i].ignored).field("oid", plans[i].oid).end();
    }
    return json_response(std::move(answer));
}

}  // namespace mirfa::api
