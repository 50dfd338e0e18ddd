// SPDX-License-Identifier: Apache-2.0
#include "server/testing/matrix_world.h"

#include <gtest/gtest.h>

#include <regex>

#include "base/ascii.h"
#include "base/digest.h"
#include "blob/testing/xorb_maker.h"
#include "catalog/large.h"
#include "hub/accounts/sessions.h"
#include "hub/large/large_objects.h"
#include "hub/large/lfs.h"
#include "hub/large/locks.h"
#include "hub/repos/repositories.h"
#include "hub/xet/cas_tokens.h"
#include "hub/xet/reconstruction.h"
#include "pages/routes.h"

namespace mirfa::server::testing {
namespace {

using catalog::OrgRole;
using catalog::TokenRole;
using hub::Principal;

constexpr std::string_view kUpload = "twelve bytes";  // as the lines of [routes] send it

Principal person(const catalog::User& user) {
    Principal who;
    who.kind = hub::PrincipalKind::kSession;
    who.user = user.owner.id;
    who.name = user.owner.name;
    who.is_admin = user.is_admin;
    return who;
}

/// The user behind a row: a contributor stands at two places.
std::string user_of(const std::string& row) { return row.starts_with("contributor") ? "contributor" : row; }

std::string altered(std::string text) {
    char& digit = text[text.size() - 20];
    digit = digit == 'A' ? 'B' : 'A';
    return text;
}

/// `$word` by its value; an unknown word fails the test.
std::string filled(const std::string& text, const MatrixWorld::Values& values) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] != '$') {
            out += text[i++];
            continue;
        }
        std::size_t end = i + 1;
        while (end < text.size() && ((text[end] >= 'a' && text[end] <= 'z') || text[end] == '-')) ++end;
        const auto found = values.find(text.substr(i + 1, end - i - 1));
        if (found == values.end())
            ADD_FAILURE() << "no placeholder " << text.substr(i, end - i) << " in " << text;
        else
            out += found->second;
        i = end;
    }
    return out;
}

std::string content_type_of(const std::string& kind) {
    if (kind == "json") return "application/json";
    if (kind == "form") return "application/x-www-form-urlencoded";
    if (kind == "ndjson") return "application/x-ndjson";
    if (kind == "lfs") return "application/vnd.git-lfs+json";
    if (kind == "git") return "application/x-git-upload-pack-request";
    return "application/octet-stream";
}

std::string some_hash(std::string_view text) { return format::to_string(format::chunk_hash(as_bytes(text))); }

struct SealedUrl {
    std::string path;
    std::string seal;
};
SealedUrl parse_url(const std::string& url, const hub::Hub& hub) {
    const auto local = url.substr(hub.options.public_url.size());
    const auto at = local.find("?seal=");
    return {local.substr(0, at), local.substr(at + 6)};
}

/// The sealed addresses of a repository.
std::map<std::string, SealedUrl> sealed_urls(hub::Hub& hub, catalog::RowId repo_id, const Principal& who,
                                             const MatrixWorld::Values& values, std::string_view upload) {
    catalog::Repository repo;
    repo.id = repo_id;
    const hub::LfsWanted wanted{sha256_of(upload), upload.size()};
    const auto oid = Sha256::parse(values.at("oid")).value();
    Principal cas;
    cas.kind = hub::PrincipalKind::kCasToken;
    cas.bound_repo = repo_id;
    const auto put = hub::lfs_upload_seal(hub, repo, who, wanted).value();
    const auto plan = hub::begin_multipart(hub, repo, who, wanted).value();
    const auto rebuilt = hub::reconstruct(hub, cas, format::parse_xet_hash(values.at("file")).value(), {}).value();
    return {{"lfs-get", parse_url(hub::lfs_download_url(hub, repo, oid).value(), hub)},
            {"lfs-put", parse_url(hub::lfs_upload_url(hub, wanted.oid, put), hub)},
            {"lfs-verify", {"/acme/hush.git/info/lfs/objects/verify", put}},
            {"lfs-part", parse_url(plan.part_urls[0], hub)},
            {"lfs-complete", parse_url(plan.complete_url, hub)},
            {"cas-fetch", parse_url(rebuilt.fetch.begin()->second[0].url, hub)}};
}

