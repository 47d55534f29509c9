#include "store/file_reader.hpp"

#include "store/test_cache.hpp"

#include <boost/asio/detached.hpp>

namespace siahub::store {
namespace {

using std::chrono::milliseconds;

// Reads a file piece by piece, and looks at what was asked of the origin meanwhile.
class FileReaderTest : public DiskCacheTest {
  protected:
    const ClientFile& add_file(std::size_t size, std::size_t chunks_per_xorb) {
        auto& file = xorbs_.emplace_back(std::make_unique<ClientFile>(
            make_client_file(xet::test::noise(size, 21), chunks_per_xorb)));
        upload(1, *file);
        for (const auto& xorb : file->xorbs)
            origin_.bodies[xorb.index.xorb] =
                Bytes(xorb.body.begin(), xorb.body.begin() + xorb.index.records_size());
        return *file;
    }
    std::unique_ptr<FileReader> reader(const ClientFile& file, xet::ByteSpan bytes) {
        const FileSources sources{.files = store_->files,
                                  .xorbs = store_->catalog,
                                  .bodies = *cache_,
                                  .pools = {compute_, disk_},
                                  .log = log_};
        return std::make_unique<FileReader>(sources, file.hash(), bytes);
    }
    // run_task() also waits for what was begun and nobody asked for yet.
    Bytes next(FileReader& reader) {
        const auto piece = run_task(reader.next());
        EXPECT_TRUE(piece) << piece.error().message;
        return piece ? Bytes(piece->begin(), piece->end()) : Bytes();
    }
    std::uint64_t asked() const {
        std::uint64_t sum = 0;
        for (const auto& fetch : origin_.fetches)
            sum += fetch.bytes.size();
        return sum;
    }
};

TEST_F(FileReaderTest, FetchesWhatComesNextWhileAPieceIsSent) {
    const auto& file = add_file(12'000'000, 64);  // two xorbs or three
    ASSERT_GE(file.xorbs.size(), 2U);
    auto at = reader(file, {0, file.plain.size()});
    Bytes got;
    std::size_t waited = 0;
    for (Bytes piece;;) {
        const auto before = origin_.fetches.size();
        piece = next(*at);
        if (piece.empty()) break;
        append(got, piece);
        // What is behind this piece is there already, unless it is the last.
        const auto ahead = asked() > got.size() || asked() >= file.plain.size();
        EXPECT_TRUE(ahead) << got.size() << " of " << asked();
        waited += cache_->counts().coalesced;
        EXPECT_LE(origin_.fetches.size() - before, 2U);
    }
    EXPECT_EQ(got, file.plain);
    EXPECT_EQ(waited, 0U);
    std::uint64_t records = 0;
    for (const auto& xorb : file.xorbs)
        records += xorb.index.records_size();
    EXPECT_EQ(asked(), records) << "nothing is asked for twice";
}

TEST_F(FileReaderTest, FetchesNothingBehindARange) {
    const auto& file = add_file(8'000'000, 4096);
    const auto& index = file.xorbs[0].index;
    const xet::ByteSpan wanted{1'000'000, 1'600'000};
    auto at = reader(file, wanted);
    Bytes got;
    for (Bytes piece; !(piece = next(*at)).empty();)
        append(got, piece);
    EXPECT_EQ(got, Bytes(file.plain.begin() + 1'000'000, file.plain.begin() + 1'600'000));
    const auto last = index.chunk_at(1'599'999);
    const auto needed = index.physical_range(index.chunk_at(1'000'000), last + 1);
    EXPECT_EQ(asked(), needed.size());
}

Task<void> read_one_and_leave(std::unique_ptr<FileReader> reader, MemoryOrigin& origin) {
    const auto piece = co_await reader->next();
    EXPECT_TRUE(piece);
    // The next run is on its way.
    while (origin.fetches.size() < 2) {
        asio::steady_timer timer(co_await asio::this_coro::executor, milliseconds(1));
        co_await timer.async_wait(asio::use_awaitable);
    }
}

TEST_F(FileReaderTest, WhoLeavesEndsWhatWasFetchedAhead) {
    const auto& file = add_file(12'000'000, 4096);
    origin_.pause = milliseconds(5);
    asio::io_context context;
    asio::co_spawn(context, read_one_and_leave(reader(file, {0, file.plain.size()}), origin_),
                   asio::detached);
    context.run();
    EXPECT_EQ(origin_.dropped, 1);
    EXPECT_LT(cache_->counts().fetched_bytes, file.plain.size() / 2);
    cache_->finish();
}

}  // namespace
}  // namespace siahub::store
