#pragma once
// Bodies of xorbs as files named by their hash, in the data directory of a hub and in a backup
// alike. What is copied in is verified on its way: it is the xorb that its name says, or it does
// not get there. Blocks; one thread.

#include "store/layout.hpp"
#include "xet/xorb_verifier.hpp"

#include <filesystem>

namespace siahub::backup {

struct Body {
    xet::Hash hash;
    std::uint64_t size = 0;
    bool is_here = true;  // as far as the rows know: not on another node's disk

    friend bool operator==(const Body&, const Body&) = default;
};

class BodyFolder {
  public:
    // `tmp` lies in the same file system.
    BodyFolder(std::filesystem::path root, std::filesystem::path tmp);

    [[nodiscard]] std::filesystem::path path(const xet::Hash& hash) const;
    // A whole one: files get their names only when they are.
    [[nodiscard]] bool has(const Body& body) const;
    // Errors: not_found when there is no such file; unprocessable when it is damaged; unavailable.
    Result<void> copy_from(const BodyFolder& source, const Body& body);
    Result<void> verify(const Body& body) const;
    Result<void> remove(const xet::Hash& hash);
    // Of all files whose names are hashes, sorted.
    [[nodiscard]] Result<std::vector<xet::Hash>> list() const;

  private:
    template <class Take>
    Result<void> read_verified(const Body& body, Take take) const;

    std::filesystem::path root_;
    std::filesystem::path tmp_;
    store::DurableDirectories directories_;
    mutable xet::XorbVerifier verifier_;
    mutable Bytes buffer_;
};

}  // namespace siahub::backup
