// SPDX-License-Identifier: Apache-2.0
// The job brings the weights into its folder, lets `mirfa convert` work on them in a process of its own with limits (a broken
// file can end that process, not the hub), takes the new files into the store and commits them to a new pull request, whose
// text is the report.
#include "hub/jobs/convert.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "checkpoint/convert.h"
#include "checkpoint/weight_files.h"
#include "format/json_reader.h"
#include "format/json_writer.h"
#include "hub/access/permission.h"
#include "hub/commits/commit.h"
#include "hub/community/events.h"
#include "hub/community/pull_requests.h"
#include "hub/jobs/root_files.h"
#include "hub/jobs/tool.h"
#include "hub/large/large_objects.h"

namespace mirfa::hub {
namespace {

namespace fs = std::filesystem;
using catalog::Repository;
using catalog::Session;

constexpr std::size_t kBuffer = 1u << 20;
constexpr std::size_t kMaxReport = 16u << 20;  // octets; some 40,000 tensors
constexpr std::string_view kReportText = "report.md";
constexpr std::string_view kReportJson = "report.json";

Result<void> check_words(const WantedConversion& wanted) {
    if (!checkpoint::find_target(wanted.to))
        return Error{Code::kInvalidArgument, "Weights can be converted to safetensors, pt, tf, flax or gguf."}.in_field("to");
    if (!checkpoint::find_float_type(wanted.dtype))
        return Error{Code::kInvalidArgument, "The element type is one of keep, f32, f16, bf16 and (for gguf) q8_0."}.in_field(
            "dtype");
    return ok();
}

Result<std::vector<std::string>> choose_weights(const TreePage& root, std::string_view to) {
    const auto names = file_names(root);
    if (checkpoint::has_weights_of(names, to))
        return Error{Code::kAlreadyExists,
                     fmt::format("This revision has weights for {} already. Delete them first to make them anew.", to)};
    auto weights = checkpoint::weights_to_convert(names, to);
    if (weights.empty())
        return Error{Code::kNotFound,
                     "There are no weights at the top of this revision that could be converted: no model.safetensors, "
                     "pytorch_model.bin, tf_model.h5, flax_model.msgpack or (for safetensors and pt) single .gguf file.",
                     Reason::kEntryNotFound};
    return weights;
}

// What the job's row keeps of what was asked.

std::string write_input(const WantedConversion& wanted, const ObjectId& commit) {
    format::JsonWriter json;
    json.object().field("to", wanted.to).field("revision", wanted.revision).field("commit", commit.hex());
    json.field("dtype", wanted.dtype).field("generalRules", wanted.general_rules).end();
    return std::move(json).take();
}

struct Input {
    WantedConversion wanted;
    std::string commit;
};

Result<Input> parse_input(std::string_view text) {
    TRY(const auto json, format::parse_json(text));
    Input input;
    input.wanted.to = format::find_string(json, "to").value_or("");
    input.wanted.revision = format::find_string(json, "revision").value_or("");
    input.wanted.dtype = format::find_string(json, "dtype").value_or("");
    const auto* general = format::find_member(json, "generalRules");
    input.wanted.general_rules = general != nullptr && general->is_bool() && general->get_bool();
    input.commit = format::find_string(json, "commit").value_or("");
    TRY(check_words(input.wanted));
    return input;
}

Result<void> run_converter(JobContext& context, const WantedConversion& wanted, const fs::path& from, const fs::path& into) {
    ToolRun run;
    run.arguments = {"convert",
                     from.string(),
                     into.string(),
                     "--to",
                     wanted.to,
                     "--dtype",
                     wanted.dtype,
                     "--report",
                     (context.folder() / kReportText).string(),
                     "--report",
                     (context.folder() / kReportJson).string()};
    if (wanted.general_rules) run.arguments.emplace_back("--general-rules");
    run.step = "converting";
    run.failed = "The weights could not be converted.";
    TRY(run_tool(context, run));
    return ok();
}

/// What the pull request adds.
class Proposal {
public:
    Proposal(JobContext& context, const Asker& asker, fs::path folder)
        : context_(context), asker_(asker), folder_(std::move(folder)) {}

    Result<std::string> open(const WantedConversion& wanted, std::span<const std::string> given) {
        TRY(const auto names, new_files(given));
        Hub& hub = context_.hub();
        CommitRequest request(hub, asker_.repo, asker_.who, wanted.revision, true);
        TRY(request.feed(as_bytes(header_line(wanted, given.front()))));
        const bool has_report = keep_report();
        TRY(auto text, report_text(has_report));
        request.propose_with(std::move(text));
        for (const auto& name : names) {
            TRY(const auto line, operation(name));
            TRY(request.feed(as_bytes(line)));
        }
        TRY(context_.go_on());
        context_.progress("committing");
        TRY(const auto outcome, request.finish());
        format::JsonWriter json;
        json.object().field("pullRequest", outcome.pull_request).field("commit", outcome.commit.hex()).array("files");
        for (const auto& name : names) json.value(name);
        json.end().field("report", has_report).end();
        return std::move(json).take();
    }

private:
    /// What the converter made, without the configuration that it copied.
    Result<std::vector<std::string>> new_files(std::span<const std::string> given) {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder_)) {
            auto name = entry.path().filename().string();
            if (entry.is_regular_file() && std::ranges::find(given, name) == given.end()) names.push_back(std::move(name));
        }
        std::ranges::sort(names);
        if (names.empty()) return internal_error("the converter made no file");
        return names;
    }

