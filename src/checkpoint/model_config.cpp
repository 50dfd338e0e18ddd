// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/model_config.h"

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "format/json_reader.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kMaxWord = 256;
constexpr std::size_t kMaxArchitectures = 64;

Error wrong(std::string_view key, std::string_view expected) {
    return Error{Code::kInvalidArgument, fmt::format("config.json: \"{}\" is not {}.", key, expected)};
}

Result<std::string> word_of(std::string_view key, const boost::json::value& value) {
    if (!value.is_string() || value.get_string().size() > kMaxWord) return wrong(key, "a short text");
    return std::string(value.get_string());
}

Result<void> take_architectures(const boost::json::value& value, ModelConfig& config) {
    if (value.is_null()) return ok();
    if (!value.is_array() || value.get_array().size() > kMaxArchitectures)
        return wrong("architectures", "a short list of classes");
    for (const auto& element : value.get_array()) {
        TRY(std::string name, word_of("architectures", element));
        config.architectures.push_back(std::move(name));
    }
    return ok();
}

/// Gives: whether the value was one of those.
bool take_plain(const std::string& key, const boost::json::value& value, ModelConfig& config) {
    if (value.is_int64() && value.get_int64() >= 0) {
        config.sizes.emplace(key, static_cast<std::uint64_t>(value.get_int64()));
    } else if (value.is_uint64()) {
        config.sizes.emplace(key, value.get_uint64());
    } else if (value.is_string() && value.get_string().size() <= kMaxWord) {
        config.words.emplace(key, value.get_string());
    } else if (value.is_number()) {
        config.numbers.emplace(key, value.is_double() ? value.get_double() : static_cast<double>(value.get_int64()));
    } else {
        return false;
    }
    return true;
}

void take_other(std::string_view key, const boost::json::value& value, ModelConfig& config) {
    if (take_plain(std::string(key), value, config)) return;
    if (value.is_array() && key.ends_with("_token_id") && !value.get_array().empty()) {
        take_plain(std::string(key), value.get_array().front(), config);
    } else if (value.is_object() && (key == "rope_scaling" || key == "rope_parameters")) {
        // `type` is how it was called first.
        for (const auto& member : value.get_object())
            take_plain(fmt::format("rope.{}", member.key() == "type" ? "rope_type" : std::string_view(member.key())),
                       member.value(), config);
    }
}

}  // namespace

std::optional<std::uint64_t> ModelConfig::size(std::initializer_list<std::string_view> keys) const {
    for (const std::string_view key : keys) {
        if (const auto found = sizes.find(key); found != sizes.end()) return found->second;
    }
    return std::nullopt;
}

std::optional<double> ModelConfig::number(std::initializer_list<std::string_view> keys) const {
    for (const std::string_view key : keys) {
        if (const auto found = numbers.find(key); found != numbers.end()) return found->second;
        if (const auto found = sizes.find(key); found != sizes.end()) return static_cast<double>(found->second);
    }
    return std::nullopt;
}

Result<ModelConfig> parse_model_config(std::string_view json) {
    auto parsed = format::parse_json(json, kMaxConfigBytes);
    if (!parsed.has_value())
        return Error{parsed.error().code, fmt::format("config.json cannot be read: {}", parsed.error().message)};
    if (!parsed.value().is_object()) return Error{Code::kInvalidArgument, "config.json holds no JSON object."};
    ModelConfig config;
    for (const auto& member : parsed.value().get_object()) {
        const std::string_view key = member.key();
        const boost::json::value& value = member.value();
        if (key == "model_type" && !value.is_null()) {
            TRY(config.model_type, word_of(key, value));
        } else if (key == "architectures") {
            TRY(take_architectures(value, config));
        } else if (key == "tie_word_embeddings" && !value.is_null()) {
            if (!value.is_bool()) return wrong(key, "true or false");
            config.tie_word_embeddings = value.get_bool();
        } else {
            take_other(key, value, config);
        }
    }
    return config;
}

Result<ModelConfig> load_model_config(const std::filesystem::path& folder) {
    TRY(const std::string text, read_small_file(folder / "config.json", kMaxConfigBytes));
    return parse_model_config(text);
}

}  // namespace mirfa::checkpoint
