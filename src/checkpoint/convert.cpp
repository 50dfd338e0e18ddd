// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/digest.h"
#include "base/file.h"
#include "base/random.h"
#include "checkpoint/detail/file_sink.h"
#include "checkpoint/detail/row_writer.h"
#include "checkpoint/gguf.h"
#include "checkpoint/gguf_config.h"
#include "checkpoint/gguf_metadata.h"
#include "checkpoint/q8_0.h"
#include "format/json_reader.h"

namespace mirfa::checkpoint {
namespace fs = std::filesystem;
namespace {

// What belongs to a model beside its weights, whichever framework these are for.
constexpr std::string_view kCompanions[] = {
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "spiece.model",
    "tokenizer.model",
    "sentencepiece.bpe.model",
    "source.spm",
    "target.spm",
    "preprocessor_config.json",
    "processor_config.json",
    "chat_template.jinja",
    "chat_template.json",
    "normalizer.json",
    "bpe.codes",
    "README.md",
};
constexpr std::size_t kMaxIndex = 256u << 20;

struct Source {
    ReaderPtr reader;
    ModelConfig config;
    fs::path folder;
    std::vector<std::string> files;
    std::string made_config;  ///< what config.json would say, where there is none
};

// The folder's own files in the order in which open_checkpoint looks for them.
fs::path checkpoint_in(const fs::path& folder) {
    for (const std::string_view stem : {"model.safetensors", "pytorch_model.bin", "tf_model.h5", "flax_model.msgpack"}) {
        for (const std::string_view end : {"", ".index.json"}) {
            const fs::path path = folder / (std::string(stem) + std::string(end));
            std::error_code failed;
            if (fs::is_regular_file(path, failed)) return path;
        }
    }
    std::error_code failed;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
        if (entry->path().extension() == ".gguf") return entry->path();
    }
    return {};
}

// open_checkpoint has checked the index and its shards' names.
Result<std::vector<std::string>> files_of(const fs::path& path) {
    const std::string name = path.filename().string();
    if (!name.ends_with(".json")) return std::vector<std::string>{name};
    TRY(const std::string text, read_small_file(path, kMaxIndex));
    TRY(const auto index, format::parse_json(text, kMaxIndex));
    std::set<std::string> shards;
    if (const auto* map = format::find_object(index, "weight_map")) {
        for (const auto& member : *map) {
            if (member.value().is_string()) shards.emplace(member.value().get_string());
        }
    }
    return std::vector<std::string>(shards.begin(), shards.end());
}

Result<Source> open_source(const fs::path& path) {
    Source source;
    TRY(source.reader, open_checkpoint(path));
    std::error_code failed;
    const bool folder = fs::is_directory(path, failed);
    source.folder = folder ? path : path.parent_path().empty() ? fs::path(".") : path.parent_path();
    const fs::path file = folder ? checkpoint_in(path) : path;
    if (!file.empty()) {
        TRY(source.files, files_of(file));
    }
    auto config = load_model_config(source.folder);
    if (!config.has_value() && config.error().code != Code::kNotFound) return std::move(config).error();
    if (config.has_value()) source.config = std::move(config).value();
    return source;
}

/// A GGUF file tells what its model is; what it becomes has to be told by a config.json.
Result<void> complete_config(Source& source, Target target) {
    if (source.reader->format() != Format::kGguf) return ok();
    if (framework_of(target) == Framework::kGguf)
        return Error{Code::kUnsupported,
                     "This is a GGUF file already, and its tokens would be lost on the way. llama-quantize changes its types."};
    if (!source.config.model_type.empty()) return check_gguf_config(*source.reader, source.config);
    TRY(source.made_config, config_json_of_gguf(*source.reader));
    TRY(source.config, parse_model_config(source.made_config));
    return ok();
}

Result<std::string> hash_file(const fs::path& path) {
    TRY(const File file, File::open_to_read(path));
    Sha256Hasher hasher;
    Bytes buffer(1u << 20);
    for (std::uint64_t at = 0;;) {
        TRY(const std::size_t got, file.read_at(at, buffer));
        if (got == 0) break;
        hasher.update(ByteView(buffer).first(got));
        at += got;
    }
    return hasher.finish().hex();
}

Result<Conversion> plan_source(Source& source, const ConvertOptions& options) {
    TRY(complete_config(source, options.target));
    Conversion conversion;
    conversion.source_format = name_of(source.reader->format());
    for (const std::string& name : source.files) conversion.source_files.push_back({name, {}});
    TRY(const Framework framework, framework_of(source.reader->format(), source.reader->metadata(), source.reader->tensors()));
    TRY(conversion.plan,
        make_plan(source.config, framework, options.target, source.reader->tensors(), source.reader->ties(), options.plan));
    if (framework == Framework::kGguf && framework_of(options.target) != framework)
        conversion.plan.notes.emplace_back(
            "The tokenizer stays in the GGUF file: transformers takes it from there with gguf_file.");
    return conversion;
}

Result<void> copy_one(const fs::path& from, const fs::path& to) {
    const fs::path aside = to.parent_path() / fmt::format(".{}.{}.new", to.filename().string(), random_alphanumeric(8));
    std::error_code failed;
    fs::copy_file(from, aside, failed);
    if (failed) return system_error(fmt::format("copy {}", from.filename().string()), failed.value());
    auto renamed = rename_durably(aside, to);
    if (!renamed.has_value()) fs::remove(aside, failed);
    return renamed;
}

Result<std::vector<std::string>> copy_companions(const fs::path& from, const fs::path& to) {
    std::vector<std::string> copied;
    std::error_code failed;
    if (fs::equivalent(from, to, failed)) return copied;
    for (const std::string_view name : kCompanions) {
        if (!fs::is_regular_file(from / name, failed) || fs::exists(to / name, failed)) continue;
        TRY(copy_one(from / name, to / name));
        copied.emplace_back(name);
    }
    return copied;
}

Result<void> write_made_config(const Source& source, const fs::path& folder, Conversion& conversion) {
    std::error_code failed;
    const fs::path path = folder / "config.json";
    if (source.made_config.empty() || fs::exists(path, failed)) return ok();
    TRY(write_small_file(path, source.made_config));
    conversion.files.emplace_back("config.json");
    conversion.plan.notes.emplace_back("config.json was made of what the GGUF file says of its model.");
    return ok();
}

// What was written is opened as a stranger would, and has to be what the plan says.
Result<void> check_written(const fs::path& folder, const Written& written, const Plan& plan) {
    TRY(const ReaderPtr reader, open_checkpoint(folder / written.files.back()));
    std::map<std::string_view, const TensorInfo*> there;
    for (const TensorInfo& info : reader->tensors()) there.emplace(info.name, &info);
    for (const PlanRow& row : plan.rows) {
        if (!row.same_as.empty()) continue;
        auto found = there.find(row.target_name);
        // Shards of Keras leave the model's scope out.
        if (found == there.end() && plan.target == Target::kTensorFlow)
            found = there.find(std::string_view(row.target_name).substr(row.target_name.find('/') + 1));
        const Shape shape = plan.target == Target::kGguf && row.shape.empty() ? Shape{1} : row.shape;
        if (found == there.end() || found->second->shape != shape || found->second->dtype != row.dtype)
            return internal_error(fmt::format("{} is not in the written files as it was planned", row.target_name));
    }
    return ok();
}

/// Lets each tensor ask before it is written.
void stop_between(std::vector<OutTensor>& tensors, const std::function<bool()>& stopped) {
    for (OutTensor& tensor : tensors)
        tensor.write = [write = std::move(tensor.write), &stopped](ByteSink& sink) -> Result<void> {
            if (stopped()) return Error{Code::kUnavailable, "The conversion was stopped."};
            return write(sink);
        };
}

}  // namespace

