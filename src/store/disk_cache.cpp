#include "store/disk_cache.hpp"

#include "core/encoding.hpp"
#include "store/layout.hpp"
#include "store/running_fetch.hpp"

#include <algorithm>
#include <fstream>

#include <boost/asio/this_coro.hpp>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace siahub::store {
namespace {

constexpr std::size_t kTakeAt = 512 * 1024;
constexpr std::uint64_t kAlmostFull = 32UL * 1024 * 1024;
constexpr unsigned kGroups = 256;

// Another one after every boot of the machine.
std::string boot_id() {
    std::ifstream in("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(in, id);
    id.resize(36, '-');
    return id;
}

bool disk_is_full(const std::filesystem::path& dir) {
    struct statvfs status{};
    return ::statvfs(dir.c_str(), &status) == 0 &&
           std::uint64_t{status.f_bavail} * status.f_frsize < kAlmostFull;
}

// Trying again at once would wait for it again.
bool is_silence(Code code) {
    return code == Code::unavailable || code == Code::timeout;
}

bool is_boundary(const xet::XorbIndex& index, std::uint64_t at) {
    return at == 0 || std::ranges::binary_search(index.chunks, at, {}, [](const auto& chunk) {
               return std::uint64_t{chunk.physical_end};
           });
}

}  // namespace

Result<std::unique_ptr<DiskCache>> DiskCache::open(CacheOptions options, XorbCatalog& catalog,
                                                   BodyOrigin& origin, Pools pools,
                                                   const Log& log) {
    std::error_code error;
    std::filesystem::create_directories(options.dir, error);
    for (unsigned i = 0; i < kGroups && !error; ++i) {
        const std::array digits{static_cast<std::byte>(i)};
        std::filesystem::create_directory(options.dir / to_hex(digits), error);
    }
    if (error) return Failure(io_error(error.value(), "create its cache directory"));
    auto cache = std::make_unique<DiskCache>(std::move(options), catalog, origin, pools, log);
    TRY(cache->find_left_over());
    cache->shrink_to(cache->options_.capacity, nullptr);
    return cache;
}

DiskCache::DiskCache(CacheOptions options, XorbCatalog& catalog, BodyOrigin& origin, Pools pools,
                     const Log& log)
    : options_(std::move(options)),
      catalog_(catalog),
      origin_(origin),
      pools_(pools),
      log_(log),
      boot_(boot_id()),
      files_(options_.max_open_files) {}

std::filesystem::path DiskCache::base_of(const xet::Hash& xorb) const {
    const auto hex = xorb.hex();
    return options_.dir / hex.substr(0, 2) / hex;
}

// A process that was killed between two steps of creating or removing a body leaves one of its
// files. Blocks.
Result<std::vector<DiskCache::LeftOver>> DiskCache::left_over_maps() const {
    std::vector<LeftOver> found;
    std::error_code error;
    for (auto at = std::filesystem::recursive_directory_iterator(options_.dir, error);
         !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
        auto path = at->path();
        const auto xorb = xet::parse_hash(path.stem().string());
        const bool is_map = path.extension() == ".map";
        if (!xorb || (!is_map && path.extension() != ".body")) continue;
        std::error_code ignored;
        const auto used = std::filesystem::last_write_time(path, ignored);
        const bool whole =
            std::filesystem::exists(path.replace_extension(is_map ? ".body" : ".map"));
        if (!whole) std::filesystem::remove(at->path(), ignored);
        if (whole && is_map) found.push_back({*xorb, used});
    }
    if (error) return Failure(io_error(error.value(), "read its cache directory"));
    std::ranges::sort(found, {}, &LeftOver::used);
    return found;
}

Result<void> DiskCache::find_left_over() {
    for (const auto& [xorb, used] : TRY(left_over_maps())) {
        auto body = CachedBody::load(base_of(xorb), xorb, boot_);
        if (body) {
            insert(xorb, *body);
            account(**body);
            continue;
        }
        log_.warn("cache.entry_refused", {{"xorb", xorb.hex()}, {"cause", body.error().message}});
        const auto base = base_of(xorb).string();
        std::error_code error;
        std::filesystem::remove(base + ".map", error);
        std::filesystem::remove(base + ".body", error);
    }
    return {};
}

DiskCache::BodyPtr DiskCache::find(const xet::Hash& xorb) {
    const std::scoped_lock guard(mutex_);
    const auto found = slots_.find(xorb);
    if (found == slots_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, found->second.place);
    return found->second.body;
}

DiskCache::BodyPtr DiskCache::insert(const xet::Hash& xorb, BodyPtr body) {
    const std::scoped_lock guard(mutex_);
    const auto [at, inserted] = slots_.try_emplace(xorb);
    if (!inserted) return at->second.body;
    recent_.push_front(xorb);
    at->second = {.body = std::move(body), .bytes = 0, .place = recent_.begin()};
    return at->second.body;
}

Task<Result<DiskCache::BodyPtr>> DiskCache::find_or_create(xet::Hash xorb) {
    if (auto body = find(xorb)) co_return body;
    const auto index = CO_TRY(co_await catalog_.find(xorb));
    co_return co_await pools_.disk.run([&]() -> Result<BodyPtr> {
        // Two may come here at once: only the first may touch the files.
        const std::scoped_lock guard(creating_);
        if (auto body = find(xorb)) return body;
        return insert(xorb, TRY(CachedBody::create(base_of(xorb), index, boot_)));
    });
}

Task<Result<std::uint64_t>> DiskCache::size(xet::Hash xorb) {
    if (const auto body = find(xorb)) co_return body->index().records_size();
    const auto index = CO_TRY(co_await catalog_.find(xorb));
    co_return index->records_size();
}

Task<Result<SharedFile>> DiskCache::file_of(BodyPtr body) {
    const auto& xorb = body->index().xorb;
    if (auto file = files_.find(xorb)) co_return file;
    auto file = CO_TRY(co_await pools_.disk.run([&] { return body->open_file(); }));
    // Not when it was evicted meanwhile: the name would soon mean another file.
    if (find(xorb) == body) files_.put(xorb, file);
    co_return file;
}

Task<Result<SharedFile>> DiskCache::open(xet::Hash xorb, xet::ByteSpan bytes) {
    const auto body = CO_TRY(co_await find_or_create(xorb));
    const auto chunks = chunks_of(body->index(), bytes);
    const bool was_there = body->has(chunks);
    auto file = CO_TRY(co_await file_of(body));
    if (was_there) {
        counts_.hits.fetch_add(1, std::memory_order_relaxed);
        co_return file;
    }
    const auto failures = body->failures.load();
    const auto lock = co_await body->filling.lock();
    if (!body->trusted())
        CO_TRY(co_await pools_.compute.run([&] { return body->check_claims(*file); }));
    if (body->has(chunks)) {
        counts_.coalesced.fetch_add(1, std::memory_order_relaxed);
        co_return file;
    }
    // One after the other would wait for the same silent node.
    if (body->failures.load() != failures) co_return Failure(body->failure);
    counts_.misses.fetch_add(1, std::memory_order_relaxed);
    auto filled = co_await fill(body, file, chunks);
    if (!filled && disk_is_full(options_.dir)) {
        co_await pools_.disk.run([&] {
            // The disk may be smaller than the cache was allowed to grow.
            shrink_to(bytes_used() / 2, body.get());
            return true;
        });
        filled = co_await fill(body, file, chunks);
    }
    if (!filled) {
        if (is_silence(filled.error().code)) {
            body->failure = filled.error();
            ++body->failures;
        }
        co_return Failure(std::move(filled).error());
    }
    co_return file;
}

Task<std::unique_ptr<FetchAhead>> DiskCache::fetch_ahead(xet::Hash xorb, xet::ByteSpan bytes) {
    if (cached(xorb, bytes).value_or(false)) co_return nullptr;
    co_return std::make_unique<RunningFetch>(co_await asio::this_coro::executor, open(xorb, bytes),
                                             ahead_);
}

std::optional<bool> DiskCache::cached(const xet::Hash& xorb, xet::ByteSpan bytes) const {
    BodyPtr body;
    {
        const std::scoped_lock guard(mutex_);
        const auto found = slots_.find(xorb);
        if (found != slots_.end()) body = found->second.body;
    }
    return body && body->has(chunks_of(body->index(), bytes));
}

Task<Result<void>> DiskCache::fill(BodyPtr body, SharedFile file, ChunkSpan chunks) {
    for (const auto run : body->missing(chunks)) {
        const auto needed = body->index().physical_range(run.start, run.end).size();
        co_await pools_.disk.run([&] {
            shrink_to(options_.capacity - std::min(needed, options_.capacity), body.get());
            return true;
        });
        auto fetched = co_await fetch(*body, *file, run);
        account(*body);
        if (!fetched) co_return Failure(std::move(fetched).error());
    }
    co_return Result<void>{};
}

Task<Result<void>> DiskCache::fetch(CachedBody& body, const FileHandle& file, ChunkSpan run) {
    const auto where = body.index().physical_range(run.start, run.end);
    const auto source = CO_TRY(co_await origin_.read(body.index().xorb, where));
    xet::ChunkDecoder decoder;
    Bytes records;
    auto next = run.start;
    for (bool more = true; more;) {
        const auto piece = CO_TRY(co_await source->next());
        more = !piece.empty();
        append(records, piece);
        if (more && records.size() < kTakeAt) continue;
        next = CO_TRY(co_await pools_.compute.run(
            [&] { return take_records(body, file, decoder, {next, run.end}, records); }));
    }
    if (next != run.end) co_return fail(Code::unavailable, "The stored bytes ended too early");
    co_return Result<void>{};
}

// Verifies and writes the whole records at the front, and says which chunk comes next.
Result<std::uint32_t> DiskCache::take_records(CachedBody& body, const FileHandle& file,
                                              xet::ChunkDecoder& decoder, ChunkSpan rest,
                                              Bytes& records) {
    const auto& index = body.index();
    std::size_t good = 0;
    auto next = rest.start;
    for (; next < rest.end; ++next) {
        const auto size = index.physical_range(next, next + 1).size();
        if (records.size() - good < size) break;
        const auto record = ByteView(records).subspan(good, size);
        if (const auto checked = check_record(decoder, index, next, record); !checked) {
            counts_.refused_chunks.fetch_add(1, std::memory_order_relaxed);
            log_.error("cache.origin_sent_wrong_bytes", {{"xorb", index.xorb.hex()},
                                                         {"chunk", std::int64_t{next}},
                                                         {"cause", checked.error().message}});
            return fail(Code::internal, "The stored bytes are damaged. The operator was told.");
        }
        good += size;
    }
    if (next == rest.start) return next;
    TRY(body.write(file, rest.start, next - rest.start, ByteView(records).first(good)));
    counts_.fetched_bytes.fetch_add(good, std::memory_order_relaxed);
    records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(good));
    return next;
}

