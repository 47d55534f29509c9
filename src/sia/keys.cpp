#include "sia/keys.hpp"

#include "crypto/blake2b.hpp"
#include "crypto/digest.hpp"
#include "crypto/hkdf.hpp"
#include "sia/bip39_words.hpp"
#include "sia/encoding.hpp"

#include <algorithm>
#include <vector>

namespace siahub::sia {

namespace {

constexpr std::size_t kWords = 12, kWordBits = 11, kEntropyBits = 128;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::vector<std::string> words_of(std::string_view phrase) {
    std::vector<std::string> words;
    bool inside = false;
    for (const char c : phrase) {
        if (is_space(c)) {
            inside = false;
            continue;
        }
        if (!inside) words.emplace_back();
        inside = true;
        words.back().push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return words;
}

// Entropy and checksum as one row of bits, the highest bit first.
using Row = std::array<std::byte, 17>;

bool bit(const Row& row, std::size_t at) {
    return (row[at / 8] & (std::byte{0x80} >> (at % 8))) != std::byte{0};
}

Row with_checksum(const Entropy& entropy) {
    Row row;
    std::ranges::copy(entropy, row.begin());
    row[16] = sha256(entropy)[0] & std::byte{0xf0};
    return row;
}

}  // namespace

Result<Entropy> parse_recovery_phrase(std::string_view phrase) {
    const auto words = words_of(phrase);
    if (words.size() != kWords)
        return fail(Code::invalid_argument,
                    "A recovery phrase has 12 words, not " + std::to_string(words.size()) + ".");
    Row row{};
    for (std::size_t i = 0; i < kWords; ++i) {
        const auto found = std::ranges::lower_bound(kBip39Words, words[i]);
        if (found == kBip39Words.end() || *found != words[i])
            return fail(Code::invalid_argument, "Word " + std::to_string(i + 1) +
                                                    " of the recovery phrase is not in the list.");
        const auto index = static_cast<std::size_t>(found - kBip39Words.begin());
        for (std::size_t b = 0; b < kWordBits; ++b)
            if ((index >> (kWordBits - 1 - b) & 1) != 0) {
                const auto at = i * kWordBits + b;
                row[at / 8] |= std::byte{0x80} >> (at % 8);
            }
    }
    Entropy entropy;
    std::ranges::copy_n(row.begin(), kEntropyBits / 8, entropy.begin());
    if (with_checksum(entropy) != row)
        return fail(Code::invalid_argument,
                    "The checksum of the recovery phrase is wrong: is a word missing its place?");
    return entropy;
}

std::string recovery_phrase(const Entropy& entropy) {
    const auto row = with_checksum(entropy);
    std::string phrase;
    for (std::size_t i = 0; i < kWords; ++i) {
        std::size_t index = 0;
        for (std::size_t b = 0; b < kWordBits; ++b)
            index = index << 1 | (bit(row, i * kWordBits + b) ? 1 : 0);
        if (i > 0) phrase += ' ';
        phrase += kBip39Words[index];
    }
    return phrase;
}

SecretKey recovery_seed(const Entropy& entropy) {
    return {blake2b_256(entropy)};
}

Ed25519PrivateKey derive_app_key(const SecretKey& recovery_seed, const Hash256& app_id,
                                 const SecretKey& user_secret) {
    Encoder secret;
    secret.fixed(recovery_seed);
    secret.fixed(user_secret);
    return Ed25519PrivateKey(
        hkdf_blake2b(secret.view(), app_id.bytes, as_bytes("indexd app key derivation")));
}

Ed25519PrivateKey derive_wallet_key(const SecretKey& recovery_seed, std::uint64_t index) {
    Encoder out;
    out.fixed(recovery_seed);
    out.u64(index);
    return Ed25519PrivateKey(blake2b_256(out.view()));
}

}  // namespace siahub::sia
