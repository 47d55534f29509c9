#pragma once
// The calls that uploads and downloads need from a host: an interface, so that transfers are tested
// on hosts in memory that are slow, fail, lie or fall silent. Everything in sia/transfer runs on
// one executor that runs one handler at a time (an io_context of one thread, or a strand), and
// calls the transport there only.
//
// A call ends when its task is cancelled (asio cancellation, all types): it then throws
// operation_aborted or returns a fault, soon, and lets go of what it was given. Calls have no
// deadline of their own; the caller sets it by cancelling. Connections are the transport's
// business: it dials when needed, shares one among calls, and dials anew after a failure.

#include "core/task.hpp"
#include "sia/host.hpp"
#include "sia/host_prices.hpp"

#include <expected>
#include <vector>

namespace siahub::sia {

enum class HostFault {
    unreachable,       // no connection, or it broke
    not_enough_funds,  // the account is empty there; indexd refills within minutes
    prices_expired,    // new prices are needed, then the call may succeed
    token_expired,     // a fresh token is needed; of a fresh one: the clocks differ by minutes
    token_refused,     // the account's token is not valid there at all
    sector_missing,    // the host has lost the sector, or it is corrupt
    out_of_storage,    // no room for new sectors
    refused,           // any other error that the host reports
    bad_answer,        // the answer does not parse, or a signature, proof or root is wrong
};

struct HostError {
    HostFault fault = HostFault::unreachable;
    std::string message;  // one sentence
};

template <class T>
using HostResult = std::expected<T, HostError>;

// As the host sent it: the caller checks it with verify_range_proof (sia/merkle.hpp), on a pool.
struct SectorRead {
    Bytes data;
    std::vector<Hash256> proof;
};

class HostTransport {
  public:
    virtual ~HostTransport() = default;

    // The prices of the host now, with its signature checked. Caching is the caller's business.
    virtual Task<HostResult<HostPrices>> prices(const Host& host) = 0;
    // Stores a sector; the answer is the root that the host claims. `sector` stays valid until the
    // task ends, not longer.
    virtual Task<HostResult<Hash256>> write_sector(const Host& host, const HostPrices& prices,
                                                   ByteView sector) = 0;
    // Bytes [offset, offset + length) of a sector, in multiples of 64; exactly `length` bytes.
    virtual Task<HostResult<SectorRead>> read_sector(const Host& host, const HostPrices& prices,
                                                     const Hash256& root, std::uint64_t offset,
                                                     std::uint64_t length) = 0;
};

}  // namespace siahub::sia