    /// The commit says little: the pull request has the report.
    std::string header_line(const WantedConversion& wanted, const std::string& source) {
        format::JsonWriter json;
        json.object().field("key", "header").object("value");
        json.field("summary", fmt::format("Add {} weights", wanted.to));
        json.field("description", fmt::format("Converted from {}.", source)).end().end();
        return std::move(json).take() + "\n";
    }

    /// Gives: false when there is too much of it to be kept.
    bool keep_report() {
        auto report = read_small_file(context_.folder() / kReportJson, kMaxReport);
        if (!report.has_value()) return false;
        context_.keep_report(std::move(report).value());
        return true;
    }

    Result<std::string> report_text(bool has_report) {
        TRY(std::string text, read_small_file(context_.folder() / kReportText, kMaxComment));
        if (!has_report) return text;
        text += fmt::format("\n[The report as JSON]({}), with a row for every tensor, is kept for {} days.\n",
                            report_address(asker_.repo, context_.job().id),
                            std::chrono::duration_cast<std::chrono::days>(kKeepEndedJobs).count());
        return text;
    }

    static std::string report_address(const Repository& repo, catalog::RowId job) {
        return fmt::format("/api/{}/{}/jobs/{}/report", catalog::plural_of(repo.type), repo.full_name(), job);
    }

    Result<std::string> operation(const std::string& name) {
        const bool is_small = name.ends_with(".json");
        if (is_small) {
            TRY(const auto text, read_small_file(folder_ / name, context_.hub().options.inline_limit));
            format::JsonWriter json;
            json.object().field("key", "file").object("value");
            json.field("path", name).field("content", to_base64(as_bytes(text))).field("encoding", "base64").end().end();
            return std::move(json).take() + "\n";
        }
        TRY(const auto object, store(name));
        format::JsonWriter json;
        json.object().field("key", "lfsFile").object("value");
        json.field("path", name).field("algo", "sha256").field("oid", object.sha256.hex()).field("size", object.size).end().end();
        return std::move(json).take() + "\n";
    }

    Result<catalog::LargeObject> store(const std::string& name) {
        Hub& hub = context_.hub();
        TRY(const auto file, File::open_to_read(folder_ / name));
        TRY(const auto size, file.size());
        TRY(auto upload, LargeUpload::begin(hub, asker_.repo.id, asker_.who.user, catalog::Door::kLfs));
        Bytes buffer(kBuffer);
        for (std::uint64_t at = 0; at < size;) {
            TRY(const auto got, file.read_at(at, buffer));
            if (got == 0) return internal_error("a converted file became shorter");
            TRY(upload->write(ByteView(buffer).first(got)));
            at += got;
            context_.progress("storing", at, size);
            TRY(context_.go_on());
        }
        return upload->finish();
    }

    JobContext& context_;
    const Asker& asker_;
    const fs::path folder_;
};

}  // namespace

Result<std::vector<PossibleConversion>> list_conversions(Hub& hub, const Repository& repo, const std::string& revision) {
    TRY(const auto root, list_root(hub, repo, revision));
    const auto names = file_names(root);
    const auto first = [](std::vector<std::string> files) {
        return files.empty() ? std::nullopt : std::optional(std::move(files.front()));
    };
    const auto conversion = [&](std::string_view to) {
        return PossibleConversion{to, first(checkpoint::weights_for(names, to)),
                                  first(checkpoint::weights_to_convert(names, to))};
    };
    std::vector<PossibleConversion> conversions;
    for (const auto& layout : checkpoint::weight_layouts()) conversions.push_back(conversion(layout.to));
    conversions.push_back(conversion("gguf"));
    return conversions;
}

Result<Job> begin_conversion(Hub& hub, const Principal& who, const Repository& repo, const WantedConversion& wanted) {
    TRY(check_words(wanted));
    TRY(hub.catalog.read([&](Session& s) { return require(s, who, repo, Action::kReadContent); }));
    TRY(require_discussions(repo));
    TRY(const auto root, list_root(hub, repo, wanted.revision));
    TRY(choose_weights(root, wanted.to));
    NewJob job;
    job.kind = kConvertKind;
    job.repo = repo.id;
    job.input = write_input(wanted, root.commit);
    job.twin = fmt::format("{}/{}/{}/{}/{}/{}", kConvertKind, repo.id, root.commit.hex(), wanted.to, wanted.dtype,
                           wanted.general_rules ? "guessing" : "known");
    return begin_job(hub, who, job);
}

Result<std::string> run_conversion(JobContext& context) {
    TRY(const auto input, parse_input(context.job().input));
    TRY(const auto asker, load_asker(context.hub(), context.job()));
    TRY(const auto root, list_root(context.hub(), asker.repo, input.commit));
    TRY(const auto weights, choose_weights(root, input.wanted.to));
    const fs::path from = context.folder() / "from";
    const fs::path into = context.folder() / "into";
    TRY(ensure_folder(from));
    TRY(ensure_folder(into));
    std::vector<std::string> given = weights;
    const auto companions = checkpoint::companion_files();
    given.insert(given.end(), companions.begin(), companions.end());
    std::vector<FileToFetch> files;
    for (const auto* entry : entries_named(root, given)) files.push_back({entry, from / entry->path});
    TRY(fetch_files(context, asker.repo, files, 2));
    context.progress("converting");
    TRY(run_converter(context, input.wanted, from, into));
    return Proposal(context, asker, into).open(input.wanted, given);
}

}  // namespace mirfa::hub
