#include "git/object_id.hpp"

namespace siahub::git {
namespace {

void add_header(Sha1Hasher& hasher, std::string_view type, std::uint64_t size) {
    std::string header(type);
    header += ' ';
    header += std::to_string(size);
    header += '\0';
    hasher.update(as_bytes(header));
}

}  // namespace

BlobHasher::BlobHasher(std::uint64_t size) {
    add_header(hasher_, "blob", size);
}

Oid BlobHasher::finish() {
    return Oid(hasher_.finish());
}

Oid object_id(std::string_view type, ByteView body) {
    Sha1Hasher hasher;
    add_header(hasher, type, body.size());
    hasher.update(body);
    return Oid(hasher.finish());
}

}  // namespace siahub::git
