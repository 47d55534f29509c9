#pragma once
// Reads a request body in pieces large enough that handing one to another thread costs little, and
// small enough to stay in a core's cache while it is hashed.

#include "http/message.hpp"

#include <memory>

namespace siahub::cas {

class BodyReader {
  public:
    static constexpr std::size_t kPiece = 512 * 1024;

    explicit BodyReader(http::RequestBody& body);
    // kPiece bytes but at the end; empty after it. Valid until the next call.
    Task<Result<ByteView>> next();

  private:
    http::RequestBody& body_;
    std::unique_ptr<std::byte[]> buffer_;
};

}  // namespace siahub::cas