std::span<const std::string_view> companion_files() { return kCompanions; }

std::vector<OutTensor> tensors_of(const Plan& plan, const Reader& reader, std::vector<RowResult>& results) {
    results.assign(plan.rows.size(), {});
    std::vector<OutTensor> tensors;
    for (std::size_t i = 0; i < plan.rows.size(); ++i) {
        const PlanRow& row = plan.rows[i];
        OutTensor tensor;
        tensor.info.name = row.target_name;
        tensor.info.dtype = row.dtype;
        tensor.info.shape = row.shape;
        if (row.dtype == Dtype::kBlocks) {
            tensor.info.stored_as = row.blocks;
            const auto count = count_elements(row.shape);
            tensor.info.size_bytes = row.source_dtype == Dtype::kBlocks && row.source ? reader.tensors()[*row.source].size_bytes
                                     : count.has_value()                              ? count.value() / kQ8Elements * kQ8Bytes
                                                                                      : 0;
        } else {
            // Equal counts of elements of types that were checked when the source was opened.
            const auto size_bytes = size_of(row.dtype, row.shape);
            tensor.info.size_bytes = size_bytes.has_value() ? size_bytes.value() : 0;
        }
        tensor.same_as = row.same_as;
        tensor.write = [&row, &reader, &result = results[i]](ByteSink& sink) -> Result<void> {
            TRY(result, detail::write_row(reader, row, sink));
            return ok();
        };
        tensors.push_back(std::move(tensor));
    }
    return tensors;
}

