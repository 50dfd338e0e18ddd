// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/preupload.h"

#include <algorithm>

#include "base/ascii.h"
#include "format/gitattributes.h"
#include "format/gitignore.h"
#include "git/path_rules.h"
#include "git/tree.h"
#include "hub/commits/objects.h"
#include "hub/commits/tree_of.h"

namespace mirfa::hub {
namespace {

using format::LfsRule;

constexpr std::uint64_t kBinaryLimit = 1u << 20;

/// Text as far as the sample shows: no NUL, UTF-8 but for a character cut off at its end.
bool looks_like_text(const Bytes& sample) {
    auto text = as_text(sample);
    if (text.find('\0') != text.npos) return false;
    for (int cut = 0; cut < 4 && cut <= static_cast<int>(text.size()); ++cut)
        if (is_utf8(text.substr(0, text.size() - static_cast<std::size_t>(cut)))) return true;
    return false;
}

/// hub-api 6.2: rules first, then size, then content. The size limit holds whatever a rule says.
bool is_large(const PlannedFile& file, LfsRule rule, const catalog::Repository& repo, std::uint64_t inline_limit) {
    if (file.size == 0) return false;
    if (rule == LfsRule::kLfs || file.size > inline_limit) return true;
    if (rule == LfsRule::kNotLfs) return false;
    if (repo.type == catalog::RepoType::kDataset && ascii_lower(file.path).ends_with(".parquet")) return true;
    return file.size > kBinaryLimit && !looks_like_text(file.sample);
}

class Planner {
public:
    Planner(catalog::Session& session, const catalog::Repository& repo, const ObjectId& tree)
        : session_(session), repo_(repo), objects_(session, repo.id), tree_(tree) {}

    Result<std::string> text_of(std::string_view path) {
        TRY(const auto entry, git::find_path(objects_, tree_, path));
        if (!entry || entry->mode == git::kModeTree) return std::string{};
        TRY(const auto data, read_object(objects_, entry->id, git::ObjectType::kBlob));
        return std::string(as_text(data));
    }

    Result<std::optional<std::string>> oid_at(std::string_view path) {
        TRY(const auto entry, git::find_path(objects_, tree_, path));
        if (!entry || entry->mode == git::kModeTree) return std::optional<std::string>{};
        TRY(const auto facts, catalog::find_object_facts(session_, repo_.id, entry->id));
        if (facts && facts->lfs_sha256) return std::optional(facts->lfs_sha256->hex());
        return std::optional(entry->id.hex());
    }

private:
    catalog::Session& session_;
    const catalog::Repository& repo_;
    CatalogObjects objects_;
    const ObjectId tree_;
};

}  // namespace

Error too_many_rules() {
    return Error{Code::kTooLarge,
                 "The rules of .gitattributes and .gitignore are too many, or too involved, for so many files. Join rules "
                 "(*.bin instead of a line for each file) or send fewer files at once."};
}

Result<std::vector<PlannedUpload>> plan_upload(Hub& hub, const catalog::Repository& repo, const ObjectId& commit,
                                               const std::vector<PlannedFile>& files,
                                               const std::optional<std::string>& attributes,
                                               const std::optional<std::string>& ignore, std::int64_t max_steps) {
    for (const auto& file : files) {
        if (auto checked = git::check_path(file.path); !checked.has_value()) {
            auto error = std::move(checked).error();
            error.reason = Reason::kUnprocessable;
            return error;
        }
    }
    return hub.catalog.read([&](catalog::Session& session) -> Result<std::vector<PlannedUpload>> {
        CatalogObjects objects(session, repo.id);
        TRY(const auto tree, tree_of(objects, commit));
        Planner planner(session, repo, tree);
        std::string attributes_text = attributes.value_or("");
        std::string ignore_text = ignore.value_or("");
        if (!attributes) {
            TRY(attributes_text, planner.text_of(".gitattributes"));
        }
        if (!ignore) {
            TRY(ignore_text, planner.text_of(".gitignore"));
        }
        const format::GitAttributes rules(attributes_text);
        const format::GitIgnore ignored(ignore_text);
        format::MatchBudget budget{max_steps};
        std::vector<PlannedUpload> plans;
        for (const auto& file : files) {
            TRY(auto oid, planner.oid_at(file.path));
            plans.push_back({is_large(file, rules.lfs_rule(file.path, budget), repo, hub.options.inline_limit),
                             ignored.is_ignored(file.path, budget), std::move(oid)});
            if (budget.spent()) return too_many_rules();
        }
        return plans;
    });
}

}  // namespace mirfa::hub
