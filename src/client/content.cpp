// SPDX-License-Identifier: Apache-2.0
#include "client/content.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "client/part_file.h"
#include "client/xet_reader.h"
#include "fetch/url.h"

namespace mirfa::client {
namespace {

constexpr int kTriesWithoutProgress = 5;

/// One content on its way: every octet goes to the file and through the check.
class Arrival final : public ByteSink {
public:
    Arrival(const Transfer& transfer, const RemoteFile& file, PartFile& part) : transfer_(transfer), file_(file), part_(part) {
        renew_check();
    }

    /// Takes what an earlier transfer left, or starts over when that cannot be a part of this content.
    Result<void> take_up() {
        if (part_.bytes() == 0) return ok();
        const bool fits = !file_.bytes || part_.bytes() <= *file_.bytes;
        if (!fits || !part_.replay(*check_).has_value()) return start_over();
        advance(part_.bytes());
        return ok();
    }

    Result<void> start_over() {
        advance_back(part_.bytes());
        TRY(part_.start_over());
        renew_check();
        return ok();
    }

    Result<void> write(ByteView bytes) override {
        TRY(check_->write(bytes));
        TRY(part_.append(bytes));
        advance(bytes.size());
        return ok();
    }

    bool is_whole() const { return file_.bytes && part_.bytes() == *file_.bytes; }
    std::uint64_t bytes() const { return part_.bytes(); }
    ContentCheck& check() { return *check_; }

private:
    void renew_check() { check_ = std::make_unique<ContentCheck>(file_.etag, file_.bytes, file_.xet_hash); }
    void advance(std::uint64_t bytes) {
        if (transfer_.progress != nullptr) transfer_.progress->advance(static_cast<std::int64_t>(bytes));
    }
    void advance_back(std::uint64_t bytes) {
        if (transfer_.progress != nullptr) transfer_.progress->advance(-static_cast<std::int64_t>(bytes));
    }

    const Transfer& transfer_;
    const RemoteFile& file_;
    PartFile& part_;
    std::unique_ptr<ContentCheck> check_;
};

/// A body that begins somewhere else than asked for is never appended.
Result<void> begin_body(const fetch::Answer& answer, Arrival& arrival) {
    if (arrival.bytes() == 0 && answer.status == 200) return ok();
    if (answer.status == 200) return arrival.start_over();
    const auto range = answer.find("Content-Range").value_or("");
    if (range.starts_with(fmt::format("bytes {}-", arrival.bytes()))) return ok();
    return Error{Code::kCorrupt, fmt::format("The server sent the range \"{}\", which was not asked for.", range)};
}

Result<void> get_plainly(const Transfer& t, const RemoteFile& file, Arrival& arrival) {
    fetch::Request request;
    request.url = file.url;
    request.headers = {{"Accept-Encoding", "identity"}};
    if (arrival.bytes() > 0) request.headers.push_back({"Range", fmt::format("bytes={}-", arrival.bytes())});
    request.limits.idle = std::chrono::seconds(std::max(30, t.hub.settings().download_seconds));
    request.stop = t.stop;
    request.before_body = [&arrival](const fetch::Answer& answer) { return begin_body(answer, arrival); };
    TRY(const auto to, fetch::origin_of(file.url));
    TRY(const auto hub, fetch::origin_of(t.hub.settings().endpoint));
    if (to == hub) {
        TRY(request.authorization, t.hub.authorization());
    }
    TRY(const auto answer, t.hub.http().send(request, arrival));
    if (answer.status == 416 && arrival.bytes() > 0) return arrival.start_over();
    if (!answer.ok()) return hub_error(answer, file.path);
    return ok();
}

Result<void> bring_once(const Transfer& t, const RemoteFile& file, Arrival& arrival) {
    if (file.xet_hash.empty() || !t.hub.settings().xet) return get_plainly(t, file, arrival);
    return read_xet(t.hub, t.tokens, {file.xet_hash, *file.bytes}, arrival.bytes(), arrival, t.stop);
}

/// Goes on where a broken transfer stopped, as long as it moves.
Result<void> bring(const Transfer& t, const RemoteFile& file, Arrival& arrival) {
    for (int tries = 0; !arrival.is_whole();) {
        const auto before = arrival.bytes();
        auto brought = bring_once(t, file, arrival);
        if (brought.has_value() && (!file.bytes || arrival.is_whole())) return ok();
        if (!brought.has_value() && !refusal_of(brought.error()).is_passing) return brought;
        tries = arrival.bytes() > before ? 0 : tries + 1;
        if (tries > kTriesWithoutProgress)
            return brought.has_value() ? Error{Code::kUnavailable, file.path + ": the server sends too little of it."}
                                       : std::move(brought);
        if (!fetch::wait_for_real(std::chrono::milliseconds(tries == 0 ? 200 : 1000), t.stop))
            return Error{Code::kInternal, "The transfer was stopped."};
    }
    return ok();
}

}  // namespace

Result<Fetched> fetch_content(const Transfer& transfer, const RemoteFile& file, const std::filesystem::path& part_path,
                              const std::filesystem::path& target, bool resume) {
    TRY(auto part, PartFile::open(part_path, resume));
    Arrival arrival(transfer, file, part);
    TRY(arrival.take_up());
    for (bool taken_up = part.bytes() > 0;; taken_up = false) {
        auto brought = bring(transfer, file, arrival);
        if (!brought.has_value()) {
            if (brought.error().code != Code::kCorrupt) part.keep();
            return std::move(brought).error();
        }
        auto checked = arrival.check().finish();
        if (checked.has_value()) break;
        // What an earlier process left may have been damaged; what came now may not be.
        if (!taken_up) return Error{Code::kCorrupt, file.path + ": " + checked.error().message};
        TRY(arrival.start_over());
    }
    TRY(part.publish(target));
    return Fetched{arrival.check().is_xet_hash_proven()};
}

}  // namespace mirfa::client
