#pragma once
// Reads a request body in pieces large enough that handing one to another thread costs little, and
// small enough to stay in a core's cache while it is hashed. The buffer comes from a pool: when all
// are out, or all that one user may have, the client is not read from.

#include "cas/memory.hpp"
#include "core/ids.hpp"
#include "http/message.hpp"

namespace siahub::cas {

class BodyReader {
  public:
    // `user`: whose upload it is.
    BodyReader(http::RequestBody& body, Memory& memory, RowId user)
        : body_(body), memory_(memory), user_(user) {}
    // A full buffer but at the end; empty after it. Valid until the next call.
    Task<Result<ByteView>> next();

  private:
    http::RequestBody& body_;
    Memory& memory_;
    RowId user_;
    net::FairShares::Share share_;
    net::BufferPool::Buffer buffer_;
};

}  // namespace siahub::cas
