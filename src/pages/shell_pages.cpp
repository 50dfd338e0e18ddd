// SPDX-License-Identifier: Apache-2.0
// The pages of the browser application. Each says which component shows it and which answers of the API it asks for
// first; the addresses are those that web/src/lib/api writes, parameter for parameter.
#include "base/percent.h"
#include "hub/access/names.h"
#include "hub/accounts/profiles.h"
#include "pages/embedded.h"
#include "pages/handlers.h"
#include "pages/reader.h"
#include "pages/shell.h"

namespace mirfa::pages {
namespace {

using catalog::RepoType;

std::string words(const Call& call, std::string_view key) { return std::string(message(reader_of(call.request).language, key)); }

std::string encoded_path(const std::vector<std::string>& parts, std::size_t first) {
    std::string path;
    for (auto at = first; at < parts.size(); ++at) path += "/" + percent_encode(parts[at], "!'()*");
    return path;
}

/// What web/src/lib/api/search.ts asks of a list.
std::string list_address(RepoType type, std::string_view question) {
    constexpr std::string_view kModel =
        "&expand=author&expand=private&expand=gated&expand=likes&expand=downloads&expand=lastModified&expand=createdAt"
        "&expand=pipeline_tag&expand=library_name&expand=safetensors";
    constexpr std::string_view kDataset =
        "&expand=author&expand=private&expand=gated&expand=likes&expand=downloads&expand=lastModified&expand=createdAt"
        "&expand=tags";
    constexpr std::string_view kSpace =
        "&expand=author&expand=private&expand=likes&expand=lastModified&expand=createdAt&expand=sdk";
    const auto expand = type == RepoType::kModel ? kModel : type == RepoType::kDataset ? kDataset : kSpace;
    return "/api/" + std::string(api::plural_of(type)) + "?" + std::string(question) + "&limit=30" + std::string(expand);
}

std::string description_of(const Call& call) {
    const auto& repo = call.repository();
    std::string text = repo.full_name();
    if (repo.pipeline_tag) text += " · " + *repo.pipeline_tag;
    return text;
}

}  // namespace

Result<http::Response> home_page(Call& call) {
    return shell(
        call, {"Home",
               "",
               "",
               {list_address(RepoType::kModel, "sort=trendingScore"), list_address(RepoType::kDataset, "sort=trendingScore")}});
}

Result<http::Response> list_page(Call& call) {
    const auto sort = call.query.find("sort").value_or("trendingScore");
    const auto text = call.query.find("q").value_or("");
    std::string question = text.empty() ? "" : "q=" + percent_encode(text, "*-._") + "&";
    question += "sort=" + percent_encode(sort);
    return shell(call, {"List", words(call, api::plural_of(call.path.type)), "", {list_address(call.path.type, question)}});
}

Result<http::Response> profile_page(Call& call) {
    if (hub::is_reserved_name(call.value("owner")))
        return Error{Code::kNotFound, "There is nothing at this address. Check it for a typing error."};
    TRY(const auto profile, hub::load_profile(call.hub, call.principal, call.value("owner")));
    const auto name = percent_encode(call.value("owner"));
    const std::string question = "author=" + name + "&sort=lastModified";
    return shell(call, {"Owner",
                        profile.owner.name,
                        profile.owner.fullname,
                        {list_address(RepoType::kModel, question), list_address(RepoType::kDataset, question),
                         list_address(RepoType::kSpace, question)},
                        {"/api/users/" + name + "/overview", "/api/organizations/" + name + "/overview"}});
}

Result<http::Response> sign_in_page(Call& call) { return shell(call, {"SignIn", words(call, "sign_in"), "", {}}); }

Result<http::Response> repo_card_page(Call& call) {
    const auto& repo = call.repository();
    return shell(call, {"repo/CardPage",
                        repo.full_name(),
                        description_of(call),
                        {api::api_path(repo)},
                        {api::web_path(repo) + "/raw/main/README.md"}});
}

Result<http::Response> repo_tree_page(Call& call) {
    const auto api = api::api_path(call.repository());
    const auto& rest = call.path.rest;
    const std::string revision = rest.empty() ? "main" : rest[0];
    return shell(call, {"repo/TreePage",
                        call.repository().full_name() + " · " + revision,
                        description_of(call),
                        {api, api + "/refs",
                         api + "/tree/" + percent_encode(revision, "!'()*") + encoded_path(rest, 1) + "?expand=true&limit=100"}});
}

}  // namespace mirfa::pages
