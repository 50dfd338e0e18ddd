// SPDX-License-Identifier: Apache-2.0
#include <mirfa/repo_id.h>

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"

namespace mirfa::client {
namespace {

constexpr std::size_t kMaxPart = 96;

Failure refused(std::string_view name, std::string_view why) {
    return {Kind::kInvalidArgument, fmt::format("\"{}\" is no name of a repository: {}. Write it as owner/name.", name, why), ""};
}

bool is_id_character(char c) { return is_ascii_alnum(c) || c == '_' || c == '-' || c == '.'; }

std::string_view problem_of(std::string_view part) {
    if (part.empty()) return "a part is empty";
    if (part.size() > kMaxPart) return "a part has more than 96 characters";
    if (!std::ranges::all_of(part, is_id_character)) return "only ASCII letters, digits, _ - and . are allowed";
    for (const char c : {part.front(), part.back()})
        if (c == '-' || c == '.') return "a part begins or ends with - or .";
    return "";
}

}  // namespace

std::string_view name_of(RepoType type) {
    switch (type) {
        case RepoType::kModel: return "model";
        case RepoType::kDataset: return "dataset";
        case RepoType::kSpace: return "space";
        case RepoType::kKernel: return "kernel";
    }
    return "model";
}

std::string plural_of(RepoType type) { return std::string(name_of(type)) + "s"; }

Outcome<RepoType> parse_repo_type(std::string_view text) {
    for (const auto type : {RepoType::kModel, RepoType::kDataset, RepoType::kSpace, RepoType::kKernel})
        if (text == name_of(type) || text == plural_of(type)) return type;
    return Failure{Kind::kInvalidArgument, fmt::format("\"{}\" is no type of repository: model, dataset, space or kernel.", text),
                   ""};
}

Outcome<RepoId> make_repo_id(RepoType type, std::string_view name) {
    const auto parts = split(name, '/');
    if (parts.size() > 2) return refused(name, "it has more than one /");
    for (const auto part : parts)
        if (const auto problem = problem_of(part); !problem.empty()) return refused(name, problem);
    if (name.find("--") != name.npos || name.find("..") != name.npos) return refused(name, "-- and .. are not allowed");
    if (name.ends_with(".git")) return refused(name, "it ends in .git");
    return RepoId{type, std::string(name)};
}

Outcome<RepoAddress> parse_repo_address(std::string_view text, RepoType otherwise) {
    RepoAddress address;
    std::string_view rest = text;
    const bool is_uri = rest.starts_with("hf://");
    if (is_uri) rest.remove_prefix(5);
    const auto parts = split(rest, '/');
    RepoType type = is_uri ? RepoType::kModel : otherwise;
    std::size_t first = 0;
    if (parts.size() > 1)
        for (const auto known : {RepoType::kModel, RepoType::kDataset, RepoType::kSpace, RepoType::kKernel})
            if (parts[0] == plural_of(known)) {
                type = known;
                first = 1;
            }
    if (!is_uri) {
        auto repo = make_repo_id(type, rest.substr(first ? parts[0].size() + 1 : 0));
        if (!repo) return repo.failure();
        address.repo = *repo;
        return address;
    }
    if (parts.size() < first + 2) return refused(text, "an hf:// address needs owner and name");
    auto name = parts[first + 1];
    if (const auto at = name.find('@'); at != name.npos) {
        address.revision = name.substr(at + 1);
        name = name.substr(0, at);
        for (std::size_t i = 0; (i = address.revision.find("%2F", i)) != std::string::npos;) address.revision.replace(i, 3, "/");
    }
    auto repo = make_repo_id(type, std::string(parts[first]) + "/" + std::string(name));
    if (!repo) return repo.failure();
    address.repo = *repo;
    for (std::size_t i = first + 2; i < parts.size(); ++i)
        address.path += (address.path.empty() ? "" : "/") + std::string(parts[i]);
    return address;
}

}  // namespace mirfa::client