MatrixWorld::Values joined(const std::map<std::string, SealedUrl>& urls,
                           const std::function<std::string(const std::string&)>& seal) {
    MatrixWorld::Values values;
    values["upload"] = sha256_of(kUpload).hex();
    for (const auto& [name, url] : urls) values[name] = url.path + "?seal=" + seal(name);
    return values;
}

}  // namespace

MatrixWorld::MatrixWorld() {
    app().add_routes(pages::page_routes());
    add_people();
    add_places();
    add_others();
    clock.pass(std::chrono::hours(24 * 4));  // what add_others() made to expire is over now; the rest is not
    add_credentials();
}

void MatrixWorld::add_people() {
    for (const auto* name : {"ada", "stranger", "reader", "contributor", "writer", "org-admin", "olga"})
        people_[name] = add_user(name);
    people_["hub-admin"] = add_user("hub-admin", true);
    people_["proposer"] = add_user("proposer", true);  // the author of $proposal, who is none of the table
    proposer_token_ = new_token("proposer", {"proposing", TokenRole::kWrite});
    people_["owner"] = people_["olga"];
    (void)hub::create_organization(hub, admin, "acme", "Acme", "ada").value();
    (void)hub::create_organization(hub, admin, "other", "Other", "stranger").value();
    const std::pair<const char*, OrgRole> roles[] = {{"reader", OrgRole::kRead},
                                                     {"contributor", OrgRole::kContributor},
                                                     {"writer", OrgRole::kWrite},
                                                     {"org-admin", OrgRole::kAdmin}};
    for (const auto& [name, role] : roles) EXPECT_TRUE(hub::set_member(hub, admin, "acme", name, role).has_value());
}

void MatrixWorld::add_places() {
    const std::tuple<const char*, const char*, const char*, const char*> makers[] = {
        {"acme", "ada", "acme/", ""}, {"own", "contributor", "acme/", "-own"}, {"olga", "olga", "olga/", ""}};
    const std::pair<const char*, const char*> names[] = {{"public", "open"}, {"gated", "gate"}, {"private", "hush"}};
    for (const auto& [key, maker, owner, suffix] : makers) {
        const auto token = new_token(maker, {"making", TokenRole::kWrite});
        for (const auto& [visibility, name] : names) {
            Place place{std::string(owner) + name + suffix, visibility, person(people_.at(maker)), token, 0, {}};
            build(place);
            places_[std::string(key) + "/" + visibility] = std::move(place);
        }
    }
}

void MatrixWorld::build(Place& place) {
    const auto slash = place.repo.find('/');
    const auto owner = place.repo.substr(0, slash), name = place.repo.substr(slash + 1);
    const bool is_private = place.visibility == "private";
    hub::NewRepository wanted;
    wanted.owner = owner;
    wanted.name = place.repo == "acme/hush" ? "hush-old" : name;
    wanted.is_private = is_private;
    wanted.files = {{"plain.txt", "plain"}, {"page.html", "<script>1</script>"}, {"image.SVG", "<svg/>"}, {"paper.pdf", "%PDF"}};
    if (is_private) wanted.files.push_back({"whisper.txt", "sotto voce"});
    auto repo = hub::create_repository(hub, place.maker, wanted).value().repo;
    if (wanted.name != name) repo = hub::move_repository(hub, place.maker, repo, owner, name).value();
    place.id = repo.id;
    if (place.visibility == "gated") (void)hub::change_settings(hub, place.maker, repo, {.gated = "auto"}).value();
    place.values = {{"repo", place.repo},
                    {"private", is_private ? "true" : "false"},
                    {"proposal", "1"},
                    {"none", sha256_of("nobody has this").hex()}};
    add_large_files(place);
    const auto api = "/api/models/" + place.repo;
    const std::string title = is_private ? "veil" : "plain";
    const auto& values = place.values;
    const auto head = R"({"key":"header","value":{"summary":")" + title + "\"}}\n";
    const auto large = [&](const char* path, const std::string& oid, const std::string& size) {
        return std::string(R"({"key":"lfsFile","value":{"path":")") + path + R"(","algo":"sha256","oid":")" + oid +
               R"(","size":)" + size + "}}\n";
    };
    const auto files = head + large("weights.bin", values.at("oid"), values.at("size")) +
                       large("chunks.bin", values.at("chunks-oid"), values.at("chunks-size"));
    const auto token = bearer(place.maker_token);
    EXPECT_EQ(send(http::Verb::kPost, api + "/commit/main", token, files).status, 200) << place.repo;
    EXPECT_EQ(send(http::Verb::kPost, api + "/commit/main?create_pr=1", bearer(proposer_token_), head).status, 200);
    EXPECT_EQ(send(http::Verb::kPost, api + "/branch/spare", token, "{}").status, 200);
    const auto now = hub.catalog.read([&](catalog::Session& s) { return catalog::find_repository_by_id(s, place.id); }).value();
    place.values["commit"] = now->head.value().hex();
}

