#include "sia/rhp4/messages.hpp"

#include "core/encoding.hpp"
#include "sia/rhp4/answers.hpp"
#include "sia/rhp4/faults.hpp"

#include <gtest/gtest.h>

namespace siahub::sia::rhp4 {
namespace {

// Sia's smallest unit is 10^-24 SC; prices of whole coins need both halves.
Currency coins(std::uint64_t count) {
    __extension__ using Wide = unsigned __int128;
    const Wide hastings = Wide{count} * 1'000'000'000'000ull * 1'000'000'000'000ull;
    return {.low = static_cast<std::uint64_t>(hastings),
            .high = static_cast<std::uint64_t>(hastings >> 64)};
}

template <class Fixed>
Fixed starting_with(int value) {
    Fixed fixed;
    fixed.bytes[0] = static_cast<std::byte>(value);
    return fixed;
}

ReadSectorRequest known_request() {
    ReadSectorRequest request;
    request.prices = {.contract = coins(1),
                      .collateral = coins(2),
                      .storage = coins(3),
                      .ingress = coins(4),
                      .egress = coins(5),
                      .free_sector = coins(6),
                      .tip_height = 7,
                      .valid_until = 8,
                      .signature = starting_with<Signature>(9)};
    request.token = {.host = starting_with<PublicKey>(10),
                     .account = starting_with<PublicKey>(11),
                     .valid_until = 12,
                     .signature = starting_with<Signature>(13)};
    request.root = starting_with<Hash256>(14);
    request.offset = 15;
    request.length = 16;
    return request;
}

constexpr std::string_view kKnownBytes =
    "52656164536563746f72000000000000000000a1edccce1bc2d300000000000000000042db999d3784a70100"
    "00000000000000e3c8666c53467b02000000000000000084b6333b6f084f03000000000000000025a4000a8b"
    "ca22040000000000000000c691cdd8a68cf60400000000000700000000000000080000000000000009000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000a000000000000000000000000000000000000000000000000000000"
    "000000000b000000000000000000000000000000000000000000000000000000000000000c00000000000000"
    "0d00000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000e0000000000000000000000000000000000000000000000"
    "00000000000000000f000000000000001000000000000000";

Bytes with_flag(int flag, ByteView object) {
    Bytes out{static_cast<std::byte>(flag)};
    append(out, object);
    return out;
}

// Feeds `bytes` piece by piece; what is left over stays unread.
Result<std::size_t> feed(Answer& answer, ByteView bytes) {
    std::size_t at = 0;
    while (answer.wants() > 0) {
        if (bytes.size() - at < answer.wants()) return fail(Code::connection_closed, "ended");
        const auto piece = bytes.subspan(at, answer.wants());
        at += piece.size();
        TRY(answer.feed(piece));
    }
    return at;
}

TEST(Rhp4Messages, EncodesTheKnownReadSectorRequest) {
    const auto encoded = encode(known_request());
    EXPECT_EQ(to_hex(encoded), kKnownBytes);
    EXPECT_EQ(encoded.size(), kSpecifierSize + ReadSectorRequest::kEncodedSize);
    const auto decoded = decode_read_sector(ByteView(encoded).subspan(kSpecifierSize));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(encode(*decoded), encoded);
    EXPECT_FALSE(decode_read_sector(ByteView(encoded).subspan(kSpecifierSize + 1)));
}

// Fields that other requests share with the known one are where they have to be.
TEST(Rhp4Messages, EncodesWriteSectorRequests) {
    const auto known = known_request();
    const auto encoded =
        encode(WriteSectorRequest{.prices = known.prices, .token = known.token, .length = 4194304});
    ASSERT_EQ(encoded.size(), kSpecifierSize + WriteSectorRequest::kEncodedSize);
    const auto hex = to_hex(encoded);
    EXPECT_EQ(hex.substr(0, 32), "5772697465536563746f720000000000");
    EXPECT_EQ(hex.substr(32, 2 * (176 + 136)), kKnownBytes.substr(32, 2 * (176 + 136)));
    EXPECT_EQ(hex.substr(hex.size() - 16), "0000400000000000");
    EXPECT_EQ(decode_write_sector(ByteView(encoded).subspan(16)).value().length, 4194304u);
}

TEST(Rhp4Messages, EncodesTheSmallRequests) {
    EXPECT_EQ(to_hex(encode_settings_request()), "53657474696e67730000000000000000");
    EXPECT_EQ(to_hex(encode_balance_request(starting_with<PublicKey>(1))),
              "4163636f756e7442616c616e63650000" + ("01" + std::string(62, '0')));
}

TEST(Rhp4Messages, TokensAreSignedByTheAccount) {
    const Ed25519PrivateKey account(Ed25519Seed{});
    auto token = issue_token(account, starting_with<PublicKey>(5), 1234);
    EXPECT_EQ(token.account, public_key_of(account));
    EXPECT_TRUE(token.is_signed());
    ++token.valid_until;
    EXPECT_FALSE(token.is_signed());
}

HostSettings some_settings() {
    HostSettings settings;
    settings.protocol_version = {5, 1, 2};
    settings.release = "hostd 2.10";
    settings.wallet_address = starting_with<Hash256>(3);
    settings.accepting_contracts = true;
    settings.max_collateral = coins(1000);
    settings.max_contract_duration = 11;
    settings.remaining_storage = 12;
    settings.total_storage = 13;
    settings.prices = known_request().prices;
    return settings;
}

TEST(Rhp4Answers, ReadSettings) {
    const auto settings = some_settings();
    const auto object = encode(settings);
    EXPECT_EQ(object.size(), HostSettings::kHeadSize + 10 + HostSettings::kTailSize);
    SettingsAnswer answer;
    EXPECT_EQ(feed(answer, with_flag(0, object)).value(), object.size() + 1);
    EXPECT_FALSE(answer.refusal());
    EXPECT_EQ(answer.settings, settings);
}

TEST(Rhp4Answers, DoNotBelieveLengths) {
    auto object = encode(some_settings());
    store_le<std::uint64_t>(object.data() + 3, HostSettings::kMaxRelease + 1);
    SettingsAnswer settings;
    EXPECT_EQ(feed(settings, with_flag(0, object)).error().code, Code::invalid_argument);

    Encoder many;
    many.count(ReadSectorAnswer::kMaxProof + 1);
    ReadSectorAnswer sector(64);
    EXPECT_EQ(feed(sector, with_flag(0, many.view())).error().code, Code::invalid_argument);

    Encoder text;
    text.u8(2);
    text.u64(1025);
    ReadSectorAnswer refused(64);
    EXPECT_EQ(feed(refused, with_flag(1, text.view())).error().code, Code::invalid_argument);
}

TEST(Rhp4Answers, ReadTheProofAndStopBeforeTheData) {
    Encoder out;
    out.count(2);
    out.fixed(starting_with<Hash256>(1));
    out.fixed(starting_with<Hash256>(2));
    out.u64(128);
    const auto size = out.view().size();
    out.fixed(Bytes(128));
    ReadSectorAnswer answer(128);
    EXPECT_EQ(feed(answer, with_flag(0, out.view())).value(), size + 1);
    EXPECT_EQ(answer.proof, (std::vector{starting_with<Hash256>(1), starting_with<Hash256>(2)}));
    ReadSectorAnswer other(64);
    EXPECT_FALSE(feed(other, with_flag(0, out.view())));
}

TEST(Rhp4Answers, ReadRootsAndBalances) {
    WriteSectorAnswer root;
    EXPECT_TRUE(feed(root, with_flag(0, starting_with<Hash256>(7).view())));
    EXPECT_EQ(root.root, starting_with<Hash256>(7));
    BalanceAnswer balance;
    Encoder out;
    out.currency(coins(5));
    EXPECT_TRUE(feed(balance, with_flag(0, out.view())));
    EXPECT_EQ(balance.balance, coins(5));
}

TEST(Rhp4Answers, ReadRefusals) {
    Encoder out;
    out.u8(5);
    out.string("not enough\x1b funds");
    WriteSectorAnswer answer;
    EXPECT_TRUE(feed(answer, with_flag(1, out.view())));
    ASSERT_TRUE(answer.refusal());
    EXPECT_EQ(answer.refusal()->code, 5);
    EXPECT_EQ(answer.refusal()->text, "not enough? funds");

    Encoder empty;
    empty.u8(2);
    empty.string("");
    WriteSectorAnswer mute;
    EXPECT_TRUE(feed(mute, with_flag(1, empty.view())));
    EXPECT_EQ(mute.refusal()->text, "");

    BalanceAnswer neither;
    EXPECT_FALSE(feed(neither, with_flag(2, out.view())));
}

}  // namespace
}  // namespace siahub::sia::rhp4
