// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/testing/in_process.h"
#include "catalog/repos.h"
#include "pages/testing/page_hub.h"
#include "server/testing/matrix_text.h"

namespace mirfa::server::testing {

/// What came back for a request, as far as somebody outside can tell.
struct MatrixAnswer {
    int status = 0;
    std::string headers;  ///< `Name: value` lines in their order
    std::string body;
    std::string error_code;  ///< X-Error-Code
    std::string error_message;
    std::string location;

    bool operator==(const MatrixAnswer&) const = default;
    bool holds(std::string_view text) const { return headers.find(text) != headers.npos || body.find(text) != body.npos; }
};

/// The hub that the matrix is walked through: the people of the table, a public, a gated and a private repository for
/// each place where they stand, every credential, and sealed addresses good and bad.
/// Whatever is private has one of the words of secrets() in its names and contents.
class MatrixWorld : private pages::testing::PageHub {
public:
    MatrixWorld();

    using Fields = api::testing::InProcess::Fields;
    using Values = std::map<std::string, std::string>;

    api::HubApp& app() { return client_.app(); }

    /// A credential of somebody; `kind` is a column of the table of repositories. A session that was ended by what it did
    /// is begun anew.
    Fields credential(const std::string& person, const std::string& kind);
    /// A row of [others], [accounts] or [cas].
    Fields other(const std::string& row);
    /// What the placeholders of a request stand for at the repository of this visibility that the person stands at.
    Values values(const std::string& person, const std::string& visibility, const MatrixCase& asked);
    /// The same at a repository that does not exist, and at the name that the repository once had.
    static Values at_missing(Values values) { return values["repo"] = "acme/none", values; }
    static Values at_old_name(Values values) { return values["repo"] = "acme/hush-old", values; }
    /// The same for content that nobody has stored.
    static Values at_unknown_content(Values values);
    /// The addresses $lfs-get, $lfs-put, $lfs-verify, $lfs-part, $lfs-complete and $cas-fetch under the seals of a row of
    /// [seals].
    Values sealed(const std::string& row);

    MatrixAnswer send(const MatrixCase& asked, const Values& values, const Fields& credential);
    MatrixAnswer send(http::Verb verb, const std::string& target, const Fields& fields, const std::string& body = "");
    /// Makes the repository again that the person has destroyed.
    void rebuild(const std::string& person, const std::string& visibility);

    static std::vector<std::string> secrets() { return {"hush", "whisper", "sotto voce", "veil"}; }

private:
    struct Place {
        std::string repo;
        std::string visibility;
        hub::Principal maker;
        std::string maker_token;
        catalog::RowId id = 0;
        Values values;
    };
    struct Browser {
        catalog::User user;
        std::string cookie;
    };

    void add_people();
    void add_places();
    void add_credentials();
    void add_others();
    void build(Place& place);
    void add_large_files(Place& place);
    std::string place_key(const std::string& person, const std::string& visibility) const;
    std::string new_token(const std::string& person, hub::NewToken wanted);
    std::string cas_token(const std::string& person, const Place& place, bool write);
    Fields bearer(const std::string& text) const { return {{"Authorization", "Bearer " + text}}; }
    Fields browser(const std::string& person);
    Fields cookie_of(const std::string& person, const std::string& csrf, Fields more);
    Values seals_of(const std::string& object_name);
    std::string fresh_lock(const Place& place);

    api::testing::InProcess client_{hub};
    std::map<std::string, catalog::User> people_;  // by row of the table
    std::string proposer_token_;
    std::map<std::string, Place> places_;  // by place_key
    std::map<std::string, std::map<std::string, Fields>> credentials_;
    std::map<std::string, Fields> others_;
    std::map<std::string, Browser> browsers_;  // by person
    Values expired_seals_;
    int fresh_ = 0;
};

}  // namespace mirfa::server::testing
