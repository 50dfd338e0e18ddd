// SPDX-License-Identifier: Apache-2.0
// The job brings the weights of both commits into its folder and lets `mirfa diff` compare them. Files of equal content are
// brought once and linked, so that they are not read either; when all are equal nothing is brought at all.
#include "hub/jobs/tensor_diff.h"

#include <fmt/format.h>

#include "checkpoint/diff.h"
#include "checkpoint/weight_files.h"
#include "format/json_reader.h"
#include "format/json_writer.h"
#include "hub/access/permission.h"
#include "hub/jobs/root_files.h"
#include "hub/jobs/tool.h"

namespace mirfa::hub {
namespace {

namespace fs = std::filesystem;
using catalog::Repository;
using catalog::Session;
using Names = std::vector<std::string>;

struct Side {
    TreePage root;
    Names weights;  ///< what is opened first, the others behind it
};

struct Sides {
    Side base, head;
};

Result<void> check_revision_word(std::string_view field, const std::string& revision) {
    if (!revision.empty()) return ok();
    return Error{Code::kInvalidArgument, fmt::format("Name the revision \"{}\": a branch, a tag or a commit.", field)}.in_field(
        std::string(field));
}

Result<void> check_weights(const Side& side, const std::string& revision) {
    if (!side.weights.empty()) return ok();
    return Error{Code::kNotFound,
                 fmt::format("There are no weights at the top of {}: no model.safetensors, pytorch_model.bin, tf_model.h5, "
                             "flax_model.msgpack or single .gguf file.",
                             revision),
                 Reason::kEntryNotFound};
}

/// Of one framework where both have some, since others name their tensors otherwise.
void choose_weights(Sides& sides) {
    const Names base = file_names(sides.base.root);
    const Names head = file_names(sides.head.root);
    sides.base.weights = checkpoint::weights_to_load(base);
    sides.head.weights = checkpoint::weights_to_load(head);
    for (const auto& layout : checkpoint::weight_layouts()) {
        if (!checkpoint::has_weights_of(base, layout.to) || !checkpoint::has_weights_of(head, layout.to)) continue;
        sides.base.weights = checkpoint::weights_of(base, layout);
        sides.head.weights = checkpoint::weights_of(head, layout);
        return;
    }
}

Result<Sides> load_sides(Hub& hub, const Repository& repo, const WantedTensorDiff& wanted) {
    Sides sides;
    TRY(sides.base.root, list_root(hub, repo, wanted.base));
    TRY(sides.head.root, list_root(hub, repo, wanted.head));
    choose_weights(sides);
    TRY(check_weights(sides.base, wanted.base));
    TRY(check_weights(sides.head, wanted.head));
    return sides;
}

/// Names and contents in one text, equal for equal weights.
std::string contents_of(const Side& side) {
    std::string text;
    for (const auto* entry : entries_named(side.root, side.weights))
        text += content_word(*entry->file) + " " + entry->path + "\n";
    return text;
}

std::string identical(const Sides& sides) {
    checkpoint::CheckpointDiff diff;
    diff.files = {sides.base.weights.front(), sides.head.weights.front()};
    diff.identical = true;
    return diff_json(diff);
}

Result<void> add_files(const Side& side, const fs::path& folder, std::vector<FileToFetch>& files) {
    TRY(ensure_folder(folder));
    for (const auto* entry : entries_named(side.root, side.weights)) files.push_back({entry, folder / entry->path});
    return ok();
}

Result<WantedTensorDiff> parse_commits(const Job& job) {
    TRY(const auto json, format::parse_json(job.input));
    WantedTensorDiff commits;
    TRY(commits.base, format::need_string(json, "baseCommit"));
    TRY(commits.head, format::need_string(json, "headCommit"));
    return commits;
}

}  // namespace

Result<Job> begin_tensor_diff(Hub& hub, const Principal& who, const Repository& repo, const WantedTensorDiff& wanted) {
    TRY(check_revision_word("base", wanted.base));
    TRY(check_revision_word("head", wanted.head));
    TRY(hub.catalog.read([&](Session& s) -> Result<void> {
        TRY(require(s, who, repo, Action::kReadContent));
        return require(s, who, repo, Action::kPropose);
    }));
    TRY(const auto sides, load_sides(hub, repo, wanted));
    const auto base = sides.base.root.commit.hex();
    const auto head = sides.head.root.commit.hex();
    format::JsonWriter input;
    input.object()
        .field("base", wanted.base)
        .field("head", wanted.head)
        .field("baseCommit", base)
        .field("headCommit", head)
        .end();
    NewJob job;
    job.kind = kTensorDiffKind;
    job.repo = repo.id;
    job.input = std::move(input).take();
    job.twin = fmt::format("{}/{}/{}/{}", kTensorDiffKind, repo.id, base, head);
    return begin_job(hub, who, job);
}

Result<std::string> run_tensor_diff(JobContext& context) {
    TRY(const auto commits, parse_commits(context.job()));
    TRY(const auto asker, load_asker(context.hub(), context.job()));
    TRY(const auto sides, load_sides(context.hub(), asker.repo, commits));
    if (contents_of(sides.base) == contents_of(sides.head)) return identical(sides);
    const fs::path base = context.folder() / "base";
    const fs::path head = context.folder() / "head";
    std::vector<FileToFetch> files;
    TRY(add_files(sides.base, base, files));
    TRY(add_files(sides.head, head, files));
    TRY(fetch_files(context, asker.repo, files, 1));
    context.progress("comparing");
    ToolRun run;
    run.arguments = {"diff", (base / sides.base.weights.front()).string(), (head / sides.head.weights.front()).string(),
                     "--json"};
    run.step = "comparing";
    run.failed = "The weights could not be compared.";
    run.max_answer = kMaxTensorDiff;
    TRY(auto answer, run_tool(context, run));
    if (!format::parse_json(answer, kMaxTensorDiff).has_value()) return internal_error("mirfa diff gave no JSON");
    return answer;
}

}  // namespace mirfa::hub