void DiskCache::account(const CachedBody& body) {
    const auto bytes = body.bytes_present();
    const std::scoped_lock guard(mutex_);
    const auto found = slots_.find(body.index().xorb);
    if (found == slots_.end() || found->second.body.get() != &body) return;  // evicted
    used_ += bytes - found->second.bytes;
    found->second.bytes = bytes;
}

void DiskCache::shrink_to(std::uint64_t limit, const CachedBody* keep) {
    const std::scoped_lock guard(mutex_);
    for (auto at = recent_.end(); at != recent_.begin() && used_ > limit;) {
        --at;
        const auto slot = slots_.find(*at);
        if (slot->second.body.get() == keep) continue;
        used_ -= slot->second.bytes;
        counts_.evictions.fetch_add(1, std::memory_order_relaxed);
        counts_.evicted_bytes.fetch_add(slot->second.bytes, std::memory_order_relaxed);
        files_.drop(*at);
        slot->second.body->remove();
        slots_.erase(slot);
        at = recent_.erase(at);
    }
}

Task<Result<bool>> DiskCache::fits(xet::Hash xorb, std::span<const xet::ByteSpan> bytes) {
    const auto body = find(xorb);
    SharedIndex known;
    if (!body) known = CO_TRY(co_await catalog_.find(xorb));
    const auto& index = body ? body->index() : *known;
    co_return std::ranges::all_of(bytes, [&](const xet::ByteSpan& span) {
        return is_boundary(index, span.start) && is_boundary(index, span.end);
    });
}

