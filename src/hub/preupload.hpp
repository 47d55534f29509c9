#pragma once
// What a client shall do with each file it is about to upload: send it regular or as LFS, or leave
// it out; and what is at its path already.

#include "hub/files.hpp"
#include "hub/refs.hpp"
#include "hub/trees.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::hub {

// Larger files that no attribute decides about go to LFS.
inline constexpr std::uint64_t kLargestRegularFile = 10 * 1024 * 1024;

struct PreuploadFile {
    std::string path;
    std::uint64_t size = 0;
    Bytes sample;  // its first 512 bytes or fewer
};

struct PreuploadVerdict {
    bool lfs = false;
    bool should_ignore = false;
    std::string oid;  // of the file now at the path: blob id, or SHA-256 if LFS; empty if none
};

// Rules that are part of the same upload. They take the place of the repository's own.
struct PreuploadRules {
    std::optional<std::string_view> gitignore{};
    std::optional<std::string_view> gitattributes{};
};

class Preupload {
  public:
    Preupload(TreeStore& trees, Files& files) : trees_(trees), files_(files) {}

    // One verdict per file, in order. unprocessable when a path may not enter a repository.
    Task<Result<std::vector<PreuploadVerdict>>> classify(RowId repo, const Revision& head,
                                                         std::span<const PreuploadFile> files,
                                                         PreuploadRules rules);

  private:
    Task<Result<std::vector<std::string>>> current_ids(RowId repo, const Oid& tree,
                                                       std::span<const PreuploadFile> files);
    Task<Result<std::string>> rules_text(RowId repo, const Oid& tree, std::string_view path);

    TreeStore& trees_;
    Files& files_;
};

// Whether the beginning of a file is not text: a NUL byte or no valid UTF-8, unless it carries the
// byte order mark of UTF-16 or UTF-32. A character cut off at the end of the sample is no fault.
[[nodiscard]] bool looks_binary(ByteView sample);

}  // namespace siahub::hub
