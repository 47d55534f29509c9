#pragma once
// RemoteBodies on the Sia network. Lives as long as the client, which is the caller's.

#include "sia/client.hpp"
#include "store/remote_bodies.hpp"

namespace siahub::store {

class SiaBodies final : public RemoteBodies {
  public:
    SiaBodies(sia::Client& client, std::size_t slab_bytes)
        : client_(client), slab_bytes_(slab_bytes) {}

    [[nodiscard]] std::size_t slab_bytes() const override { return slab_bytes_; }
    Task<Result<std::vector<RemoteObject>>> pin(std::vector<RemoteBody> bodies) override;
    Task<Result<std::unique_ptr<ByteSource>>> read(Bytes sealed, xet::ByteSpan bytes) override;
    Task<Result<void>> remove(ObjectId id) override;
    Task<Result<ListPage>> list(ListCursor after) override;

  private:
    sia::Client& client_;
    const std::size_t slab_bytes_;
};

}  // namespace siahub::store
