// SPDX-License-Identifier: Apache-2.0
#include "git/testing/git_program.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "git/deflate.h"
#include "git/pack_writer.h"

namespace mirfa::git::testing {
namespace {

[[noreturn]] void give_up(const std::string& what) {
    std::fprintf(stderr, "git in a test: %s\n", what.c_str());
    std::abort();
}

class StringSink final : public ByteSink {
public:
    Result<void> write(ByteView bytes) override {
        text += as_text(bytes);
        return ok();
    }
    std::string text;
};

ObjectType type_of(const std::string& name) {
    for (const auto type : {ObjectType::kCommit, ObjectType::kTree, ObjectType::kTag})
        if (name_of(type) == name) return type;
    return ObjectType::kBlob;
}

}  // namespace

std::string pack_of(const MemoryObjects& objects) {
    StringSink pack;
    PackWriter writer(pack, static_cast<std::uint32_t>(objects.objects.size()));
    for (const auto& [id, object] : objects.objects)
        if (!writer.add(object.type, object.data.size(), deflate(object.data)).has_value()) give_up("pack");
    if (!writer.finish().has_value()) give_up("pack");
    return pack.text;
}

GitProgram::GitProgram(bool bare) : folder_(TemporaryFolder::create().value()) {
    std::vector<std::string> arguments = {"init", "-q", "-b", "main", "."};
    if (bare) arguments.emplace_back("--bare");
    run(arguments);
    run({"config", "core.bigFileThreshold", "512m"});
}

std::pair<int, std::string> GitProgram::try_run(std::vector<std::string> arguments, std::string_view input) {
    arguments.insert(arguments.begin(), "git");
    const auto bytes = as_bytes(input);
    const std::string date = std::to_string(time_) + " +0200";
    ProcessOptions options{.argv = std::move(arguments), .folder = folder_.path(), .input = Bytes(bytes.begin(), bytes.end())};
    options.environment = {"HOME=/nonexistent",
                           "GIT_CONFIG_NOSYSTEM=1",
                           "GIT_CONFIG_GLOBAL=/dev/null",
                           "GIT_AUTHOR_NAME=Layla",
                           "GIT_AUTHOR_EMAIL=layla@example.org",
                           "GIT_COMMITTER_NAME=Omar",
                           "GIT_COMMITTER_EMAIL=omar@example.org",
                           "GIT_AUTHOR_DATE=" + date,
                           "GIT_COMMITTER_DATE=" + date};
    auto process = Process::start(options);
    if (!process.has_value()) give_up(describe(process.error()));
    std::string output;
    Bytes buffer(1u << 20);
    for (;;) {
        const auto got = process.value()->read(buffer);
        if (!got.has_value()) give_up(describe(got.error()));
        if (got.value() == 0) break;
        output += as_text(ByteView(buffer).first(got.value()));
    }
    const auto status = process.value()->wait();
    if (!status.has_value()) give_up(describe(status.error()));
    if (status.value() != 0) output += process.value()->error_text();
    return {status.value(), output};
}

std::string GitProgram::run(std::vector<std::string> arguments, std::string_view input) {
    const std::string command = arguments[0];
    auto [status, output] = try_run(std::move(arguments), input);
    if (status != 0) give_up(command + ": " + output);
    if (output.ends_with('\n')) output.pop_back();
    return output;
}

void GitProgram::write(const std::string& path, std::string_view text) {
    const auto full = folder_.path() / path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full, std::ios::binary) << text;
}

void GitProgram::remove(const std::string& path) { std::filesystem::remove_all(folder_.path() / path); }

ObjectId GitProgram::commit(const std::string& message) {
    time_ += 60;
    run({"add", "-A"});
    run({"commit", "-q", "--allow-empty", "-m", message});
    return id("HEAD");
}

void GitProgram::copy_to(MemoryObjects& objects) {
    const std::string all = run({"cat-file", "--batch", "--batch-all-objects"}) + "\n";
    for (std::size_t at = 0; at + 1 < all.size();) {
        const auto end = all.find('\n', at);
        char type[16];
        unsigned long long size = 0;
        if (std::sscanf(all.c_str() + at + 41, "%15s %llu", type, &size) != 2) give_up("cat-file");
        const auto id = ObjectId::parse(all.substr(at, 40)).value();
        (void)objects.put(id, type_of(type), as_bytes(std::string_view(all).substr(end + 1, size)));
        at = end + 1 + size + 1;
    }
}

void GitProgram::copy_from(const MemoryObjects& objects) { run({"index-pack", "--stdin", "--strict"}, pack_of(objects)); }

Result<std::vector<CachedRef>> MemoryFeed::refs() {
    std::vector<CachedRef> list;
    for (const auto& [name, ref] : refs_) list.push_back(ref);
    return list;
}

Result<std::uint32_t> MemoryFeed::count_objects(std::int64_t after) {
    return static_cast<std::uint32_t>(static_cast<std::int64_t>(rows_.size()) - after);
}

Result<void> MemoryFeed::each_object(std::int64_t after, const Visit& visit) {
    for (auto i = static_cast<std::size_t>(after); i < rows_.size(); ++i) {
        ++fed;
        TRY(visit(rows_[i].type, rows_[i].size, rows_[i].deflated));
    }
    return ok();
}

void MemoryFeed::add(const MemoryObjects& objects) {
    std::map<ObjectId, bool> known;
    for (const auto& row : rows_) known[row.id] = true;
    for (const auto& [id, object] : objects.objects)
        if (!known.contains(id)) rows_.push_back({id, object.type, object.data.size(), deflate(object.data)});
    ++generation_;
}

void MemoryFeed::set_ref(const std::string& name, const ObjectId& target, std::optional<ObjectId> peeled) {
    refs_[name] = CachedRef{name, target, peeled};
    ++generation_;
}

void MemoryFeed::remove_ref(const std::string& name) {
    refs_.erase(name);
    ++generation_;
}

}  // namespace mirfa::git::testing
