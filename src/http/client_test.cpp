#include "http/client_test_support.hpp"

namespace siahub::http::testing {
namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(Client, KeepsTheOrderOfHeadersAndTheTargetAsItIs) {
    std::string seen;
    ScriptServer server({[&](ScriptPeer& peer) {
        seen = peer.read_head();
        peer.write("HTTP/1.1 200 OK\r\nB: 2\r\nA: 1\r\nB: 3\r\nContent-Length: 2\r\n\r\nok");
    }});
    ClientHarness harness;
    auto request = request_to(server.port(), "GET", "/a%2Fb?x=%20&y");
    request.headers.add("Zeta", "1");
    request.headers.add("Alpha", "2");
    request.headers.add("Connection", "close");
    const auto answer = harness.exchange(std::move(request));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(seen, "GET /a%2Fb?x=%20&y HTTP/1.1\r\nHost: 127.0.0.1:" +
                        std::to_string(server.port()) + "\r\nZeta: 1\r\nAlpha: 2\r\n\r\n");
    const std::vector<std::pair<std::string, std::string>> headers = {
        {"B", "2"}, {"A", "1"}, {"B", "3"}, {"Content-Length", "2"}};
    EXPECT_EQ(answer->headers, headers);
    EXPECT_EQ(answer->body, "ok");
}

TEST(Client, ReadsEveryWayABodyCanEnd) {
    const auto body_of_answer = [](std::string bytes) {
        ScriptServer server({say(std::move(bytes))});
        ClientHarness harness;
        auto answer = harness.get(server.port());
        return answer ? answer->body : "error: " + answer.error().message;
    };
    EXPECT_EQ(body_of_answer(kOk), "ok");
    EXPECT_EQ(body_of_answer("HTTP/1.1 200 OK\r\n\r\nuntil the end"), "until the end");
    EXPECT_EQ(body_of_answer("HTTP/1.0 200 OK\r\n\r\nold"), "old");
    EXPECT_EQ(body_of_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n"),
              "abcde");
    EXPECT_EQ(body_of_answer("HTTP/1.1 204 No Content\r\n\r\n"), "");
    EXPECT_EQ(body_of_answer("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"), "");
}

TEST(Client, SkipsInterimAnswers) {
    ScriptServer server(
        {say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n"
             "Link: </x>\r\n\r\n" +
             kOk)});
    ClientHarness harness;
    const auto answer = harness.get(server.port());
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200U);
    EXPECT_EQ(answer->body, "ok");
}

TEST(Client, HeadHasALengthButNoBody) {
    ScriptServer server({[](ScriptPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        peer.read_head();
        peer.write(kOk);
    }});
    ClientHarness harness;
    const auto head = harness.exchange(request_to(server.port(), "HEAD"));
    ASSERT_TRUE(head) << head.error().message;
    EXPECT_EQ(head->length, 1'000'000U);
    EXPECT_EQ(harness.get(server.port())->body, "ok");
    EXPECT_EQ(harness.client().connections_opened(), 1U);
}

TEST(Client, RefusesAnswersThatTwoReadersCouldFrameDifferently) {
    const auto outcome = [](std::string head) {
        ScriptServer server({say(std::move(head))});
        ClientHarness harness;
        const auto answer = harness.get(server.port());
        return answer ? "accepted: " + answer->body : answer.error().message;
    };
    for (const std::string_view head : {
             "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n",
             "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             "HTTP/1.1 200 OK\r\nA: 1\nContent-Length: 2\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nA: 1\r\n  folded\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
             "HTTP/1.1 101 Switching Protocols\r\n\r\n",
             "HTTP/1.1 2000 OK\r\n\r\n",
             "SSH-2.0-OpenSSH_9.2\r\n\r\n",
         })
        EXPECT_TRUE(outcome(std::string(head)).starts_with("malformed answer")) << head;
    EXPECT_TRUE(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\r\n0\r\n\r\n")
                    .starts_with("malformed answer"));
    EXPECT_TRUE(outcome("HTTP/1.1 200 OK\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n")
                    .starts_with("malformed answer"));
}

