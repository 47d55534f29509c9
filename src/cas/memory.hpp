#pragma once
// What request bodies may cost in memory, all together. Streams go through pooled buffers; bodies
// that have to be held as a whole lease what they take (cas/held_body.hpp), and wait when it is not
// free.

#include "net/buffer_pool.hpp"
#include "net/byte_budget.hpp"

namespace siahub::cas {

struct Memory {
    net::BufferPool buffers{256UL * 1024, 192};
    net::ByteBudget whole_bodies{160UL * 1024 * 1024};
};

}  // namespace siahub::cas
