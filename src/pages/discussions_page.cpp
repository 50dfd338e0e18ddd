// SPDX-License-Identifier: Apache-2.0
// /{repo}/discussions and /{repo}/discussions/{num}: pull requests and discussions, as plain pages.
#include <charconv>

#include "api/errors.h"
#include "hub/community/discussions.h"
#include "hub/community/pull_requests.h"
#include "pages/diff_view.h"
#include "pages/handlers.h"
#include "pages/links.h"
#include "pages/repository_view.h"

namespace mirfa::pages {
namespace {

using catalog::Discussion;
using catalog::DiscussionStatus;

constexpr int kPage = 50;

void write_status(HtmlWriter& html, DiscussionStatus status) {
    html.element("span", {{"class", "tag status-" + std::string(hub::name_of(status))}}, hub::name_of(status));
}

void write_author(HtmlWriter& html, std::string_view name) {
    if (name.empty())
        html.element("span", {{"class", "quiet"}}, "somebody who has left");
    else
        html.element("strong", name);
}

void write_item(HtmlWriter& html, const Call& call, const Discussion& item) {
    html.open("li").open("div", {{"class", "title"}});
    write_status(html, item.status);
    html.text(" ");
    write_foreign_link(html, site_path(call, discussion_path(call.repository(), item.num)), item.title);
    html.close().open("div", {{"class", "quiet"}}).text("#" + std::to_string(item.num) + " · ");
    html.text(item.is_pull_request ? "pull request" : "discussion").text(" by ");
    write_author(html, item.author_name);
    html.text(" · ");
    write_day(html, item.created);
    html.close().close();
}

/// Links to this list, narrowed otherwise.
void write_filters(HtmlWriter& html, std::string_view current) {
    html.open("nav", {{"class", "tabs"}, {"aria-label", "State"}});
    for (const std::string_view state : {"open", "closed", "all"}) {
        const auto link = "?state=" + std::string(state);
        if (state == current)
            html.element("a", {{"href", link}, {"aria-current", "page"}}, state);
        else
            html.element("a", {{"href", link}}, state);
    }
    html.close();
}

Result<std::int64_t> number_of(const Call& call) {
    const auto text = call.value("num");
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && number > 0) return number;
    return Error{Code::kNotFound, "There is no pull request or discussion of this number."};
}

/// What the visitor may do with a discussion.
struct Rights {
    bool comment = false;
    bool change = false;  ///< title and status
    bool merge = false;
    bool read = false;  ///< contents of files
};

Result<Rights> rights_on(const Call& call, const Discussion& discussion) {
    Rights rights;
    TRY(rights.comment, may(call, hub::Action::kPropose));
    TRY(rights.merge, may(call, hub::Action::kWrite));
    TRY(rights.read, may(call, hub::Action::kReadContent));
    const bool is_author = call.principal.user != 0 && discussion.author == call.principal.user;
    rights.change = rights.merge || (is_author && rights.comment);
    return rights;
}

void write_event_head(HtmlWriter& html, const hub::CommunityEvent& event, std::string_view did) {
    write_author(html, event.author);
    html.text(" ").text(did).text(" ");
    write_day(html, event.created);
}

void write_comment(HtmlWriter& html, const hub::CommunityEvent& event, const hub::Comment& comment) {
    html.open("li", {{"class", "comment"}}).open("div", {{"class", "quiet"}});
    write_event_head(html, event, comment.edited ? "wrote (and edited)" : "wrote");
    html.close();
    if (comment.hidden)
        html.element("p", {{"class", "quiet"}}, "This comment has been hidden.");
    else if (comment.raw.empty())
        html.element("p", {{"class", "quiet"}}, "There is no description.");
    else
        html.open("div", {{"class", "card"}, {"dir", "auto"}}).raw(comment.html).close();
    html.close();
}

void write_event(HtmlWriter& html, const Call& call, const hub::CommunityEvent& event) {
    if (const auto* comment = std::get_if<hub::Comment>(&event.what)) return write_comment(html, event, *comment);
    html.open("li", {{"class", "quiet"}});
    if (const auto* change = std::get_if<hub::StatusChange>(&event.what)) {
        write_event_head(html, event, "set it to " + std::string(hub::name_of(change->status)));
    } else if (const auto* commit = std::get_if<hub::CommitAdded>(&event.what)) {
        write_event_head(html, event, "added a commit");
        html.text(": ");
        const auto oid = ObjectId::parse(commit->oid);
        if (oid.has_value())
            write_foreign_link(html, site_path(call, commit_path(call.repository(), oid.value())), commit->subject);
        else
            write_foreign(html, commit->subject);
    } else if (const auto* title = std::get_if<hub::TitleChange>(&event.what)) {
        write_event_head(html, event, "changed the title");
        html.text(" from ");
        write_foreign(html, title->from);
        html.text(" to ");
        write_foreign(html, title->to);
    }
    html.close();
}

void write_head(HtmlWriter& html, const Call& call, const hub::DiscussionDetails& details) {
    const auto& facts = details.facts;
    html.open("h2", {{"class", "message"}});
    write_foreign(html, facts.title);
    html.text(" ").element("span", {{"class", "quiet"}}, "#" + std::to_string(facts.num)).close();
    html.open("p");
    write_status(html, facts.status);
    html.text(" ");
    write_author(html, facts.author_name);
    if (details.pull_request) {
        const auto ref = hub::pull_request_ref(facts.num);
        const auto base = short_ref(details.pull_request->base);
        html.text(facts.status == DiscussionStatus::kMerged ? " brought " : " proposes to bring ");
        html.element("a", {{"href", site_path(call, tree_path(call.repository(), ref))}, {"class", "mono"}}, ref).text(" into ");
        write_foreign_link(html, site_path(call, tree_path(call.repository(), base)), base);
    } else {
        html.text(" began this discussion");
    }
    html.text(" · ");
    write_day(html, facts.created);
    if (facts.merge_commit) {
        html.text(" · merged as ");
        write_commit_link(html, call, *facts.merge_commit);
    }
    html.close();
}

void write_hindrances(HtmlWriter& html, const hub::PullRequest& pull) {
    if (pull.base_missing) write_notice(html, Tone::kBad, "The branch it is to be merged into is gone.");
    if (pull.conflicts.empty()) return;
    html.open("div", {{"class", "notice bad"}, {"role", "status"}});
    html.element("p", "It cannot be merged: these files were changed on both sides in ways that do not go together.").open("ul");
    for (const auto& path : pull.conflicts) {
        html.open("li", {{"class", "mono"}});
        write_foreign(html, path);
        html.close();
    }
    html.close().close();
}

/// A form that sets the status, or merges when there is none to set.
void write_action(HtmlWriter& html, const Call& call, const std::string& path, std::string_view status, std::string_view label) {
    open_form(html, call, path);
    if (!status.empty()) html.empty("input", {{"type", "hidden"}, {"name", "status"}, {"value", status}});
    if (status == "closed")
        html.element("button", label);
    else
        write_button(html, label);
    html.close();
}

void write_actions(HtmlWriter& html, const Call& call, const hub::DiscussionDetails& details, const Rights& rights) {
    const auto& facts = details.facts;
    const auto path = discussion_path(call.repository(), facts.num);
    const bool open = facts.status == DiscussionStatus::kOpen;
    const auto& pull = details.pull_request;
    html.open("div", {{"class", "actions"}});
    if (rights.merge && pull && open && pull->conflicts.empty() && !pull->base_missing)
        write_action(html, call, path + "/merge", "", "Merge");
    if (rights.change && facts.status == DiscussionStatus::kDraft) write_action(html, call, path + "/status", "open", "Publish");
    if (rights.change && facts.status == DiscussionStatus::kClosed)
        write_action(html, call, path + "/status", "open", "Open again");
    if (rights.change && (open || facts.status == DiscussionStatus::kDraft))
        write_action(html, call, path + "/status", "closed", "Close");
    html.close();
}

void write_comment_form(HtmlWriter& html, const Call& call, const Discussion& facts, std::string_view typed) {
    open_form(html, call, discussion_path(call.repository(), facts.num) + "/comment");
    html.open("label", {{"class", "long"}}).element("span", "Add a comment (Markdown)");
    html.element("textarea", {{"name", "comment"}, {"rows", "4"}, {"required", ""}, {"dir", "auto"}}, "\n" + std::string(typed));
    html.close();
    write_button(html, "Comment");
    html.close();
}

/// What went wrong with a form of the page, and what had been typed.
struct Mishap {
    Error error;
    std::string typed;
};

Result<http::Response> show(const Call& call, std::int64_t number, const Mishap* mishap) {
    TRY(const auto details, hub::load_discussion(call.hub, call.repository(), call.principal, number, hub::WithDiff::kYes));
    TRY(const auto rights, rights_on(call, details.facts));
    const bool by_browser = call.principal.kind == hub::PrincipalKind::kSession;
    const auto title = details.facts.title + " #" + std::to_string(number);
    return repository_page(
        call, Tab::kDiscussions, title,
        [&](HtmlWriter& html) {
            if (mishap != nullptr) write_notice(html, Tone::kBad, mishap->error.message);
            write_head(html, call, details);
            if (details.pull_request) write_hindrances(html, *details.pull_request);
            html.open("ol", {{"class", "events"}});
            for (const auto& event : details.events) write_event(html, call, event);
            html.close();
            if (by_browser) write_actions(html, call, details, rights);
            if (by_browser && rights.comment)
                write_comment_form(html, call, details.facts, mishap != nullptr ? mishap->typed : "");
            if (!details.pull_request) return;
            html.element("h2", "Changes");
            if (rights.read)
                write_diff(html, details.pull_request->diff);
            else
                write_gate(html, call);
        },
        mishap == nullptr ? 200 : api::status_of(mishap->error));
}

/// Back to the page of the discussion, or the page with what went wrong.
template <class T>
Result<http::Response> answer(const Call& call, std::int64_t number, const Result<T>& outcome, std::string typed = {}) {
    if (outcome.has_value()) return go_to(call, discussion_path(call.repository(), number));
    if (outcome.error().code == Code::kNotFound) return outcome.error();
    const Mishap mishap{outcome.error(), std::move(typed)};
    return show(call, number, &mishap);
}

}  // namespace

