#include "http/relay.hpp"

#include "http/client_test_support.hpp"

namespace siahub::http::testing {
namespace {

// Passes everything on to one origin.
struct Proxy {
    explicit Proxy(std::uint16_t target, ClientOptions options = {})
        : io(1),
          client(Client::open(io, std::move(options)).value()),
          origin{false, "127.0.0.1", target} {}

    static Task<Response> pass(Proxy& proxy, Request& request) {
        ClientRequest out;
        out.method = method_name(request.method);
        out.origin = proxy.origin;
        out.target = std::string(request.path);
        if (auto body = lend_body(request)) out.body = *std::move(body);
        auto answer = co_await proxy.client->send(std::move(out));
        if (!answer) co_return text_response(answer.error().message, 502);
        co_return relay_response(*std::move(answer), request.method);
    }

    std::uint16_t start() {
        for (const auto method : {Method::get, Method::head, Method::put, Method::post})
            router.add(method, "/{rest*}",
                       [this](Request& request) { return pass(*this, request); });
        io.start();
        server.emplace(
            io, log, router,
            [](const Request&, unsigned status) { return text_response("", status); },
            [](const Request&, Response&) {}, ServerOptions{});
        return server->start().value();
    }
    ~Proxy() {
        server.reset();
        client.reset();
        io.stop();
    }
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;

    Log log{Log::Level::off};
    net::IoThreads io;
    std::unique_ptr<Client> client;
    Origin origin;
    Router router;
    std::optional<Server> server;
};

TEST(Relay, StreamsBothWaysAtOnce) {
    // Answers each line of the request's body as it comes: the client writes the next one only
    // then.
    ScriptServer upstream({[](ScriptPeer& peer) {
        auto all = peer.read_until("one\n");
        peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nONE\n\r\n");
        peer.read_until("two\n");
        peer.write("4\r\nTWO\n\r\n0\r\n\r\n");
    }});
    Proxy proxy(upstream.port());
    RawClient client(proxy.start());
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\none\n");
    EXPECT_TRUE(client.receive_until([](const auto& all) { return all.contains("ONE\n"); })
                    .contains("ONE\n"));
    client.send("two\n");
    EXPECT_TRUE(client.receive_until([](const auto& all) { return all.contains("0\r\n\r\n"); })
                    .contains("TWO\n"));
}

TEST(Relay, AnEarlyErrorReachesAClientThatIsStillSending) {
    ScriptServer upstream({[](ScriptPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        peer.wait_for_close();
    }});
    Proxy proxy(upstream.port());
    RawClient client(proxy.start());
    client.send("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\nsome");
    const auto answer = client.receive_answers(1);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 403 ")) << answer;
    EXPECT_TRUE(answer.ends_with("no"));
}

TEST(Relay, AClientThatLeavesEndsTheExchange) {
    for (const bool hard : {false, true}) {
        std::atomic<bool> reached = false;
        std::atomic<bool> ended = false;
        ScriptServer upstream({[&](ScriptPeer& peer) {
            peer.read_head();
            reached = true;
            peer.wait_for_close();
            ended = true;
        }});
        Proxy proxy(upstream.port());
        RawClient client(proxy.start());
        client.send("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\nsome");
        ASSERT_TRUE(eventually([&] { return reached.load(); }));
        if (hard)
            client.reset();
        else
            client.close();
        EXPECT_TRUE(eventually([&] { return ended.load(); }));
    }
}

TEST(Relay, StoppingTheServerCutsWhatIsUnderWay) {
    std::atomic<bool> reached = false;
    ScriptServer upstream({[&](ScriptPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        reached = true;
        peer.wait_for_close();
    }});
    auto proxy = std::make_unique<Proxy>(upstream.port());
    RawClient client(proxy->start());
    client.send("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\nsome");
    ASSERT_TRUE(eventually([&] { return reached.load(); }));
    client.receive_until([](const auto& all) { return all.contains("\r\na\r\n"); });
    proxy.reset();
}

TEST(Relay, KeepsTheConnectionAcrossRequestsOfEveryShape) {
    ScriptServer upstream({[](ScriptPeer& peer) {
        peer.read_head();
        peer.write(
            "HTTP/1.1 204 No Content\r\nConnection: X-Secret\r\nX-Secret: 1\r\nA: b\r\n\r\n");
        peer.read_head();
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 123\r\n\r\n");
        peer.read_until("body");
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        peer.read_head();
        peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    }});
    Proxy proxy(upstream.port());
    RawClient client(proxy.start());
    const auto first = client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(first.contains("A: b\r\n") && !first.contains("X-Secret")) << first;
    client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto head =
        client.receive_until([](const auto& all) { return all.ends_with("\r\n\r\n"); });
    EXPECT_TRUE(head.contains("Content-Length: 123\r\n")) << head;
    EXPECT_TRUE(client.exchange("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody")
                    .starts_with("HTTP/1.1 200 "));
    client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto unknown =
        client.receive_until([](const auto& all) { return all.ends_with("\r\n\r\n"); });
    EXPECT_FALSE(unknown.contains("Content-Length")) << unknown;
    EXPECT_EQ(proxy.client->connections_opened(), 1U);
}

TEST(Relay, AnAnswerThatBreaksOffIsCutAndNotEnded) {
    ScriptServer upstream(
        {say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")});
    Proxy proxy(upstream.port());
    RawClient client(proxy.start());
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto answer = client.receive_all();
    EXPECT_FALSE(client.timed_out());
    EXPECT_TRUE(answer.contains("abc"));
    EXPECT_FALSE(answer.contains("0\r\n\r\n"));
}

}  // namespace
}  // namespace siahub::http::testing
