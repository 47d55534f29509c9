#include "db/sqlite_read_cache.hpp"

#include <atomic>
#include <bit>

namespace siahub::db {
namespace {

// A result larger than this share of the cache would push out too many others.
constexpr std::size_t kLargestShare = 64;
constexpr std::size_t kEntryOverhead = 128;

// Byte 12 of the header says that the index is in use.
bool is_in_use(const SqliteReadCache::Snapshot& header) {
    return std::bit_cast<std::array<std::uint8_t, 4>>(header[3])[0] != 0;
}

SqliteReadCache::Snapshot copy_of(const std::uint32_t* words) {
    SqliteReadCache::Snapshot copy;
    for (std::size_t i = 0; i < copy.size(); ++i)
        copy[i] = __atomic_load_n(words + i, __ATOMIC_ACQUIRE);
    return copy;
}

void append_raw(std::string& out, const void* bytes, std::size_t size) {
    out.append(static_cast<const char*>(bytes), size);
}

struct KeyWriter {
    std::string& out;

    void operator()(std::nullptr_t) const { out.push_back('n'); }
    void operator()(std::int64_t value) const { number('i', value); }
    void operator()(double value) const { number('d', value); }
    void operator()(std::string_view value) const { bytes('t', value.data(), value.size()); }
    void operator()(ByteView value) const { bytes('b', value.data(), value.size()); }

    template <class Number>
    void number(char tag, Number value) const {
        out.push_back(tag);
        append_raw(out, &value, sizeof value);
    }
    void bytes(char tag, const void* data, std::size_t size) const {
        number(tag, size);
        if (size > 0) append_raw(out, data, size);
    }
};

}  // namespace

// The header is there twice. A writer fills the second copy before the first, so that a reader of
// the first and then the second sees equal copies only of a finished header.
std::optional<SqliteReadCache::Snapshot> SqliteReadCache::snapshot() const {
    if (wal_index_ == nullptr) return std::nullopt;
    const auto first = copy_of(wal_index_);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const auto second = copy_of(wal_index_ + first.size());
    if (first != second || !is_in_use(first)) return std::nullopt;
    return first;
}

std::string SqliteReadCache::key(std::string_view sql, const Params& params) {
    std::string key;
    std::size_t size = sql.size() + sizeof(std::size_t) + 1;
    for (const auto& param : params) {
        size += sizeof(std::size_t) + 1;
        if (const auto* text = std::get_if<std::string_view>(&param)) size += text->size();
        if (const auto* blob = std::get_if<ByteView>(&param)) size += blob->size();
    }
    key.reserve(size);
    const KeyWriter writer{key};
    writer(sql);
    for (const auto& param : params)
        std::visit(writer, param);
    return key;
}

std::shared_ptr<const Rows> SqliteReadCache::find(const Snapshot& now, const std::string& key) {
    const std::scoped_lock guard(mutex_);
    const auto found = held_ == now ? entries_.find(key) : entries_.end();
    ++(found == entries_.end() ? stats_.misses : stats_.hits);
    return found == entries_.end() ? nullptr : found->second;
}

void SqliteReadCache::store(const Snapshot& now, std::string key, std::shared_ptr<const Rows> rows,
                            std::size_t bytes) {
    bytes += key.size() + kEntryOverhead;
    if (bytes > max_bytes_ / kLargestShare) return;
    Entries outdated;  // freed after the lock
    const std::scoped_lock guard(mutex_);
    if (held_ != now || bytes_ + bytes > max_bytes_) {
        if (held_ == now) stats_.evictions += entries_.size();
        outdated.swap(entries_);
        bytes_ = 0;
        held_ = now;
    }
    if (entries_.emplace(std::move(key), std::move(rows)).second) bytes_ += bytes;
}

CacheStats SqliteReadCache::stats() const {
    const std::scoped_lock guard(mutex_);
    auto stats = stats_;
    stats.entries = entries_.size();
    stats.cost = bytes_;
    return stats;
}

}  // namespace siahub::db
