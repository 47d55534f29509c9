#include "store/recovery.hpp"

#include "db/lock_order.hpp"
#include "db/transact.hpp"
#include "store/columns.hpp"

#include <fcntl.h>

namespace siahub::store {
namespace {

struct Body {
    xet::Hash xorb;
    std::uint64_t size = 0;

    friend auto operator<=>(const Body&, const Body&) = default;
};

struct Differences {
    std::vector<Body> without_rows;
    std::vector<Body> without_body;
};

Result<bool> empty_directory(const std::filesystem::path& directory) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
        std::error_code removal;
        std::filesystem::remove_all(entry.path(), removal);
        if (removal) return Failure(io_error(removal.value(), "remove a temporary file"));
    }
    if (error) return Failure(io_error(error.value(), "read its data directory"));
    return true;
}

// All bodies on disk, in the order of their raw hashes. Other files are the operator's business.
Result<std::vector<Body>> list_bodies(const std::filesystem::path& xorbs) {
    std::vector<Body> bodies;
    std::error_code error;
    for (auto at = std::filesystem::recursive_directory_iterator(xorbs, error);
         !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
        const auto hash = xet::parse_hash(at->path().filename().string());
        if (hash && at->is_regular_file()) bodies.push_back({*hash, at->file_size()});
    }
    if (error) return Failure(io_error(error.value(), "read its data directory"));
    std::ranges::sort(bodies);
    return bodies;
}

// Bodies from before there were nodes, or from a backup, are those of the first node that starts.
Task<Result<void>> adopt_rows_of_nobody(db::Transaction& transaction, std::string_view node) {
    CO_TRY(co_await transaction.query(
        "INSERT INTO xorb_bodies (hash, node, size, stored_at) "
        "SELECT hash, $1, size, stored_at FROM xorb_bodies WHERE node = '' "
        "ON CONFLICT (hash, node) DO NOTHING",
        {node}));
    CO_TRY(co_await transaction.query("DELETE FROM xorb_bodies WHERE node = ''"));
    co_return co_await transaction.commit();
}

// Rows come in pages, so that only the list of files is held.
Task<Result<Differences>> compare(db::Database& database, std::string_view node,
                                  std::vector<Body> on_disk) {
    constexpr std::int64_t page = 4096;
    Differences result;
    auto file = on_disk.cbegin();
    Bytes after;
    for (;;) {
        const auto rows = CO_TRY(co_await database.query(
            "SELECT hash, size FROM xorb_bodies WHERE node = $1 AND hash > $2 ORDER BY hash "
            "LIMIT $3",
            {node, ByteView(after), page}, db::Weight::scan));
        for (const db::Row& row : rows) {
            const Body expected{hash_column(row, 0), unsigned_column(row, 1)};
            for (; file != on_disk.cend() && file->xorb < expected.xorb; ++file)
                result.without_rows.push_back(*file);
            const bool found = file != on_disk.cend() && file->xorb == expected.xorb;
            if (!found || file->size != expected.size) result.without_body.push_back(expected);
            if (found) ++file;
        }
        if (std::ssize(rows) < page) break;
        after = rows.back().blob(0);
    }
    result.without_rows.insert(result.without_rows.end(), file, on_disk.cend());
    co_return result;
}

Result<SharedIndex> verify_body(const LocalBodies& bodies, const Body& body) {
    const int fd = ::open(bodies.layout().xorb(body.xorb).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Failure(io_error(errno, "open a file"));
    const FileHandle closer(fd);
    xet::XorbVerifier verifier;
    Bytes buffer(1024 * 1024);
    for (std::uint64_t at = 0; at < body.size;) {
        const auto n = std::min<std::uint64_t>(buffer.size(), body.size - at);
        const auto piece = std::span(buffer).first(n);
        TRY(read_exactly(fd, at, piece));
        TRY(verifier.feed(piece));
        at += n;
    }
    auto index = TRY(verifier.finish(body.xorb));
    if (index.records_size() != body.size)
        return fail(Code::invalid_argument, "The body holds more than chunk records.");
    return std::make_shared<const xet::XorbIndex>(std::move(index));
}

// The verified body gets its rows. False when it is not wanted: it is damaged, or other nodes have
// its xorb in another serialization.
Task<Result<bool>> adopt(XorbStore& xorbs, const LocalBodies& bodies, Pools pools, const Log& log,
                         const Body& body) {
    const auto index = co_await pools.disk.run([&] { return verify_body(bodies, body); });
    if (!index) {
        log.warn("xorb_removed", {{"xorb", body.xorb.hex()}, {"reason", index.error().message}});
        co_return false;
    }
    if (CO_TRY(co_await xorbs.insert_rows(*index))) {
        log.info("xorb_adopted", {{"xorb", body.xorb.hex()}});
        co_return true;
    }
    log.info("xorb_removed", {{"xorb", body.xorb.hex()}, {"reason", "other nodes hold it"}});
    co_return false;
}

Task<Result<void>> delete_rows(db::Transaction& transaction, const std::vector<db::Params>& batch) {
    CO_TRY(co_await transaction.execute_many(
        "DELETE FROM xorb_bodies WHERE hash = $1 AND node = $2", batch));
    co_return co_await transaction.commit();
}

Task<Result<void>> forget_bodies(db::Database& database, std::string_view node,
                                 std::span<const Body> lost, const Log& log) {
    std::vector<db::Params> batch;
    for (const Body& body : lost) {
        log.error("xorb_body_lost", {{"xorb", body.xorb.hex()}});
        batch.push_back({body.xorb.view(), node});
    }
    if (batch.empty()) co_return Result<void>{};
    db::sort_by_bytes(batch, 0);
    co_return co_await db::transact(database, db::Isolation::read_committed, delete_rows, batch);
}

}  // namespace

Task<Result<Recovered>> recover(db::Database& database, std::string_view node, LocalBodies& bodies,
                                XorbStore& xorbs, Pools pools, const Log& log) {
    CO_TRY(co_await pools.disk.run([&] { return empty_directory(bodies.layout().tmp()); }));
    CO_TRY(
        co_await db::transact(database, db::Isolation::read_committed, adopt_rows_of_nobody, node));
    auto on_disk =
        CO_TRY(co_await pools.disk.run([&] { return list_bodies(bodies.layout().xorbs()); }));
    const auto differences = CO_TRY(co_await compare(database, node, std::move(on_disk)));
    Recovered done{.lost = differences.without_body.size()};
    for (const Body& body : differences.without_rows) {
        const bool adopted = CO_TRY(co_await adopt(xorbs, bodies, pools, log, body));
        if (!adopted) CO_TRY(co_await pools.disk.run([&] { return bodies.remove(body.xorb); }));
        ++(adopted ? done.adopted : done.removed);
    }
    CO_TRY(co_await forget_bodies(database, node, differences.without_body, log));
    co_return done;
}

}  // namespace siahub::store
