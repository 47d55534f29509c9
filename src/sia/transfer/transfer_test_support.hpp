#pragma once
// Storage hosts in memory that keep real sectors and prove real ranges, and go wrong on demand.

#include "core/run_task.hpp"
#include "sia/merkle.hpp"
#include "sia/test_vectors.hpp"
#include "sia/transfer/object_download.hpp"
#include "sia/transfer/packed_upload.hpp"

#include <thread>

namespace siahub::sia::testing {

struct FakeHost {
    std::map<Hash256, Bytes> sectors;
    std::optional<HostFault> fault;  // of every call
    std::size_t failing_calls = 0;   // so many calls end with `fault`, then all is well again
    std::chrono::milliseconds delay{0};
    bool silent = false;  // never answers
    bool lies_about_roots = false, lies_about_bytes = false, lies_about_proofs = false;
    bool prices_expire_once = false;
    std::size_t price_calls = 0, writes = 0, reads = 0, cancelled = 0;
};

class FakeHosts final : public HostTransport {
  public:
    explicit FakeHosts(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            hosts_[key_of(i)];
    }

    static PublicKey key_of(std::size_t index) {
        PublicKey key;
        store_le<std::uint64_t>(key.bytes.data(), index + 1);
        return key;
    }
    FakeHost& operator[](std::size_t index) { return hosts_.at(key_of(index)); }
    FakeHost& at(const PublicKey& key) { return hosts_.at(key); }
    [[nodiscard]] std::size_t size() const { return hosts_.size(); }
    std::map<PublicKey, FakeHost>& all() { return hosts_; }
    [[nodiscard]] std::vector<Host> list() const {
        std::vector<Host> hosts;
        for (const auto& [key, host] : hosts_) {
            Host listed;
            listed.key = key;
            listed.good_for_upload = true;
            hosts.push_back(listed);
        }
        return hosts;
    }

    Task<HostResult<HostPrices>> prices(const Host& host) override {
        auto& fake = hosts_.at(host.key);
        ++fake.price_calls;
        if (auto error = co_await misbehave(fake)) co_return std::unexpected(*error);
        HostPrices prices;
        prices.valid_until = std::numeric_limits<std::int64_t>::max();
        co_return prices;
    }

    Task<HostResult<Hash256>> write_sector(const Host& host, const HostPrices&,
                                           ByteView sector) override {
        auto& fake = hosts_.at(host.key);
        ++fake.writes;
        if (auto error = co_await misbehave(fake)) co_return std::unexpected(*error);
        const auto root = sector_root(sector);
        fake.sectors.insert_or_assign(root, Bytes(sector.begin(), sector.end()));
        co_return fake.lies_about_roots ? Hash256{} : root;
    }

    Task<HostResult<SectorRead>> read_sector(const Host& host, const HostPrices&,
                                             const Hash256& root, std::uint64_t offset,
                                             std::uint64_t length) override {
        auto& fake = hosts_.at(host.key);
        ++fake.reads;
        if (auto error = co_await misbehave(fake)) co_return std::unexpected(*error);
        const auto found = fake.sectors.find(root);
        if (found == fake.sectors.end())
            co_return std::unexpected(HostError{HostFault::sector_missing, "No such sector."});
        const auto part = ByteView(found->second).subspan(offset, length);
        SectorRead read;
        read.data.assign(part.begin(), part.end());
        read.proof =
            build_range_proof(found->second, offset / kLeafSize, (offset + length) / kLeafSize);
        if (fake.lies_about_bytes) read.data[length / 2] ^= std::byte{1};
        if (fake.lies_about_proofs && !read.proof.empty()) read.proof[0].bytes[0] ^= std::byte{1};
        co_return read;
    }

  private:
    Task<std::optional<HostError>> misbehave(FakeHost& fake) {
        if (fake.silent || fake.delay.count() > 0) {
            const auto time = fake.silent ? std::chrono::hours(1) : fake.delay;
            try {
                co_await sleep_for(std::chrono::duration_cast<std::chrono::milliseconds>(time));
            } catch (...) {
                ++fake.cancelled;
                throw;
            }
        }
        if (std::exchange(fake.prices_expire_once, false))
            co_return HostError{HostFault::prices_expired, "The prices have expired."};
        if (fake.failing_calls > 0 && --fake.failing_calls == 0) {
            const auto last = std::exchange(fake.fault, std::nullopt);
            co_return HostError{*last, "The host fails for the last time."};
        }
        if (fake.fault) co_return HostError{*fake.fault, "The host fails."};
        co_return std::nullopt;
    }

    std::map<PublicKey, FakeHost> hosts_;
};

// Everything a transfer needs, on one executor.
struct Bench {
    explicit Bench(const asio::any_io_executor& executor, std::size_t host_count,
                   TransferOptions options = quick())
        : fakes(host_count),
          work(2),
          pool(fakes, work, clock),
          transfers(executor, pool, work, options) {
        pool.update(fakes.list());
    }
    ~Bench() { work.stop(); }

    static TransferOptions quick() {
        TransferOptions options;
        options.redundancy = {4, 14};
        options.retry_pause = std::chrono::milliseconds(1);
        return options;
    }

    void silence(bool all) {
        for (auto& [key, fake] : fakes.all())
            fake.silent = all;
    }

    FakeHosts fakes;
    SystemClock clock;
    WorkPool work;
    HostPool pool;
    Transfers transfers;
};

struct SlabNotes final : SlabListener {
    Task<Result<void>> stored(const Slab& slab) override {
        slabs.push_back(slab);
        if (error) co_return Failure(*error);
        co_return Result<void>{};
    }
    std::vector<Slab> slabs;
    std::optional<Error> error;
};

inline SecretKey random_key(std::uint64_t seed) {
    SecretKey key;
    const auto bytes = splitmix64(seed, key.bytes.size());
    std::memcpy(key.bytes.data(), bytes.data(), bytes.size());
    return key;
}

// Uploads bodies together; each becomes an object.
inline Task<Result<std::vector<Object>>> upload(Transfers& transfers, std::vector<Bytes> bodies,
                                                SlabListener& listener) {
    std::vector<MemorySource> sources;
    sources.reserve(bodies.size());
    std::vector<UploadBody> uploads;
    for (const auto& body : bodies) {
        sources.emplace_back(body);
        uploads.push_back({random_key(body.size()), body.size(), &sources.back()});
    }
    PackedUpload packed(transfers, uploads, listener);
    auto slices = CO_TRY(co_await packed.run());
    std::vector<Object> objects;
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        Object object;
        object.data_key = uploads[i].data_key;
        object.slabs = std::move(slices[i]);
        objects.push_back(std::move(object));
    }
    co_return objects;
}

inline Task<Result<Object>> upload_one(Transfers& transfers, Bytes body) {
    SlabNotes notes;
    std::vector<Bytes> bodies;
    bodies.push_back(std::move(body));
    auto objects = CO_TRY(co_await upload(transfers, std::move(bodies), notes));
    co_return std::move(objects[0]);
}

inline Task<Result<Bytes>> download(Transfers& transfers, const Object& object,
                                    std::uint64_t offset, std::uint64_t length) {
    MemorySink sink;
    ObjectDownload run(transfers, object, offset, length);
    CO_TRY(co_await run.run(sink));
    co_return sink.take();
}

inline Task<Result<Bytes>> download(Transfers& transfers, const Object& object) {
    co_return co_await download(transfers, object, 0, object.size());
}

// Runs a test that is a coroutine; gtest's assertions return from it with co_return.
inline void run_test(Task<bool> test) {
    run_task(std::move(test));
}

}  // namespace siahub::sia::testing
