#pragma once
// What a host asks for, signed by it and sent back with every paid call (RHP4). A plain value.

#include "sia/encoding.hpp"

namespace siahub::sia {

struct HostPrices {
    static constexpr std::size_t kEncodedSize = 176;

    Currency contract, collateral, storage, ingress, egress, free_sector;
    std::uint64_t tip_height = 0;
    std::int64_t valid_until = 0;  // Unix seconds
    Signature signature;

    bool operator==(const HostPrices&) const = default;
    void encode(Encoder& out) const;
    static HostPrices decode(Decoder& in);
    // What the signature covers.
    [[nodiscard]] Hash256 signed_hash() const;
    [[nodiscard]] bool is_signed_by(const PublicKey& host) const {
        return verify_hash(host, signed_hash(), signature);
    }
};

}  // namespace siahub::sia
