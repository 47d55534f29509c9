#pragma once
// What request bodies may cost in memory, all together. Streams go through pooled buffers; bodies
// that have to be held as a whole lease what they take (cas/held_body.hpp), and wait when it is not
// free.

#include "net/buffer_pool.hpp"
#include "net/byte_budget.hpp"
#include "net/fair_shares.hpp"

namespace siahub::cas {

struct Memory {
    static constexpr std::size_t kBuffer = 256UL * 1024;
    static constexpr std::size_t kBuffers = 192;

    net::BufferPool buffers{kBuffer, kBuffers};
    // Of the buffers, for one user: however many slow uploads he has, there is room for others.
    net::FairShares shares{kBuffer * kBuffers / 2};
    net::ByteBudget whole_bodies{160UL * 1024 * 1024};
};

}  // namespace siahub::cas
