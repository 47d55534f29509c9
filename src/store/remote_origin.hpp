#pragma once
// Origins for a DiskCache: RemoteOrigin reads pinned bodies from Sia; FirstOf asks one origin and,
// when that has nothing or does not answer, another. Thread-safe.

#include "store/pins.hpp"

namespace siahub::store {

class RemoteOrigin final : public BodyOrigin {
  public:
    RemoteOrigin(Pins& pins, RemoteBodies& remote) : pins_(pins), remote_(remote) {}
    // not_found: it is not pinned.
    Task<Result<std::unique_ptr<ByteSource>>> read(xet::Hash xorb, xet::ByteSpan bytes) override;

  private:
    Pins& pins_;
    RemoteBodies& remote_;
};

class FirstOf final : public BodyOrigin {
  public:
    FirstOf(BodyOrigin& first, BodyOrigin& second) : first_(first), second_(second) {}
    Task<Result<std::unique_ptr<ByteSource>>> read(xet::Hash xorb, xet::ByteSpan bytes) override;

  private:
    BodyOrigin& first_;
    BodyOrigin& second_;
};

}  // namespace siahub::store