void MatrixWorld::add_large_files(Place& place) {
    const auto owner = place.maker.user;
    const std::string raw = "weights of " + place.repo, chunked = "chunks of " + place.repo;
    auto upload = hub::LargeUpload::begin(hub, place.id, owner, catalog::Door::kLfs).value();
    EXPECT_TRUE(upload->write(as_bytes(raw)).has_value());
    const auto stored = upload->finish().value();

    format::XorbWriter writer;
    writer.add(as_bytes(chunked));
    const auto xorb = writer.finish();
    const Bytes chunk(as_bytes(chunked).begin(), as_bytes(chunked).end());
    const auto table = blob::put_xorb(*store, {chunk}).value();
    std::vector<format::ChunkLeaf> leaves;
    table.append_leaves(0, 1, leaves);
    const auto sha = sha256_of(chunked);
    const auto size = static_cast<std::int64_t>(chunked.size());
    const catalog::XetFile file{format::file_hash(leaves), size, sha, {{table.xorb, 0, 1, table.raw_bytes()}}, clock.time};
    EXPECT_TRUE(hub.catalog
                    .write([&](catalog::Session& s) -> Result<void> {
                        TRY(catalog::insert_xorb(s, {table.xorb, size, size, 1, clock.time}));
                        TRY(catalog::own_xorb(s, table.xorb, place.id, owner));
                        TRY(catalog::insert_xet_file(s, file));
                        TRY(catalog::put_large_object(s, {sha, size, false, file.hash, clock.time}));
                        TRY(catalog::hold_object(s, place.id, sha, owner, catalog::Door::kXet, clock.time, hub::hold_until(hub)));
                        return catalog::insert_dedup_chunk(s, table.hashes[0], table.xorb, 0);
                    })
                    .has_value());
    place.values.merge(Values{{"oid", stored.sha256.hex()},
                              {"size", std::to_string(stored.size)},
                              {"chunks-oid", sha.hex()},
                              {"chunks-size", std::to_string(size)},
                              {"file", format::to_string(file.hash)},
                              {"xorb", format::to_string(table.xorb)},
                              {"chunk", format::to_string(table.hashes[0])},
                              {"xorb-body", std::string(as_text(xorb.body))}});
}

std::string MatrixWorld::new_token(const std::string& row, hub::NewToken wanted) {
    return hub::create_token(hub, admin, people_.at(row).owner.id, wanted).value().text.reveal();
}

void MatrixWorld::add_credentials() {
    const std::pair<const char*, const char*> narrow[] = {{"fg-read", "repo.content.read"},
                                                          {"fg-discuss", "discussion.write"},
                                                          {"fg-write", "repo.write"},
                                                          {"fg-admin", "repo.admin"}};
    for (const auto* row :
         {"stranger", "reader", "contributor-other", "contributor-own", "writer", "org-admin", "owner", "hub-admin"}) {
        auto& mine = credentials_[row];
        const auto add = [&](const std::string& kind, TokenRole role, std::vector<hub::Scope> scopes = {}) {
            mine[kind] = bearer(new_token(user_of(row), {std::string(row) + " " + kind, role, std::move(scopes)}));
        };
        add("read", TokenRole::kRead);
        add("write", TokenRole::kWrite);
        for (const auto& [kind, permission] : narrow) {
            std::vector<hub::Scope> scopes;
            for (const auto* visibility : {"public", "gated", "private"})
                scopes.push_back({"model", places_.at(place_key(row, visibility)).repo, {permission}});
            add(kind, TokenRole::kFineGrained, scopes);
        }
        const bool of_user = std::string_view(row) == "owner";
        add("fg-owner", TokenRole::kFineGrained, {{of_user ? "user" : "org", of_user ? "olga" : "acme", {"repo.write"}}});
        add("fg-else", TokenRole::kFineGrained,
            {{"model", "acme/side", {"repo.admin"}},
             {"org", "other", {"repo.admin"}},
             {"dataset", places_.at(place_key(row, "private")).repo, {"repo.admin"}}});
    }
}

