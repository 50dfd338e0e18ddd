// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "git/node_cache.h"
#include "git/process.h"
#include "git/testing/memory_objects.h"

namespace mirfa::git::testing {

/// All of them as a pack of whole objects.
std::string pack_of(const MemoryObjects& objects);

/// A repository of the real git program in a temporary folder, to compare with. Ends the test when git fails.
class GitProgram {
public:
    /// A new repository with a work tree; `bare` with none.
    explicit GitProgram(bool bare = false);
    const std::filesystem::path& folder() const { return folder_.path(); }

    /// Standard output without its last newline.
    std::string run(std::vector<std::string> arguments, std::string_view input = "");
    /// Exit status and what was printed to both outputs.
    std::pair<int, std::string> try_run(std::vector<std::string> arguments, std::string_view input = "");
    void write(const std::string& path, std::string_view text);
    void remove(const std::string& path);
    /// Adds everything and commits. Gives the commit.
    ObjectId commit(const std::string& message);
    ObjectId id(const std::string& revision) { return ObjectId::parse(run({"rev-parse", revision})).value(); }

    /// Every object of the repository.
    void copy_to(MemoryObjects& objects);
    /// Puts all of them into the repository.
    void copy_from(const MemoryObjects& objects);

private:
    TemporaryFolder folder_;
    std::int64_t time_ = 1'700'000'000;
};

/// A catalog in memory, as the cache is filled from it.
class MemoryFeed final : public CacheFeed {
public:
    std::int64_t generation() const override { return generation_; }
    std::int64_t sequence() const override { return static_cast<std::int64_t>(rows_.size()); }
    Result<std::vector<CachedRef>> refs() override;
    Result<std::uint32_t> count_objects(std::int64_t after) override;
    Result<void> each_object(std::int64_t after, const Visit& visit) override;

    /// Takes objects that are not there yet, and sets the refs.
    void add(const MemoryObjects& objects);
    void set_ref(const std::string& name, const ObjectId& target, std::optional<ObjectId> peeled = {});
    void remove_ref(const std::string& name);
    std::size_t fed = 0;  ///< objects given out so far

private:
    struct Row {
        ObjectId id;
        ObjectType type;
        std::uint64_t size;
        Bytes deflated;
    };
    std::vector<Row> rows_;
    std::map<std::string, CachedRef> refs_;
    std::int64_t generation_ = 1;
};

}  // namespace mirfa::git::testing
