// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace mirfa::client {

/// What is known about a file of a local folder: the commit and content it was downloaded as.
struct LocalNote {
    std::string commit;
    std::string etag;
    double time = 0;  ///< seconds since 1970 when it was noted
};
std::optional<LocalNote> parse_local_note(std::string_view text);
std::string write_local_note(const LocalNote& note);

/// A folder of real files with its notes in `.cache/huggingface`, in the Python client's form.
class LocalDir {
public:
    explicit LocalDir(std::filesystem::path folder);

    std::filesystem::path file(std::string_view path) const { return folder_ / path; }
    std::filesystem::path lock(std::string_view path) const { return note_path(path, ".lock"); }
    /// Where a content on its way to `path` is kept.
    std::filesystem::path part(std::string_view path, std::string_view etag) const;
    std::filesystem::path tree(std::string_view commit) const;

    /// Makes the folders and marks them as what git and backups leave out.
    Result<void> prepare(std::string_view path) const;
    /// The note, if the file is there and was not changed since. A note that cannot be read is removed.
    std::optional<LocalNote> valid_note(std::string_view path) const;
    Result<void> note(std::string_view path, std::string_view commit, std::string_view etag) const;

private:
    std::filesystem::path note_path(std::string_view path, std::string_view suffix) const;
    std::filesystem::path folder_;
    std::filesystem::path own_;
};

}  // namespace mirfa::client