void MatrixWorld::add_others() {
    const auto ended = hub::start_session(hub, people_.at("org-admin"), "10.0.0.1", "").value().cookie.reveal();
    const auto in_an_hour = clock.time + 3'600'000;
    others_["anonymous"] = others_["nothing"] = {};
    others_["ended-session"] = {{"Cookie", std::string(hub::kSessionCookie) + "=" + ended}};
    Principal gone = person(people_.at("org-admin"));
    gone.session = sha256_of(ended);
    EXPECT_TRUE(hub::sign_out(hub, gone, "").has_value());
    others_["expired"] = bearer(new_token("org-admin", {"short", TokenRole::kWrite, {}, in_an_hour}));
    others_["revoked"] = bearer(new_token("org-admin", {"gone", TokenRole::kWrite}));
    EXPECT_TRUE(hub::revoke_token(hub, admin, people_.at("org-admin").owner.id, std::string("gone")).has_value());
    others_["unknown"] = bearer(hub::new_token_text().reveal());
    others_["malformed"] = {{"Authorization", "Token of another kind"}};
    others_["cas-expired"] = bearer(cas_token("ada", places_.at("acme/private"), true));
    const auto& place = places_.at("acme/private");
    const auto urls = sealed_urls(hub, place.id, place.maker, place.values, kUpload);
    expired_seals_ = joined(urls, [&](const std::string& name) { return urls.at(name).seal; });
}

std::string MatrixWorld::place_key(const std::string& row, const std::string& visibility) const {
    const std::string where = row == "contributor-own" ? "own" : row == "owner" ? "olga" : "acme";
    return where + "/" + visibility;
}

std::string MatrixWorld::cas_token(const std::string& row, const Place& place, bool write) {
    const auto repo = hub.catalog.read([&](catalog::Session& s) { return catalog::find_repository_by_id(s, place.id); }).value();
    return hub::grant_cas(hub, repo.value(), person(people_.at(row)), write).value().token;
}

MatrixWorld::Fields MatrixWorld::cookie_of(const std::string& row, const std::string& csrf, Fields more) {
    more.emplace_back("Cookie", std::string(hub::kSessionCookie) + "=" + browsers_.at(row).cookie);
    if (!csrf.empty()) more.emplace_back("X-CSRF-Token", csrf);
    return more;
}

MatrixWorld::Fields MatrixWorld::browser(const std::string& row) {
    auto& mine = browsers_[row];
    if (!hub::find_session(hub, mine.cookie).value())
        mine.cookie = hub::start_session(hub, people_.at(row), "10.0.0.1", "").value().cookie.reveal();
    return cookie_of(row, hub::csrf_token(sha256_of(mine.cookie)),
                     {{"Origin", hub.options.public_url}, {"Sec-Fetch-Site", "same-origin"}});
}

MatrixWorld::Fields MatrixWorld::credential(const std::string& row, const std::string& kind) {
    return kind == "session" ? browser(user_of(row)) : credentials_.at(row).at(kind);
}

