// SPDX-License-Identifier: Apache-2.0
// A server in this process and a socket: requests and expected replies as text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstring>

#include "http/testing/raw_client.h"
#include "http/testing/test_app.h"

namespace mirfa::http::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string get(const std::string& path, const std::string& fields = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

/// Pieces of text, and an error at the end when one is given.
class PiecesSource final : public SegmentSource {
public:
    explicit PiecesSource(std::vector<std::string> pieces, std::optional<Error> error = std::nullopt)
        : pieces_(std::move(pieces)), error_(std::move(error)) {}
    Result<Segment> next() override {
        if (at_ < pieces_.size()) {
            const auto& piece = pieces_[at_++];
            return Segment(Bytes(piece.begin(), piece.end()));
        }
        if (error_) return *error_;
        return Segment{};
    }

private:
    std::vector<std::string> pieces_;
    std::optional<Error> error_;
    std::size_t at_ = 0;
};

Response streamed(std::vector<std::string> pieces, std::optional<std::uint64_t> length = std::nullopt,
                  std::optional<Error> error = std::nullopt) {
    Response response;
    response.stream = std::make_unique<PiecesSource>(std::move(pieces), std::move(error));
    response.length = length;
    return response;
}

/// Collects a body and answers with how many octets came, or fails once it has `fail_after`.
class CountingReceiver final : public BodyReceiver {
public:
    explicit CountingReceiver(std::uint64_t fail_after) : fail_after_(fail_after) {}
    Result<void> receive(ByteView bytes) override {
        count_ += bytes.size();
        if (bytes.empty() || bytes.size() > (1U << 20)) return Error{Code::kInternal, "a piece of odd size"};
        if (count_ > fail_after_) return Error{Code::kInvalidArgument, "enough"};
        return ok();
    }
    Response finish() override { return text_answer(std::to_string(count_)); }

private:
    std::uint64_t count_ = 0;
    const std::uint64_t fail_after_;
};

class Wire : public ::testing::Test {
protected:
    Wire() {
        app.handle("/hello", [](Request& r) { return text_answer("hello " + r.query); });
        app.handle(
            "/echo", [](Request& r) { return text_answer(std::string(name_of(r.verb)) + " " + r.body); }, 1 << 20);
        app.handle("/who", [](Request& r) { return text_answer(r.remote_address + (r.over_tls ? " tls " : " ") + r.id); });
        app.handle("/chunked", [](Request&) { return streamed({"one,", "", "two,", "three"}); });
        app.handle("/measured", [](Request&) { return streamed({"12", "345"}, 5); });
        app.handle("/empty", [](Request&) { return streamed({}, 0); });
        app.handle("/status", [](Request& r) {
            auto response = text_answer("body");
            response.status = std::stoi(r.query);
            return response;
        });
        on_receive("/count", UINT64_MAX);
        on_receive("/fussy", 10);
        app.on("/closed", [this](const Request&) {
            Plan plan;
            plan.receive = [](Request&) -> Result<std::unique_ptr<BodyReceiver>> {
                return Error{Code::kNotFound, "no such thing"};
            };
            plan.max_body = UINT64_MAX;
            plan.pool = &app.pool();
            return plan;
        });
    }

    void on_receive(const std::string& path, std::uint64_t fail_after) {
        app.on(path, [this, fail_after](const Request&) {
            Plan plan;
            plan.receive = [fail_after](Request&) -> Result<std::unique_ptr<BodyReceiver>> {
                return std::unique_ptr<BodyReceiver>(std::make_unique<CountingReceiver>(fail_after));
            };
            plan.max_body = 1ULL << 40;
            plan.pool = &app.pool();
            return plan;
        });
    }

    RunningServer& server(ServerOptions options = {}) {
        if (!server_) server_.emplace(std::move(options), app);
        return *server_;
    }
    RawClient client() { return RawClient(server().port()); }

    TestApp app;
    std::optional<RunningServer> server_;
};

// ---- plain answers

TEST_F(Wire, AnswersAndKeepsTheConnection) {
    auto c = client();
    EXPECT_EQ(c.exchange(get("/hello?x")).brief(), "HTTP/1.1 200 OK\nhello x");
    EXPECT_EQ(c.exchange(get("/hello?y")).brief(), "HTTP/1.1 200 OK\nhello y");
    EXPECT_EQ(c.exchange(get("/nowhere")).brief(), "HTTP/1.1 404 Not Found\nnothing here");
    EXPECT_EQ(server().connections(), 1U);
}

TEST_F(Wire, AnswersPipelinedRequestsInOrder) {
    auto c = client();
    std::string all, expected;
    for (int i = 0; i < 50; ++i) {
        all += get("/hello?" + std::to_string(i));
        all += "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";
        all += "PUT /count HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
    }
    c.send(all);
    for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(c.receive().body, "hello " + std::to_string(i));
        ASSERT_EQ(c.receive().body, "POST ab");
        ASSERT_EQ(c.receive().body, "3");
    }
}

