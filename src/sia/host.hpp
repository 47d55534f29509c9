#pragma once
// A storage host as indexd lists it. A plain value.

#include "sia/ids.hpp"

#include <string>
#include <vector>

namespace siahub::sia {

struct NetAddress {
    std::string protocol;  // "siamux" or "quic"
    std::string address;   // host:port; the host may be "[::]" in test networks
    bool operator==(const NetAddress&) const = default;
};

struct Host {
    PublicKey key;
    std::vector<NetAddress> addresses;
    std::string country_code;  // two letters, or empty
    double latitude = 0, longitude = 0;
    bool good_for_upload = false;
};

}  // namespace siahub::sia
