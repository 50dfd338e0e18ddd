// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/gguf_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "base/file.h"
#include "checkpoint/detail/tokenizer_json.h"
#include "checkpoint/sentencepiece.h"
#include "format/json_reader.h"

namespace mirfa::checkpoint {
namespace fs = std::filesystem;
namespace {

using boost::json::value;
using detail::broken_tokenizer;

constexpr float kAddedScore = -1000;  // what llama.cpp's own converter gives to tokens that no merge makes

Result<std::optional<std::string>> read_if_there(const fs::path& path) {
    auto text = read_small_file(path, kMaxTokenizerBytes);
    if (text.has_value()) return std::optional(std::move(text).value());
    if (text.error().code == Code::kNotFound) return std::optional<std::string>{};
    return std::move(text).error();
}

/// Null when it is not there.
Result<value> json_if_there(const fs::path& path) {
    TRY(const auto text, read_if_there(path));
    if (!text) return value();
    auto json = format::parse_json(*text, kMaxTokenizerBytes);
    if (json.has_value()) return json;
    return Error{json.error().code, fmt::format("{} cannot be read: {}", path.filename().string(), json.error().message)};
}

struct Token {
    std::string text;
    PieceType type = PieceType::kNormal;
    float score = 0;
};

class Maker {
public:
    Maker(const ModelConfig& config, const fs::path& folder) : config_(config), folder_(folder) {}

    Result<GgufMetadata> run() && {
        TRY(json_, json_if_there(folder_ / "tokenizer.json"));
        TRY(settings_, json_if_there(folder_ / "tokenizer_config.json"));
        TRY(const auto pieces, read_pieces());
        const auto kind = detail::kind_of(json_);
        if (!pieces && kind == detail::TokenizerKind::kOther) {
            made_.notes.emplace_back(json_.is_null()
                                         ? "There is no tokenizer.model and no tokenizer.json, so the file has no tokens: "
                                           "a program that runs it needs them from elsewhere."
                                         : "The tokenizer is no BPE of octets or of pieces, so the file has no tokens: "
                                           "a program that runs it needs them from elsewhere.");
            return std::move(made_);
        }
        if (pieces)
            take_pieces(*pieces);
        else
            TRY(take_vocabulary(kind));
        TRY(take_added());
        TRY(const bool fits, fill_up());
        if (!fits) return std::move(made_);
        if (pieces || kind == detail::TokenizerKind::kPieces)
            put_llama(pieces);
        else
            TRY(put_octets());
        put_tokens();
        put_special(pieces);
        TRY(put_template());
        return std::move(made_);
    }

private:
    void put(std::string_view key, GgufValue what) { made_.pairs.push_back({std::string(key), std::move(what)}); }

    // A tokenizer.model may also be of another program (tiktoken); then tokenizer.json says the same.
    Result<std::optional<SentencePiece>> read_pieces() {
        TRY(const auto file, read_if_there(folder_ / "tokenizer.model"));
        if (!file) return std::optional<SentencePiece>{};
        auto pieces = parse_sentencepiece(as_bytes(*file));
        const bool other = detail::kind_of(json_) != detail::TokenizerKind::kOther;
        if (!pieces.has_value() && other) return std::optional<SentencePiece>{};
        if (!pieces.has_value())
            return Error{pieces.error().code, fmt::format("tokenizer.model cannot be read: {}", pieces.error().message)};
        if (pieces.value().model == PieceModel::kBpe) return std::optional(std::move(pieces).value());
        if (!other)
            made_.notes.emplace_back("The pieces of tokenizer.model are not a BPE, which GGUF's models of this type need.");
        return std::optional<SentencePiece>{};
    }

    void take_pieces(const SentencePiece& pieces) {
        for (std::size_t id = 0; id < pieces.pieces.size(); ++id) {
            const Piece& piece = pieces.pieces[id];
            tokens_[id] = {piece.text, piece.type, piece.score};
        }
    }

