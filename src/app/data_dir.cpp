#include "app/data_dir.hpp"

#include <cstdlib>

namespace siahub::app {
namespace {

std::filesystem::path from_environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): no thread yet
    return value == nullptr ? "" : value;
}

}  // namespace

std::filesystem::path default_data_dir() {
    // The XDG rules: a relative path there counts as none.
    if (const auto data = from_environment("XDG_DATA_HOME"); data.is_absolute())
        return data / "siahub";
    if (const auto home = from_environment("HOME"); home.is_absolute())
        return home / ".local" / "share" / "siahub";
    return "siahub-data";
}

Result<void> prepare_data_dir(const std::filesystem::path& dir) {
    std::error_code error;
    const bool made = std::filesystem::create_directories(dir, error);
    if (!error && made) std::filesystem::permissions(dir, std::filesystem::perms::owner_all, error);
    if (error)
        return fail(Code::unavailable,
                    "Cannot make the data directory " + dir.string() + ": " + error.message());
    return {};
}

std::filesystem::path database_path(const std::filesystem::path& data_dir) {
    return data_dir / "siahub.db";
}

}  // namespace siahub::app