Result<http::Response> discussions_page(Call& call) {
    const auto asked = call.query.find("state").value_or("open");
    const std::string state = asked == "closed" || asked == "all" ? asked : "open";
    catalog::DiscussionQuery query;
    if (state != "all") query.open = state == "open";
    query.skip = static_cast<int>(call.query.number("skip", 0, 0, 1'000'000));
    query.limit = kPage;
    TRY(const auto found, hub::list_discussions(call.hub, call.repository(), query));
    return repository_page(call, Tab::kDiscussions, "Pull requests", [&](HtmlWriter& html) {
        write_filters(html, state);
        if (found.items.empty()) html.element("p", {{"class", "quiet"}}, "There are none.");
        html.open("ol", {{"class", "commits"}});
        for (const auto& item : found.items) write_item(html, call, item);
        html.close();
        const auto next = query.skip + static_cast<int>(found.items.size());
        if (next < found.count) write_next(html, "?state=" + state + "&skip=" + std::to_string(next), "Older ones");
    });
}

Result<http::Response> discussion_page(Call& call) {
    TRY(const auto number, number_of(call));
    return show(call, number, nullptr);
}

Result<http::Response> merge_discussion(Call& call) {
    TRY(const auto number, number_of(call));
    return answer(call, number, hub::merge_pull_request(call.hub, call.repository(), call.principal, number, ""));
}

Result<http::Response> set_discussion_status(Call& call) {
    TRY(const auto number, number_of(call));
    TRY(const auto form, api::form_body(call));
    const auto word = form.find("status").value_or("");
    if (word != "open" && word != "closed") return Error{Code::kInvalidArgument, "The form says neither open nor closed."};
    const auto status = word == "open" ? DiscussionStatus::kOpen : DiscussionStatus::kClosed;
    return answer(call, number, hub::change_status(call.hub, call.repository(), call.principal, number, status, ""));
}

Result<http::Response> comment_discussion(Call& call) {
    TRY(const auto number, number_of(call));
    TRY(const auto form, api::form_body(call));
    const auto text = form.find("comment").value_or("");
    return answer(call, number, hub::add_comment(call.hub, call.repository(), call.principal, number, text), text);
}

}  // namespace mirfa::pages
