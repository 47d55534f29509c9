#pragma once
// How a data directory tells that a restore into it has not ended: the file RESTORING, which names
// the backup. No hub starts there; the same restore, run again, goes on.

#include "core/result.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace siahub::backup {

struct RestoreMark {
    std::string backup;       // its id
    bool rows_begun = false;  // rows may have been committed
};

inline constexpr std::string_view kRestoreMark = "RESTORING";

std::optional<RestoreMark> read_restore_mark(const std::filesystem::path& data);
// Durable when it returns.
Result<void> write_restore_mark(const std::filesystem::path& data, const RestoreMark& mark);
Result<void> remove_restore_mark(const std::filesystem::path& data);

// For whoever opens a hub: conflict, with what to do, when a restore has not ended.
Result<void> refuse_half_restored(const std::filesystem::path& data);

}  // namespace siahub::backup
