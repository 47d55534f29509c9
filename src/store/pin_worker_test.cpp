// Bodies on their way to Sia and back, with a Sia in memory that fails on demand.

#include "store/pin_worker.hpp"

#include "core/task_group.hpp"
#include "store/disk_cache.hpp"
#include "store/durability.hpp"
#include "store/evictor.hpp"
#include "store/fake_remote.hpp"
#include "store/pin_audit.hpp"
#include "store/pin_note.hpp"
#include "store/pin_retries.hpp"
#include "store/remote_origin.hpp"
#include "store/test_store.hpp"

#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <sys/stat.h>

namespace siahub::store {
namespace {

class PinWorkerTest : public StoreTest {
  protected:
    PinWorkerTest() {
        wanted_on_sia_ = true;
        restart();
    }
    ~PinWorkerTest() override {
        worker_.reset();
        cache_.reset();
    }

    void restart() {
        worker_.reset();
        cache_.reset();
        reopen();
        worker_ = std::make_unique<PinWorker>(context_.get_executor(), sources(), options_);
        origin_.emplace(store_->pins, remote_);
    }
    PinSources sources() {
        return {.database = *database_,
                .pins = store_->pins,
                .bodies = store_->bodies,
                .catalog = store_->catalog,
                .remote = remote_,
                .pools = {compute_, disk_},
                .clock = clock_,
                .log = log_};
    }
    bool turn() { return run_task(worker_->turn()); }
    void wait_for_late_batch() { clock_.advance(options_.pack_wait.count()); }
    // A file of that many xorbs of about a megabyte.
    ClientFile upload_file(std::size_t bytes, std::uint64_t seed = 1) {
        auto file = make_client_file(xet::test::noise(bytes, seed));
        upload(7, file);
        return file;
    }
    std::string state_of(const xet::Hash& xorb) {
        const auto info = run_task(store_->pins.find(xorb)).value();
        return info ? info->state : "none";
    }
    void expect_all(const ClientFile& file, std::string_view state) {
        for (const auto& xorb : file.xorbs)
            EXPECT_EQ(state_of(xorb.index.xorb), state);
        for (const auto& xorb : file.xorbs)
            EXPECT_EQ(is_listed_without_pin(xorb.index.xorb), state == "none");
    }
    bool is_listed_without_pin(const xet::Hash& xorb) {
        return !run_task(database_->query("SELECT 1 FROM xorbs_without_pin WHERE hash = $1",
                                          {xorb.view()}))
                    .value()
                    .empty();
    }
    std::int64_t is_local(RowId repo) {
        return run_task(
                   database_->query("SELECT local FROM repo_durability WHERE repo_id = $1", {repo}))
            .value()
            .at(0)
            .integer(0);
    }
    void put_cache_behind() {
        auto opened = DiskCache::open({.dir = cache_dir_.path(), .capacity = 1UL << 30},
                                      store_->catalog, *origin_, {compute_, disk_}, log_);
        ASSERT_TRUE(opened.has_value());
        cache_ = std::move(*opened);
        store_->readable.put_behind(*cache_);
    }
    void evict_to(std::uint64_t limit) {
        Evictor evictor(*database_, store_->bodies, store_->nodes.own(), {compute_, disk_}, log_,
                        limit);
        const auto done = run_task(evictor.run());
        ASSERT_TRUE(done.has_value()) << done.error().message;
    }

