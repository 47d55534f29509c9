#pragma once
// The calls of RHP4 that a client needs, as bytes: requests (a 16-byte name, then the fields) and
// the objects in answers. Decoders read foreign bytes, allocate no more than these hold, and refuse
// with invalid_argument. How answers arrive is the business of answers.hpp. Plain values, pure
// functions.

#include "sia/host_prices.hpp"

#include <array>
#include <optional>

namespace siahub::sia::rhp4 {

inline constexpr std::size_t kSpecifierSize = 16;

inline constexpr std::string_view kSettingsCall = "Settings";
inline constexpr std::string_view kWriteSectorCall = "WriteSector";
inline constexpr std::string_view kReadSectorCall = "ReadSector";
inline constexpr std::string_view kAccountBalanceCall = "AccountBalance";

// Lets its bearer spend from an account on one host until it expires.
struct AccountToken {
    static constexpr std::size_t kEncodedSize = 136;

    PublicKey host, account;
    std::int64_t valid_until = 0;  // Unix seconds
    Signature signature;

    bool operator==(const AccountToken&) const = default;
    [[nodiscard]] Hash256 signed_hash() const;
    [[nodiscard]] bool is_signed() const { return verify_hash(account, signed_hash(), signature); }
};

AccountToken issue_token(const Ed25519PrivateKey& account, const PublicKey& host,
                         std::int64_t valid_until);

struct HostSettings {
    // What comes before and after the release, whose length the first part ends with.
    static constexpr std::size_t kHeadSize = 3 + 8;
    static constexpr std::size_t kTailSize = 32 + 1 + 16 + 3 * 8 + HostPrices::kEncodedSize;
    static constexpr std::size_t kMaxRelease = 10 * 1024;

    std::array<std::uint8_t, 3> protocol_version{};
    std::string release = {};
    Hash256 wallet_address = {};
    bool accepting_contracts = false;
    Currency max_collateral = {};
    std::uint64_t max_contract_duration = 0;  // blocks
    std::uint64_t remaining_storage = 0;      // sectors
    std::uint64_t total_storage = 0;          // sectors
    HostPrices prices = {};

    bool operator==(const HostSettings&) const = default;
};

struct WriteSectorRequest {
    static constexpr std::size_t kEncodedSize =
        HostPrices::kEncodedSize + AccountToken::kEncodedSize + 8;

    HostPrices prices;
    AccountToken token;
    std::uint64_t length = 0;  // of the data, which follows
};

struct ReadSectorRequest {
    static constexpr std::size_t kEncodedSize =
        HostPrices::kEncodedSize + AccountToken::kEncodedSize + 32 + 8 + 8;

    HostPrices prices;
    AccountToken token;
    Hash256 root;
    std::uint64_t offset = 0, length = 0;
};

// The whole request, with the name of its call.
Bytes encode_settings_request();
Bytes encode(const WriteSectorRequest& request);
Bytes encode(const ReadSectorRequest& request);
Bytes encode_balance_request(const PublicKey& account);

// For hosts: what follows the name.
Result<WriteSectorRequest> decode_write_sector(ByteView fields);
Result<ReadSectorRequest> decode_read_sector(ByteView fields);

Bytes encode(const HostSettings& settings);
Result<HostSettings> decode_host_settings(ByteView bytes);

}  // namespace siahub::sia::rhp4
