//! One host: a listener, its connections, what it keeps and what it counts.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use ed25519_dalek::SigningKey;
use sia_core::rhp4::{HostPrices, HostSettings};
use sia_core::signing::{PrivateKey, PublicKey, Signature};
use sia_core::types::{Address, Currency};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::fault::{Faults, Kind};
use crate::rpc;
use crate::sector::{Memory, Store};
use crate::wire::{Wire, WireControl};

#[derive(Default)]
pub struct Counters {
    pub connections: AtomicU64,
    pub settings: AtomicU64,
    pub reads: AtomicU64,
    pub read_bytes: AtomicU64,
    pub writes: AtomicU64,
    pub write_bytes: AtomicU64,
    pub errors: AtomicU64,
}

pub struct Host {
    pub index: usize,
    pub key: PrivateKey,
    pub address: SocketAddr,
    pub store: Store,
    pub faults: Faults,
    pub counters: Counters,
    /// Changes with every order, so that calls that stall go on when they are told to.
    pub orders: watch::Sender<u64>,
    mux_key: SigningKey,
    price_seconds: i64,
    wires: Mutex<HashMap<u64, WireControl>>,
    next_wire: AtomicU64,
    listening: Mutex<Option<JoinHandle<()>>>,
}

/// Address and key of host `index`; the same for the same seed, so that a restarted network has the
/// hosts that clients remember.
fn seed_of(network_seed: &str, index: usize) -> [u8; 32] {
    let text = format!("siahub test host {index} of {network_seed}");
    let hash = blake2b_simd::Params::new()
        .hash_length(32)
        .hash(text.as_bytes());
    hash.as_bytes().try_into().expect("32 bytes")
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(256)
}

impl Host {
    /// Listens on a free port of the loopback interface.
    pub fn start(
        index: usize,
        network_seed: &str,
        memory: Arc<Memory>,
        price_seconds: i64,
    ) -> std::io::Result<Arc<Self>> {
        let seed = seed_of(network_seed, index);
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let host = Arc::new(Self {
            index,
            key: PrivateKey::from_seed(&seed),
            address: listener.local_addr()?,
            store: Store::new(memory),
            faults: Faults::default(),
            counters: Counters::default(),
            orders: watch::Sender::new(0),
            mux_key: SigningKey::from_bytes(&seed),
            price_seconds,
            wires: Mutex::default(),
            next_wire: AtomicU64::new(0),
            listening: Mutex::default(),
        });
        host.accept_from(listener);
        Ok(host)
    }

    fn accept_from(self: &Arc<Self>, listener: TcpListener) {
        let host = Arc::clone(self);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                host.counters.connections.fetch_add(1, Ordering::Relaxed);
                if host.faults.current().kind == Kind::Refuse {
                    continue;
                }
                let _ = stream.set_nodelay(true);
                let number = host.next_wire.fetch_add(1, Ordering::Relaxed);
                let control = WireControl::default();
                host.wires.lock().unwrap().insert(number, control.clone());
                let host = Arc::clone(&host);
                tokio::spawn(async move {
                    host.talk(Wire::new(stream, control.clone()), &control)
                        .await;
                    host.wires.lock().unwrap().remove(&number);
                });
            }
        });
        *self.listening.lock().unwrap() = Some(task);
    }

    async fn talk(self: &Arc<Self>, wire: Wire, control: &WireControl) {
        let Ok(mux) = sia_mux::accept(wire, &self.mux_key).await else {
            return;
        };
        while let Ok(stream) = mux.accept_stream().await {
            let host = Arc::clone(self);
            let control = control.clone();
            tokio::spawn(async move { rpc::serve(host, stream, control).await });
        }
    }

    pub fn is_running(&self) -> bool {
        self.listening.lock().unwrap().is_some()
    }

    /// As if the machine were switched off: nothing listens, every connection is reset.
    pub async fn stop(&self) {
        let task = self.listening.lock().unwrap().take();
        if let Some(task) = task {
            task.abort();
            let _ = task.await;
        }
        self.cut_connections();
    }

    pub fn cut_connections(&self) {
        for wire in self.wires.lock().unwrap().values() {
            wire.cut();
        }
    }

    pub fn thaw_connections(&self) {
        for wire in self.wires.lock().unwrap().values() {
            wire.freeze(false);
        }
    }

    /// Listens again, on the same port, with the same sectors.
    pub async fn start_again(self: &Arc<Self>) -> std::io::Result<()> {
        if !self.is_running() {
            self.accept_from(listen(self.address)?);
        }
        Ok(())
    }

    pub fn public_key(&self) -> PublicKey {
        self.key.public_key()
    }

    /// Prices of the size that hosts ask for by default: 150, 10 and 500 SC per TB.
    pub fn settings(&self) -> HostSettings {
        const HASTINGS_PER_BYTE: u128 = 1_000_000_000_000; // 1 SC per TB
        const BLOCKS_PER_MONTH: u128 = 144 * 30;
        let mut prices = HostPrices {
            contract_price: Currency::new(200_000_000_000_000_000_000_000),
            collateral: Currency::new(2 * 150 * HASTINGS_PER_BYTE / BLOCKS_PER_MONTH),
            storage_price: Currency::new(150 * HASTINGS_PER_BYTE / BLOCKS_PER_MONTH),
            ingress_price: Currency::new(10 * HASTINGS_PER_BYTE),
            egress_price: Currency::new(500 * HASTINGS_PER_BYTE),
            free_sector_price: Currency::new(1_000_000_000_000_000),
            tip_height: 1000,
            valid_until: chrono::Utc::now() + chrono::Duration::seconds(self.price_seconds),
            signature: Signature::new([0; 64]),
        };
        prices.signature = self.key.sign(prices.sig_hash().as_ref());
        HostSettings {
            protocol_version: [5, 1, 0],
            release: "siahub test host".into(),
            wallet_address: Address::from([self.index as u8; 32]),
            accepting_contracts: true,
            max_collateral: Currency::new(1_000_000_000_000_000_000_000_000_000),
            max_contract_duration: 144 * 90,
            remaining_storage: 1 << 20,
            total_storage: (1 << 20) + self.store.len() as u64,
            prices,
        }
    }
}
