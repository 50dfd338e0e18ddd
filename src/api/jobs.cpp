// SPDX-License-Identifier: Apache-2.0
// Long work: begun, looked at, cancelled. Mirfa's own routes.
#include "api/accounts_shared.h"
#include "api/operations.h"
#include "hub/jobs/convert.h"
#include "hub/jobs/tensor_diff.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;
using hub::Job;

/// 0, which no row has, for what is no number.
catalog::RowId id_in(std::string_view text) { return find_integer(text).value_or(0); }

void write_time(JsonWriter& json, std::string_view key, const std::optional<UnixMillis>& time) {
    if (time)
        json.field(key, to_iso8601(*time));
    else
        json.null(key);
}

/// The members of a job; the object is open and stays so.
void write_job(JsonWriter& json, const Job& job) {
    json.field("id", std::to_string(job.id)).field("kind", job.kind).field("state", hub::name_of(job.state));
    json.field("step", job.step).field("done", job.done).field("total", job.total).field("attempts", job.attempts);
    if (job.message.empty())
        json.null("message");
    else
        json.field("message", job.message);
    json.raw("input", job.input).raw("result", job.result);
    json.field("createdAt", to_iso8601(job.created));
    write_time(json, "startedAt", job.started);
    write_time(json, "endedAt", job.ended);
}

/// In lists stands also who asked for it, and of the whole hub where.
void write_named(JsonWriter& json, const hub::NamedJob& row, bool with_repo) {
    json.object();
    write_job(json, row.job);
    if (with_repo) json.field("repoType", row.repo_type).field("repo", row.repo_name);
    json.field("user", row.user_name).end();
}

http::Response one_job(const Job& job, int status = 200) {
    JsonWriter json;
    json.object();
    write_job(json, job);
    json.end();
    return json_response(std::move(json), status);
}

int limit_of(const Call& call) { return static_cast<int>(call.query.number("limit", 50, 1, 100)); }
catalog::RowId cursor_of(const Call& call) { return id_in(call.query.find("cursor").value_or("0")); }

void add_next(http::Response& response, const Call& call, std::size_t count, catalog::RowId last) {
    if (count == static_cast<std::size_t>(limit_of(call))) add_next_link(response, call, std::to_string(last));
}

}  // namespace

Result<http::Response> conversions(Call& call) {
    const std::string revision = joined(call.path.rest);
    TRY(const auto found, hub::list_conversions(call.hub, call.repository(), revision.empty() ? "main" : revision));
    JsonWriter json;
    json.array();
    for (const auto& one : found) {
        json.object().field("to", one.to);
        if (one.there) json.field("there", *one.there);
        if (one.source) json.field("source", *one.source);
        json.end();
    }
    return json_response(std::move(json));
}

Result<http::Response> convert(Call& call) {
    TRY(const auto body, json_body(call));
    hub::WantedConversion wanted;
    TRY(wanted.to, format::need_string(body, "to"));
    wanted.revision = format::find_string(body, "revision").value_or(wanted.revision);
    wanted.dtype = format::find_string(body, "dtype").value_or(wanted.dtype);
    const auto* general = format::find_member(body, "generalRules");
    wanted.general_rules = general != nullptr && general->is_bool() && general->get_bool();
    TRY(const auto job, hub::begin_conversion(call.hub, call.principal, call.repository(), wanted));
    return one_job(job, 202);
}

Result<http::Response> tensor_diff(Call& call) {
    TRY(const auto body, json_body(call));
    hub::WantedTensorDiff wanted;
    TRY(wanted.base, format::need_string(body, "base"));
    TRY(wanted.head, format::need_string(body, "head"));
    TRY(const auto job, hub::begin_tensor_diff(call.hub, call.principal, call.repository(), wanted));
    return one_job(job, 202);
}

Result<http::Response> repo_jobs(Call& call) {
    TRY(const auto jobs, hub::jobs_of(call.hub, call.repository(), cursor_of(call), limit_of(call)));
    JsonWriter json;
    json.array();
    for (const auto& row : jobs) write_named(json, row, false);
    json.end();
    auto response = json_response(std::move(json));
    if (!jobs.empty()) add_next(response, call, jobs.size(), jobs.back().job.id);
    return response;
}

Result<http::Response> repo_job(Call& call) {
    TRY(const auto job, hub::load_job(call.hub, call.repository(), id_in(call.value("job"))));
    return one_job(job);
}

Result<http::Response> repo_job_report(Call& call) {
    TRY(auto report, hub::load_job_report(call.hub, call.repository(), id_in(call.value("job"))));
    return text_response(200, "application/json; charset=utf-8", std::move(report));
}

Result<http::Response> repo_job_cancel(Call& call) {
    TRY(const auto job, hub::cancel_job(call.hub, call.principal, call.repository(), id_in(call.value("job"))));
    return one_job(job);
}

Result<http::Response> admin_jobs(Call& call) {
    TRY(const auto rows, hub::jobs_of_hub(call.hub, cursor_of(call), limit_of(call)));
    JsonWriter json;
    json.array();
    for (const auto& row : rows) write_named(json, row, true);
    json.end();
    auto response = private_json(std::move(json));
    if (!rows.empty()) add_next(response, call, rows.size(), rows.back().job.id);
    return response;
}

}  // namespace mirfa::api
