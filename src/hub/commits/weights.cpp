// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/weights.h"

#include <boost/json/serialize.hpp>

#include <algorithm>

#include "blob/rebuild.h"
#include "catalog/finding.h"
#include "catalog/large.h"
#include "format/json_reader.h"
#include "format/lfs_pointer.h"
#include "hub/commits/objects.h"
#include "hub/large/large_objects.h"

namespace mirfa::hub {
namespace {

constexpr std::size_t kMaxIndexOctets = 16u << 20;
constexpr std::size_t kMaxGgufFiles = 64;
constexpr std::uint64_t kReadAtOnce = 64u << 20;  // octets of heads that one commit reads; the next ones read on

/// A head as it is kept: `{"parameters":{…}}`, with `architecture` and `context_length` for GGUF; `{}` for a file that is
/// not what its name says, so that it is not read again.
std::string json_of(const format::ParameterCounts& parameters, const format::GgufHead* gguf) {
    boost::json::object json;
    json["parameters"] = boost::json::object(parameters.begin(), parameters.end());
    if (gguf != nullptr) json["architecture"] = gguf->architecture;
    if (gguf != nullptr && gguf->context_length) json["context_length"] = *gguf->context_length;
    return boost::json::serialize(json);
}

struct Head {
    format::ParameterCounts parameters;
    std::string architecture;
    std::optional<std::int64_t> context_length;
};

Head head_of(std::string_view text) {
    Head head;
    const auto json = format::parse_json(text);
    if (!json.has_value()) return head;
    if (const auto* parameters = format::find_object(json.value(), "parameters"))
        for (const auto& one : *parameters)
            if (one.value().is_int64()) head.parameters[std::string(one.key())] = one.value().get_int64();
    head.architecture = std::string(format::find_string(json.value(), "architecture").value_or(""));
    head.context_length = format::find_int(json.value(), "context_length");
    return head;
}

/// Fails as the format; the caller takes a failure of the store for nothing, and one of the format for an empty head.
Result<std::string> read_head(ByteSource& source, bool is_gguf) {
    if (is_gguf) {
        TRY(const auto head, format::read_gguf_head(source));
        return json_of(head.parameters, &head);
    }
    TRY(const auto parameters, format::read_safetensors_head(source));
    return json_of(parameters, nullptr);
}

bool is_about_the_file(const Error& error) { return error.code == Code::kInvalidArgument || error.code == Code::kTooLarge; }

/// Ends with an error that is not the file's when more is read than one commit should.
class Limited final : public ByteSource {
public:
    Limited(ByteSource& source, std::uint64_t& left) : source_(source), left_(left) {}
    Result<std::size_t> read(ByteSpan into) override {
        if (left_ == 0) return Error{Code::kUnavailable, "Too much would be read at once."};
        TRY(const auto got, source_.read(into.first(std::min<std::uint64_t>(into.size(), left_))));
        left_ -= got;
        return got;
    }

private:
    ByteSource& source_;
    std::uint64_t& left_;
};

class Reader {
public:
    Reader(Hub& hub, catalog::RowId repo, git::ObjectSource& source, const std::vector<git::TreeEntry>& root, Weights& out)
        : hub_(hub), repo_(repo), source_(source), root_(root), out_(out) {}

    void run() {
        for (const auto& file : model_files()) {
            const auto head = head_of_file(file, false);
            if (!head) return void(out_.safetensors.clear());  // part of a model would be told for the whole
            for (const auto& [type, count] : head->parameters) out_.safetensors[type] += count;
        }
    }
    void run_gguf() {
        std::size_t files = 0;
        for (const auto& entry : root_) {
            if (!is_file(entry) || !entry.name.ends_with(".gguf") || ++files > kMaxGgufFiles) continue;
            const auto head = head_of_file(entry.name, true);
            if (!head || head->parameters.empty()) continue;
            if (!out_.gguf)
                out_.gguf = Weights::Gguf{head->architecture, head->context_length, format::total_of(head->parameters)};
            const auto most = std::max_element(head->parameters.begin(), head->parameters.end(),
                                               [](const auto& a, const auto& b) { return a.second < b.second; });
            out_.quantizations.push_back(most->first);
        }
    }

private:
    static bool is_file(const git::TreeEntry& entry) {
        return entry.mode == git::kModeFile || entry.mode == git::kModeExecutable;
    }
    const git::TreeEntry* find(std::string_view name) const {
        for (const auto& entry : root_)
            if (entry.name == name && is_file(entry)) return &entry;
        return nullptr;
    }

