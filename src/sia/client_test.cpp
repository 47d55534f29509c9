// The client against hosts and an indexd in this process that speak the real bytes over TCP.
#include "sia/client.hpp"

#include "core/run_task.hpp"
#include "sia/test_support/fake_indexd.hpp"
#include "sia/test_support/test_host.hpp"
#include "sia/test_vectors.hpp"

#include <list>
#include <thread>

#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

namespace siahub::sia {
namespace {

using testing::FakeIndexd;
using testing::splitmix64;
using testing::TestHost;
using Wrong = testing::HostFaults::Wrong;

constexpr std::size_t kMiB = 1 << 20;

// The time that the system tells, and what a test adds to it.
class ShiftedClock final : public Clock {
  public:
    [[nodiscard]] UnixMillis now() const override { return SystemClock().now() + shift; }
    std::atomic<UnixMillis> shift = 0;
};

class ClientTest : public ::testing::Test {
  protected:
    ClientTest() : deadlines_(context_, std::chrono::milliseconds(10)), server_io_(1), work_(2) {
        server_io_.start();
        indexd_.emplace(server_io_, clock_);
        EXPECT_TRUE(indexd_->start());
        indexd_->add_account(public_key_of(key_));
        asio::co_spawn(context_, deadlines_.run(), asio::detached);
        for (int i = 0; i < 15; ++i) {
            auto& host = hosts_.emplace_back(context_, deadlines_, i + 1);
            host.clock = &host_clock_;
            host.start();
            indexd_->add_host(host.host());
        }
        thread_ = std::jthread([this] { context_.run(); });
        client_ = open();
    }
    ~ClientTest() override {
        client_->stop();
        on_hosts([this] {
            for (auto& host : hosts_)
                host.stop();
            deadlines_.stop();
        });
        thread_.join();
        indexd_.reset();
        server_io_.stop();
        work_.stop();
        client_.reset();
    }

    std::unique_ptr<Client> open(std::chrono::milliseconds hosts_every = std::chrono::hours(1)) {
        ClientOptions options;
        options.hosts_every = hosts_every;
        options.indexd.url = indexd_->app_url();
        options.transfer.redundancy = {4, 14};
        options.transfer.retry_pause = std::chrono::milliseconds(1);
        return Client::open(options, key_, work_, clock_).value();
    }

    // Hosts belong to their thread.
    template <class Act>
    void on_hosts(Act act) {
        std::promise<void> done;
        asio::post(context_, [&] {
            act();
            done.set_value();
        });
        done.get_future().wait();
    }
    TestHost& host(const PublicKey& key) {
        return *std::ranges::find(hosts_, key,
                                  [](const TestHost& host) { return host.host().key; });
    }

    Result<std::vector<SealedObject>> put(const std::vector<Bytes>& bodies) {
        std::vector<MemorySource> sources(bodies.begin(), bodies.end());
        std::vector<PutBody> puts;
        for (std::size_t i = 0; i < bodies.size(); ++i)
            puts.push_back({bodies[i].size(), &sources[i], Bytes(i, std::byte{7})});
        return run_task(client_->put(std::move(puts)));
    }
    Result<Bytes> get(const Object& object, std::uint64_t offset, std::uint64_t length) {
        return run_task(client_->read_all(object, offset, length));
    }
    Result<Bytes> get(const Object& object) { return get(object, 0, object.size()); }

    asio::io_context context_{1};
    net::Deadlines deadlines_;
    std::list<TestHost> hosts_;
    std::jthread thread_;
    net::IoThreads server_io_;
    ShiftedClock clock_, host_clock_;
    WorkPool work_;
    Ed25519PrivateKey key_ = Ed25519PrivateKey::random();
    std::optional<FakeIndexd> indexd_;
    std::unique_ptr<Client> client_;
};

TEST_F(ClientTest, PutsPinsFindsReadsAndRemoves) {
    const std::vector<Bytes> bodies = {splitmix64(1, 3 * kMiB), splitmix64(2, 5 * kMiB + 3)};
    const auto sealed = put(bodies);
    ASSERT_TRUE(sealed) << sealed.error().message;
    EXPECT_EQ(run_task(client_->account()).value().pinned_data, 4 * kSectorSize);
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        const auto id = (*sealed)[i].id();
        const auto object = client_->unseal(run_task(client_->find(id)).value()).value();
        EXPECT_EQ(object.metadata, Bytes(i, std::byte{7}));
        EXPECT_EQ(get(object).value(), bodies[i]);
        EXPECT_EQ(get(object, 1000, 5).value(),
                  Bytes(bodies[i].begin() + 1000, bodies[i].begin() + 1005));
    }
    EXPECT_EQ(run_task(client_->hosts()).value().size(), 15U);
    const auto first = (*sealed)[0].id();
    EXPECT_TRUE(run_task(client_->remove(first)));
    EXPECT_TRUE(run_task(client_->remove(first)));
    EXPECT_EQ(run_task(client_->find(first)).error().code, Code::not_found);
    EXPECT_TRUE(run_task(client_->find((*sealed)[1].id())));
    const auto load = run_task(client_->load());
    EXPECT_EQ(load.writes + load.reads + load.upload_bytes + load.download_bytes, 0U);
}

// A disk that fails in the second slab, once the first one is pinned.
class EndingSource final : public ByteSource {
  public:
    EndingSource(ByteView bytes, FakeIndexd& indexd) : rest_(bytes), indexd_(indexd) {}
    Task<Result<std::size_t>> read(std::span<std::byte> into) override {
        const auto size = CO_TRY(co_await rest_.read(into));
        if (size > 0) co_return size;
        while (indexd_.with_model([](auto& model) { return model.slab_count(); }) == 0)
            co_await sleep_for(std::chrono::milliseconds(1));
        co_return fail(Code::unavailable, "The disk is gone.");
    }

