#pragma once
// Which snapshots of the catalogue are on Sia. That is asked of the storage itself, by the notes of
// its objects; a file beside the data remembers the answer, so that the next time only what has
// changed since is looked at. Losing that file costs a look at all objects, nothing else.
//
// Belongs to one task at a time. Errors: those of RemoteBodies; unprocessable for a damaged list.

#include "backup/remote_format.hpp"
#include "store/remote_bodies.hpp"

#include <filesystem>

namespace siahub::backup {

// All bytes of an object.
Task<Result<Bytes>> read_remote(store::RemoteBodies& remote, Bytes sealed, xet::ByteSpan bytes);

class RemoteShelf {
  public:
    struct Item {
        RemoteNote note;
        store::RemoteObject object;
        std::uint64_t size = 0;
    };

    // An empty path: nothing is remembered.
    RemoteShelf(store::RemoteBodies& remote, std::filesystem::path memory);

    Task<Result<void>> refresh();
    // Newest first.
    [[nodiscard]] std::vector<Item> lists() const;
    [[nodiscard]] std::vector<Item> packs() const;
    [[nodiscard]] const Item* find_pack(const SnapshotId& id) const;
    Task<Result<RemoteList>> read(Item item);
    void add(Item item) { items_.push_back(std::move(item)); }
    Task<Result<void>> remove(store::ObjectId id);
    // What a reader of it has found gone.
    void forget(const store::ObjectId& id);
    void remember() const;

    struct Memory {
        std::int64_t seen_until = 0;  // Unix seconds of indexd's clock
        std::vector<Item> items;
    };
    // What a shelf with this memory saw the last time; nothing when there was none.
    static std::optional<Memory> recall(const std::filesystem::path& memory);

  private:
    [[nodiscard]] std::vector<Item> parts(RemoteNote::Part part) const;
    void take(const store::ListedObject& listed);

    store::RemoteBodies& remote_;
    const std::filesystem::path memory_;
    bool loaded_ = false;
    std::int64_t seen_until_ = 0;
    std::vector<Item> items_;
};

}  // namespace siahub::backup