TEST(Client, SaysWhenAnAnswerBreaksOff) {
    for (const std::string_view bytes :
         {"", "HTTP/1.1 200 OK\r\nConte", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"}) {
        ScriptServer server({say(std::string(bytes))});
        ClientHarness harness;
        const auto answer = harness.get(server.port());
        ASSERT_FALSE(answer) << bytes;
        EXPECT_EQ(answer.error().code, Code::connection_closed) << answer.error().message;
    }
}

TEST(Client, DoesNotReuseAConnectionWithSomethingBehindTheAnswer) {
    ScriptServer server({[](ScriptPeer& peer) {
                             peer.read_head();
                             peer.write(kOk + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                             peer.wait_for_close();
                         },
                         say(kOk)});
    ClientHarness harness;
    EXPECT_EQ(harness.get(server.port())->body, "ok");
    EXPECT_EQ(harness.get(server.port())->body, "ok");
    EXPECT_EQ(harness.client().connections_opened(), 2U);
}

TEST(Client, RepeatsOnceWhenAPooledConnectionTurnsOutDead) {
    std::atomic<int> served = 0;
    ScriptServer server({[&](ScriptPeer& peer) {
                             peer.read_head();
                             peer.write(kOk);
                             peer.read_head();  // takes the second request and dies
                             ++served;
                         },
                         say(kOk)});
    ClientHarness harness;
    EXPECT_TRUE(harness.get(server.port()));
    const auto again = harness.get(server.port());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->body, "ok");
    EXPECT_EQ(served, 1);
    EXPECT_EQ(harness.client().connections_opened(), 2U);
}

TEST(Client, DoesNotRepeatWhatMayHaveHappened) {
    ScriptServer server({[](ScriptPeer& peer) {
        peer.read_head();
        peer.write(kOk);
        peer.read_head();
    }});
    ClientHarness harness;
    EXPECT_TRUE(harness.get(server.port()));
    auto post = request_to(server.port(), "POST");
    post.body = std::string("charge my card");
    const auto answer = harness.exchange(std::move(post));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::connection_closed);
    EXPECT_EQ(harness.client().connections_opened(), 1U);
}

TEST(Client, DropsIdleConnectionsInTime) {
    ScriptServer server({[](ScriptPeer& peer) {
                             peer.read_head();
                             peer.write(kOk);
                             peer.wait_for_close();
                         },
                         say(kOk)});
    ClientOptions options;
    options.idle_timeout = milliseconds(50);
    ClientHarness harness(options);
    EXPECT_TRUE(harness.get(server.port()));
    std::this_thread::sleep_for(milliseconds(150));
    EXPECT_TRUE(harness.get(server.port()));
    EXPECT_EQ(harness.client().connections_opened(), 2U);
}

TEST(Client, GivesUpOnServersThatStall) {
    const auto code_after = [](std::string bytes) {
        ScriptServer server({[&](ScriptPeer& peer) {
            peer.read_head();
            peer.write(bytes);
            peer.wait_for_close();
        }});
        ClientOptions options;
        options.head_timeout = options.stall_timeout = milliseconds(60);
        ClientHarness harness(options);
        const auto answer = harness.get(server.port());
        return answer ? Code::internal : answer.error().code;
    };
    EXPECT_EQ(code_after(""), Code::timeout);
    EXPECT_EQ(code_after("HTTP/1.1 200 OK\r\n"), Code::timeout);
    EXPECT_EQ(code_after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"), Code::timeout);
}

TEST(Client, NamesTheHostItCannotReach) {
    std::uint16_t port = 0;
    {
        port = ScriptServer({}).port();
    }
    ClientHarness harness;
    const auto refused = harness.get(port);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unavailable);
    EXPECT_TRUE(refused.error().message.contains("127.0.0.1:" + std::to_string(port)));
    ClientRequest request;
    request.origin = {false, "nowhere.invalid", 80};
    const auto unknown = harness.exchange(std::move(request));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, Code::unavailable);
}

TEST(Client, SpeaksNoTlsToAPlainServer) {
    ScriptServer server({[](ScriptPeer& peer) { peer.write("HTTP/1.1 400 Bad Request\r\n\r\n"); }});
    ClientHarness harness;
    auto request = request_to(server.port());
    request.origin.tls = true;
    const auto answer = harness.exchange(std::move(request));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::unavailable);
}

TEST(Client, RefusesACaFileWithoutCertificates) {
    net::IoThreads io(1);
    ClientOptions options;
    options.extra_ca = "/dev/null";
    const auto client = Client::open(io, options);
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, Code::invalid_argument);
}

TEST(Origin, IsReadAndWritten) {
    EXPECT_EQ(parse_origin("https://Hub.Example:443/")->url(), "https://hub.example");
    EXPECT_EQ(parse_origin("http://[::1]:8470")->url(), "http://[::1]:8470");
    EXPECT_EQ(parse_origin("http://host:80")->authority(), "host");
    const auto split = split_url("https://h:1/p?q#f");
    ASSERT_TRUE(split);
    EXPECT_EQ(split->target, "/p?q#f");
    for (const auto* bad :
         {"", "hub.example", "ftp://host", "http://", "http://host:0", "http://host:65536",
          "http://host:x", "http://u@host", "http://a b", "http://host/path", "http://::1"})
        EXPECT_FALSE(parse_origin(bad)) << bad;
}

}  // namespace
}  // namespace siahub::http::testing
