#pragma once
// A body on disk as the bytes that an upload pulls. Remembers whether it was the disk that failed:
// then the upload is not to blame.

#include "sia/transfer/streams.hpp"
#include "store/local_bodies.hpp"

#include <optional>

namespace siahub::store {

class BodySource final : public sia::ByteSource {
  public:
    BodySource(LocalBodies& bodies, Pools pools, xet::Hash xorb, std::uint64_t size)
        : bodies_(bodies), pools_(pools), xorb_(xorb), size_(size) {}

    Task<Result<std::size_t>> read(std::span<std::byte> into) override;
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

  private:
    Task<Result<std::size_t>> try_read(std::span<std::byte> into);

    LocalBodies& bodies_;
    Pools pools_;
    xet::Hash xorb_;
    std::uint64_t size_, at_ = 0;
    SharedFile file_;
    std::optional<Error> failure_;
};

}  // namespace siahub::store
