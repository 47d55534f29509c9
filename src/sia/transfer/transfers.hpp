#pragma once
// What all transfers of a client share: hosts, threads, memory, and how many calls run at a time.
// Belongs to one executor that runs one handler at a time; everything in sia/transfer runs there,
// except for erasure coding, ciphers and hashing, which run on the pool.

#include "core/async_mutex.hpp"
#include "net/buffer_pool.hpp"
#include "sia/merkle.hpp"
#include "sia/slab.hpp"
#include "sia/transfer/congestion.hpp"
#include "sia/transfer/host_pool.hpp"

namespace siahub::sia {

struct TransferOptions {
    Redundancy redundancy;
    // Slabs in memory while they are uploaded; at least one.
    std::size_t slabs_in_memory = 2;
    // Bytes that downloads may hold, fetched or on their way.
    std::size_t download_memory = std::size_t{128} << 20;
    CongestionLimits writes{2, 16, 256};
    CongestionLimits reads{8, 64, 512};
    std::chrono::milliseconds write_timeout = std::chrono::seconds(90);
    std::chrono::milliseconds read_timeout = std::chrono::seconds(60);
    // A call that takes so much longer than expected is raced by one to another host.
    double race_after = 1.5;
    std::size_t tries_per_host = 3;
    std::chrono::milliseconds retry_pause = std::chrono::milliseconds(250);  // doubles
    // What a reader begins with is asked of so many times the hosts that suffice.
    double overprovision = 1.5;
    std::size_t first_chunk = std::size_t{32} << 10, largest_chunk = std::size_t{4} << 20;
    std::size_t chunks_ahead = 6;
};

struct Transfers {
    Transfers(const asio::any_io_executor& on, HostPool& known_hosts, WorkPool& threads,
              const TransferOptions& settings)
        : executor(on),
          hosts(known_hosts),
          work(threads),
          options(settings),
          sectors(kSectorSize,
                  std::max<std::size_t>(settings.slabs_in_memory, 1) * settings.redundancy.total),
          download_memory(settings.download_memory),
          writes(on, settings.writes),
          reads(on, settings.reads) {}

    const asio::any_io_executor executor;
    HostPool& hosts;
    WorkPool& work;
    const TransferOptions options;
    net::BufferPool sectors;
    AsyncMutex filling;  // whoever takes sectors takes all for a slab, or two might wait for ever
    net::ByteBudget download_memory;
    AdaptiveGate writes, reads;
};

}  // namespace siahub::sia