TEST_F(Wire, HeadHasTheLengthAndNoBody) {
    auto c = client();
    c.send(
        "HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n"
        "HEAD /measured HTTP/1.1\r\nHost: h\r\n\r\n" +
        std::string("HEAD /chunked HTTP/1.1\r\nHost: h\r\n\r\n") + get("/hello"));
    EXPECT_EQ(c.receive(true).field("Content-Length"), "6");
    EXPECT_EQ(c.receive(true).field("Content-Length"), "5");
    EXPECT_EQ(c.receive(true).field("Content-Length"), "");
    EXPECT_EQ(c.receive().body, "hello ");
}

TEST_F(Wire, SomeStatusesHaveNoBody) {
    auto c = client();
    c.send(get("/status?204") + get("/status?304") + get("/status?201"));
    for (const int status : {204, 304}) {
        const auto reply = c.receive();
        EXPECT_EQ(reply.status(), status);
        EXPECT_EQ(reply.field("Content-Length"), "");
    }
    EXPECT_EQ(c.receive().brief(), "HTTP/1.1 201 Created\nbody");
}

TEST_F(Wire, AnOldClientGetsAnOldConnection) {
    auto c = client();
    c.send("GET /chunked HTTP/1.0\r\n\r\n");
    const auto reply = c.receive();
    EXPECT_EQ(reply.brief(), "HTTP/1.1 200 OK\none,two,three");
    EXPECT_EQ(reply.field("Transfer-Encoding"), "");
    auto keeping = client();
    EXPECT_EQ(keeping.exchange("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").field("Connection"), "keep-alive");
    EXPECT_EQ(keeping.exchange("GET /hello HTTP/1.0\r\n\r\n").field("Connection"), "close");
    EXPECT_TRUE(keeping.is_closed_by_server());
}

TEST_F(Wire, ConnectionCloseIsObeyed) {
    auto c = client();
    EXPECT_EQ(c.exchange(get("/hello", "Connection: close\r\n")).field("Connection"), "close");
    EXPECT_TRUE(c.is_closed_by_server());
}

TEST_F(Wire, EveryAnswerHasADateAndAnId) {
    auto c = client();
    const auto reply = c.exchange(get("/who", "X-Request-Id: my-id\r\n"));
    EXPECT_EQ(reply.body, "127.0.0.1 my-id");
    EXPECT_EQ(reply.field("X-Request-Id"), "my-id");
    EXPECT_THAT(reply.field("Date"), HasSubstr(" GMT"));
    EXPECT_FALSE(c.exchange("BAD\r\n\r\n").field("X-Request-Id").empty());
}