Result<void> check_inverse(const ModelConfig& config, const Plan& plan) {
    const Framework target = framework_of(plan.target);
    if (target == Framework::kTorch) return ok();
    std::vector<TensorInfo> tensors;
    std::vector<const PlanRow*> rows;
    for (const PlanRow& row : plan.rows) {
        if (row.guessed) continue;
        tensors.push_back({row.target_name, row.dtype, row.shape, 0, row.blocks});
        rows.push_back(&row);
    }
    if (rows.empty()) return ok();
    TRY(const Plan back, make_plan(config, target, Target::kSafetensors, tensors, {}));
    for (const PlanRow& row : back.rows) {
        if (!row.source) continue;
        const PlanRow& there = *rows[*row.source];
        if (row.torch_name != there.torch_name)
            return internal_error(
                fmt::format("{} was planned as {}, which leads back to {}", there.torch_name, row.source_name, row.torch_name));
    }
    const auto found = std::ranges::count_if(back.rows, [](const PlanRow& row) { return row.source.has_value(); });
    if (static_cast<std::size_t>(found) != rows.size()) return internal_error("the inverse of the plan lacks tensors");
    return ok();
}

Result<Conversion> plan_conversion(const fs::path& source, const ConvertOptions& options) {
    TRY(Source opened, open_source(source));
    return plan_source(opened, options);
}

Result<Conversion> convert_checkpoint(const fs::path& source, const fs::path& folder, const ConvertOptions& options) {
    TRY(Source opened, open_source(source));
    TRY(Conversion conversion, plan_source(opened, options));
    TRY(check_plan(conversion.plan));
    TRY(check_inverse(opened.config, conversion.plan));
    for (const TiedName& tied : conversion.plan.tied) TRY(detail::check_equal(*opened.reader, tied));
    if (options.hash_source) {
        for (SourceFile& file : conversion.source_files) {
            TRY(file.sha256, hash_file(opened.folder / file.name));
        }
    }
    TRY(ensure_shared_folder(folder));
    std::vector<OutTensor> tensors = tensors_of(conversion.plan, *opened.reader, conversion.results);
    if (options.stopped) stop_between(tensors, options.stopped);
    WriteOptions writing;
    writing.shard_bytes = options.shard_bytes;
    writing.progress = options.progress;
    if (framework_of(options.target) == Framework::kTorch) writing.metadata["format"] = "pt";
    Written written;
    if (options.target == Target::kGguf) {
        TRY(GgufHead head, gguf_head(opened.config, opened.folder, conversion.plan));
        std::ranges::move(head.notes, std::back_inserter(conversion.plan.notes));
        std::ranges::move(head.tensors, std::back_inserter(tensors));
        TRY(written, write_gguf_checkpoint(folder, tensors, head.pairs, writing));
    } else {
        TRY(written, write_checkpoint(format_of(options.target), folder, tensors, writing));
    }
    TRY(check_written(folder, written, conversion.plan));
    for (const RowResult& result : conversion.results)
        conversion.round_trip_max_abs = std::max(conversion.round_trip_max_abs, result.max_abs);
    conversion.files = std::move(written.files);
    conversion.tensor_bytes = written.tensor_bytes;
    TRY(conversion.copied, copy_companions(opened.folder, folder));
    TRY(write_made_config(opened, folder, conversion));
    return conversion;
}

}  // namespace mirfa::checkpoint