  private:
    MemorySource rest_;
    FakeIndexd& indexd_;
};

TEST_F(ClientTest, SlabsOfAPutThatFailedAreGivenBack) {
    const auto bytes = splitmix64(1, 17 * kMiB);
    EndingSource source(bytes, *indexd_);
    std::vector<PutBody> bodies;
    bodies.push_back({40 * kMiB, &source, {}});
    const auto failed = run_task(client_->put(std::move(bodies)));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "The disk is gone.");
    EXPECT_EQ(run_task(client_->account()).value().pinned_data, 0U);
    EXPECT_EQ(indexd_->with_model([](auto& model) { return model.slab_count(); }), 0U);
}

// Every slab takes ten minutes, and tokens are valid for five.
class SlowSource final : public ByteSource {
  public:
    SlowSource(ByteView bytes, std::function<void()> on_slab)
        : rest_(bytes), on_slab_(std::move(on_slab)) {}
    Task<Result<std::size_t>> read(std::span<std::byte> into) override {
        const auto size = CO_TRY(co_await rest_.read(into));
        if ((read_ + size) / (4 * kSectorSize) > read_ / (4 * kSectorSize)) on_slab_();
        read_ += size;
        co_return size;
    }

  private:
    MemorySource rest_;
    std::function<void()> on_slab_;
    std::size_t read_ = 0;
};

TEST_F(ClientTest, TokensOutliveALongTransfer) {
    const auto bytes = splitmix64(9, 3 * 4 * kSectorSize);
    SlowSource source(bytes, [this] {
        clock_.shift += 600'000;
        host_clock_.shift += 600'000;
    });
    std::vector<PutBody> bodies;
    bodies.push_back({bytes.size(), &source, {}});
    const auto sealed = run_task(client_->put(std::move(bodies)));
    ASSERT_TRUE(sealed) << sealed.error().message;
    EXPECT_GE(clock_.shift, 3 * 600'000);
    // One that expires on the way is replaced, and nobody is blamed for it.
    on_hosts([this] {
        for (auto& host : hosts_)
            host.faults = {.refusal = rhp4::Refusal{3, "token is invalid: account token expired"},
                           .calls = 1,
                           .settings = false};
    });
    EXPECT_EQ(get(client_->unseal((*sealed)[0]).value()).value(), bytes);
    for (const auto& view : run_task(client_->hosts()).value())
        EXPECT_EQ(view.last_error, "");
}

TEST_F(ClientTest, ClocksThatDifferAreNamed) {
    const auto object = client_->unseal(put({splitmix64(1, 1000)}).value()[0]).value();
    host_clock_.shift = 3'600'000;
    const auto failed = put({splitmix64(2, 1000)});
    ASSERT_FALSE(failed);
    EXPECT_TRUE(failed.error().message.contains("clock of this machine")) << failed.error().message;
    EXPECT_TRUE(get(object).error().message.contains("clock of this machine"));
    const auto probed = run_task(client_->probe_hosts(std::chrono::minutes(1))).value();
    EXPECT_EQ(std::ranges::count(probed, HostFault::token_expired, &HostPool::View::fault), 15);
    host_clock_.shift = 0;
    EXPECT_TRUE(get(object));
    const auto well = run_task(client_->probe_hosts(std::chrono::minutes(1))).value();
    EXPECT_EQ(std::ranges::count(well, HostFault::sector_missing, &HostPool::View::fault), 15);
}

TEST_F(ClientTest, AnAppKeyThatIndexdNoLongerKnowsIsNamed) {
    const auto body = splitmix64(1, 1000);
    const auto object = client_->unseal(put({body}).value()[0]).value();
    indexd_->with_model([&](auto& model) { model.remove_account(public_key_of(key_)); });
    const auto unknown = run_task(client_->account());
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().failure, indexd::Failure::unknown_key);
    EXPECT_TRUE(unknown.error().message.contains("does not know the app key, or no longer"))
        << unknown.error().message;
    const auto failed = put({splitmix64(2, 1000)});
    EXPECT_EQ(failed.error().code, Code::invalid_credentials);
    // Hosts know nothing of it as long as there is money.
    EXPECT_EQ(get(object).value(), body);
}

