#include "crypto/hkdf.hpp"

namespace siahub {

Blake2bDigest hkdf_blake2b(ByteView secret, ByteView salt, ByteView info) {
    const auto extracted = hmac_blake2b(salt, secret);
    Bytes message(info.begin(), info.end());
    message.push_back(std::byte{1});
    return hmac_blake2b(extracted, message);
}

}  // namespace siahub