MatrixWorld::Fields MatrixWorld::other(const std::string& row) {
    if (const auto found = others_.find(row); found != others_.end()) return found->second;
    if (row == "stranger" || row == "hub-admin") return browser(row);
    if (row == "member" || row == "session") return browser("org-admin");
    if (row == "member-read") return credential("org-admin", "read");
    if (row == "member-write" || row == "api-token") return credential("org-admin", "write");
    if (row == "member-fg") return credential("org-admin", "fg-read");
    if (row.starts_with("hub-admin-"))
        return credential("hub-admin", row == "hub-admin-fg" ? "fg-read" : row.substr(std::string("hub-admin-").size()));

    const auto& place = places_.at("acme/private");
    if (row == "read" || row == "cas-token") return bearer(cas_token("ada", place, false));
    if (row == "write") return bearer(cas_token("ada", place, true));
    if (row == "altered") return bearer(altered(cas_token("ada", place, true)));
    if (row == "other-read" || row == "other-write")
        return bearer(cas_token("olga", places_.at("olga/public"), row == "other-write"));

    (void)browser("org-admin");
    (void)browser("stranger");
    const auto right = hub::csrf_token(sha256_of(browsers_.at("org-admin").cookie));
    const auto wrong = hub::csrf_token(sha256_of(browsers_.at("stranger").cookie));
    if (row == "no-csrf") return cookie_of("org-admin", "", {{"Origin", hub.options.public_url}});
    if (row == "wrong-csrf") return cookie_of("org-admin", wrong, {{"Origin", hub.options.public_url}});
    if (row == "foreign-origin") return cookie_of("org-admin", right, {{"Origin", "http://evil.test"}});
    if (row == "cross-site") return cookie_of("org-admin", right, {{"Sec-Fetch-Site", "cross-site"}});
    ADD_FAILURE() << "nobody called " << row;
    return {};
}

std::string MatrixWorld::fresh_lock(const Place& place) {
    catalog::Repository repo;
    repo.id = place.id;
    return std::to_string(hub::lock_path(hub, repo, person(people_.at("ada")), "kept.bin", "").value().lock.id);
}

MatrixWorld::Values MatrixWorld::values(const std::string& row, const std::string& visibility, const MatrixCase& asked) {
    const auto& place = places_.at(place_key(row, visibility));
    Values values = place.values;
    values["fresh"] = "made-" + std::to_string(++fresh_);
    if (asked.target.find("$lock") != std::string::npos) values["lock"] = fresh_lock(place);
    return values;
}

MatrixWorld::Values MatrixWorld::at_unknown_content(Values values) {
    for (const auto* name : {"file", "xorb", "chunk"}) values[name] = some_hash("nobody has this");
    return values;
}

MatrixWorld::Values MatrixWorld::sealed(const std::string& row) {
    const auto& place = places_.at("acme/private");
    const auto& else_where = places_.at("acme/public");
    if (row == "expired") return expired_seals_;
    const auto urls = sealed_urls(hub, place.id, place.maker, place.values, kUpload);
    const auto others = sealed_urls(hub, else_where.id, else_where.maker, else_where.values, "another object");
    return joined(urls, [&](const std::string& name) -> std::string {
        if (row == "valid") return urls.at(name).seal;
        if (row == "other-object") return others.at(name).seal;
        if (row == "other-purpose") return urls.at(name == "lfs-get" ? "lfs-put" : "lfs-get").seal;
        if (row == "altered") return altered(urls.at(name).seal);
        return "";
    });
}

MatrixAnswer MatrixWorld::send(const MatrixCase& asked, const Values& values, const Fields& credential) {
    auto fields = credential;
    if (!asked.kind.empty()) fields.emplace_back("Content-Type", content_type_of(asked.kind));
    if (asked.kind == "git") fields.emplace_back("Git-Protocol", "version=2");
    return send(asked.verb, filled(asked.target, values), fields, filled(asked.body, values));
}

MatrixAnswer MatrixWorld::send(http::Verb verb, const std::string& target, const Fields& fields, const std::string& body) {
    auto response = client_.send(verb, target, fields, body);
    MatrixAnswer answer;
    answer.status = response.status;
    for (const auto& [name, value] : response.headers.fields()) answer.headers += name + ": " + value + "\n";
    if (response.length) answer.headers += "Content-Length: " + std::to_string(*response.length) + "\n";
    answer.error_code = response.headers.get("X-Error-Code");
    answer.error_message = response.headers.get("X-Error-Message");
    answer.location = response.headers.get("Location");
    auto sent = api::testing::InProcess::body_of(response);
    EXPECT_TRUE(sent.has_value()) << target;
    if (sent.has_value()) answer.body = std::move(sent).value();
    // Where to go after signing in repeats the address that was asked for, and nothing else.
    static const std::regex back_again("\\?next=[^\"&]*");
    if (answer.headers.starts_with("Content-Type: text/html"))
        answer.body = std::regex_replace(answer.body, back_again, "?next=…");
    return answer;
}

void MatrixWorld::rebuild(const std::string& row, const std::string& visibility) {
    build(places_.at(place_key(row, visibility)));
}

}  // namespace mirfa::server::testing