    asio::io_context context_;
    FakeRemote remote_;
    PinWorkerOptions options_;
    TempDir cache_dir_;
    std::optional<RemoteOrigin> origin_;
    std::unique_ptr<DiskCache> cache_;
    std::unique_ptr<PinWorker> worker_;
};

TEST_F(PinWorkerTest, WaitsForAFullSlabThenPinsWholeBodies) {
    remote_.slab = 4 << 20;
    const auto file = upload_file(3'000'000);
    EXPECT_FALSE(turn());
    expect_all(file, "packing");
    EXPECT_EQ(remote_.pins, 0U);
    const auto more = upload_file(40'000'000, 2);
    while (turn()) {
    }
    const auto status = worker_->status();
    EXPECT_GT(status.pinned_bytes, 30'000'000U);
    EXPECT_LE(static_cast<double>(remote_.slabs * remote_.slab),
              1.05 * static_cast<double>(status.pinned_bytes));
    EXPECT_GT(status.verified_samples, 0U);
    expect_all(file, "pinned");
}

TEST_F(PinWorkerTest, SmallLeftOversGoAfterTheirTime) {
    remote_.slab = 40 << 20;
    const auto file = upload_file(1'000'000);
    EXPECT_FALSE(turn());
    wait_for_late_batch();
    EXPECT_TRUE(turn());
    expect_all(file, "pinned");
    EXPECT_FALSE(turn());
}

TEST_F(PinWorkerTest, FailuresPutBackAndPauseLonger) {
    const auto file = upload_file(5'000'000);
    wait_for_late_batch();
    remote_.failures = 3;
    std::int64_t last_pause = 0;
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(turn());
        const auto status = worker_->status();
        EXPECT_EQ(status.last_error, "indexd does not answer.");
        EXPECT_GT(status.next_try - clock_.now(), last_pause);
        last_pause = status.next_try - clock_.now();
        expect_all(file, "packing");
        const auto failures = run_task(store_->pins.failures(10)).value();
        EXPECT_EQ(failures.size(), file.xorbs.size());
        EXPECT_EQ(failures.at(0).tries, i + 1);
        EXPECT_FALSE(turn()) << "before its time";
        EXPECT_EQ(remote_.pins, static_cast<std::size_t>(i + 1));
        clock_.advance(last_pause);
    }
    EXPECT_TRUE(turn());
    expect_all(file, "pinned");
    EXPECT_TRUE(worker_->status().last_error.empty());
    EXPECT_EQ(run_task(store_->pins.failures(10)).value().size(), 0U);
}

TEST_F(PinWorkerTest, AdoptsWhatACrashLeftOnSia) {
    const auto file = upload_file(5'000'000);
    wait_for_late_batch();
    remote_.lost_answers = 1;  // as if the process had died before it heard
    EXPECT_FALSE(turn());
    const auto stored = remote_.objects.size();
    EXPECT_EQ(stored, file.xorbs.size());
    restart();
    while (turn()) {
    }
    expect_all(file, "pinned");
    EXPECT_EQ(remote_.objects.size(), stored) << "nothing is stored twice";
    EXPECT_EQ(worker_->status().adopted, stored);
}

TEST_F(PinWorkerTest, ACrashInTheMiddleOfAnUploadIsResumed) {
    const auto file = upload_file(5'000'000);
    const auto due = run_task(store_->pins.due(100)).value();
    wait_for_late_batch();
    ASSERT_EQ(run_task(store_->pins.begin_upload(due)).value().size(), due.size());
    ASSERT_TRUE(run_task(store_->pins.begin_upload(due)).value().empty()) << "they are taken";
    restart();
    while (turn()) {
    }
    expect_all(file, "pinned");
    EXPECT_EQ(remote_.objects.size(), file.xorbs.size());
}

TEST_F(PinWorkerTest, RemovesSecondObjectsButNothingItDoesNotKnow) {
    const auto file = upload_file(2'000'000);
    wait_for_late_batch();
    remote_.lost_answers = 1;
    EXPECT_FALSE(turn());
    // One of the lost ones was stored by another hub, one is of a xorb that nobody knows.
    std::pair<ObjectId, FakeRemote::Object> foreign = *remote_.objects.begin();
    foreign.first[0] ^= std::byte{0x55};
    foreign.second.note.back() ^= std::byte{1};
    std::pair<ObjectId, FakeRemote::Object> unknown = *remote_.objects.begin();
    unknown.first[0] ^= std::byte{0x33};
    unknown.second.note[20] ^= std::byte{1};
    std::pair<ObjectId, FakeRemote::Object> twin = *remote_.objects.begin();
    twin.first[1] ^= std::byte{0x11};
    remote_.objects.insert({foreign, unknown, twin});
    restart();
    while (turn()) {
    }
    expect_all(file, "pinned");
    EXPECT_EQ(remote_.objects.size(), file.xorbs.size() + 2);
    EXPECT_TRUE(remote_.objects.contains(foreign.first));
    EXPECT_TRUE(remote_.objects.contains(unknown.first));
}

TEST_F(PinWorkerTest, WhatDoesNotReadBackIsNotPinned) {
    // Small, so that a sample is the whole body.
    const auto file = upload_file(40'000);
    wait_for_late_batch();
    remote_.corrupt = true;
    EXPECT_FALSE(turn());
    expect_all(file, "packing");
    EXPECT_TRUE(remote_.objects.empty());
    remote_.corrupt = false;
    clock_.advance(options_.longest_pause.count());
    EXPECT_TRUE(turn());
    expect_all(file, "pinned");
}

TEST_F(PinWorkerTest, ABodyThatTheDiskHasLostHoldsUpNobody) {
    const auto file = upload_file(5'000'000);
    const auto lost = file.xorbs.at(0).index.xorb;
    ASSERT_TRUE(store_->bodies.remove(lost).has_value());
    wait_for_late_batch();
    EXPECT_FALSE(turn());
    EXPECT_EQ(state_of(lost), "packing");
    while (turn()) {
    }
    for (std::size_t i = 1; i < file.xorbs.size(); ++i)
        EXPECT_EQ(state_of(file.xorbs[i].index.xorb), "pinned");
}

TEST_F(PinWorkerTest, BodiesFromBeforeSiaAreEnrolled) {
    remote_.slab = 40 << 20;
    wanted_on_sia_ = false;
    restart();
    const auto file = upload_file(3'000'000);
    expect_all(file, "none");
    wanted_on_sia_ = true;
    restart();
    EXPECT_FALSE(turn());
    wait_for_late_batch();
    EXPECT_TRUE(turn());
    expect_all(file, "pinned");
}

TEST_F(PinWorkerTest, EvictsPinnedBodiesOnlyAndReadsThemFromSia) {
    const auto pinned = upload_file(6'000'000);
    wait_for_late_batch();
    while (turn()) {
    }
    const auto fresh = upload_file(3'000'000, 2);
    evict_to(0);
    for (const auto& xorb : pinned.xorbs)
        EXPECT_FALSE(std::filesystem::exists(body_path(xorb.index.xorb)));
    for (const auto& xorb : fresh.xorbs)
        EXPECT_TRUE(std::filesystem::exists(body_path(xorb.index.xorb)));
    restart();  // recovery finds nothing wrong
    put_cache_behind();
    EXPECT_EQ(run_task(read_file(*store_, 7, pinned.hash())).value(), pinned.plain);
    const auto reads = remote_.reads;
    EXPECT_EQ(run_task(read_file(*store_, 7, pinned.hash())).value(), pinned.plain);
    EXPECT_EQ(remote_.reads, reads) << "kept in the cache";
    EXPECT_EQ(run_task(read_file(*store_, 7, fresh.hash())).value(), fresh.plain);
    // Sent again it is not stored again.
    const auto again =
        run_task(upload_xorb(*store_, pinned.xorbs[0].index.xorb, pinned.xorbs[0].body));
    ASSERT_TRUE(again.has_value());
    EXPECT_FALSE(again->was_inserted);
    EXPECT_FALSE(std::filesystem::exists(body_path(pinned.xorbs[0].index.xorb)));
}

TEST_F(PinWorkerTest, EvictsWhatWasReadLongestAgoFirst) {
    const auto file = upload_file(8'000'000);
    wait_for_late_batch();
    while (turn()) {
    }
    const auto& kept = file.xorbs.at(1);
    for (const auto& xorb : file.xorbs) {
        const auto age = std::chrono::seconds(xorb.index.xorb == kept.index.xorb ? 10 : 1000);
        const timespec then{std::time(nullptr) - age.count(), 0};
        const std::array<timespec, 2> times{then, then};
        ::utimensat(AT_FDCWD, body_path(xorb.index.xorb).c_str(), times.data(), 0);
    }
    evict_to(kept.body.size() + kept.body.size() / 10);
    EXPECT_TRUE(std::filesystem::exists(body_path(kept.index.xorb)));
    EXPECT_FALSE(std::filesystem::exists(body_path(file.xorbs.at(0).index.xorb)));
    EXPECT_EQ(files_below("xorbs"), 1U);
}

TEST_F(PinWorkerTest, ACrashBetweenRowAndFileOfAnEvictionIsRepaired) {
    const auto file = upload_file(1'000'000);
    wait_for_late_batch();
    EXPECT_TRUE(turn());
    ASSERT_TRUE(run_task(database_->execute("DELETE FROM xorb_bodies")).has_value());
    restart();
    EXPECT_EQ(count("xorb_bodies"), std::ssize(file.xorbs));
    expect_all(file, "pinned");
    EXPECT_EQ(run_task(read_file(*store_, 7, file.hash())).value(), file.plain);
}

TEST_F(PinWorkerTest, SiaAwayIsAClearErrorAndTheCacheGoesOn) {
    const auto file = upload_file(2'000'000);
    wait_for_late_batch();
    EXPECT_TRUE(turn());
    evict_to(0);
    put_cache_behind();
    const xet::RequestedRange range{.first = 0, .last = 99'999};
    ASSERT_TRUE(run_task(read_file(*store_, 7, file.hash(), range)).has_value());
    remote_.unreadable = true;
    EXPECT_TRUE(run_task(read_file(*store_, 7, file.hash(), range)).has_value());
    const auto failed = run_task(read_file(*store_, 7, file.hash()));
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, Code::unavailable);
    remote_.unreadable = false;
    EXPECT_EQ(run_task(read_file(*store_, 7, file.hash())).value(), file.plain);
}

TEST_F(PinWorkerTest, HurryEndsThePauseOfAFailure) {
    const auto file = upload_file(2'000'000);
    wait_for_late_batch();
    remote_.failures = 6;
    for (int i = 0; i < 6; ++i) {
        EXPECT_FALSE(turn());
        clock_.advance(options_.longest_pause.count() / 2);
    }
    worker_->hurry();
    context_.restart();
    context_.poll();
    remote_.failures = 0;
    EXPECT_TRUE(turn());
    expect_all(file, "pinned");
}

TEST_F(PinWorkerTest, ARetryIsAskedForOnce) {
    const auto file = upload_file(2'000'000);
    const auto asked = [&] {
        return run_task(take_retries(*database_, store_->pins.node())).value();
    };
    const auto retry = [&] {
        return run_task(store_->pins.retry_now(file.xorbs.front().index.xorb)).value();
    };
    wait_for_late_batch();
    EXPECT_FALSE(asked()) << "new bodies are no retries";
    remote_.failures = 1;
    EXPECT_FALSE(turn());
    EXPECT_FALSE(asked());
    EXPECT_TRUE(retry());
    EXPECT_TRUE(asked());
    EXPECT_FALSE(asked());
    EXPECT_TRUE(turn()) << "it is due all the same";
    EXPECT_EQ(state_of(file.xorbs.front().index.xorb), "pinned");
    EXPECT_FALSE(retry());
    EXPECT_FALSE(asked());
}

TEST_F(PinWorkerTest, ARetryEndsThePauseOfAFailure) {
    options_.pack_wait = std::chrono::milliseconds(0);
    options_.poll = std::chrono::milliseconds(1);
    options_.first_pause = options_.longest_pause = std::chrono::hours(24);
    restart();
    const auto file = upload_file(500'000);
    ASSERT_EQ(file.xorbs.size(), 1U);
    remote_.failures = 1;
    TaskGroup tasks([](const std::exception_ptr&) { ADD_FAILURE(); });
    auto work = asio::make_work_guard(context_);
    std::thread thread([&] { context_.run(); });
    tasks.spawn(context_.get_executor(), worker_->run());
    while (worker_->status().failed_batches == 0)
        std::this_thread::yield();
    EXPECT_TRUE(run_task(store_->pins.retry_now(file.xorbs.front().index.xorb)).value());
    while (worker_->status().pinned_xorbs == 0)
        std::this_thread::yield();
    worker_->stop();
    tasks.wait();
    work.reset();
    thread.join();
    EXPECT_EQ(worker_->status().failed_batches, 1U);
    expect_all(file, "pinned");
}

TEST_F(PinWorkerTest, AuditFindsWhatSiaHasLost) {
    const auto audit = [this](bool mend) {
        return run_task(audit_pins(*database_, remote_, clock_, mend));
    };
    EXPECT_EQ(audit(true).value().pinned, 0U);
    const auto here = upload_file(40'000);
    const auto gone = upload_file(40'000, 2);
    const auto fine = upload_file(40'000, 3);
    wait_for_late_batch();
    while (turn()) {
    }
    const auto lose = [this](const ClientFile& file) {
        std::erase_if(remote_.objects, [&](const auto& object) {
            return parse_pin_note(object.second.note)->xorb == file.xorbs.at(0).index.xorb;
        });
    };
    EXPECT_FALSE(run_task(Durability(*database_).settle()).value());
    EXPECT_EQ(is_local(7), 0);
    lose(here);
    EXPECT_TRUE(audit(false).value().requeued.empty()) << "what is new may not be listed yet";
    clock_.advance(60LL * 60 * 1000);
    lose(gone);
    run_task(database_->execute("DELETE FROM xorb_bodies WHERE hash = $1",
                                {gone.xorbs.at(0).index.xorb.view()}))
        .value();
    for (const bool mend : {false, true}) {
        const auto found = audit(mend).value();
        EXPECT_EQ(found.pinned, 3U);
        EXPECT_EQ(found.requeued, std::vector{here.xorbs.at(0).index.xorb});
        EXPECT_EQ(found.lost, std::vector{gone.xorbs.at(0).index.xorb});
        EXPECT_EQ(found.strangers + found.copies, 0U);
    }
    EXPECT_EQ(is_local(7), 1);
    expect_all(here, "stored");
    expect_all(gone, "none");
    expect_all(fine, "pinned");
    wait_for_late_batch();
    while (turn()) {
    }
    expect_all(here, "pinned");
    // What lost its last place can be uploaded again.
    std::filesystem::remove(body_path(gone.xorbs.at(0).index.xorb));
    restart();
    upload(7, gone);
    expect_all(gone, "stored");
    // Another app key has none of them.
    remote_.objects.clear();
    EXPECT_EQ(audit(true).error().code, Code::conflict);
    expect_all(fine, "pinned");
}

TEST_F(PinWorkerTest, AuditCountsObjectsThatNobodyNeeds) {
    const auto file = upload_file(40'000);
    wait_for_late_batch();
    EXPECT_TRUE(turn());
    auto copy = *remote_.objects.begin();
    std::pair<ObjectId, FakeRemote::Object> twin = copy;
    twin.first[0] ^= std::byte{1};
    std::pair<ObjectId, FakeRemote::Object> stranger = copy;
    stranger.first[1] ^= std::byte{1};
    stranger.second.note[20] ^= std::byte{1};
    remote_.objects.insert({twin, stranger});
    const auto found = run_task(audit_pins(*database_, remote_, clock_, true)).value();
    EXPECT_EQ(found.copies, 1U);
    EXPECT_EQ(found.strangers, 1U);
    EXPECT_EQ(found.stranger_bytes, 2 * copy.second.bytes.size());
    EXPECT_EQ(remote_.objects.size(), 3U) << "it removes nothing";
}

TEST_F(PinWorkerTest, FirstOfAsksTheNextOneOnlyWhenItMust) {
    struct Origin final : BodyOrigin {
        Task<Result<std::unique_ptr<ByteSource>>> read(xet::Hash, xet::ByteSpan) override {
            ++asked;
            if (error) co_return Failure(*error);
            co_return nullptr;
        }
        int asked = 0;
        std::optional<Error> error;
    };
    Origin near;
    Origin far;
    FirstOf both(near, far);
    const auto ask = [&] { return run_task(both.read({}, {0, 1})); };
    EXPECT_TRUE(ask().has_value());
    EXPECT_EQ(far.asked, 0);
    for (const auto code : {Code::not_found, Code::unavailable, Code::internal}) {
        near.error = Error{code, "near"};
        EXPECT_TRUE(ask().has_value()) << "whatever the first one lacks";
    }
    EXPECT_EQ(far.asked, 3);
    far.error = Error{Code::not_found, "far"};
    EXPECT_EQ(ask().error().message, "near") << "it is not there at all";
    far.error = Error{Code::unavailable, "far"};
    EXPECT_EQ(ask().error().message, "far");
}

TEST_F(PinWorkerTest, AfterACrashWaitsForWhatIsOnItsWayToSia) {
    const auto file = upload_file(2'000'000);
    wait_for_late_batch();
    remote_.lost_answers = 1;
    EXPECT_FALSE(turn());
    const auto late = std::exchange(remote_.objects, {});  // indexd lists none of it yet
    options_.settling = std::chrono::hours(24);
    restart();
    TaskGroup tasks([](const std::exception_ptr&) { ADD_FAILURE(); });
    auto work = asio::make_work_guard(context_);
    std::thread thread([&] { context_.run(); });
    tasks.spawn(context_.get_executor(), worker_->run());
    while (!worker_->status().settling && worker_->status().pinned_xorbs == 0)
        std::this_thread::yield();
    worker_->stop();
    tasks.wait();
    work.reset();
    thread.join();
    EXPECT_TRUE(remote_.objects.empty());
    remote_.objects = late;
    restart();
    while (turn()) {
    }
    expect_all(file, "pinned");
    EXPECT_EQ(remote_.objects.size(), file.xorbs.size()) << "nothing is stored twice";
}

TEST_F(PinWorkerTest, RunsUntilItIsStopped) {
    options_.pack_wait = std::chrono::milliseconds(0);
    options_.poll = std::chrono::milliseconds(1);
    restart();
    const auto file = upload_file(2'000'000);
    TaskGroup tasks([](const std::exception_ptr&) { ADD_FAILURE(); });
    auto work = asio::make_work_guard(context_);
    std::thread thread([&] { context_.run(); });
    tasks.spawn(context_.get_executor(), worker_->run());
    while (worker_->status().pinned_xorbs < file.xorbs.size())
        std::this_thread::yield();
    worker_->stop();
    tasks.wait();
    work.reset();
    thread.join();
    expect_all(file, "pinned");
}

}  // namespace
}  // namespace siahub::store
