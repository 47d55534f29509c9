#include "sia/rhp4/messages.hpp"

#include "crypto/blake2b.hpp"

namespace siahub::sia::rhp4 {
namespace {

void encode_terms(const AccountToken& token, Encoder& out) {
    out.fixed(token.host);
    out.fixed(token.account);
    out.time(token.valid_until);
}

void encode_token(const AccountToken& token, Encoder& out) {
    encode_terms(token, out);
    out.fixed(token.signature);
}

AccountToken decode_token(Decoder& in) {
    AccountToken token;
    token.host = in.public_key();
    token.account = in.public_key();
    token.valid_until = in.time();
    token.signature = in.signature();
    return token;
}

}  // namespace

Hash256 AccountToken::signed_hash() const {
    Encoder out;
    encode_terms(*this, out);
    return {blake2b_256(out.view())};
}

AccountToken issue_token(const Ed25519PrivateKey& account, const PublicKey& host,
                         std::int64_t valid_until) {
    AccountToken token{.host = host,
                       .account = public_key_of(account),
                       .valid_until = valid_until,
                       .signature = {}};
    token.signature = sign_hash(account, token.signed_hash());
    return token;
}

Bytes encode_settings_request() {
    Encoder out;
    out.specifier(kSettingsCall);
    return out.take();
}

Bytes encode(const WriteSectorRequest& request) {
    Encoder out;
    out.specifier(kWriteSectorCall);
    request.prices.encode(out);
    encode_token(request.token, out);
    out.u64(request.length);
    return out.take();
}

Bytes encode(const ReadSectorRequest& request) {
    Encoder out;
    out.specifier(kReadSectorCall);
    request.prices.encode(out);
    encode_token(request.token, out);
    out.fixed(request.root);
    out.u64(request.offset);
    out.u64(request.length);
    return out.take();
}

Bytes encode_balance_request(const PublicKey& account) {
    Encoder out;
    out.specifier(kAccountBalanceCall);
    out.fixed(account);
    return out.take();
}

Result<WriteSectorRequest> decode_write_sector(ByteView fields) {
    Decoder in(fields, "A WriteSector request");
    WriteSectorRequest request;
    request.prices = HostPrices::decode(in);
    request.token = decode_token(in);
    request.length = in.u64();
    TRY(in.finish());
    return request;
}

Result<ReadSectorRequest> decode_read_sector(ByteView fields) {
    Decoder in(fields, "A ReadSector request");
    ReadSectorRequest request;
    request.prices = HostPrices::decode(in);
    request.token = decode_token(in);
    request.root = in.hash();
    request.offset = in.u64();
    request.length = in.u64();
    TRY(in.finish());
    return request;
}

Bytes encode(const HostSettings& settings) {
    Encoder out;
    for (const auto part : settings.protocol_version)
        out.u8(part);
    out.string(settings.release);
    out.fixed(settings.wallet_address);
    out.boolean(settings.accepting_contracts);
    out.currency(settings.max_collateral);
    out.u64(settings.max_contract_duration);
    out.u64(settings.remaining_storage);
    out.u64(settings.total_storage);
    settings.prices.encode(out);
    return out.take();
}

Result<HostSettings> decode_host_settings(ByteView bytes) {
    Decoder in(bytes, "The settings of a host");
    HostSettings settings;
    for (auto& part : settings.protocol_version)
        part = in.u8();
    settings.release = in.string(HostSettings::kMaxRelease);
    settings.wallet_address = in.hash();
    settings.accepting_contracts = in.boolean();
    settings.max_collateral = in.currency();
    settings.max_contract_duration = in.u64();
    settings.remaining_storage = in.u64();
    settings.total_storage = in.u64();
    settings.prices = HostPrices::decode(in);
    TRY(in.finish());
    return settings;
}

}  // namespace siahub::sia::rhp4
