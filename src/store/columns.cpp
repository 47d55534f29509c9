#include "store/columns.hpp"

#include <stdexcept>

namespace siahub::store {
namespace {

const Bytes& bytes32(const db::Row& row, std::size_t column) {
    const Bytes& bytes = row.blob(column);
    if (bytes.size() != 32) throw std::runtime_error("a hash column does not hold 32 bytes");
    return bytes;
}

}  // namespace

xet::Hash hash_column(const db::Row& row, std::size_t column) {
    return xet::Hash::from_raw(std::span<const std::byte, 32>(bytes32(row, column)));
}

Sha256 sha256_column(const db::Row& row, std::size_t column) {
    Sha256 digest;
    std::ranges::copy(bytes32(row, column), digest.begin());
    return digest;
}

}  // namespace siahub::store
