// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/card_check.h"

namespace mirfa::hub {
namespace {

std::vector<std::string> messages_of(std::vector<card::Finding> findings) {
    std::vector<std::string> messages;
    for (auto& finding : findings) messages.push_back(std::move(finding.message));
    return messages;
}

}  // namespace

card::RepoKind card_kind(catalog::RepoType type) {
    switch (type) {
        case catalog::RepoType::kModel: return card::RepoKind::kModel;
        case catalog::RepoType::kDataset: return card::RepoKind::kDataset;
        case catalog::RepoType::kSpace: return card::RepoKind::kSpace;
    }
    return card::RepoKind::kModel;
}

CardReport check_card(std::string_view readme, catalog::RepoType type) {
    auto verdict = card::validate_card(card_kind(type), readme);
    return {messages_of(std::move(verdict.errors)), messages_of(std::move(verdict.warnings))};
}

}  // namespace mirfa::hub
