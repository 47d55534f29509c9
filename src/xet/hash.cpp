#include "xet/hash.hpp"

#include <charconv>

namespace siahub::xet {

namespace {

consteval std::byte key_byte(char high, char low) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    return static_cast<std::byte>(digit(high) * 16 + digit(low));
}

consteval Blake3Key key_from(std::string_view hex) {
    Blake3Key key{};
    for (std::size_t i = 0; i < key.size(); ++i)
        key[i] = key_byte(hex[2 * i], hex[2 * i + 1]);
    return key;
}

constexpr auto kChunkKey =
    key_from("6697f5775b9550de3135cbaca597181c9de421109beb2b58b4d0b04b93adf229");
constexpr auto kNodeKey =
    key_from("017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f");
constexpr auto kRangeKey =
    key_from("7f1857d6ce56ed66127ff913e7a5c3f3a4cd26d5b5db49e64124987f28fb94c3");
constexpr Blake3Key kFileKey{};

constexpr std::size_t kHexDigits = 64;
// "<64 digits> : <at most 20 digits>\n"
constexpr std::size_t kMaxNodeLine = kHexDigits + 3 + 20 + 1;

char* write_hex(const Hash& hash, char* out) {
    static constexpr char kDigits[] = "0123456789abcdef";
    for (std::size_t i = 0; i < 32; ++i) {
        const auto value = std::to_integer<unsigned>(hash.bytes[i ^ 7U]);
        *out++ = kDigits[value >> 4U];
        *out++ = kDigits[value & 15U];
    }
    return out;
}

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

SizedHash parent_of(std::span<const SizedHash> children) {
    std::array<char, kMaxNodeLine * 9> text;
    char* end = text.data();
    std::uint64_t size = 0;
    for (const auto& child : children) {
        end = write_hex(child.hash, end);
        *end++ = ' ';
        *end++ = ':';
        *end++ = ' ';
        end = std::to_chars(end, text.data() + text.size(), child.size).ptr;
        *end++ = '\n';
        size += child.size;
    }
    const std::string_view line(text.data(), static_cast<std::size_t>(end - text.data()));
    return {Hash{blake3_keyed(kNodeKey, as_bytes(line))}, size};
}

Hash reversed_in_groups(const std::byte* bytes) {
    Hash out;
    for (std::size_t i = 0; i < 32; ++i)
        out.bytes[i] = bytes[i ^ 7U];
    return out;
}

}  // namespace

Hash Hash::from_raw(std::span<const std::byte, 32> raw) {
    Hash hash;
    std::ranges::copy(raw, hash.bytes.begin());
    return hash;
}

void Hash::append_hex(std::string& out) const {
    std::array<char, kHexDigits> text;
    write_hex(*this, text.data());
    out.append(text.data(), text.size());
}

std::string Hash::hex() const {
    std::string out;
    append_hex(out);
    return out;
}

Result<Hash> parse_hash(std::string_view hex) {
    if (hex.size() != kHexDigits) {
        return fail(Code::invalid_argument, "A hash is 64 hexadecimal digits");
    }
    Hash hash;
    for (std::size_t i = 0; i < 32; ++i) {
        const int high = digit_value(hex[2 * i]);
        const int low = digit_value(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            return fail(Code::invalid_argument, "A hash is 64 hexadecimal digits");
        }
        hash.bytes[i ^ 7U] = static_cast<std::byte>(high * 16 + low);
    }
    return hash;
}

Hash stored_from_sha256(const Sha256& digest) {
    return reversed_in_groups(digest.data());
}

Sha256 sha256_from_stored(const Hash& stored) {
    return reversed_in_groups(stored.bytes.data()).bytes;
}

Hash chunk_hash(ByteView chunk) {
    return {blake3_keyed(kChunkKey, chunk)};
}

Hash keyed_chunk_hash(const Blake3Key& key, const Hash& chunk) {
    return {blake3_keyed(key, chunk.view())};
}

ChunkHasher::ChunkHasher() : state_(kChunkKey) {}

Hash ChunkHasher::finish() {
    const Hash hash{state_.digest()};
    state_.reset();
    return hash;
}

RangeHasher::RangeHasher() : state_(kRangeKey) {}

Hash RangeHasher::finish() {
    const Hash hash{state_.digest()};
    state_.reset();
    return hash;
}

Hash range_hash(std::span<const Hash> chunks) {
    RangeHasher hasher;
    for (const auto& chunk : chunks)
        hasher.add(chunk);
    return hasher.finish();
}

void TreeHasher::add(const Hash& hash, std::uint64_t size) {
    add_at(0, {hash, size});
}

void TreeHasher::add_at(std::size_t level, SizedHash node) {
    if (level == levels_.size()) levels_.emplace_back();
    auto& at = levels_[level];
    at.open[at.open_count++] = node;
    const bool cuts_here = at.open_count >= 3 && node.hash.word(3) % 4 == 0;
    if (cuts_here || at.open_count == at.open.size()) close_group(level);
}

void TreeHasher::close_group(std::size_t level) {
    auto& at = levels_[level];
    const auto parent = parent_of(std::span(at.open).first(at.open_count));
    at.open_count = 0;
    at.has_closed = true;
    add_at(level + 1, parent);
}

Hash TreeHasher::finish() {
    Hash root;
    for (std::size_t level = 0; level < levels_.size(); ++level) {
        const auto& at = levels_[level];
        // A level of one node is the root. A trailing group of one below the root is hashed again.
        if (!at.has_closed && at.open_count == 1) {
            root = at.open[0].hash;
            break;
        }
        if (at.open_count > 0) close_group(level);
    }
    levels_.clear();
    return root;
}

Hash aggregate(std::span<const SizedHash> nodes) {
    TreeHasher tree;
    for (const auto& node : nodes)
        tree.add(node.hash, node.size);
    return tree.finish();
}

Hash file_hash_from_root(const Hash& root, bool has_chunks) {
    if (!has_chunks) return {};
    return {blake3_keyed(kFileKey, root.view())};
}

Hash file_hash(std::span<const SizedHash> chunks) {
    return file_hash_from_root(aggregate(chunks), !chunks.empty());
}

}  // namespace siahub::xet
