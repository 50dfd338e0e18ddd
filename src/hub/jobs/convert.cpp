// SPDX-License-Identifier: Apache-2.0
// The job brings the weights into its folder, lets `mirfa convert` work on them in a process of its own with limits (a broken
// file can end that process, not the hub), takes the new files into the store and commits them to a new pull request, whose
// text is the report.
#include "hub/jobs/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/file.h"
#include "blob/rebuild.h"
#include "format/json_reader.h"
#include "format/json_writer.h"
#include "git/process.h"
#include "hub/access/permission.h"
#include "hub/commits/commit.h"
#include "hub/community/events.h"
#include "hub/community/pull_requests.h"
#include "hub/jobs/weight_files.h"
#include "hub/large/large_objects.h"
#include "hub/repos/trees.h"

namespace mirfa::hub {
namespace {

namespace fs = std::filesystem;
using catalog::Repository;
using catalog::Session;

constexpr std::string_view kTargets[] = {"safetensors", "pt", "tf", "flax", "gguf"};
constexpr std::string_view kDtypes[] = {"keep", "f32", "f16", "bf16"};
constexpr std::string_view kConfigFiles[] = {"config.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model",
                                             "vocab.json", "merges.txt", "special_tokens_map.json", "generation_config.json"};
constexpr std::size_t kMaxRootEntries = 10'000;
constexpr std::size_t kBuffer = 1u << 20;
constexpr std::size_t kMaxReport = 16u << 20;
constexpr std::chrono::hours kLongest{6};
constexpr std::uint64_t kConverterMemory = 8ull << 30;

bool is_one_of(std::span<const std::string_view> words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

Result<void> check_words(const WantedConversion& wanted) {
    if (!is_one_of(kTargets, wanted.to))
        return Error{Code::kInvalidArgument, "Weights can be converted to safetensors, pt, tf, flax or gguf."}.in_field("to");
    if (!is_one_of(kDtypes, wanted.dtype))
        return Error{Code::kInvalidArgument, "The element type is one of keep, f32, f16 and bf16."}.in_field("dtype");
    return ok();
}

Result<TreePage> list_root(Hub& hub, const Repository& repo, const std::string& revision) {
    return list_tree(hub, repo, {revision}, {.limit = kMaxRootEntries});
}

std::vector<std::string> file_names(const TreePage& root) {
    std::vector<std::string> names;
    for (const auto& entry : root.entries)
        if (entry.file && !entry.file->is_link()) names.push_back(entry.path);
    return names;
}

Result<std::vector<std::string>> choose_weights(const TreePage& root, std::string_view to) {
    const auto names = file_names(root);
    if (has_weights_of(names, to))
        return Error{Code::kAlreadyExists, fmt::format("This revision has weights for {} already. Delete them first to make them anew.", to)};
    auto weights = weights_to_convert(names, to);
    if (weights.empty())
        return Error{Code::kNotFound,
                     "There are no weights at the top of this revision that could be converted: no model.safetensors, "
                     "pytorch_model.bin, tf_model.h5, flax_model.msgpack or single .gguf file.",
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

/// Whoever asked for the job, as they are now: rights that were taken away meanwhile are gone.
struct Asker {
    Repository repo;
    Principal who;
};

Result<Asker> load_asker(Hub& hub, const Job& job) {
    return hub.catalog.read([&](Session& s) -> Result<Asker> {
        TRY(const auto repo, catalog::find_repository_by_id(s, job.repo.value_or(0)));
        TRY(const auto user, catalog::find_user_by_id(s, job.user));
        if (!repo || !user) return Error{Code::kNotFound, "The repository or the account is no longer there."};
        Principal who;
        who.kind = PrincipalKind::kSession;
        who.user = user->owner.id;
        who.name = user->owner.name;
        TRY(require(s, who, *repo, Action::kReadContent));
        TRY(require(s, who, *repo, Action::kPropose));
        return Asker{*repo, who};
    });
}

/// A file of the repository, out of the store or out of git, onto the disk.
class Fetcher {
public:
    Fetcher(JobContext& context, const Repository& repo, fs::path folder) : context_(context), repo_(repo), folder_(std::move(folder)) {}

    Result<void> fetch(const std::vector<const ListedEntry*>& entries) {
        for (const auto* entry : entries) all_ += static_cast<std::uint64_t>(entry->file->content_size());
        TRY(check_free_space(context_.hub(), all_ * 2));
        for (const auto* entry : entries) TRY(fetch_one(*entry));
        return ok();
    }

private:
    Result<void> fetch_one(const ListedEntry& entry) {
        TRY(auto out, File::create_new(folder_ / entry.path));
        const auto& file = *entry.file;
        if (!file.lfs_sha256) {
            TRY(const auto content, read_file(context_.hub(), repo_, file));
            return out.append(content);
        }
        if (!file.large)
            return Error{Code::kNotFound, "The content of \"" + entry.path + "\" was never uploaded.", Reason::kContentMissing};
        TRY(auto segments, open_large(context_.hub(), *file.large, 0, static_cast<std::uint64_t>(file.lfs_size)));
        const auto source = blob::read_segments(std::move(segments));
        return copy(*source, out);
    }

    Result<void> copy(ByteSource& source, File& out) {
        Bytes buffer(kBuffer);
        while (true) {
            TRY(const auto got, source.read(buffer));
            if (got == 0) return ok();
            TRY(out.append(ByteView(buffer).first(got)));
            done_ += got;
            context_.progress("reading", done_, all_);
            TRY(context_.go_on());
        }
    }

    JobContext& context_;
    const Repository& repo_;
    const fs::path folder_;
    std::uint64_t all_ = 0;
    std::uint64_t done_ = 0;
};

std::vector<const ListedEntry*> wanted_entries(const TreePage& root, const std::vector<std::string>& weights) {
    std::vector<const ListedEntry*> entries;
    for (const auto& entry : root.entries)
        if (entry.file && (std::ranges::find(weights, entry.path) != weights.end() || is_one_of(kConfigFiles, entry.path)))
            entries.push_back(&entry);
    return entries;
}

/// The converter's lines `DONE ALL` as the job's progress.
class ProgressLines {
public:
    explicit ProgressLines(JobContext& context) : context_(context) {}
    void take(std::string_view text) {
        for (const char c : text) {
            if (c != '\n') {
                if (line_.size() < 64) line_ += c;
                continue;
            }
            tell();
            line_.clear();
        }
    }

private:
    void tell() {
        std::uint64_t done = 0;
        std::uint64_t all = 0;
        const char* end = line_.data() + line_.size();
        const auto first = std::from_chars(line_.data(), end, done);
        if (first.ec != std::errc() || first.ptr == end) return;
        if (std::from_chars(first.ptr + 1, end, all).ec == std::errc()) context_.progress("converting", done, all);
    }

    JobContext& context_;
    std::string line_;
};

/// The converter writes for a terminal: `Error: …`, a line's end.
std::string without_word(std::string text) {
    constexpr std::string_view kWord = "Error: ";
    if (text.starts_with(kWord)) text.erase(0, kWord.size());
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

Result<void> run_converter(JobContext& context, const WantedConversion& wanted, const fs::path& from, const fs::path& into) {
    const auto& program = context.hub().options.program;
    if (program.empty()) return Error{Code::kUnsupported, "This hub cannot convert weights."};
    git::ProcessOptions options;
    options.argv = {program, "convert", from.string(), into.string(), "--to", wanted.to, "--dtype", wanted.dtype,
                    "--report", (context.folder() / "report.md").string(),
                    "--progress-lines"};
    if (wanted.general_rules) options.argv.push_back("--general-rules");
    options.folder = context.folder();
    options.deadline = kLongest;
    options.memory_limit = kConverterMemory;
    TRY(const auto process, git::Process::start(options));
    ProgressLines lines(context);
    std::array<Byte, 4096> buffer;
    while (true) {
        TRY(const auto got, process->read(buffer));
        if (got == 0) break;
        lines.take(as_text(ByteView(buffer).first(got)));
        TRY(context.go_on());
    }
    TRY(const int status, process->wait());
    if (status == 0) return ok();
    std::string why = without_word(process->error_text());
    if (status > 128) why = "The weights could not be converted: the converter was stopped because it needed too much.";
    return Error{Code::kInvalidArgument, why.empty() ? "The weights could not be converted." : why};
}

/// What the pull request adds.
class Proposal {
public:
    Proposal(JobContext& context, const Asker& asker, fs::path folder) : context_(context), asker_(asker), folder_(std::move(folder)) {}

    Result<std::string> open(const WantedConversion& wanted, std::span<const std::string> given) {
        TRY(const auto names, new_files(given));
        Hub& hub = context_.hub();
        CommitRequest request(hub, asker_.repo, asker_.who, wanted.revision, true);
        TRY(request.feed(as_bytes(header_line(wanted))));
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
        json.end().end();
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

    std::string header_line(const WantedConversion& wanted) {
        auto report = read_small_file(context_.folder() / "report.md", kMaxReport);
        std::string text = report.has_value() ? std::move(report).value() : "";
        if (text.size() > kMaxComment) text = cut(std::move(text));
        format::JsonWriter json;
        json.object().field("key", "header").object("value");
        json.field("summary", fmt::format("Add {} weights", wanted.to)).field("description", text).end().end();
        return std::move(json).take() + "\n";
    }

    /// At the end of a line, so that no table row and no letter is halved.
    static std::string cut(std::string text) {
        constexpr std::string_view kMore = "\n…\n";
        text.resize(text.rfind('\n', kMaxComment - kMore.size()));
        return text + std::string(kMore);
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

std::span<const std::string_view> conversion_targets() { return kTargets; }

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
    job.twin = fmt::format("{}/{}/{}/{}/{}", kConvertKind, repo.id, root.commit.hex(), wanted.to, wanted.dtype);
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
    const auto entries = wanted_entries(root, weights);
    TRY(Fetcher(context, asker.repo, from).fetch(entries));
    context.progress("converting");
    TRY(run_converter(context, input.wanted, from, into));
    std::vector<std::string> given;
    for (const auto* entry : entries) given.push_back(entry->path);
    return Proposal(context, asker, into).open(input.wanted, given);
}

}  // namespace mirfa::hub
