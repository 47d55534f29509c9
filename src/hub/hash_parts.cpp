#include "hub/hash_parts.hpp"

#include <array>

namespace siahub::hub {
namespace {

// So small that PostgreSQL's planner looks up what belongs to a part instead of reading all.
constexpr std::uint32_t kParts = 4096;
constexpr std::uint32_t kStep = 0x10000 / kParts;

using Bound = std::array<std::byte, 2>;

Bound bound(std::uint32_t part) {
    const auto first = part * kStep;
    return {static_cast<std::byte>(first >> 8), static_cast<std::byte>(first & 0xFF)};
}

// Behind every hash.
Bytes end_of_all() {
    return Bytes(33, std::byte{0xFF});
}

Task<Result<bool>> are_few(db::Database& database, std::int64_t few) {
    const auto rows = CO_TRY(co_await database.query(
        "SELECT COUNT(*) FROM (SELECT 1 FROM xorbs LIMIT $1) AS some_of_them", {few},
        db::Weight::scan));
    co_return rows[0].integer(0) < few;
}

}  // namespace

Task<Result<void>> for_hash_parts(db::Database& database, std::string_view sql,
                                  const std::atomic<bool>& stopped,
                                  std::function<void(const db::Row&)> add, std::int64_t few) {
    const auto parts = CO_TRY(co_await are_few(database, few)) ? 1 : kParts;
    const auto end = end_of_all();
    for (std::uint32_t part = 0; part < parts; ++part) {
        if (stopped) co_return fail(Code::unavailable, "The hub is about to end");
        const auto from = bound(part);
        const auto to = bound(part + 1);
        const bool is_last = part + 1 == parts;
        const auto rows = CO_TRY(co_await database.query(
            sql, {ByteView(from), is_last ? ByteView(end) : ByteView(to)}, db::Weight::scan));
        for (const auto& row : rows)
            add(row);
    }
    co_return Result<void>{};
}

}  // namespace siahub::hub