    // tokenizer.json has no scores: of two pairs the one whose merge stands first wins, which scores that fall say as well.
    Result<void> take_vocabulary(detail::TokenizerKind kind) {
        const value& model = *format::find_member(json_, "model");
        TRY(merges_, detail::merges_of(json_));
        std::unordered_map<std::string, float> scores;
        if (kind == detail::TokenizerKind::kPieces) {
            for (std::size_t i = 0; i < merges_.size(); ++i)
                scores.emplace(merges_[i].first + merges_[i].second, -static_cast<float>(i));
        }
        const auto unknown = format::find_string(model, "unk_token");
        for (const auto& member : *format::find_object(model, "vocab")) {
            if (!member.value().is_int64() || member.value().get_int64() < 0) return broken_tokenizer("a token's number is none");
            Token token{std::string(member.key())};
            if (kind == detail::TokenizerKind::kPieces) {
                const bool octet = token.text.size() == 6 && token.text.starts_with("<0x") && token.text.ends_with('>');
                token.type = octet ? PieceType::kByte : token.text == unknown ? PieceType::kUnknown : PieceType::kNormal;
                const auto score = scores.find(token.text);
                token.score = score == scores.end() ? 0 : score->second;
            }
            tokens_[static_cast<std::uint64_t>(member.value().get_int64())] = std::move(token);
        }
        return ok();
    }

    // Three files may know of them.
    Result<void> take_added() {
        if (const auto* added = format::find_array(json_, "added_tokens")) {
            for (const value& token : *added) {
                const auto id = format::find_int(token, "id");
                if (!id || *id < 0) return broken_tokenizer("an added token has no id or content");
                TRY(add(static_cast<std::uint64_t>(*id), token));
            }
        }
        if (const auto* added = format::find_object(settings_, "added_tokens_decoder")) {
            for (const auto& member : *added) {
                std::uint64_t id = 0;
                const std::string_view digits = member.key();
                const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
                if (failed != std::errc{} || end != digits.data() + digits.size())
                    return Error{Code::kInvalidArgument, "tokenizer_config.json is broken: an added token's number is none."};
                TRY(add(id, member.value()));
            }
        }
        TRY(const value more, json_if_there(folder_ / "added_tokens.json"));
        if (!more.is_object()) return ok();
        for (const auto& member : more.get_object()) {
            if (!member.value().is_int64() || member.value().get_int64() < 0)
                return Error{Code::kInvalidArgument, "added_tokens.json is broken: a token's number is none."};
            // The other files know which of them are special.
            tokens_.try_emplace(static_cast<std::uint64_t>(member.value().get_int64()),
                                Token{std::string(member.key()), PieceType::kUserDefined, kAddedScore});
        }
        return ok();
    }

    Result<void> add(std::uint64_t id, const value& token) {
        const auto content = format::find_string(token, "content");
        if (!content) return broken_tokenizer("an added token has no id or content");
        Token& place = tokens_[id];
        const bool there = place.text == *content && place.type != PieceType::kNormal;
        if (there) return ok();  // its own file knows better what it is
        const bool special = format::find_bool(token, "special").value_or(false);
        place = {std::string(*content), special ? PieceType::kControl : PieceType::kUserDefined, kAddedScore};
        return ok();
    }

    // The embedding may have more rows than there are tokens. Gives: false when it has fewer.
    Result<bool> fill_up() {
        const std::uint64_t last = tokens_.empty() ? 0 : tokens_.rbegin()->first + 1;
        const std::uint64_t rows = config_.size({"vocab_size"}).value_or(last);
        if (std::max(last, rows) > kMaxTokens || last == 0)
            return broken_tokenizer(last == 0 ? "it has no tokens" : "it numbers more tokens than any model has");
        if (last > rows) {
            made_.notes.push_back(
                fmt::format("The tokenizer numbers {} tokens and config.json says vocab_size {}, so the file has "
                            "no tokens: a program that runs it needs them from elsewhere.",
                            last, rows));
            return false;
        }
        for (std::uint64_t id = 0; id < rows; ++id)
            tokens_.try_emplace(id, Token{fmt::format("[PAD{}]", id), PieceType::kUnused, kAddedScore});
        return true;
    }

    void put_llama(const std::optional<SentencePiece>& pieces) {
        put("tokenizer.ggml.model", std::string("llama"));
        put("tokenizer.ggml.pre", std::string("default"));
        std::vector<float> scores;
        for (const auto& [id, token] : tokens_) scores.push_back(token.score);
        put("tokenizer.ggml.scores", std::move(scores));
        put("tokenizer.ggml.add_space_prefix", pieces ? pieces->adds_space : detail::adds_space(json_));
    }

