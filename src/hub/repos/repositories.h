// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hub/access/permission.h"
#include "hub/commits/commit.h"

namespace mirfa::hub {

struct NewRepository {
    catalog::RepoType type = catalog::RepoType::kModel;
    std::string owner;  ///< "" for the caller
    std::string name;
    bool is_private = false;
    std::string sdk;      ///< spaces: gradio, streamlit, docker or static
    std::string license;  ///< "" for none
    std::vector<InitialFile> files;
    std::int64_t multipart_threshold = 0;  ///< 0: the default
};

struct CreateOutcome {
    catalog::Repository repo;
    bool existed = false;  ///< it was there already and nothing was changed
};
/// Fails: kInvalidArgument (name, sdk); kForbidden; kNotFound for an owner that does not exist.
Result<CreateOutcome> create_repository(Hub& hub, const Principal& who, const NewRepository& wanted);

/// Fails: kForbidden; kNotFound.
Result<void> delete_repository(Hub& hub, const Principal& who, const catalog::Repository& repo);

/// Gives the repository under its new name; the old one leads to it. Needs the right to administer it and to create
/// repositories of the new owner. Fails: kAlreadyExists; kInvalidArgument; kForbidden.
Result<catalog::Repository> move_repository(Hub& hub, const Principal& who, const catalog::Repository& repo,
                                            std::string_view new_owner, std::string_view new_name);

/// What R-19 may change; absent parts stay.
struct SettingsChange {
    std::optional<bool> is_private;
    std::optional<std::string> gated;  ///< "", auto, manual
    std::optional<bool> discussions_disabled;
    std::optional<std::string> description;
};
Result<catalog::Repository> change_settings(Hub& hub, const Principal& who, const catalog::Repository& repo,
                                            const SettingsChange& change);

/// Branches and tags (R-36…R-39). `from` is any revision.
struct NewBranch {
    std::string name;
    std::optional<std::string> from;
    bool overwrite = false;
    bool empty = false;  ///< one commit with nothing in it
};
Result<void> create_branch(Hub& hub, const Principal& who, const catalog::Repository& repo, const NewBranch& wanted);
Result<void> delete_branch(Hub& hub, const Principal& who, const catalog::Repository& repo, std::string_view name);
/// With a message the tag is an annotated one.
Result<void> create_tag(Hub& hub, const Principal& who, const catalog::Repository& repo, std::string_view revision,
                        std::string_view name, std::string_view message);
Result<void> delete_tag(Hub& hub, const Principal& who, const catalog::Repository& repo, std::string_view name);

}  // namespace mirfa::hub
