// SPDX-License-Identifier: Apache-2.0
// Lines are handed down from commit to parent as long as the parent has them; who has to keep them wrote them. Commits
// wait in the order of their numbers of ancestors, so that each has got all lines from its children when its turn comes.
#include "hub/repos/blame.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <tuple>

#include "git/diff.h"
#include "git/line_diff.h"
#include "git/tree.h"
#include "hub/commits/objects.h"
#include "hub/commits/tree_of.h"
#include "hub/repos/files.h"

namespace mirfa::hub {
namespace {

using catalog::CommitPlace;
using catalog::Repository;
using catalog::Session;

constexpr std::int64_t kMaxFile = 1 << 20;
constexpr int kMaxCommits = 2'000;
constexpr std::size_t kMaxCompared = 128u << 20;  // octets of all texts that are compared for one answer

/// Lines of a commit's version of the file, and where they stand in the version that was asked for.
struct Piece {
    std::size_t here = 0;
    std::size_t shown = 0;
    std::size_t count = 0;
};
using Pieces = std::vector<Piece>;

/// A commit that may have written some lines.
struct Suspect {
    CommitPlace place;
    std::string path;
    Pieces pieces;
};

/// Splits pieces by what the parent's version has: its lines go to `handed`, numbered as they are there.
Pieces hand_down(const Pieces& pieces, const std::vector<git::CommonLines>& common, Pieces& handed) {
    Pieces kept;
    for (const auto& piece : pieces) {
        std::size_t at = piece.here;
        const std::size_t end = piece.here + piece.count;
        const auto keep_until = [&](std::size_t line) {
            if (line > at) kept.push_back({at, piece.shown + (at - piece.here), line - at});
            at = std::max(at, line);
        };
        for (const auto& run : common) {
            const auto first = std::max(run.after, at);
            const auto last = std::min(run.after + run.count, end);
            if (first >= last) continue;
            keep_until(first);
            handed.push_back({run.before + (first - run.after), piece.shown + (first - piece.here), last - first});
            at = last;
        }
        keep_until(end);
    }
    return kept;
}

class Blamer {
public:
    Blamer(Session& session, const Repository& repo, const ObjectId& head)
        : session_(session), repo_(repo), objects_(session, repo.id), last_(session, repo, head) {}

    Result<Blame> run(const ObjectId& head, const std::string& path, const ObjectId& blob) {
        Blame blame{head, path, {}, {}, {}, false};
        TRY(const auto text, text_of(blob));
        blame.text = std::string(as_text(*text));
        const auto lines = git::count_lines(*text);
        owners_.resize(lines);
        if (lines > 0) TRY(suspect(head, path, {{0, 0, lines}}));
        for (int commits = 0; !suspects_.empty(); ++commits) {
            blame.truncated = commits >= kMaxCommits || compared_ > kMaxCompared;
            auto next = suspects_.extract(suspects_.begin()).mapped();
            if (blame.truncated)
                accuse(next, next.pieces);
            else
                TRY(examine(std::move(next)));
        }
        TRY(write_hunks(blame));
        return blame;
    }

private:
    struct Owner {
        ObjectId commit;
        std::string path;
        bool operator==(const Owner&) const = default;
    };
    using Text = std::shared_ptr<const Bytes>;

    /// The last commit at or behind `commit` that changed the file gets the lines.
    Result<void> suspect(const ObjectId& commit, const std::string& path, Pieces pieces) {
        TRY(auto from, catalog::find_place(session_, repo_.id, commit));
        if (!from) return Error{Code::kCorrupt, "A commit of the repository is missing.", Reason::kNone, commit.hex()};
        TRY(auto changed, last_.place_behind(*from, path));
        auto& place = changed ? *changed : *from;
        auto& waiting = suspects_[{place.ancestors, place.oid, path}];
        waiting.place = std::move(place);
        waiting.path = path;
        waiting.pieces.insert(waiting.pieces.end(), pieces.begin(), pieces.end());
        return ok();
    }

    Result<void> examine(Suspect suspected) {
        TRY(const auto mine, blob_at(suspected.place.oid, suspected.path));
        Pieces left = std::move(suspected.pieces);
        for (const auto& parent : suspected.place.parents) {
            if (left.empty() || !mine) break;
            TRY(const auto path, path_in(parent, suspected));
            TRY(const auto theirs, blob_at(parent, path));
            if (!theirs) continue;
            Pieces handed;
            if (*theirs == *mine) {
                handed = std::move(left);
                left.clear();
            } else {
                TRY(left, compare(*theirs, *mine, left, handed));
            }
            if (!handed.empty()) TRY(suspect(parent, path, std::move(handed)));
        }
        accuse(suspected, left);
        return ok();
    }

