#pragma once
// Reading and writing files so that what was written survives a power failure. Everything here
// blocks. Errors: unavailable when the disk is full or refuses, not_found, with a sentence that may
// be shown to clients and so names no path.

#include "core/bytes.hpp"
#include "core/file_handle.hpp"
#include "core/result.hpp"

#include <filesystem>
#include <string_view>

namespace siahub {

// The Error for a failed system call; `doing` completes "Cannot …".
Error io_error(int error_number, std::string_view doing);
Result<void> write_all(int fd, ByteView bytes);
// Exactly out.size() bytes at `offset`; a file that ends early is an error.
Result<void> read_exactly(int fd, std::uint64_t offset, std::span<std::byte> out);
Result<void> sync_directory(const std::filesystem::path& directory);

}  // namespace siahub