TEST_F(Wire, ATrustedProxySpeaksForItsClient) {
    ServerOptions options;
    options.trusted_proxies = {"127.0.0.0/8"};
    server(options);
    auto c = client();
    EXPECT_EQ(c.exchange(get("/who", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Request-Id: i\r\n")).body,
              "1.2.3.4 tls i");
}

// ---- streamed answers

TEST_F(Wire, StreamsAreChunkedOrMeasured) {
    auto c = client();
    const auto chunked = c.exchange(get("/chunked"));
    EXPECT_EQ(chunked.body, "one,two,three");
    EXPECT_EQ(chunked.field("Transfer-Encoding"), "chunked");
    const auto measured = c.exchange(get("/measured"));
    EXPECT_EQ(measured.body, "12345");
    EXPECT_EQ(measured.field("Content-Length"), "5");
    EXPECT_EQ(c.exchange(get("/empty")).field("Content-Length"), "0");
    EXPECT_EQ(c.exchange(get("/hello")).body, "hello ");
}

TEST_F(Wire, AStreamThatDoesNotKeepItsWordIsCut) {
    app.handle("/short", [](Request&) { return streamed({"123"}, 5); });
    app.handle("/long", [](Request&) { return streamed({"123", "456"}, 5); });
    app.handle("/broken", [](Request&) { return streamed({"123"}, std::nullopt, Error{Code::kCorrupt, "bad disk"}); });
    for (const char* path : {"/short", "/long", "/broken"}) {
        auto c = client();
        c.send(get(path));
        EXPECT_THAT(c.receive_until("\r\n\r\n"), HasSubstr("200 OK")) << path;
        EXPECT_THAT(c.receive_rest(), Not(HasSubstr("0\r\n\r\n"))) << path;
    }
    ASSERT_TRUE(eventually([&] { return app.log().size() == 3; }));
    EXPECT_THAT(app.log(), ElementsAre(HasSubstr("shorter"), HasSubstr("longer"), HasSubstr("bad disk")));
}

/// Octets and pieces of a file in turn, as a rebuilt file comes.
class MixedSource final : public SegmentSource {
public:
    MixedSource(std::shared_ptr<const File> file, std::string_view text) : file_(std::move(file)), text_(text) {}
    Result<Segment> next() override {
        const std::uint64_t length = std::min<std::uint64_t>(1 + count_ * 7 % 900, text_.size() - at_);
        if (length == 0) return Segment{};
        const auto from = std::exchange(at_, at_ + length);
        if (count_++ % 3 == 0) return Segment(Bytes(text_.begin() + from, text_.begin() + at_));
        return Segment(FileSlice{file_, from, length});
    }

private:
    const std::shared_ptr<const File> file_;
    const std::string_view text_;
    std::uint64_t at_ = 0, count_ = 0;
};

TEST_F(Wire, OctetsAndPiecesOfFilesArriveInTheirOrder) {
    std::string text;
    for (int i = 0; text.size() < 300'000; ++i) text += std::to_string(i) + ",";
    const auto folder = TemporaryFolder::create().value();
    const auto path = folder.path() / "file";
    ASSERT_TRUE(write_small_file(path, text).has_value());
    const auto file = std::make_shared<const File>(File::open_to_read(path).value());
    app.handle("/mixed", [&](Request& r) {
        Response response;
        response.stream = std::make_unique<MixedSource>(file, text);
        if (r.query == "measured") response.length = text.size();
        return response;
    });
    auto c = client();
    EXPECT_EQ(c.exchange(get("/mixed?measured")).body, text);
    EXPECT_EQ(c.exchange(get("/mixed")).body, text);
    EXPECT_EQ(c.exchange(get("/hello")).body, "hello ");
}

TEST_F(Wire, AnAnswerThatIsReadyIsGivenAsOftenAsItIsAsked) {
    auto ready = std::make_shared<Response>(text_answer("ready"));
    ready->status = 404;
    ready->log_detail = "kept";
    app.on("/ready", [ready](const Request&) {
        Plan plan;
        plan.ready = ready;
        return plan;
    });
    auto c = client();
    EXPECT_EQ(c.exchange(get("/ready")).brief(), "HTTP/1.1 404 Not Found\nready");
    EXPECT_EQ(c.exchange("HEAD /ready HTTP/1.1\r\nHost: h\r\n\r\n").field("Content-Length"), "5");
    EXPECT_EQ(c.exchange(get("/ready")).brief(), "HTTP/1.1 404 Not Found\nready");
    ASSERT_TRUE(eventually([&] { return app.log().size() == 3; }));
    EXPECT_THAT(app.log(), ElementsAre("GET /ready 404 kept", "HEAD /ready 404 kept", "GET /ready 404 kept"));
}

// ---- bodies

TEST_F(Wire, WholeBodiesArriveByLengthAndByChunks) {
    auto c = client();
    EXPECT_EQ(c.exchange("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello").body, "POST hello");
    EXPECT_EQ(
        c.exchange("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n").body,
        "POST abcde");
    EXPECT_EQ(c.exchange("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").body, "POST ");
    EXPECT_EQ(c.exchange("DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\n").body, "DELETE ");
    const std::string large(1 << 20, 'x');
    EXPECT_EQ(c.exchange("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\n" + large).body, "POST " + large);
}

TEST_F(Wire, ContinueIsSaidOnceTheRequestIsAccepted) {
    auto c = client();
    for (const char* path : {"/count", "/echo"}) {
        c.send(std::string("PUT ") + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        EXPECT_EQ(c.receive().status_line, "HTTP/1.1 100 Continue");
        c.send("abc");
        EXPECT_EQ(c.receive().status(), 200);
    }
}

TEST_F(Wire, ContinueIsNotSaidToARequestThatIsRefused) {
    for (const char* head : {"PUT /closed HTTP/1.1\r\nContent-Length: 3", "PUT /hello HTTP/1.1\r\nContent-Length: 3",
                             "PUT /closed HTTP/1.1\r\nTransfer-Encoding: chunked"}) {
        auto c = client();
        c.send(std::string(head) + "\r\nHost: h\r\nExpect: 100-continue\r\n\r\n");
        const auto reply = c.receive();
        EXPECT_GE(reply.status(), 400);
        EXPECT_EQ(reply.field("Connection"), "close");
        EXPECT_TRUE(c.is_closed_by_server());
    }
}

TEST_F(Wire, ABodyThatIsTooLargeIsRefusedBeforeOrWhileItIsRead) {
    const std::string large((1 << 20) + 1, 'x');
    auto measured = client();
    EXPECT_EQ(measured.exchange("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n").status(), 413);
    auto chunked = client();
    EXPECT_EQ(chunked.exchange("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n" + large).status(),
              413);
}

TEST_F(Wire, ASmallUnwantedBodyIsReadAwayAndTheConnectionKept) {
    auto c = client();
    EXPECT_EQ(c.exchange("PUT /closed HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello").status(), 404);
    EXPECT_EQ(c.exchange("PUT /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello").status(), 413);
    EXPECT_EQ(c.exchange(get("/hello")).body, "hello ");
}

TEST_F(Wire, AReceiverThatFailsIsHeardByAClientThatStillSends) {
    auto c = client();
    c.send("PUT /fussy HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
    const std::string piece(64 << 10, 'x');
    for (int i = 0; i < 200; ++i)
        if (!c.try_send(piece)) break;
    const auto reply = c.receive();
    EXPECT_EQ(reply.brief(), "HTTP/1.1 400 Bad Request\nenough");
    EXPECT_EQ(reply.field("Connection"), "close");
}

TEST_F(Wire, ARefusalIsHeardByAClientThatSendsAllBeforeItLooks) {
    const std::string piece(1 << 20, 'x');
    for (const char* path : {"/fussy", "/closed", "/hello"}) {
        auto c = client();
        c.send(std::string("PUT ") + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 104857600\r\n\r\n");
        for (int i = 0; i < 100; ++i) c.send(piece);
        EXPECT_GE(c.receive().status(), 400) << path;
    }
}

TEST_F(Wire, AReceiverThatFailsIsHeardByAClientThatWaits) {
    auto c = client();
    c.send("PUT /fussy HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n" + std::string(20 << 10, 'x'));
    EXPECT_EQ(c.receive().body, "enough");
}

TEST_F(Wire, AReceiverIsDroppedWhenTheClientLeaves) {
    struct Watched final : BodyReceiver {
        explicit Watched(std::atomic<int>& count) : alive(count) { ++alive; }
        ~Watched() override { --alive; }
        Result<void> receive(ByteView) override { return ok(); }
        Response finish() override {
            ADD_FAILURE() << "a body that broke off was finished";
            return {};
        }
        std::atomic<int>& alive;
    };
    std::atomic<int> alive = 0, made = 0;
    app.on("/watched", [&](const Request&) {
        Plan plan;
        plan.receive = [&](Request&) -> Result<std::unique_ptr<BodyReceiver>> {
            std::unique_ptr<BodyReceiver> receiver = std::make_unique<Watched>(alive);
            ++made;
            return receiver;
        };
        plan.max_body = 1 << 30;
        plan.pool = &app.pool();
        return plan;
    });
    {
        auto c = client();
        c.send("PUT /watched HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + std::string(100 << 10, 'x'));
        ASSERT_TRUE(eventually([&] { return made == 1; }));
    }
    EXPECT_TRUE(eventually([&] { return alive == 0; }));
    ASSERT_TRUE(eventually([&] { return app.log().size() == 1; }));
    EXPECT_THAT(app.log(), ElementsAre("PUT /watched 499 "));
}

// ---- errors and pressure

TEST_F(Wire, AnExceptionBecomesAPlain500) {
    app.handle("/throws", [](Request&) -> Response { throw std::runtime_error("secret detail"); });
    app.on("/plan-throws", [](const Request&) -> Plan { throw 7; });
    auto c = client();
    const auto reply = c.exchange(get("/throws"));
    EXPECT_EQ(reply.status(), 500);
    EXPECT_THAT(reply.body, Not(HasSubstr("secret")));
    EXPECT_EQ(c.exchange(get("/plan-throws")).status(), 500);
    EXPECT_EQ(c.exchange(get("/hello")).body, "hello ");
}

/// A door that jobs wait at.
class Gate {
public:
    void wait() {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void await_visitor() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waiting_ > 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int waiting_ = 0;
    bool open_ = false;
};

TEST_F(Wire, AFullPoolLetsRequestsWaitAndThenSends503) {
    Gate gate;
    WorkerPool narrow("narrow", 1, 1);
    app.on("/gate", [&](const Request& head) {
        Plan plan;
        plan.handle = [&, blocks = head.query == "first"](Request&) {
            if (blocks) gate.wait();
            return text_answer("through");
        };
        plan.pool = &narrow;
        return plan;
    });
    ServerOptions options;
    options.queue_timeout = std::chrono::milliseconds(50);
    options.threads = 1;
    server(options);
    auto first = client(), queued = client(), refused = client();
    first.send(get("/gate?first"));
    gate.await_visitor();
    queued.send(get("/gate?queued"));
    ASSERT_TRUE(eventually([&] { return narrow.queued() == 1; }));
    const auto reply = refused.exchange(get("/gate?refused"));
    EXPECT_EQ(reply.status(), 503);
    EXPECT_FALSE(reply.field("Retry-After").empty());
    gate.open();
    EXPECT_EQ(first.receive().body, "through");
    EXPECT_EQ(queued.receive().body, "through");
    EXPECT_EQ(refused.exchange(get("/gate?again")).body, "through");
}

TEST_F(Wire, BodiesThatAreHeldWholeShareOneMemory) {
    ServerOptions options;
    options.max_buffered_octets = 150'000;
    server(options);
    const auto post = [](std::size_t size) {
        return "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + std::string(size, 'x');
    };
    auto c = client();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(c.exchange(post(140'000)).status(), 200) << "what was held is given back";
    const auto reply = client().exchange(post(300'000));
    EXPECT_EQ(reply.status(), 503);
    EXPECT_FALSE(reply.field("Retry-After").empty());
    EXPECT_EQ(c.exchange(post(140'000)).status(), 200);
}

TEST_F(Wire, ALargeBodyIsTakenOnlyFromThoseWhoAreAdmitted) {
    app.on("/guarded", [this](const Request&) {
        Plan plan;
        plan.handle = [](Request& r) { return text_answer(std::to_string(r.body.size())); };
        plan.admit = [](Request& r) -> Result<void> {
            if (r.query != "friend") return Error{Code::kNotFound, "not for you"};
            return ok();
        };
        plan.max_body = 1 << 20;
        plan.pool = &app.pool();
        return plan;
    });
    const auto put = [](const std::string& who, const std::string& fields, const std::string& body) {
        return "PUT /guarded?" + who + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
    };
    const std::string small(1000, 'x'), large(100'000, 'x');
    auto c = client();
    EXPECT_EQ(c.exchange(put("stranger", "Content-Length: 1000\r\n", small)).body, "1000") << "the handler decides";
    EXPECT_EQ(c.exchange(put("friend", "Content-Length: 100000\r\n", large)).body, "100000");
    EXPECT_EQ(c.exchange(put("stranger", "Content-Length: 100000\r\n", large)).body, "not for you");
    EXPECT_EQ(client().exchange(put("stranger", "Content-Length: 100000\r\nExpect: 100-continue\r\n", "")).body, "not for you");
    EXPECT_EQ(client().exchange(put("stranger", "Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n\r\n")).body, "not for you");
    EXPECT_EQ(client().exchange(put("friend", "Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n\r\n")).body, "1");
}

TEST_F(Wire, AnAnswerMayStreamOnAnotherPoolThanItsHandler) {
    struct Namer final : SegmentSource {
        Result<Segment> next() override {
            char name[16] = {};
            pthread_getname_np(pthread_self(), name, sizeof name);
            return std::exchange(done, true) ? Segment{} : Segment(Bytes(name, name + std::strlen(name)));
        }
        bool done = false;
    };
    WorkerPool other("other", 1, 4);
    app.handle("/elsewhere", [&](Request&) {
        Response response;
        response.stream = std::make_unique<Namer>();
        response.pool = &other;
        return response;
    });
    EXPECT_EQ(client().exchange(get("/elsewhere")).body, "other");
    server().stop();
    server().join();
}

TEST_F(Wire, MoreConnectionsThanAllowedAreTurnedAway) {
    ServerOptions options;
    options.max_connections = 2;
    server(options);
    auto a = client(), b = client();
    EXPECT_EQ(a.exchange(get("/hello")).status(), 200);
    EXPECT_EQ(b.exchange(get("/hello")).status(), 200);
    {
        auto c = client();
        EXPECT_EQ(c.receive().status(), 503);
    }
    EXPECT_EQ(a.exchange(get("/hello")).status(), 200);
}

// ---- time

TEST_F(Wire, AHeadThatDribblesIsCutOff) {
    ServerOptions options;
    options.head_timeout = std::chrono::milliseconds(100);
    server(options);
    auto c = client();
    c.send("GET /hello HTTP/1.1\r\n");
    bool open = true;
    for (int i = 0; open && i < 10'000; ++i) {
        open = c.try_send("X");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        if (server().connections() == 0) open = false;
        if (!app.log().empty()) break;
    }
    EXPECT_EQ(c.receive().status(), 408);
}

TEST_F(Wire, IdleConnectionsEndWithoutAWord) {
    ServerOptions options;
    options.idle_timeout = std::chrono::milliseconds(100);
    server(options);
    auto fresh = client(), used = client();
    EXPECT_EQ(used.exchange(get("/hello")).status(), 200);
    EXPECT_TRUE(fresh.is_closed_by_server());
    EXPECT_TRUE(used.is_closed_by_server());
    EXPECT_TRUE(eventually([&] { return server().connections() == 0; }));
}

TEST_F(Wire, ABodyThatStallsIsAnsweredWith408) {
    ServerOptions options;
    options.stall_timeout = std::chrono::milliseconds(100);
    server(options);
    for (const char* path : {"/count", "/echo"}) {
        auto c = client();
        c.send(std::string("PUT ") + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nonly this");
        EXPECT_EQ(c.receive().status(), 408) << path;
    }
}

TEST_F(Wire, AClientThatDoesNotReadIsCutOff) {
    app.handle("/large", [](Request&) { return text_answer(std::string(64 << 20, 'x')); });
    ServerOptions options;
    options.stall_timeout = std::chrono::milliseconds(100);
    server(options);
    auto c = client();
    c.send(get("/large"));
    ASSERT_TRUE(eventually([&] { return app.log().size() == 1; }));
    EXPECT_TRUE(eventually([&] { return server().connections() == 0; }));
}

// ---- the end

TEST_F(Wire, AGracefulStopFinishesWhatRunsAndEndsWhatIsIdle) {
    Gate gate;
    app.handle("/gate", [&](Request&) {
        gate.wait();
        return text_answer("finished");
    });
    auto idle = client(), busy = client();
    EXPECT_EQ(idle.exchange(get("/hello")).status(), 200);
    busy.send(get("/gate"));
    gate.await_visitor();
    const auto port = server().port();
    server().stop();
    EXPECT_TRUE(idle.is_closed_by_server());
    gate.open();
    const auto reply = busy.receive();
    EXPECT_EQ(reply.body, "finished");
    EXPECT_EQ(reply.field("Connection"), "close");
    server().join();
    ServerOptions again;  // nothing holds the port any more
    again.port = port;
    EXPECT_TRUE(Server::open(again, app).has_value());
}

TEST_F(Wire, AStopCutsAfterItsTimeIsOver) {
    ServerOptions options;
    options.stop_timeout = std::chrono::milliseconds(50);
    server(options);
    auto c = client();
    c.send("PUT /count HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nx");
    ASSERT_TRUE(eventually([&] { return server().connections() == 1; }));
    server().stop();
    server().join();
    SUCCEED();
}

TEST_F(Wire, APortIsTakenByOneServerOnly) {
    ServerOptions options;
    options.port = server().port();
    const auto second = Server::open(options, app);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, Code::kUnavailable);
    options.address = "not an address";
    EXPECT_EQ(Server::open(options, app).error().code, Code::kInvalidArgument);
}

TEST_F(Wire, BothFamiliesAreServedOnTheUnspecifiedAddress) {
    ServerOptions options;
    options.address = "::";
    server(options);
    auto c = client();
    EXPECT_THAT(c.exchange(get("/who")).body, HasSubstr("127.0.0.1 "));
}

}  // namespace
}  // namespace mirfa::http::testing
