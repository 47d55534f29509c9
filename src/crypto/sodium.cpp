#include "crypto/sodium.hpp"

#include <stdexcept>

#include <sodium/core.h>

namespace siahub::detail {

namespace {

bool initialise() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
    return true;
}

}  // namespace

void start_sodium() {
    [[maybe_unused]] static const bool started = initialise();
}

}  // namespace siahub::detail
