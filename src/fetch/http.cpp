// SPDX-License-Identifier: Apache-2.0
#include "fetch/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cstdlib>
#include <mutex>

#include "base/ascii.h"
#include "fetch/url.h"

namespace mirfa::fetch {
namespace {

constexpr int kMaxHops = 20;
constexpr std::size_t kKeptHandles = 64;
constexpr std::size_t kMaxErrorBody = 1u << 20;

/// What one exchange keeps while curl calls back.
struct Exchange {
    const Request& request;
    ByteSink* sink;
    Answer answer;
    std::size_t header_bytes = 0;
    std::unique_ptr<ByteSource> source;
    std::size_t body_sent = 0;
    bool body_begun = false;
    std::optional<Error> error;  ///< ours; comes before curl's

    bool is_redirect() const { return answer.status >= 300 && answer.status < 400; }
};

std::size_t on_header(char* data, std::size_t, std::size_t count, void* context) {
    auto& x = *static_cast<Exchange*>(context);
    const std::string_view line(data, count);
    x.header_bytes += count;
    if (x.header_bytes > x.request.limits.header_bytes) {
        x.error = Error{Code::kTooLarge, "The server's answer has too many headers."};
        return 0;
    }
    if (line.starts_with("HTTP/")) {  // of a 100 Continue or a proxy's CONNECT before the real one: start over
        x.answer.headers.clear();
        const auto blank = line.find(' ');
        x.answer.status = blank == line.npos ? 0 : std::atoi(std::string(line.substr(blank + 1, 3)).c_str());
        return count;
    }
    if (const auto colon = line.find(':'); colon != line.npos && x.answer.headers.size() < 1000)
        x.answer.headers.push_back(
            {std::string(ascii_trim(line.substr(0, colon))), std::string(ascii_trim(line.substr(colon + 1)))});
    return count;
}

std::size_t on_body(char* data, std::size_t, std::size_t count, void* context) {
    auto& x = *static_cast<Exchange*>(context);
    if (x.sink != nullptr && x.answer.ok()) {
        auto begun = x.body_begun || !x.request.before_body ? Result<void>(ok()) : x.request.before_body(x.answer);
        x.body_begun = true;
        auto taken = begun.has_value() ? x.sink->write(ByteView(reinterpret_cast<const Byte*>(data), count)) : begun;
        if (taken.has_value()) return count;
        x.error = std::move(taken).error();
        return 0;
    }
    const auto limit = x.answer.ok() ? x.request.limits.body_bytes : kMaxErrorBody;
    if (x.answer.body.size() + count > limit) {
        if (!x.answer.ok()) return count;  // of an error page the front is enough
        x.error = Error{Code::kTooLarge, fmt::format("The answer of {} is longer than {} bytes.", x.request.url, limit)};
        return 0;
    }
    x.answer.body.append(data, count);
    return count;
}

std::size_t on_send(char* into, std::size_t size, std::size_t count, void* context) {
    auto& x = *static_cast<Exchange*>(context);
    const ByteSpan room(reinterpret_cast<Byte*>(into), size * count);
    if (x.source) {
        auto read = x.source->read(room);
        if (read.has_value()) return read.value();
        x.error = std::move(read).error();
        return CURL_READFUNC_ABORT;
    }
    const auto rest = x.request.body.subspan(x.body_sent);
    const auto taken = std::min(rest.size(), room.size());
    std::copy_n(rest.begin(), taken, room.begin());
    x.body_sent += taken;
    return taken;
}

/// curl rewinds when a kept connection turns out to be closed after the first octets were sent.
int on_rewind(void* context, curl_off_t offset, int origin) {
    auto& x = *static_cast<Exchange*>(context);
    if (origin != SEEK_SET || offset != 0) return CURL_SEEKFUNC_FAIL;
    x.body_sent = 0;
    if (!x.request.source) return CURL_SEEKFUNC_OK;
    auto again = x.request.source();
    if (!again.has_value()) return CURL_SEEKFUNC_FAIL;
    x.source = std::move(again).value();
    return CURL_SEEKFUNC_OK;
}

int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto* stop = static_cast<Exchange*>(context)->request.stop;
    return stop != nullptr && stop->load(std::memory_order_relaxed) ? 1 : 0;
}

const char* first_set(std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
    return nullptr;
}

Error curl_error(CURLcode code, const Request& request, const char* text) {
    const auto origin = origin_of(request.url);
    const std::string where = origin.has_value() ? origin.value() : request.url;
    const std::string why = *text != '\0' ? text : curl_easy_strerror(code);
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT: return Error{Code::kTimedOut, fmt::format("{} did not answer in time. ({})", where, why)};
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return Error{Code::kInvalidArgument, fmt::format("\"{}\" is not an http or https address.", request.url)};
        case CURLE_ABORTED_BY_CALLBACK: return Error{Code::kInternal, "The transfer was stopped."};
        case CURLE_PEER_FAILED_VERIFICATION:
            return Error{
                Code::kUnavailable,
                fmt::format("The certificate of {} is not trusted ({}). SSL_CERT_FILE may name another set.", where, why)};
        default: return Error{Code::kUnavailable, fmt::format("{} cannot be reached or broke off: {}.", where, why)};
    }
}

