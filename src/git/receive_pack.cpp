// SPDX-License-Identifier: Apache-2.0
#include "git/receive_pack.h"

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/ascii.h"
#include "format/pkt_line.h"
#include "git/detail/libgit2.h"
#include "git/tree.h"

namespace mirfa::git {
namespace {

constexpr std::size_t kMaxCommands = 10'000;
constexpr std::size_t kMaxHead = 4u << 20;
constexpr std::string_view kCapabilities =
    "report-status delete-refs side-band-64k quiet atomic ofs-delta object-format=sha1 agent=mirfa";
// Old imports carry these; git hosts take them and so do we. All of them are known to git 2.39: index-pack refuses to
// start over a name it does not know.
constexpr const char* kStrict =
    "--strict=missingSpaceBeforeDate=ignore,missingSpaceBeforeEmail=ignore,badTimezone=ignore,zeroPaddedFilemode="
    "ignore,"
    "missingEmail=ignore,missingNameBeforeEmail=ignore,badDate=ignore,zeroPaddedDate=ignore";

Error malformed(std::string_view what) {
    return Error{Code::kInvalidArgument, "The push is malformed: " + std::string(what) + "."};
}

/// git's words without the names of our folders.
std::string last_line(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    const auto at = text.rfind('\n');
    return at == std::string::npos ? text : text.substr(at + 1);
}

Result<void> make_quarantine(const TemporaryFolder& folder, const CachedRepository& known) {
    namespace fs = std::filesystem;
    std::error_code failed;
    for (const char* name : {"objects/pack", "objects/info", "refs"}) fs::create_directories(folder.path() / name, failed);
    if (failed) return system_error("mkdir quarantine", failed.value());
    TRY(write_small_file(folder.path() / "HEAD", "ref: refs/heads/main\n"));
    TRY(write_small_file(folder.path() / "config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"));
    const auto objects = fs::absolute(known.path()) / "objects";
    return write_small_file(folder.path() / "objects/info/alternates", objects.string() + "\n");
}

struct OdbCloser {
    void operator()(git_odb* odb) const { git_odb_free(odb); }
};
using Odb = std::unique_ptr<git_odb, OdbCloser>;

ObjectId id_of(const git_oid& oid) {
    ObjectId id;
    std::copy_n(oid.id, ObjectId::kSize, id.octets.begin());
    return id;
}

/// The packs of a quarantine alone, without the repository it borrows from.
Result<Odb> open_packs(const std::filesystem::path& folder) {
    detail::start_libgit2();
    git_odb* opened = nullptr;
    if (git_odb_new(&opened) != 0) return detail::libgit2_error("git_odb_new");
    Odb odb(opened);
    std::error_code ignored;
    for (const auto& file : std::filesystem::directory_iterator(folder / "objects/pack", ignored)) {
        if (file.path().extension() != ".idx") continue;
        git_odb_backend* backend = nullptr;
        if (git_odb_backend_one_pack(&backend, file.path().c_str()) != 0 || git_odb_add_backend(odb.get(), backend, 1) != 0)
            return detail::libgit2_error("the received pack cannot be opened");
    }
    return odb;
}

/// Goes over an object database; `see` is called with each id and its error ends the walk.
Result<void> walk(git_odb& odb, const std::function<Result<void>(const git_oid&)>& see) {
    struct State {
        const std::function<Result<void>(const git_oid&)>& see;
        std::optional<Error> failed;
    } state{see, std::nullopt};
    const auto visit = [](const git_oid* oid, void* payload) {
        auto& at = *static_cast<State*>(payload);
        auto seen = at.see(*oid);
        if (seen.has_value()) return 0;
        at.failed = std::move(seen).error();
        return 1;
    };
    const int code = git_odb_foreach(&odb, visit, &state);
    if (state.failed) return std::move(*state.failed);
    if (code != 0) return detail::libgit2_error("git_odb_foreach");
    return ok();
}

Error unreadable() {
    return Error{Code::kCorrupt, "An object of the push cannot be read.", Reason::kNone,
                 detail::libgit2_error("git_odb_read").detail};
}

Result<void> need_tips(const std::filesystem::path& objects, const std::vector<ObjectId>& tips) {
    detail::start_libgit2();
    git_odb* opened = nullptr;
    if (git_odb_open(&opened, objects.c_str()) != 0) return detail::libgit2_error("git_odb_open");
    const Odb odb(opened);
    for (const auto& tip : tips) {
        git_oid oid;
        std::copy(tip.octets.begin(), tip.octets.end(), oid.id);
        if (git_odb_exists(odb.get(), &oid) == 0)
            return Error{Code::kInvalidArgument, "The push names " + tip.hex() + " and does not bring it.",
                         Reason::kUnprocessable};
    }
    return ok();
}

}  // namespace

bool PushHead::has_pack() const {
    return std::any_of(commands.begin(), commands.end(), [](const auto& command) { return !command.after.is_zero(); });
}

std::string advertise_receive_pack(const std::vector<CachedRef>& refs) {
    std::string out;
    format::append_pkt_line(out, "# service=git-receive-pack\n");
    format::append_pkt_flush(out);
    std::string capabilities = std::string(1, '\0') + std::string(kCapabilities) + "\n";
    if (refs.empty()) format::append_pkt_line(out, ObjectId{}.hex() + " capabilities^{}" + capabilities);
    for (const auto& ref : refs) {
        format::append_pkt_line(out, ref.target.hex() + " " + ref.name + (capabilities.empty() ? "\n" : capabilities));
        capabilities.clear();
    }
    format::append_pkt_flush(out);
    return out;
}

Result<void> PushHeadParser::take_capabilities(std::string_view words) {
    for (const auto word : split(ascii_trim(words), ' ')) {
        head_.report_status = head_.report_status || word == "report-status";
        head_.side_band = head_.side_band || word == "side-band-64k";
        head_.atomic = head_.atomic || word == "atomic";
        if (word == "push-options") return Error{Code::kUnsupported, "Push options are not supported here."};
        if (word.starts_with("object-format=") && word != "object-format=sha1")
            return Error{Code::kUnsupported, "Repositories here use SHA-1 object names."};
    }
    return ok();
}

Result<void> PushHeadParser::take_line(std::string_view line) {
    if (const auto nul = line.find('\0'); nul != line.npos && head_.commands.empty()) {
        TRY(take_capabilities(line.substr(nul + 1)));
        line = line.substr(0, nul);
    }
    if (line.ends_with('\n')) line.remove_suffix(1);
    // Where a shallow clone ends. It may push what it made on top: whether the rest is here is checked when the pack
    // is.
    if (line.starts_with("shallow ") && head_.commands.empty())
        return ObjectId::parse(line.substr(8)).has_value() ? Result<void>(ok()) : malformed("an object id");
    if (line.size() < 83 || line[40] != ' ' || line[81] != ' ' || line.find('\0') != line.npos)
        return malformed("a command line");
    if (head_.commands.size() >= kMaxCommands) return Error{Code::kTooLarge, "The push changes too many refs at once."};
    const auto before = ObjectId::parse(line.substr(0, 40));
    const auto after = ObjectId::parse(line.substr(41, 40));
    if (!before.has_value() || !after.has_value()) return malformed("an object id");
    head_.commands.push_back({before.value(), after.value(), std::string(line.substr(82))});
    return ok();
}

Result<void> PushHeadParser::check_unique() const {
    std::set<std::string_view> refs;
    for (const auto& command : head_.commands)
        if (!refs.insert(command.ref).second) return malformed("a ref is named twice");
    return ok();
}

Result<std::size_t> PushHeadParser::feed(ByteView piece) {
    const std::size_t kept_before = partial_.size();
    partial_ += as_text(piece);
    std::size_t used = 0;
    while (!done_ && partial_.size() - used >= 4) {
        auto rest = as_bytes(std::string_view(partial_).substr(used));
        std::uint32_t length = 0;
        for (const char digit : std::string_view(partial_).substr(used, 4)) {
            const auto value = std::string_view("0123456789abcdef").find(ascii_lower(digit));
            if (value == std::string_view::npos) return malformed("a line length");
            length = length * 16 + static_cast<std::uint32_t>(value);
        }
        if (length >= 4 && partial_.size() - used < length) break;  // the line has not arrived yet
        TRY(const auto line, format::take_pkt_line(rest));
        if (line.kind == format::PktLine::Kind::kFlush)
            done_ = true;
        else
            TRY(take_line(as_text(line.payload)));
        used = partial_.size() - rest.size();
    }
    if (used > kMaxHead || partial_.size() - used > format::kMaxPktPayload + 4 + piece.size())
        return Error{Code::kTooLarge, "The list of refs to push is too long."};
    if (done_) {
        TRY(check_unique());
        partial_.clear();
        return used - kept_before;
    }
    partial_.erase(0, used);
    return piece.size();
}

Result<std::unique_ptr<PackReceiver>> PackReceiver::begin(CachedRepository known, std::uint64_t limit) {
    TRY(auto folder, TemporaryFolder::create(known.path().parent_path()));
    TRY(make_quarantine(folder, known));
    auto receiver = std::unique_ptr<PackReceiver>(new PackReceiver(std::move(known), std::move(folder)));
    TRY(receiver->index_pack_, Process::start({.argv = {"git", "index-pack", "--stdin", "--fix-thin", kStrict, "--threads=1",
                                                        "--max-input-size=" + std::to_string(limit)},
                                               .environment = bare_git_environment(),
                                               .folder = receiver->folder_.path(),
                                               .pipe_input = true,
                                               .deadline = std::chrono::hours(6)}));
    return receiver;
}

Result<void> PackReceiver::write(ByteView bytes) { return index_pack_->write(bytes); }

Result<void> PackReceiver::finish(const std::vector<ObjectId>& tips, const std::vector<ObjectId>& known_tips) {
    TRY(const int status, index_pack_->wait());
    if (status != 0)
        return Error{Code::kInvalidArgument, "The pack is refused: " + last_line(index_pack_->error_text()),
                     Reason::kUnprocessable};
    return check_connected(tips, known_tips);
}

/// A pack may be sound in itself and still miss what its commits name.
Result<void> PackReceiver::check_connected(const std::vector<ObjectId>& tips, const std::vector<ObjectId>& known_tips) {
    TRY(need_tips(folder_.path() / "objects", tips));
    std::string input;
    for (const auto& tip : tips) input += tip.hex() + "\n";
    for (const auto& tip : known_tips) input += "^" + tip.hex() + "\n";
    const auto bytes = as_bytes(input);
    TRY(auto git, Process::start({.argv = {"git", "rev-list", "--objects", "--quiet", "--ignore-missing", "--stdin"},
                                  .environment = bare_git_environment(),
                                  .folder = folder_.path(),
                                  .input = Bytes(bytes.begin(), bytes.end()),
                                  .deadline = std::chrono::hours(1)}));
    TRY(const int status, git->wait());
    if (status != 0)
        return Error{Code::kInvalidArgument,
                     "The push misses objects that it names: " + last_line(git->error_text()) +
                         ". If the clone is shallow, run git fetch --unshallow first.",
                     Reason::kUnprocessable};
    return ok();
}

Result<void> PackReceiver::each_head(const VisitHead& visit) {
    TRY(const auto odb, open_packs(folder_.path()));
    return walk(*odb, [&](const git_oid& oid) -> Result<void> {
        std::size_t size = 0;
        git_object_t type = GIT_OBJECT_INVALID;
        if (git_odb_read_header(&size, &type, odb.get(), &oid) != 0) return unreadable();
        return visit(id_of(oid), static_cast<ObjectType>(type), size);
    });
}

Result<void> PackReceiver::each_object(const Visit& visit) {
    TRY(const auto odb, open_packs(folder_.path()));
    return walk(*odb, [&](const git_oid& oid) -> Result<void> {
        git_odb_object* object = nullptr;
        if (git_odb_read(&object, odb.get(), &oid) != 0) return unreadable();
        const ByteView data(static_cast<const Byte*>(git_odb_object_data(object)), git_odb_object_size(object));
        auto seen = visit(id_of(oid), static_cast<ObjectType>(git_odb_object_type(object)), data);
        git_odb_object_free(object);
        return seen;
    });
}

Result<std::string> PackReceiver::path_of(const ObjectId& wanted) {
    constexpr std::size_t kMaxNames = 1'000'000;
    constexpr int kMaxDepth = 100;
    struct Place {
        ObjectId tree;
        std::string name;
    };
    std::unordered_map<ObjectId, Place> places;  // of the object itself and of folders
    TRY(const auto odb, open_packs(folder_.path()));
    TRY(walk(*odb, [&](const git_oid& oid) -> Result<void> {
        std::size_t size = 0;
        git_object_t type = GIT_OBJECT_INVALID;
        if (git_odb_read_header(&size, &type, odb.get(), &oid) != 0) return unreadable();
        if (type != GIT_OBJECT_TREE || places.size() > kMaxNames) return ok();
        git_odb_object* object = nullptr;
        if (git_odb_read(&object, odb.get(), &oid) != 0) return unreadable();
        const auto entries = parse_tree({static_cast<const Byte*>(git_odb_object_data(object)), git_odb_object_size(object)});
        git_odb_object_free(object);
        TRY(entries);
        for (const auto& entry : entries.value())
            if (entry.id == wanted || entry.is_tree()) places.try_emplace(entry.id, Place{id_of(oid), entry.name});
        return ok();
    }));
    std::string path;
    auto place = places.find(wanted);
    for (int depth = 0; place != places.end() && depth < kMaxDepth; ++depth) {
        path = place->second.name + (path.empty() ? "" : "/" + path);
        place = places.find(place->second.tree);
    }
    return path;
}

std::string write_push_report(const PushHead& head, std::string_view unpack_error, const std::vector<PushResult>& results,
                              std::string_view notes) {
    std::string report;
    format::append_pkt_line(report, unpack_error.empty() ? "unpack ok\n" : "unpack " + std::string(unpack_error) + "\n");
    for (const auto& result : results)
        format::append_pkt_line(
            report, result.message.empty() ? "ok " + result.ref + "\n" : "ng " + result.ref + " " + result.message + "\n");
    format::append_pkt_flush(report);
    if (!head.side_band) return head.report_status ? report : "";
    std::string out;
    if (!notes.empty()) format::append_side_band(out, format::SideBand::kProgress, notes);
    if (head.report_status) format::append_side_band(out, format::SideBand::kPack, report);
    format::append_pkt_flush(out);
    return out;
}

}  // namespace mirfa::git
