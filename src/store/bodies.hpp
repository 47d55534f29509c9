#pragma once
// Where readers get the bytes of xorbs from: the local disk of a hub in one process (LocalBodies),
// or a cache in front of an origin (DiskCache in front of other processes, later of Sia). Readers
// hold a descriptor and read or sendfile from it; nothing passes through memory on the way.
//
// Thread-safe. Errors: not_found when the xorb does not exist, unavailable when its bytes cannot be
// had now, internal when they are damaged, conflict when they are of another serialization.

#include "core/file_handle.hpp"
#include "core/task.hpp"
#include "xet/xorb_index.hpp"

#include <memory>
#include <optional>
#include <span>

namespace siahub::store {

using SharedFile = std::shared_ptr<const FileHandle>;

// Errors after which refresh() and another try may help.
inline bool may_be_outdated(Code code) {
    return code == Code::internal || code == Code::conflict;
}

// A fetch that goes on while nobody waits for it. Destroying it ends it, on the executor that it
// was begun on.
class FetchAhead {
  public:
    virtual ~FetchAhead() = default;
};

class Bodies {
  public:
    virtual ~Bodies() = default;
    // Bytes of the whole body.
    virtual Task<Result<std::uint64_t>> size(xet::Hash xorb) = 0;
    // A descriptor in which `bytes`, which lie within the body, are there at their own offsets. It
    // goes on working when the body is evicted meanwhile. Cheap, and without a database, when they
    // are there already.
    virtual Task<Result<SharedFile>> open(xet::Hash xorb, xet::ByteSpan bytes) = 0;
    // Begins to fetch what open() will soon be asked for; null where that would not wait anyway.
    // Should it fail, open() says so.
    virtual Task<std::unique_ptr<FetchAhead>> fetch_ahead(xet::Hash /*xorb*/,
                                                          xet::ByteSpan /*bytes*/) {
        co_return nullptr;
    }
    // A body can be stored anew in another serialization after its nodes were lost, and what a
    // cache has, or a link points into, is then the one before. Whether each of these is whole
    // chunks of the one that open() would give:
    virtual Task<Result<bool>> fits(xet::Hash /*xorb*/, std::span<const xet::ByteSpan> /*bytes*/) {
        co_return true;
    }
    // To be called when bytes are not what they should be: gives up what is out of date.
    virtual Task<Result<void>> refresh(xet::Hash /*xorb*/) { co_return Result<void>{}; }
    // Whether a cache has these bytes already; nothing where no cache stands in between.
    [[nodiscard]] virtual std::optional<bool> cached(const xet::Hash& /*xorb*/,
                                                     xet::ByteSpan /*bytes*/) const {
        return std::nullopt;
    }
};

// Bytes as they come from an origin; an empty view ends them. Dropping it cancels the transfer.
class ByteSource {
  public:
    virtual ~ByteSource() = default;
    virtual Task<Result<ByteView>> next() = 0;
};

// Where a cache gets what it misses. Nothing it says is believed before it is checked.
class BodyOrigin {
  public:
    virtual ~BodyOrigin() = default;
    virtual Task<Result<std::unique_ptr<ByteSource>>> read(xet::Hash xorb, xet::ByteSpan bytes) = 0;
};

}  // namespace siahub::store