using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

/// Fails: kInvalidArgument for a header that would become two.
Result<List> header_list(const Request& request) {
    curl_slist* list = curl_slist_append(nullptr, "Expect:");
    List owner(list, curl_slist_free_all);
    const auto add = [&](const std::string& line) -> Result<void> {
        if (line.find_first_of("\r\n", 0, 2) != line.npos || line.find('\0') != line.npos)
            return Error{Code::kInvalidArgument, "A header to send contains a line break."};
        owner.release();
        list = curl_slist_append(list, line.c_str());
        owner.reset(list);
        return ok();
    };
    for (const auto& header : request.headers)
        TRY(add(header.value.empty() ? header.name + ";" : header.name + ": " + header.value));
    if (!request.authorization.empty()) TRY(add("Authorization: " + request.authorization.reveal()));
    return owner;
}

template <class T>
void set(CURL* curl, CURLoption option, T value) {
    curl_easy_setopt(curl, option, value);
}

void set_method(CURL* curl, const Request& r, Exchange& x) {
    const bool sends = !r.body.empty() || r.source || r.method == "POST" || r.method == "PUT";
    if (r.method == "HEAD") set(curl, CURLOPT_NOBODY, 1L);
    if (sends) {
        set(curl, CURLOPT_UPLOAD, 1L);
        const auto length = r.source ? r.source_bytes : r.body.size();
        set(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(length));
        set(curl, CURLOPT_READFUNCTION, on_send);
        set(curl, CURLOPT_READDATA, &x);
        set(curl, CURLOPT_SEEKFUNCTION, on_rewind);
        set(curl, CURLOPT_SEEKDATA, &x);
        set(curl, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
    }
    if (r.method != "HEAD") set(curl, CURLOPT_CUSTOMREQUEST, r.method.c_str());
}

void set_surroundings(CURL* curl, const Request& r) {
    set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    set(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_BUFFERSIZE, 256L * 1024);
    set(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(r.limits.connect.count()));
    set(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(r.limits.idle.count()));
    set(curl, CURLOPT_TIMEOUT, static_cast<long>(r.limits.total.count()));
    if (const char* bundle = first_set({"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}))
        set(curl, CURLOPT_CAINFO, bundle);
    // curl takes HTTP_PROXY in small letters only, other clients of the ecosystem take both.
    const bool plain = ascii_lower(r.url.substr(0, 7)) == "http://";
    if (const char* proxy = plain && !std::getenv("http_proxy") ? first_set({"HTTP_PROXY"}) : nullptr)
        set(curl, CURLOPT_PROXY, proxy);
}

}  // namespace

std::optional<std::string_view> Answer::find(std::string_view name) const {
    for (const auto& header : headers)
        if (ascii_iequals(header.name, name)) return header.value;
    return std::nullopt;
}

/// Handles keep their connections, so they are handed round.
class HttpClient::Pool {
public:
    explicit Pool(std::string agent) : user_agent(std::move(agent)) {}
    ~Pool() {
        for (CURL* handle : idle_) curl_easy_cleanup(handle);
    }
    CURL* take() {
        // Not before a first request: it makes TLS ready, and who finds everything in the cache sends none.
        static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
        if (!ready) return nullptr;
        const std::lock_guard lock(mutex_);
        if (idle_.empty()) return curl_easy_init();
        CURL* handle = idle_.back();
        idle_.pop_back();
        return handle;
    }
    void give_back(CURL* handle) {
        curl_easy_reset(handle);
        const std::lock_guard lock(mutex_);
        if (idle_.size() >= kKeptHandles) return curl_easy_cleanup(handle);
        idle_.push_back(handle);
    }
    Result<Answer> exchange(const Request& request, ByteSink* sink);

    const std::string user_agent;

private:
    std::mutex mutex_;
    std::vector<CURL*> idle_;  // guarded by mutex_
};

Result<Answer> HttpClient::Pool::exchange(const Request& request, ByteSink* sink) {
    TRY(const auto headers, header_list(request));
    Exchange x{request, sink, {}, 0, nullptr, 0, false, std::nullopt};
    if (request.source) {
        TRY(x.source, request.source());
    }
    CURL* curl = take();
    if (curl == nullptr) return internal_error("curl_easy_init failed");
    char text[CURL_ERROR_SIZE] = "";
    set_surroundings(curl, request);
    set_method(curl, request, x);
    set(curl, CURLOPT_ERRORBUFFER, static_cast<char*>(text));
    set(curl, CURLOPT_URL, request.url.c_str());
    set(curl, CURLOPT_USERAGENT, user_agent.c_str());
    set(curl, CURLOPT_HTTPHEADER, headers.get());
    set(curl, CURLOPT_HEADERFUNCTION, on_header);
    set(curl, CURLOPT_HEADERDATA, &x);
    set(curl, CURLOPT_WRITEFUNCTION, on_body);
    set(curl, CURLOPT_WRITEDATA, &x);
    set(curl, CURLOPT_NOPROGRESS, 0L);
    set(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    set(curl, CURLOPT_XFERINFODATA, &x);
    const CURLcode code = curl_easy_perform(curl);
    give_back(curl);
    if (x.error) return *std::move(x.error);
    if (code != CURLE_OK) return curl_error(code, request, text);
    x.answer.url = request.url;
    return std::move(x.answer);
}

HttpClient::HttpClient(std::string user_agent) : pool_(std::make_unique<Pool>(std::move(user_agent))) {}
HttpClient::~HttpClient() = default;

Result<Answer> HttpClient::send(const Request& request) { return follow(request, nullptr); }
Result<Answer> HttpClient::send(const Request& request, ByteSink& sink) { return follow(request, &sink); }

Result<Answer> HttpClient::follow(Request request, ByteSink* sink) {
    TRY(const auto first_origin, origin_of(request.url));
    for (int hop = 0; hop < kMaxHops; ++hop) {
        TRY(auto answer, pool_->exchange(request, sink));
        const auto location = answer.find("Location");
        const bool moved =
            answer.status == 301 || answer.status == 302 || answer.status == 303 || answer.status == 307 || answer.status == 308;
        if (!moved || !location || request.redirects == Redirects::kNone) return answer;
        TRY(auto next, resolve_url(request.url, *location));
        TRY(const auto origin, origin_of(next));
        if (origin != first_origin) {
            if (request.redirects == Redirects::kWithinOrigin) return answer;
            request.authorization = Secret();  // and it stays away, should a later hop lead back
        }
        if (answer.status < 304 && request.method != "GET" && request.method != "HEAD") {
            request.method = "GET";
            request.body = {};
            request.source = nullptr;
        }
        request.url = std::move(next);
    }
    return Error{Code::kUnavailable, fmt::format("{} redirects in circles.", request.url)};
}

}  // namespace mirfa::fetch
