// SPDX-License-Identifier: Apache-2.0
#include "cli/weights_source.h"

#include <mirfa/download.h>

#include <algorithm>
#include <memory>
#include <system_error>

#include "checkpoint/convert.h"
#include "checkpoint/weight_files.h"
#include "cli/interrupt.h"
#include "cli/progress_bar.h"

namespace mirfa::cli {
namespace {

namespace fs = std::filesystem;
using namespace client;

constexpr std::string_view kUri = "hf://";

bool may_be_repository(const std::string& text) {
    if (text.starts_with(kUri)) return true;
    const auto name = text.substr(0, text.find('@'));
    return !text.starts_with('/') && !text.starts_with("./") && !text.starts_with("../") && std::ranges::count(name, '/') == 1;
}

Outcome<RepoAddress> address_of(const std::string& text) {
    if (text.starts_with(kUri)) return parse_repo_address(text);
    const auto at = text.find('@');
    auto address = parse_repo_address(text.substr(0, at));
    if (address && at != text.npos) address->revision = text.substr(at + 1);
    return address;
}

/// The files to bring, the one to open first.
class Weights {
public:
    Weights(const Client& client, RepoAddress address, const WeightsWish& wish)
        : client_(client), address_(std::move(address)), wish_(wish) {
        if (!address_.revision.empty()) options_.revision = address_.revision;
        options_.stop = &stop_on_interrupt();
        while (address_.path.ends_with('/')) address_.path.pop_back();
    }

    Outcome<fs::path> bring() {
        const auto plan = plan_snapshot(client_, address_.repo, {}, options_);
        if (!plan && (plan.failure().kind == Kind::kOffline || plan.failure().kind == Kind::kUnavailable))
            return cached(plan.failure());
        if (!plan) return plan.failure();
        choose(*plan);
        if (files_.empty())
            return Failure{Kind::kNotFound, address_.repo.name + " has no weights " +
                                                (address_.path.empty() ? "at the top of " : "at " + address_.path + " in ") +
                                                options_.revision + ". Name its folder or file as hf://" + address_.repo.name +
                                                "@" + options_.revision + "/path."};
        return fetch();
    }

private:
    std::string folder() const { return is_file_ || address_.path.empty() ? "" : address_.path + "/"; }

    void choose(const std::vector<PlannedFile>& plan) {
        is_file_ = !address_.path.empty() && std::ranges::find(plan, address_.path, &PlannedFile::path) != plan.end();
        if (is_file_) {
            files_ = {address_.path};
            return;
        }
        const auto below = folder();
        std::vector<std::string> names;
        for (const auto& file : plan)
            if (file.path.starts_with(below) && file.path.find('/', below.size()) == std::string::npos)
                names.push_back(file.path.substr(below.size()));
        files_ = checkpoint::weights_to_load(names);
        const bool has_weights = !files_.empty();
        if (wish_.companions && has_weights)
            for (const auto name : checkpoint::companion_files())
                if (std::ranges::find(names, name) != names.end()) files_.emplace_back(name);
        for (auto& file : files_) file = below + file;
    }

    /// All of one commit, whatever happens to the branch meanwhile.
    Outcome<fs::path> fetch() {
        ProgressBar bar("Fetching", wish_.quiet ? std::optional(false) : client_.settings().progress);
        options_.progress = &bar;
        FileFilter filter;
        filter.include.emplace();
        for (const auto& name : files_) filter.include->push_back(as_pattern(name));
        const auto snapshot = download_snapshot(client_, address_.repo, filter, options_);
        if (!snapshot) return snapshot.failure();
        return *snapshot / files_.front();
    }

    /// A pattern that only this name matches.
    static std::string as_pattern(std::string_view name) {
        std::string pattern;
        for (const char c : name) pattern += c == '*' || c == '?' || c == '[' ? std::string{'[', c, ']'} : std::string{c};
        return pattern;
    }

    /// What an earlier download has left, when the hub cannot be asked.
    Outcome<fs::path> cached(const Failure& why) const {
        const auto look = [&](const std::string& name) -> std::optional<fs::path> {
            const auto found = find_cached_file(client_.settings(), address_.repo, name, options_.revision);
            if (!found || found->known_missing) return std::nullopt;
            return found->path;
        };
        if (!address_.path.empty())
            if (auto file = look(address_.path)) return *std::move(file);
        const std::string below = address_.path.empty() ? "" : address_.path + "/";
        for (const auto& layout : checkpoint::weight_layouts())
            for (const auto name : {layout.single, layout.index})
                if (auto file = look(below + std::string(name))) return *std::move(file);
        return why;
    }

    const Client& client_;
    RepoAddress address_;
    const WeightsWish wish_;
    DownloadOptions options_;
    std::vector<std::string> files_;
    bool is_file_ = false;
};

}  // namespace

Outcome<fs::path> find_weights(const std::string& text, const WeightsWish& wish) {
    std::error_code failed;
    if (fs::exists(text, failed) || !may_be_repository(text)) return fs::path(text);
    const auto address = address_of(text);
    if (!address) return address.failure();
    const auto client = Client::open(Settings::from_environment(), wish.token);
    if (!client) return client.failure();
    return Weights(*client, *address, wish).bring();
}

}  // namespace mirfa::cli
