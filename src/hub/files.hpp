#pragma once
// What a blob id of a repository stands for, and where regular files go when they arrive.
// A blob is either a regular file (its id is that of its bytes) or an LFS file (its id is that of
// the pointer text). Which of the two never changes: bytes that are the canonical pointer of an
// object of the repository are that LFS file, however they arrive. Rows of repo_files are therefore
// immutable and cached without expiry; only the link from SHA-256 to Xet file can be replaced, by
// an LFS upload of the same object: call forget() then. Threads: any. Lifetime: outlives the tasks
// that use it.

#include "core/clock.hpp"
#include "core/task.hpp"
#include "crypto/digest.hpp"
#include "db/database.hpp"
#include "hub/lru_cache.hpp"
#include "hub/types.hpp"
#include "xet/hash.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace siahub::store {
struct Store;
}

namespace siahub::hub {

// Regular files up to this size lie in the database, larger ones in xorbs.
inline constexpr std::size_t kInlineLimit = 256 * 1024;
// Files that the hub reads itself (.gitattributes, .gitignore, README.md) lie in the database up to
// this size, and are not interpreted beyond it.
inline constexpr std::size_t kReadableLimit = 4 * 1024 * 1024;

// Whether commits may name LFS objects that this hub never received, because another hub's storage
// holds their bytes (hf-proxy). Size and hash are then the word of whoever commits.
enum class ForeignObjects { refuse, accept };

struct FileInfo {
    Oid blob;
    std::uint64_t size = 0;  // of the file, not of its pointer
    bool is_lfs = false;
    Sha256 sha256{};
    std::optional<xet::Hash> file_hash;  // absent: the bytes lie inline, or are foreign
};

// An object that a commit may name: a row of lfs_objects.
struct LfsObject {
    Sha256 sha256{};
    std::uint64_t size = 0;
    std::optional<xet::Hash> file_hash;
};

class Files {
  public:
    Files(db::Database& database, store::Store& store, const Clock& clock, std::size_t cache_bytes,
          ForeignObjects foreign = ForeignObjects::refuse);
    // The same files read through another database, such as a transaction's; nothing is shared.
    [[nodiscard]] Files over(db::Database& database, std::size_t cache_bytes) const {
        return {database, store_, clock_, cache_bytes, foreign_};
    }
    [[nodiscard]] bool accepts_foreign_objects() const {
        return foreign_ == ForeignObjects::accept;
    }

    Task<Result<std::optional<FileInfo>>> find(RowId repo, const Oid& blob);
    // In the order asked; nothing for a blob that the repository does not know.
    Task<Result<std::vector<std::optional<FileInfo>>>> find_many(RowId repo,
                                                                 std::span<const Oid> blobs);

    Task<Result<std::vector<std::optional<LfsObject>>>> find_objects(
        RowId repo, std::span<const Sha256> hashes);

    // Remembers a row that is in the database by now.
    void remember(RowId repo, const FileInfo& file);
    // After an LFS upload registered this object anew.
    void forget(RowId repo, const Sha256& sha256, std::uint64_t size);

    // The bytes of an inline file. not_found when the object does not lie inline.
    Task<Result<Bytes>> inline_content(RowId repo, const Sha256& sha256);
    // The bytes of a file that the hub interprets itself; nothing when it is no regular inline
    // file.
    Task<Result<std::optional<std::string>>> readable_text(RowId repo, const Oid& blob);

    [[nodiscard]] CacheStats cache_stats() const { return cache_.stats(); }

  private:
    friend class BlobStager;
    struct Key {
        RowId repo;
        Oid blob;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const;
    };

    db::Database& database_;
    store::Store& store_;
    const Clock& clock_;
    ForeignObjects foreign_;
    LruCache<Key, FileInfo, KeyHash> cache_;
};

}  // namespace siahub::hub
