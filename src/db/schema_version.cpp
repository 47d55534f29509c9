#include "db/schema_version.hpp"

#include <fmt/format.h>

namespace siahub::db {

Result<void> check_schema_version(std::int64_t found, std::span<const Migration> known) {
    const auto newest = known.empty() ? 0 : known.back().version;
    if (found <= newest) return {};
    return fail(Code::internal,
                fmt::format("The database has schema version {}, but this program knows only up "
                            "to {}. Run the newer program that wrote it.",
                            found, newest));
}

}  // namespace siahub::db
