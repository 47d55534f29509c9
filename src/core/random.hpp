#pragma once
// Unpredictable bytes and ids from the kernel.

#include <cstddef>
#include <span>
#include <string>

namespace siahub {

void fill_random(std::span<std::byte> out);
// `length` characters of [A-Za-z0-9], each equally likely.
std::string random_alphanumeric(std::size_t length);
// 32 hex digits.
std::string random_id();

}  // namespace siahub
