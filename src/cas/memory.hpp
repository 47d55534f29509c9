#pragma once
// What request bodies may cost in memory, all together. Streams go through pooled buffers; bodies
// that have to be held as a whole (JSON, lines of a commit, shards) lease what they will take
// before they are read, and wait when it is not free.

#include "http/message.hpp"
#include "net/buffer_pool.hpp"
#include "net/byte_budget.hpp"

namespace siahub::cas {

struct Memory {
    net::BufferPool buffers{256UL * 1024, 192};
    net::ByteBudget whole_bodies{160UL * 1024 * 1024};
};

// For a body of which at most `limit` bytes are held at once, each costing `factor` bytes with what
// is made of it. Small bodies lease nothing.
Task<net::ByteBudget::Lease> lease_for_body(Memory& memory, const http::Request& request,
                                            std::size_t limit, std::size_t factor);

}  // namespace siahub::cas
