#pragma once
// The footer that older clients put after the records of a xorb (versions 0 and 1). The server
// derives everything in it from the records, so it only checks that both agree: the expected footer
// is produced piece by piece and compared, never held whole. Format: docs/formats/xorb.md.

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "xet/xorb_index.hpp"

namespace siahub::xet {

class FooterVerifier {
  public:
    // Takes all of `piece`. `index` is complete, the same in each call, and has its computed hash.
    Result<void> feed(const XorbIndex& index, ByteView piece);
    // Whether the footer is whole.
    Result<void> finish(const XorbIndex& index) const;
    void reset() { *this = FooterVerifier(); }

  private:
    std::uint64_t position_ = 0;
    std::byte version_{};
};

// The whole footer including its trailing length, for tests and for whoever must speak to old
// clients.
Bytes build_footer_v1(const XorbIndex& index);
Bytes build_footer_v0(const XorbIndex& index);

}  // namespace siahub::xet