    /// The shards of the index, else the one file of the model, else an only file of whatever name.
    std::vector<std::string> model_files() {
        if (const auto* index = find("model.safetensors.index.json")) {
            const auto shards = shards_of(*index);
            if (!shards.empty()) return {shards.begin(), shards.end()};
        }
        if (find("model.safetensors") != nullptr) return {"model.safetensors"};
        std::vector<std::string> files;
        for (const auto& entry : root_)
            if (is_file(entry) && entry.name.ends_with(".safetensors")) files.push_back(entry.name);
        if (files.size() > 1) files.clear();  // variants of one model are not to be added up
        return files;
    }

    std::set<std::string> shards_of(const git::TreeEntry& index) {
        const auto content = small_content(index, kMaxIndexOctets);
        if (!content) return {};
        auto shards = format::parse_safetensors_index(as_text(*content));
        return shards.has_value() ? std::move(shards).value() : std::set<std::string>{};
    }

    /// The blob itself: not of large files.
    std::optional<Bytes> small_content(const git::TreeEntry& entry, std::size_t limit) {
        const auto info = source_.find_info(entry.id);
        if (!info.has_value() || !info.value() || info.value()->size > limit) return std::nullopt;
        auto data = read_object(source_, entry.id, git::ObjectType::kBlob);
        return data.has_value() ? std::optional(std::move(data).value()) : std::nullopt;
    }

    std::optional<Head> head_of_file(std::string_view name, bool is_gguf) {
        const auto* entry = find(name);
        const auto content = entry == nullptr ? std::nullopt : small_content(*entry, hub_.options.inline_limit);
        if (!content) return std::nullopt;
        const auto pointer = content->size() <= format::kMaxLfsPointerBytes ? format::parse_lfs_pointer(as_text(*content))
                                                                            : Result<format::LfsPointer>(internal_error(""));
        if (pointer.has_value()) return head_of_large(pointer.value().oid, is_gguf);
        MemorySource source(*content);
        const auto head = read_head(source, is_gguf);
        return head.has_value() ? head_of(head.value()) : Head{};
    }

    std::optional<Head> head_of_large(const Sha256& oid, bool is_gguf) {
        std::optional<catalog::LargeObject> object;
        std::optional<std::string> kept;
        const auto loaded = hub_.catalog.read([&](catalog::Session& s) -> Result<void> {
            TRY(object, catalog::find_repo_object(s, repo_, oid));
            if (object) {
                TRY(kept, catalog::find_weights_head(s, oid));
            }
            return ok();
        });
        if (!loaded.has_value() || !object) return std::nullopt;
        if (kept) return head_of(*kept);
        auto segments = open_large(hub_, *object, 0, static_cast<std::uint64_t>(object->size));
        if (!segments.has_value()) return std::nullopt;
        const auto source = blob::read_segments(std::move(segments).value());
        Limited limited(*source, left_);
        auto head = read_head(limited, is_gguf);
        if (!head.has_value() && !is_about_the_file(head.error())) return std::nullopt;
        std::string json = head.has_value() ? std::move(head).value() : "{}";
        out_.read.emplace_back(oid, json);
        return head_of(json);
    }

    Hub& hub_;
    const catalog::RowId repo_;
    git::ObjectSource& source_;
    const std::vector<git::TreeEntry>& root_;
    Weights& out_;
    std::uint64_t left_ = kReadAtOnce;
};

}  // namespace

std::int64_t Weights::parameters() const {
    if (!safetensors.empty()) return format::total_of(safetensors);
    return gguf ? gguf->total : 0;
}

Weights read_weights(Hub& hub, catalog::RowId repo, git::ObjectSource& source, const std::vector<git::TreeEntry>& root) {
    Weights weights;
    Reader reader(hub, repo, source, root, weights);
    reader.run();
    reader.run_gguf();
    return weights;
}

Result<void> store_weights(catalog::Session& session, const Weights& weights) {
    for (const auto& [sha256, head] : weights.read) TRY(catalog::put_weights_head(session, sha256, head));
    return ok();
}

}  // namespace mirfa::hub
