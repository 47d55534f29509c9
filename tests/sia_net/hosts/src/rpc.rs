//! The calls of RHP4 that a client of indexd makes, checked as hostd checks them.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use sia_core::encoding::SiaEncodable;
use sia_core::encoding_async::AsyncSiaDecodable;
use sia_core::rhp4::protocol::RPCError;
use sia_core::rhp4::{
    AccountToken, HostPrices, LEAVES_PER_SECTOR, SECTOR_SIZE, SEGMENT_SIZE, sector_root,
};
use sia_core::types::{Currency, Hash256, Specifier};
use sia_mux::Stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::fault::{Fault, Kind};
use crate::host::Host;
use crate::messages::*;
use crate::sector::Sector;
use crate::wire::WireControl;

const HOST: u8 = 2;
const BAD_REQUEST: u8 = 3;
const DECODING: u8 = 4;
const PAYMENT: u8 = 5;

fn error(code: u8, text: impl Into<String>) -> RPCError {
    RPCError {
        code,
        description: text.into(),
    }
}

/// The code that hostd gives an error of this text.
fn error_of(text: &str) -> RPCError {
    let code = match text {
        "not enough funds" => PAYMENT,
        "prices expired" | "account token expired" | "host key mismatch" | "invalid signature" => {
            BAD_REQUEST
        }
        _ => HOST,
    };
    error(code, text)
}

type Answer = Result<Vec<u8>, RPCError>;

fn encoded(message: &impl SiaEncodable) -> Answer {
    let mut bytes = Vec::with_capacity(1 + message.encoded_length());
    bytes.push(0);
    message.encode(&mut bytes).expect("memory takes all");
    Ok(bytes)
}

async fn decoded<T: AsyncSiaDecodable>(stream: &mut Stream) -> Result<T, RPCError> {
    T::decode_async(stream)
        .await
        .map_err(|reason| error(DECODING, format!("failed to read request: {reason}")))
}

pub async fn serve(host: Arc<Host>, mut stream: Stream, wire: WireControl) {
    let Ok(specifier) = Specifier::decode_async(&mut stream).await else {
        return;
    };
    let rpc = match specifier.to_string().as_str() {
        "Settings" => "settings",
        "WriteSector" => "write",
        "ReadSector" => "read",
        "AccountBalance" => "balance",
        "VerifySector" => "verify",
        _ => "",
    };
    let fault = if rpc.is_empty() {
        Fault::default()
    } else {
        host.faults.take(rpc)
    };
    if fault.kind == Kind::Freeze {
        wire.freeze(true);
    }
    let answer = match rpc {
        "settings" => settings(&host, &fault),
        "write" => write_sector(&host, &mut stream, &fault).await,
        "read" => read_sector(&host, &mut stream, &fault).await,
        "balance" => balance(&mut stream).await,
        "verify" => verify_sector(&host, &mut stream).await,
        _ => Err(error(BAD_REQUEST, "unrecognized RPC")),
    };
    let answer = if fault.kind == Kind::Error {
        Err(error_of(&fault.text))
    } else {
        answer
    };
    let bytes = answer.unwrap_or_else(|failure| {
        host.counters.errors.fetch_add(1, Ordering::Relaxed);
        let mut bytes = vec![1];
        failure.encode(&mut bytes).expect("memory takes all");
        bytes
    });
    send(&host, &mut stream, &wire, &fault, &bytes).await;
}

async fn send(host: &Host, stream: &mut Stream, wire: &WireControl, fault: &Fault, bytes: &[u8]) {
    match fault.kind {
        Kind::Stall | Kind::Freeze => {
            let mut orders = host.orders.subscribe();
            let _ = orders.changed().await;
            let _ = stream.write_all(bytes).await;
        }
        Kind::Slow => send_slowly(stream, fault, bytes).await,
        Kind::Reset => {
            let count = fault.after_bytes.min(bytes.len());
            let _ = stream.write_all(&bytes[..count]).await;
            let _ = stream.flush().await;
            tokio::time::sleep(Duration::from_millis(5)).await;
            wire.cut();
        }
        _ => {
            let _ = stream.write_all(bytes).await;
        }
    }
    let _ = stream.flush().await;
    let _ = stream.close();
}

