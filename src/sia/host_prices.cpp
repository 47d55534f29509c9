#include "sia/host_prices.hpp"

#include "crypto/blake2b.hpp"

namespace siahub::sia {

namespace {

void encode_terms(const HostPrices& prices, Encoder& out) {
    for (const auto& price : {prices.contract, prices.collateral, prices.storage, prices.ingress,
                              prices.egress, prices.free_sector})
        out.currency(price);
    out.u64(prices.tip_height);
    out.time(prices.valid_until);
}

}  // namespace

void HostPrices::encode(Encoder& out) const {
    encode_terms(*this, out);
    out.fixed(signature);
}

HostPrices HostPrices::decode(Decoder& in) {
    HostPrices prices;
    for (auto* price : {&prices.contract, &prices.collateral, &prices.storage, &prices.ingress,
                        &prices.egress, &prices.free_sector})
        *price = in.currency();
    prices.tip_height = in.u64();
    prices.valid_until = in.time();
    prices.signature = in.signature();
    return prices;
}

Hash256 HostPrices::signed_hash() const {
    Encoder out;
    encode_terms(*this, out);
    return {blake2b_256(out.view())};
}

}  // namespace siahub::sia
