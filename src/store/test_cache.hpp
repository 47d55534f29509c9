#pragma once
// A disk cache in front of an origin in memory that does wrong on demand, for the tests of this
// layer.

#include "store/disk_cache.hpp"
#include "store/test_store.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::store {

// Bodies in memory, handed out in pieces, with faults on demand.
class MemoryOrigin final : public BodyOrigin {
  public:
    struct Fetch {
        xet::Hash xorb;
        xet::ByteSpan bytes;
    };

    Task<Result<std::unique_ptr<ByteSource>>> read(xet::Hash xorb, xet::ByteSpan bytes) override {
        fetches.push_back({xorb, bytes});
        if (fail_next) {
            fail_next = false;
            co_return fail(Code::unavailable, "the origin is away");
        }
        if (silence) {
            asio::steady_timer timer(co_await asio::this_coro::executor, *silence);
            co_await timer.async_wait(asio::use_awaitable);
            co_return fail(Code::unavailable, "the origin does not answer");
        }
        auto body = ByteView(bodies.at(xorb)).subspan(bytes.start, bytes.size());
        co_return std::make_unique<Source>(*this, Bytes(body.begin(), body.end()));
    }

    std::map<xet::Hash, Bytes> bodies;
    std::vector<Fetch> fetches;
    bool fail_next = false;
    std::size_t end_after = SIZE_MAX;  // bytes of a transfer
    std::optional<std::chrono::milliseconds> pause;
    std::optional<std::chrono::milliseconds> silence;
    int dropped = 0;

  private:
    class Source final : public ByteSource {
      public:
        Source(MemoryOrigin& origin, Bytes bytes) : origin_(origin), bytes_(std::move(bytes)) {}
        ~Source() override {
            if (at_ < bytes_.size()) ++origin_.dropped;
        }
        Task<Result<ByteView>> next() override {
            if (origin_.pause) {
                asio::steady_timer timer(co_await asio::this_coro::executor, *origin_.pause);
                co_await timer.async_wait(asio::use_awaitable);
            }
            const auto end = std::min({at_ + 100'000, bytes_.size(), origin_.end_after});
            const auto piece = ByteView(bytes_).subspan(at_, end - at_);
            at_ = end;
            co_return piece;
        }

      private:
        MemoryOrigin& origin_;
        Bytes bytes_;
        std::size_t at_ = 0;
    };
};

class DiskCacheTest : public StoreTest {
  protected:
    DiskCacheTest() { reopen_cache(); }
    ~DiskCacheTest() override { cache_.reset(); }

    void reopen_cache(std::uint64_t capacity = 64UL << 20) {
        cache_.reset();
        auto opened = DiskCache::open({.dir = cache_dir(), .capacity = capacity}, store_->catalog,
                                      origin_, {compute_, disk_}, log_);
        ASSERT_TRUE(opened) << opened.error().message;
        cache_ = std::move(*opened);
    }
    std::filesystem::path cache_dir() const { return dir_.path() / "cache"; }
    // A xorb of about `size` bytes that the catalogue knows and the origin has.
    const BuiltXorb& add(std::size_t size, std::uint64_t seed) {
        auto& built = xorbs_.emplace_back(
            std::make_unique<ClientFile>(make_client_file(xet::test::noise(size, seed), 4096)));
        upload_xorbs(*built);
        const auto& xorb = built->xorbs.at(0);
        origin_.bodies[xorb.index.xorb] =
            Bytes(xorb.body.begin(), xorb.body.begin() + xorb.index.records_size());
        return xorb;
    }
    Result<Bytes> read(const BuiltXorb& xorb, xet::ByteSpan bytes) {
        const auto file = TRY(run_task(cache_->open(xorb.index.xorb, bytes)));
        Bytes out(bytes.size());
        TRY(read_exactly(file->fd(), bytes.start, out));
        return out;
    }
    Bytes expected(const BuiltXorb& xorb, xet::ByteSpan bytes) {
        const auto part = ByteView(xorb.body).subspan(bytes.start, bytes.size());
        return {part.begin(), part.end()};
    }

    MemoryOrigin origin_;
    std::unique_ptr<DiskCache> cache_;
    std::vector<std::unique_ptr<ClientFile>> xorbs_;
};

}  // namespace siahub::store
