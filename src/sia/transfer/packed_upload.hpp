#pragma once
// Several bodies into a row of slabs, one after the other, each encrypted under a key of its own.
// While one slab is on its way to the hosts, the next is filled, as far as memory for sectors
// lasts. Every finished slab is reported at once, so that it can be pinned: unpinned sectors live
// for days only. Used once.

#include "sia/packing.hpp"
#include "sia/transfer/slab_upload.hpp"
#include "sia/transfer/streams.hpp"

namespace siahub::sia {

struct UploadBody {
    SecretKey data_key;
    std::uint64_t size = 0;
    ByteSource* source = nullptr;  // gives exactly `size` bytes
};

class SlabListener {
  public:
    virtual ~SlabListener() = default;
    // May be called for several slabs at once. An error ends the upload.
    virtual Task<Result<void>> stored(const Slab& slab) = 0;
};

class PackedUpload {
  public:
    // Everything that is passed outlives the upload.
    PackedUpload(Transfers& transfers, std::vector<UploadBody> bodies, SlabListener& listener);

    // The slices of every body, in order. invalid_argument: a source gave fewer bytes than
    // promised. Other errors: those of sources, of the listener, and of SlabUpload.
    Task<Result<std::vector<std::vector<SlabSlice>>>> run();

  private:
    Task<Result<void>> drive();
    Task<SlabUpload::Sectors> take_sectors();
    Task<Result<void>> fill(std::size_t slab, const SecretKey& key, SlabUpload::Sectors& sectors);
    Task<Result<void>> read_piece(std::span<std::byte> piece);
    Task<void> send(std::size_t slab, SecretKey key, SlabUpload::Sectors sectors);
    void fail_with(Error error);

    Transfers& transfers_;
    std::vector<UploadBody> bodies_;
    SlabListener& listener_;
    ReedSolomon code_;
    Packing packing_;
    std::vector<std::optional<Slab>> slabs_;
    std::size_t body_ = 0;         // that is being read
    std::uint64_t body_done_ = 0;  // bytes of it
    Bytes piece_;
    std::optional<Error> error_;
    Children children_;
};

}  // namespace siahub::sia