Task<Result<void>> DiskCache::refresh(xet::Hash xorb) {
    catalog_.drop(xorb);
    const auto index = CO_TRY(co_await catalog_.find(xorb));
    const auto body = find(xorb);
    if (!body || body->index() == *index) co_return Result<void>{};
    log_.info("cache.outdated", {{"xorb", xorb.hex()}});
    co_await pools_.disk.run([&] {
        remove(*body);
        return true;
    });
    co_return Result<void>{};
}

void DiskCache::remove(const CachedBody& body) {
    const std::scoped_lock guard(mutex_);
    const auto slot = slots_.find(body.index().xorb);
    if (slot == slots_.end() || slot->second.body.get() != &body) return;
    used_ -= slot->second.bytes;
    files_.drop(slot->first);
    slot->second.body->remove();
    recent_.erase(slot->second.place);
    slots_.erase(slot);
}

CacheStats DiskCache::stats() const {
    const std::scoped_lock guard(mutex_);
    return {.hits = counts_.hits,
            .misses = counts_.misses,
            .evictions = counts_.evictions,
            .entries = slots_.size(),
            .cost = used_};
}

std::uint64_t DiskCache::bytes_used() const {
    const std::scoped_lock guard(mutex_);
    return used_;
}

}  // namespace siahub::store