async fn send_slowly(stream: &mut Stream, fault: &Fault, bytes: &[u8]) {
    tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
    if fault.bytes_per_second == 0 {
        let _ = stream.write_all(bytes).await;
        return;
    }
    let step = (fault.bytes_per_second as usize / 50).max(1);
    for part in bytes.chunks(step) {
        if stream.write_all(part).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn settings(host: &Host, fault: &Fault) -> Answer {
    host.counters.settings.fetch_add(1, Ordering::Relaxed);
    let mut settings = host.settings();
    if fault.kind == Kind::WrongRoot {
        settings.prices.egress_price = Currency::new(*settings.prices.egress_price + 1);
    }
    encoded(&SettingsResponse { settings })
}

async fn balance(stream: &mut Stream) -> Answer {
    let _: BalanceRequest = decoded(stream).await?;
    encoded(&BalanceResponse {
        balance: Currency::new(1_000_000_000_000_000_000_000_000),
    })
}

/// What hostd checks of every paid call, in its order and with its words.
fn check(host: &Host, prices: &HostPrices, token: &AccountToken) -> Result<(), RPCError> {
    let refuse = |text: &str| Err(error(BAD_REQUEST, format!("request invalid: {text}")));
    let now = chrono::Utc::now();
    if prices.valid_until <= now {
        return refuse("prices are invalid: prices expired");
    }
    if !host
        .public_key()
        .verify(prices.sig_hash().as_ref(), &prices.signature)
    {
        return refuse("prices are invalid: invalid signature");
    }
    if token.host_key != host.public_key() {
        return refuse("token is invalid: host key mismatch");
    }
    if token.valid_until < now {
        return refuse("token is invalid: account token expired");
    }
    let mut signed = blake2b_simd::Params::new().hash_length(32).to_state();
    token
        .host_key
        .encode(&mut signed)
        .expect("hashing takes all");
    token
        .account
        .encode(&mut signed)
        .expect("hashing takes all");
    token
        .valid_until
        .encode(&mut signed)
        .expect("hashing takes all");
    if !token
        .account
        .verify(signed.finalize().as_bytes(), &token.signature)
    {
        return refuse("token is invalid: invalid signature");
    }
    Ok(())
}

async fn write_sector(host: &Arc<Host>, stream: &mut Stream, fault: &Fault) -> Answer {
    let request: WriteSectorRequest = decoded(stream).await?;
    check(host, &request.prices, &request.token)?;
    let length = request.length as usize;
    let refuse = |text: &str| Err(error(BAD_REQUEST, format!("request invalid: {text} (3)")));
    if length == 0 {
        return refuse("sector must not be empty");
    } else if !length.is_multiple_of(SEGMENT_SIZE) {
        return refuse("sector must be segment aligned");
    } else if length > SECTOR_SIZE {
        return refuse("sector exceeds sector bounds");
    }
    let mut data = vec![0; SECTOR_SIZE];
    stream
        .read_exact(&mut data[..length])
        .await
        .map_err(|reason| error(DECODING, format!("failed to read sector data: {reason}")))?;
    if fault.kind == Kind::Error {
        return Err(error_of(&fault.text));
    }
    let data = Bytes::from(data);
    let hashed = data.clone();
    let root = tokio::task::spawn_blocking(move || sector_root(&hashed))
        .await
        .expect("hashing");
    host.counters.writes.fetch_add(1, Ordering::Relaxed);
    host.counters
        .write_bytes
        .fetch_add(length as u64, Ordering::Relaxed);
    let mut key = raw(&root);
    if !host.store.put(key, Arc::new(Sector::new(data))) {
        return Err(error(HOST, "not enough storage"));
    }
    if fault.kind == Kind::WrongRoot {
        key[7] ^= 1;
    }
    encoded(&WriteSectorResponse {
        root: Hash256::from(key),
    })
}

fn raw(hash: &Hash256) -> [u8; 32] {
    let bytes: &[u8] = hash.as_ref();
    bytes.try_into().expect("32 bytes")
}

fn flip(bytes: Bytes) -> Bytes {
    let mut bytes = Vec::from(bytes);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    bytes.into()
}

async fn read_sector(host: &Arc<Host>, stream: &mut Stream, fault: &Fault) -> Answer {
    let request: ReadSectorRequest = decoded(stream).await?;
    check(host, &request.prices, &request.token)?;
    let (offset, length) = (request.offset as usize, request.length as usize);
    let refuse = |text: &str| Err(error(BAD_REQUEST, format!("request invalid: {text} (3)")));
    if length == 0 {
        return refuse("length must be greater than 0");
    } else if offset > SECTOR_SIZE || length > SECTOR_SIZE - offset {
        return refuse("read request exceeds sector bounds");
    } else if !(offset + length).is_multiple_of(SEGMENT_SIZE)
        || !offset.is_multiple_of(SEGMENT_SIZE)
    {
        return refuse("read request must be segment aligned");
    }
    let key = raw(&request.root);
    let Some(sector) = host.store.get(&key) else {
        return Err(error_of("sector not found"));
    };
    let (begin, mut end) = (offset / SEGMENT_SIZE, (offset + length) / SEGMENT_SIZE);
    if fault.kind == Kind::ShortData && end > begin + 1 {
        end -= 1;
    }
    let whole = begin == 0 && end == LEAVES_PER_SECTOR;
    let mut data = sector.data.slice(begin * SEGMENT_SIZE..end * SEGMENT_SIZE);
    let mut proof = tokio::task::spawn_blocking(move || sector.proof(begin, end))
        .await
        .expect("hashing");
    host.counters.reads.fetch_add(1, Ordering::Relaxed);
    host.counters
        .read_bytes
        .fetch_add(data.len() as u64, Ordering::Relaxed);
    if fault.kind == Kind::WrongBytes || (fault.kind == Kind::WrongProof && whole) {
        data = flip(data);
    } else if fault.kind == Kind::WrongProof {
        proof[0] = Hash256::from([0x5a; 32]);
    }
    encoded(&ReadSectorResponse { proof, data })
}

async fn verify_sector(host: &Arc<Host>, stream: &mut Stream) -> Answer {
    let request: VerifySectorRequest = decoded(stream).await?;
    check(host, &request.prices, &request.token)?;
    let key = raw(&request.root);
    let Some(sector) = host.store.get(&key) else {
        return Err(error_of("sector not found"));
    };
    let leaf = request.leaf as usize;
    if leaf >= LEAVES_PER_SECTOR {
        return Err(error(BAD_REQUEST, "read request exceeds sector bounds"));
    }
    let mut answer = encoded(&sector.proof(leaf, leaf + 1))?;
    answer.extend_from_slice(&sector.data[leaf * SEGMENT_SIZE..(leaf + 1) * SEGMENT_SIZE]);
    Ok(answer)
}
