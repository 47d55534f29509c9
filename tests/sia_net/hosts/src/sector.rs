//! Sectors in memory, and the hashes that prove a part of one.
//!
//! The memory of all hosts of a process together is bounded: a sector that does not fit is refused
//! the way a full host refuses it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use blake2b_simd::Params;
use bytes::Bytes;
use sia_core::rhp4::{LEAVES_PER_SECTOR, SECTOR_SIZE, SEGMENT_SIZE};
use sia_core::types::Hash256;

type Node = [u8; 32];

/// Proofs start from these roots of 64 leaves each: 32 KiB a sector instead of a hash of it all.
const LEAVES_PER_ROOT: usize = 64;

pub struct Sector {
    pub data: Bytes,
    roots: OnceLock<Vec<Node>>,
}

impl Sector {
    pub fn new(data: Bytes) -> Self {
        assert_eq!(data.len(), SECTOR_SIZE);
        Self {
            data,
            roots: OnceLock::new(),
        }
    }

    /// The hashes that lead from the leaves [begin, end) to the root: left ones, then right ones.
    pub fn proof(&self, begin: usize, end: usize) -> Vec<Hash256> {
        let mut proof = Vec::new();
        self.cover(0, begin, &mut proof);
        self.cover(end, LEAVES_PER_SECTOR, &mut proof);
        proof
    }

    /// The roots of the largest aligned subtrees that tile [begin, end).
    fn cover(&self, mut begin: usize, end: usize, out: &mut Vec<Hash256>) {
        while begin < end {
            let aligned = 1usize << begin.trailing_zeros().min(usize::BITS - 1);
            let size = aligned.min(1 << (end - begin).ilog2());
            out.push(self.subtree(begin, size).into());
            begin += size;
        }
    }

    fn subtree(&self, begin: usize, size: usize) -> Node {
        match size {
            1 => leaf(&self.data[begin * SEGMENT_SIZE..(begin + 1) * SEGMENT_SIZE]),
            LEAVES_PER_ROOT => self.roots()[begin / LEAVES_PER_ROOT],
            _ => pair(
                &self.subtree(begin, size / 2),
                &self.subtree(begin + size / 2, size / 2),
            ),
        }
    }

    fn roots(&self) -> &[Node] {
        self.roots.get_or_init(|| {
            self.data
                .chunks_exact(LEAVES_PER_ROOT * SEGMENT_SIZE)
                .map(|chunk| {
                    let mut nodes: Vec<Node> = chunk.chunks_exact(SEGMENT_SIZE).map(leaf).collect();
                    while nodes.len() > 1 {
                        nodes = nodes
                            .chunks_exact(2)
                            .map(|two| pair(&two[0], &two[1]))
                            .collect();
                    }
                    nodes[0]
                })
                .collect()
        })
    }
}

fn leaf(segment: &[u8]) -> Node {
    digest(0, segment, &[])
}

fn pair(left: &Node, right: &Node) -> Node {
    digest(1, left, right)
}

fn digest(prefix: u8, first: &[u8], second: &[u8]) -> Node {
    let mut state = Params::new().hash_length(32).to_state();
    state.update(&[prefix]).update(first).update(second);
    state.finalize().as_bytes().try_into().expect("32 bytes")
}

/// How many bytes of sectors all hosts may hold.
pub struct Memory {
    limit: u64,
    used: AtomicU64,
}

impl Memory {
    pub fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self {
            limit,
            used: AtomicU64::new(0),
        })
    }

    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    pub fn limit(&self) -> u64 {
        self.limit
    }

    fn take(&self) -> bool {
        let size = SECTOR_SIZE as u64;
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                (used + size <= self.limit).then_some(used + size)
            })
            .is_ok()
    }

    fn give_back(&self, sectors: usize) {
        self.used
            .fetch_sub((sectors * SECTOR_SIZE) as u64, Ordering::Relaxed);
    }
}

/// The sectors of one host.
pub struct Store {
    memory: Arc<Memory>,
    sectors: Mutex<HashMap<Node, Arc<Sector>>>,
}