    Result<Pieces> compare(const ObjectId& theirs, const ObjectId& mine, const Pieces& pieces, Pieces& handed) {
        TRY(const auto after, text_of(mine));
        TRY(const auto before, text_of(theirs));
        if (!before || !after) return pieces;
        compared_ += before->size() + after->size();
        TRY(const auto common, git::common_lines(*before, *after));
        return hand_down(pieces, common, handed);
    }

    void accuse(const Suspect& who, const Pieces& pieces) {
        for (const auto& piece : pieces)
            std::fill_n(owners_.begin() + static_cast<std::ptrdiff_t>(piece.shown), piece.count, Owner{who.place.oid, who.path});
    }

    /// What the file is called in the parent: where it has none of this name, it may have been renamed.
    Result<std::string> path_in(const ObjectId& parent, const Suspect& suspected) {
        TRY(const auto same, blob_at(parent, suspected.path));
        if (same) return suspected.path;
        TRY(const auto before, tree_of(objects_, parent));
        TRY(const auto after, tree_of(objects_, suspected.place.oid));
        TRY(const auto changes, git::diff_trees(objects_, before, after, git::Renames::kDetect));
        for (const auto& change : changes)
            if (change.kind == git::ChangeKind::kRenamed && change.new_path == suspected.path) return change.old_path;
        return suspected.path;
    }

    Result<std::optional<ObjectId>> blob_at(const ObjectId& commit, const std::string& path) {
        TRY(const auto tree, tree_of(objects_, commit));
        TRY(const auto entry, git::find_path(objects_, tree, path));
        if (!entry || entry->is_tree() || entry->mode == git::kModeSubmodule) return std::optional<ObjectId>{};
        return std::optional(entry->id);
    }

    /// Null for what is not compared. The two last ones are kept: a parent's is its own when its turn comes.
    Result<Text> text_of(const ObjectId& blob) {
        for (const auto& [id, text] : kept_)
            if (text && id == blob) return text;
        TRY(const auto info, objects_.find_info(blob));
        if (!info || info->size > static_cast<std::uint64_t>(kMaxFile)) return Text{};
        TRY(auto data, read_object(objects_, blob, git::ObjectType::kBlob));
        kept_[0] = std::move(kept_[1]);
        kept_[1] = {blob, std::make_shared<const Bytes>(std::move(data))};
        return kept_[1].second;
    }

    Result<void> write_hunks(Blame& blame) {
        std::vector<ObjectId> named;
        for (std::size_t line = 0; line < owners_.size();) {
            std::size_t end = line + 1;
            while (end < owners_.size() && owners_[end] == owners_[line]) ++end;
            blame.hunks.push_back({owners_[line].commit, owners_[line].path, line + 1, end - line});
            named.push_back(owners_[line].commit);
            line = end;
        }
        std::sort(named.begin(), named.end());
        named.erase(std::unique(named.begin(), named.end()), named.end());
        for (const auto& commit : named) {
            TRY(auto summary, load_commit(session_, repo_, commit));
            blame.commits.push_back(std::move(summary));
        }
        return ok();
    }

    Session& session_;
    const Repository& repo_;
    CatalogObjects objects_;
    LastCommits last_;
    std::map<std::tuple<std::int64_t, ObjectId, std::string>, Suspect, std::greater<>> suspects_;
    std::vector<Owner> owners_;  ///< of each line shown
    std::array<std::pair<ObjectId, Text>, 2> kept_;
    std::size_t compared_ = 0;
};

Error no_text(const std::string& path) {
    return Error{Code::kInvalidArgument, "\"" + path + "\" is no text whose lines could be told apart.", Reason::kUnprocessable};
}

}  // namespace

Result<Blame> blame_file(Hub& hub, const Repository& repo, const std::vector<std::string>& segments) {
    TRY(const auto file, locate_file(hub, repo, segments));
    const std::string path = file.path.substr(0, 1'000);
    if (!file.file)
        return Error{Code::kNotFound, "\"" + path + "\" does not exist on \"" + file.revision + "\"", Reason::kEntryNotFound};
    if (file.file->lfs_sha256 || file.file->is_link()) return no_text(path);
    if (file.file->blob_size > kMaxFile)
        return Error{Code::kTooLarge, "\"" + path + "\" is larger than 1 MiB; its lines are not looked up."};
    TRY(const auto content, read_file(hub, repo, *file.file));
    if (std::find(content.begin(), content.end(), 0) != content.end()) return no_text(path);
    return hub.catalog.read([&](Session& session) -> Result<Blame> {
        return Blamer(session, repo, file.commit).run(file.commit, file.path, file.file->blob);
    });
}

}  // namespace mirfa::hub
