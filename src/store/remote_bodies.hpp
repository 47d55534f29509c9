#pragma once
// Whole bodies in a storage that is far away, shared and erasure-coded (Sia): an interface, so that
// what the hub does with it is tested against one in memory that fails, stalls and loses. Bodies
// are packed together by the storage; each is an object with an id, and a sealed description that
// suffices to read it.
//
// Used from any executor; calls end soon when their task is cancelled. Errors: unavailable (try
// again later; the message says what is wrong and what to do), not_found, and those of sources.

#include "sia/transfer/streams.hpp"
#include "store/bodies.hpp"

#include <array>
#include <vector>

namespace siahub::store {

using ObjectId = std::array<std::byte, 32>;

struct RemoteBody {
    std::uint64_t size = 0;             // not 0
    sia::ByteSource* source = nullptr;  // gives exactly `size` bytes; outlives the call
    Bytes note;                         // kept with the object, for its owner's eyes only
};

struct RemoteObject {
    ObjectId id{};
    Bytes sealed;
};

// An object as the storage lists it.
struct ListedObject {
    RemoteObject object;
    std::uint64_t size = 0;
    Bytes note;
};

// Where a reader of the list stands.
struct ListCursor {
    std::int64_t after = 0;  // Unix seconds
    ObjectId id{};
};

struct ListPage {
    std::vector<ListedObject> objects;  // that exist; oldest change first
    ListCursor next;
    bool more = false;
};

class RemoteBodies {
  public:
    virtual ~RemoteBodies() = default;

    // What bodies are packed into: the end of the last one is lost.
    [[nodiscard]] virtual std::size_t slab_bytes() const = 0;
    // Stores and pins bodies, in the same order. When it fails, some may be stored all the same:
    // list() finds them.
    virtual Task<Result<std::vector<RemoteObject>>> pin(std::vector<RemoteBody> bodies) = 0;
    // A range of an object; the first next() begins to fetch.
    virtual Task<Result<std::unique_ptr<ByteSource>>> read(Bytes sealed, xet::ByteSpan bytes) = 0;
    // No error when there is none.
    virtual Task<Result<void>> remove(ObjectId id) = 0;
    virtual Task<Result<ListPage>> list(ListCursor after) = 0;
};

}  // namespace siahub::store