impl Store {
    pub fn new(memory: Arc<Memory>) -> Self {
        Self {
            memory,
            sectors: Mutex::new(HashMap::new()),
        }
    }

    /// False when there is no room.
    pub fn put(&self, root: Node, sector: Arc<Sector>) -> bool {
        let mut sectors = self.sectors.lock().unwrap();
        if sectors.contains_key(&root) {
            return true;
        }
        if !self.memory.take() {
            return false;
        }
        sectors.insert(root, sector);
        true
    }

    pub fn get(&self, root: &Node) -> Option<Arc<Sector>> {
        self.sectors.lock().unwrap().get(root).cloned()
    }

    /// Whether it was there.
    pub fn forget(&self, root: &Node) -> bool {
        let was_there = self.sectors.lock().unwrap().remove(root).is_some();
        self.memory.give_back(usize::from(was_there));
        was_there
    }

    pub fn forget_all(&self) -> usize {
        let count = self.sectors.lock().unwrap().drain().count();
        self.memory.give_back(count);
        count
    }

    pub fn roots(&self) -> Vec<Node> {
        self.sectors.lock().unwrap().keys().copied().collect()
    }

    pub fn len(&self) -> usize {
        self.sectors.lock().unwrap().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sia_core::encoding::SiaEncodable;
    use sia_core::rhp4::protocol::RPCReadSector;
    use sia_core::rhp4::{AccountToken, HostPrices, sector_root};
    use sia_core::signing::{PrivateKey, Signature};
    use sia_core::types::Currency;

    fn prices() -> HostPrices {
        HostPrices {
            contract_price: Currency::new(0),
            collateral: Currency::new(0),
            storage_price: Currency::new(0),
            ingress_price: Currency::new(0),
            egress_price: Currency::new(0),
            free_sector_price: Currency::new(0),
            tip_height: 1,
            valid_until: chrono::Utc::now(),
            signature: Signature::new([0; 64]),
        }
    }

    /// What the Foundation's client makes of our proof of [begin, end).
    async fn verdict(sector: &Sector, root: Hash256, begin: usize, end: usize) -> bool {
        let mut answer = vec![0];
        sector.proof(begin, end).encode(&mut answer).unwrap();
        sector
            .data
            .slice(begin * SEGMENT_SIZE..end * SEGMENT_SIZE)
            .encode(&mut answer)
            .unwrap();
        let key = PrivateKey::from_seed(&[7; 32]);
        let token = AccountToken::new(&key, key.public_key());
        let (offset, length) = (begin * SEGMENT_SIZE, (end - begin) * SEGMENT_SIZE);
        RPCReadSector::send_request(&mut Vec::new(), prices(), token, root, offset, length)
            .await
            .unwrap()
            .complete(&mut answer.as_slice())
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn the_foundations_client_believes_every_proof() {
        let data: Vec<u8> = (0..SECTOR_SIZE).map(|i| (i * 7919 >> 5) as u8).collect();
        let root = sector_root(&data);
        let sector = Sector::new(data.into());
        let end = LEAVES_PER_SECTOR;
        for (from, to) in [
            (0, end),
            (1, end),
            (0, 1),
            (24, 42),
            (end - 1, end),
            (64, 128),
            (63, 65),
        ] {
            assert!(
                verdict(&sector, root.clone(), from, to).await,
                "[{from}, {to})"
            );
        }
        assert!(!verdict(&sector, [1; 32].into(), 24, 42).await);
    }

    #[test]
    fn memory_is_bounded_over_all_hosts() {
        let memory = Memory::new(2 * SECTOR_SIZE as u64);
        let (one, other) = (
            Store::new(Arc::clone(&memory)),
            Store::new(Arc::clone(&memory)),
        );
        let sector = Arc::new(Sector::new(vec![0; SECTOR_SIZE].into()));
        assert!(one.put([1; 32], Arc::clone(&sector)));
        assert!(one.put([1; 32], Arc::clone(&sector)));
        assert!(other.put([1; 32], Arc::clone(&sector)));
        assert!(!one.put([2; 32], Arc::clone(&sector)));
        assert!(other.forget(&[1; 32]));
        assert!(one.put([2; 32], sector));
    }
}