    Result<void> put_octets() {
        put("tokenizer.ggml.model", std::string("gpt2"));
        const std::string_view splitting = detail::splitting_of(json_);
        if (splitting.empty())
            made_.notes.emplace_back(
                "By which rule this tokenizer splits a text is not known here: programs that run the file may split otherwise.");
        put("tokenizer.ggml.pre", std::string(splitting.empty() ? "default" : splitting));
        std::vector<std::string> texts;
        for (const auto& [first, second] : merges_) texts.push_back(fmt::format("{} {}", first, second));
        put("tokenizer.ggml.merges", std::move(texts));
        return ok();
    }

    void put_tokens() {
        std::vector<std::string> texts;
        std::vector<std::int32_t> types;
        for (const auto& [id, token] : tokens_) {
            texts.push_back(token.text);
            types.push_back(static_cast<std::int32_t>(token.type));
        }
        put("tokenizer.ggml.tokens", std::move(texts));
        put("tokenizer.ggml.token_type", std::move(types));
    }

    // Whoever trained on conversations said in tokenizer_config.json how a turn ends; config.json may lag behind.
    std::optional<std::uint64_t> special(std::string_view name, const std::optional<std::int32_t>& own) const {
        const value* member = format::find_member(settings_, std::string(name));
        auto text = format::find_string(settings_, std::string(name));
        if (!text && member != nullptr) text = format::find_string(*member, "content");
        if (text) {
            const auto found = std::ranges::find_if(tokens_, [&](const auto& entry) { return entry.second.text == *text; });
            if (found != tokens_.end()) return found->first;
        }
        if (const auto id = config_.size({fmt::format("{}_id", name)}); id && *id < tokens_.size()) return id;
        if (own && *own >= 0 && static_cast<std::uint64_t>(*own) < tokens_.size()) return static_cast<std::uint64_t>(*own);
        return std::nullopt;
    }

    void put_special(const std::optional<SentencePiece>& pieces) {
        const auto own = [&](std::int32_t SentencePiece::*id) { return pieces ? std::optional((*pieces).*id) : std::nullopt; };
        const std::tuple<std::string_view, std::string_view, std::optional<std::int32_t>> kinds[] = {
            {"bos_token", "bos", own(&SentencePiece::begin)},
            {"eos_token", "eos", own(&SentencePiece::end)},
            {"unk_token", "unknown", own(&SentencePiece::unknown)},
            {"pad_token", "padding", own(&SentencePiece::padding)},
        };
        std::optional<std::uint64_t> begin;
        for (const auto& [name, word, stored] : kinds) {
            const auto id = special(name, stored);
            if (word == "bos") begin = id;
            if (id) put(fmt::format("tokenizer.ggml.{}_token_id", word), static_cast<std::uint32_t>(*id));
        }
        auto adds = format::find_bool(settings_, "add_bos_token");
        const std::string_view first = detail::first_of_template(json_);
        if (!adds && begin && !json_.is_null()) adds = !first.empty() && tokens_.at(*begin).text == first;
        if (!adds && begin && pieces) adds = true;
        if (adds) put("tokenizer.ggml.add_bos_token", *adds);
        if (const auto ends = format::find_bool(settings_, "add_eos_token")) put("tokenizer.ggml.add_eos_token", *ends);
    }

    Result<void> put_template() {
        TRY(auto file, read_if_there(folder_ / "chat_template.jinja"));
        const auto member = format::find_string(settings_, "chat_template");
        if (file)
            put("tokenizer.chat_template", std::move(*file));
        else if (member)
            put("tokenizer.chat_template", std::string(*member));
        return ok();
    }

    const ModelConfig& config_;
    const fs::path& folder_;
    value json_;      // tokenizer.json
    value settings_;  // tokenizer_config.json
    std::vector<detail::Merge> merges_;
    std::map<std::uint64_t, Token> tokens_;
    GgufMetadata made_;
};

}  // namespace

Result<GgufMetadata> gguf_tokenizer(const ModelConfig& config, const fs::path& folder) { return Maker(config, folder).run(); }

}  // namespace mirfa::checkpoint
