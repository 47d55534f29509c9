// Rows of a backup, of a table with a column of each type: one file per input.

#include "backup/row_file.hpp"

#include <algorithm>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const db::TableShape table{.name = "t",
                                      .columns = {{"n", db::ColumnType::integer},
                                                  {"r", db::ColumnType::real},
                                                  {"s", db::ColumnType::text},
                                                  {"b", db::ColumnType::blob}}};
    auto rest = std::as_bytes(std::span(data, size));
    backup::RowReader reader(
        [&rest](std::span<std::byte> out) -> Result<std::size_t> {
            const auto n = std::min(out.size(), rest.size());
            std::ranges::copy(rest.first(n), out.begin());
            rest = rest.subspan(n);
            return n;
        },
        size, table);
    std::vector<db::Value> row;
    for (auto more = reader.next(row); more && *more; more = reader.next(row)) {
    }
    return 0;
}
