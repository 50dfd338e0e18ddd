// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/shard_index.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::checkpoint {
namespace {

Error bad(std::string what) { return Error{Code::kInvalidArgument, "The index of shards is broken: " + std::move(what) + "."}; }

/// `.safetensors` of `model.safetensors.index.json` and of `model.safetensors.index.fp16.json`
Result<std::string> extension_of_shards(std::string_view index_name) {
    const auto end = index_name.rfind(".index.");
    const auto dot = end == std::string_view::npos ? end : index_name.substr(0, end).rfind('.');
    if (dot == std::string_view::npos)
        return bad(fmt::format("its name \"{}\" is not like model.safetensors.index.json", index_name));
    return std::string(index_name.substr(dot, end - dot));
}

Result<void> check_shard_name(std::string_view name, std::string_view extension) {
    const auto wrong = [&](std::string_view why) {
        return bad(fmt::format("it names the shard \"{}\", {}", name.substr(0, 200), why));
    };
    if (name.empty() || name == "." || name == ".." || name.size() > 255) return wrong("which is no file name");
    if (name.find_first_of(std::string_view("/\\:\0", 4)) != std::string_view::npos)
        return wrong("which leads out of the folder; shards lie beside their index");
    if (!name.ends_with(extension)) return wrong(fmt::format("which does not end in {}", extension));
    return ok();
}

}  // namespace

Result<ShardIndex> parse_shard_index(std::string_view text, std::string_view file_name) {
    TRY(const std::string extension, extension_of_shards(file_name));
    auto parsed = format::parse_json(text, kMaxIndexBytes);
    if (!parsed.has_value()) {
        Error error = std::move(parsed).error();
        error.message = "The index of shards is broken: " + error.message;
        return error;
    }
    const boost::json::value json = std::move(parsed).value();
    const auto* map = format::find_object(json, "weight_map");
    if (map == nullptr) return bad("it has no object \"weight_map\"");
    if (map->size() > kMaxTensors) return bad(fmt::format("it names more than {} tensors", kMaxTensors));
    ShardIndex index;
    for (const auto& member : *map) {
        const std::string_view name(member.key().data(), member.key().size());
        if (name.empty() || name.size() > kMaxTensorName)
            return bad(fmt::format("it has a tensor name of {} octets", name.size()));
        const auto* shard = member.value().if_string();
        if (shard == nullptr) return bad(fmt::format("the place of \"{}\" is no file name", name));
        TRY(check_shard_name({shard->data(), shard->size()}, extension));
        index.shards[std::string(*shard)].emplace(name, false);
        if (index.shards.size() > kMaxShardFiles) return bad(fmt::format("it names more than {} shards", kMaxShardFiles));
    }
    const auto* metadata = format::find_object(json, "metadata");
    if (metadata == nullptr) return index;
    for (const auto& member : *metadata) {
        const auto* kept = member.value().if_string();
        if (kept != nullptr && map->contains(*kept) && !map->contains(member.key()))
            index.ties.push_back({std::string(member.key()), std::string(*kept)});
    }
    return index;
}

std::string write_shard_index(const IndexToWrite& index) {
    // Sorted as one: dropped names stand among the metadata's own keys.
    std::map<std::string, std::string> metadata;
    for (const auto& [name, kept] : index.dropped) metadata[name] = format::json_quoted(kept);
    metadata["total_size"] = std::to_string(index.total_bytes);
    std::string text = "{\n  \"metadata\": {";
    const auto add = [&](std::string_view key, std::string_view json) {
        text += fmt::format("{}\n    {}: {}", text.ends_with('{') ? "" : ",", format::json_quoted(key), json);
    };
    for (const auto& [key, json] : metadata) add(key, json);
    text += "\n  },\n  \"weight_map\": {";
    for (const auto& [name, file] : index.weight_map) add(name, format::json_quoted(file));
    text += index.weight_map.empty() ? "}\n}\n" : "\n  }\n}\n";
    return text;
}

}  // namespace mirfa::checkpoint
