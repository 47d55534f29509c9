#pragma once
// Keeps two commands from working on one directory at once. The lock is the kernel's, on an open
// directory or file, and ends with its process: nothing is left behind that an operator would have
// to remove.

#include "core/file_handle.hpp"
#include "core/result.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace siahub::backup {

enum class LockKind { exclusive, shared };
using Lock = std::unique_ptr<FileHandle>;

// Errors: conflict with `otherwise` when another command holds it; unavailable. File systems
// without locks hold nobody back.
Result<Lock> lock_path(const std::filesystem::path& path, LockKind kind, std::string otherwise);

}  // namespace siahub::backup
