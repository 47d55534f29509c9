#pragma once
// Reads a request body in pieces large enough that handing one to another thread costs little, and
// small enough to stay in a core's cache while it is hashed. The buffer comes from a pool: when all
// are out, the client is not read from.

#include "http/message.hpp"
#include "net/buffer_pool.hpp"

namespace siahub::cas {

class BodyReader {
  public:
    BodyReader(http::RequestBody& body, net::BufferPool& buffers)
        : body_(body), buffers_(buffers) {}
    // A full buffer but at the end; empty after it. Valid until the next call.
    Task<Result<ByteView>> next();

  private:
    http::RequestBody& body_;
    net::BufferPool& buffers_;
    net::BufferPool::Buffer buffer_;
};

}  // namespace siahub::cas
