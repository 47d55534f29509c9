#include "crypto/password_hash.hpp"

#include "crypto/sodium.hpp"

#include <array>
#include <new>

#include <sodium/crypto_pwhash.h>

namespace siahub {
namespace {

constexpr unsigned long long kPasses = crypto_pwhash_OPSLIMIT_INTERACTIVE;
constexpr std::size_t kMemory = crypto_pwhash_MEMLIMIT_INTERACTIVE;

}  // namespace

std::string hash_password(std::string_view password) {
    detail::start_sodium();
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    if (crypto_pwhash_str(hash.data(), password.data(), password.size(), kPasses, kMemory) != 0)
        throw std::bad_alloc();
    return hash.data();
}

bool verify_password(const std::string& hash, std::string_view password) {
    detail::start_sodium();
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool is_outdated(const std::string& hash) {
    detail::start_sodium();
    return crypto_pwhash_str_needs_rehash(hash.c_str(), kPasses, kMemory) != 0;
}

}  // namespace siahub