TEST_F(ClientTest, LyingAndFailingHostsDoNotMatter) {
    on_hosts([this] { hosts_.front().faults.wrong = Wrong::root; });
    const auto body = splitmix64(3, 6 * kMiB);
    const auto sealed = put({body});
    ASSERT_TRUE(sealed) << sealed.error().message;
    const auto object = client_->unseal((*sealed)[0]).value();
    const auto& sectors = object.slabs[0].slab.sectors;
    const Wrong faults[] = {Wrong::bytes, Wrong::proof,    Wrong::reset, Wrong::close,
                            Wrong::half,  Wrong::nonsense, Wrong::stall, Wrong::length,
                            Wrong::bytes, Wrong::price};
    on_hosts([&] {
        for (std::size_t i = 0; i < std::size(faults); ++i)
            host(sectors[i].host).faults.wrong = faults[i];
    });
    EXPECT_EQ(get(object).value(), body);
}

TEST_F(ClientTest, AReaderStreamsAndMayLeave) {
    const auto body = splitmix64(4, 20 * kMiB);
    const auto object = client_->unseal(put({body}).value()[0]).value();
    auto reader = client_->read(object, 100, body.size() - 200);
    Bytes got;
    for (;;) {
        const auto piece = run_task(reader->next()).value();
        if (piece.empty()) break;
        append(got, piece);
    }
    EXPECT_EQ(got, Bytes(body.begin() + 100, body.end() - 100));
    reader = client_->read(object, 0, body.size());
    EXPECT_FALSE(run_task(reader->next()).value().empty());
    reader = client_->read(object, 5, body.size());
    EXPECT_EQ(run_task(reader->next()).error().code, Code::range_not_satisfiable);
    reader = client_->read(object, 0, body.size());
    reader.reset();  // before it has begun
    client_->stop();
}

TEST_F(ClientTest, RepairedObjectsAreLookedUpAgain) {
    const auto body = splitmix64(5, kMiB);
    const auto object = client_->unseal(put({body}).value()[0]).value();
    EXPECT_EQ(get(object).value(), body);
    // Eleven of fourteen hosts are gone; repair has put one shard onto the spare one.
    const auto& sectors = object.slabs[0].slab.sectors;
    TestHost* spare = nullptr;
    for (auto& candidate : hosts_)
        if (std::ranges::find(sectors, candidate.host().key, &SlabSector::host) == sectors.end())
            spare = &candidate;
    ASSERT_NE(spare, nullptr);
    on_hosts([&] {
        spare->sectors[sectors[0].root] = host(sectors[0].host).sectors[sectors[0].root];
        for (std::size_t i = 0; i < 11; ++i)
            host(sectors[i].host).stop();
    });
    indexd_->with_model(
        [&](auto& model) { return model.move_sector(sectors[0].root, spare->host().key); });
    EXPECT_EQ(get(object).value(), body);
}

TEST_F(ClientTest, TroubleWithIndexdIsRetriedOrTold) {
    indexd_->set_fault({.path = "/slabs", .status = 503, .text = "later", .times = 2});
    indexd_->set_fault({.path = "/objects", .status = 503, .text = "later", .times = 2});
    EXPECT_TRUE(put({splitmix64(6, 1000)}));
    indexd_->set_fault({.path = "/slabs", .status = 500, .text = "account storage limit exceeded"});
    const auto full = put({splitmix64(7, 1000)});
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, Error(indexd::ApiError(indexd::Failure::quota_exceeded, "")).code);
    EXPECT_EQ(indexd_->requests("/objects"), 3U);
    EXPECT_EQ(put({Bytes()}).error().code, Code::invalid_argument);
}

TEST_F(ClientTest, ReadsGoOnWhileIndexdIsAway) {
    const auto body = splitmix64(8, kMiB);
    const auto object = client_->unseal(put({body}).value()[0]).value();
    indexd_->stop();
    EXPECT_EQ(get(object).value(), body);
    EXPECT_EQ(run_task(client_->find(object.id())).error().code, Code::unavailable);
    EXPECT_EQ(run_task(client_->refresh_hosts()).error().code, Code::unavailable);
    const auto eager = open(std::chrono::milliseconds(0));
    EXPECT_TRUE(indexd_->start());
    EXPECT_TRUE(run_task(eager->refresh_hosts()));
    indexd_->set_fault({.path = "/hosts", .delay = std::chrono::hours(1)});
    EXPECT_EQ(run_task(eager->read_all(object, 0, body.size())).value(), body);
    eager->stop();  // does not wait for the list
    indexd_->stop();
    const auto other = open();  // has never seen a list of hosts
    EXPECT_EQ(run_task(other->read_all(object, 0, 1)).error().code, Code::unavailable);
}

}  // namespace
}  // namespace siahub::sia
