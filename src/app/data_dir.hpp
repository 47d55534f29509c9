#pragma once
// The data directory of a hub on its embedded defaults, as `serve` and `admin` both use it.

#include "core/result.hpp"

#include <filesystem>

namespace siahub::app {

// $XDG_DATA_HOME/siahub, else ~/.local/share/siahub, else ./siahub-data.
std::filesystem::path default_data_dir();
// Makes the directory (0700) if it is not there.
Result<void> prepare_data_dir(const std::filesystem::path& dir);
std::filesystem::path database_path(const std::filesystem::path& data_dir);

}  // namespace siahub::app
