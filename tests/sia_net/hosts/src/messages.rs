//! The messages of RHP4 that a host reads and writes, in the Foundation's encoding. The crate
//! keeps its own copies private, and only for the side of the renter.

use bytes::Bytes;
use sia_core::encoding::{SiaDecodable, SiaDecode, SiaEncodable, SiaEncode};
use sia_core::encoding_async::AsyncSiaDecode;
use sia_core::rhp4::{AccountToken, HostPrices, HostSettings};
use sia_core::signing::PublicKey;
use sia_core::types::{Currency, Hash256};

#[derive(SiaEncode, SiaDecode, AsyncSiaDecode)]
pub struct WriteSectorRequest {
    pub prices: HostPrices,
    pub token: AccountToken,
    pub length: u64,
}

#[derive(SiaEncode, SiaDecode, AsyncSiaDecode)]
pub struct ReadSectorRequest {
    pub prices: HostPrices,
    pub token: AccountToken,
    pub root: Hash256,
    pub offset: u64,
    pub length: u64,
}

#[derive(SiaEncode, SiaDecode, AsyncSiaDecode)]
pub struct VerifySectorRequest {
    pub prices: HostPrices,
    pub token: AccountToken,
    pub root: Hash256,
    pub leaf: u64,
}

#[derive(SiaEncode, SiaDecode, AsyncSiaDecode)]
pub struct BalanceRequest {
    pub account: PublicKey,
}

#[derive(SiaEncode, SiaDecode)]
pub struct SettingsResponse {
    pub settings: HostSettings,
}

#[derive(SiaEncode, SiaDecode)]
pub struct WriteSectorResponse {
    pub root: Hash256,
}

#[derive(SiaEncode, SiaDecode)]
pub struct ReadSectorResponse {
    pub proof: Vec<Hash256>,
    pub data: Bytes,
}

#[derive(SiaEncode, SiaDecode)]
pub struct BalanceResponse {
    pub balance: Currency,
}
