//! What a host is told to do wrong.

use serde::{Deserialize, Serialize};
use std::sync::Mutex;

#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    None,
    /// Reads the request and never answers; other streams of the connection go on.
    Stall,
    /// The whole connection falls silent: nothing is read or written any more.
    Freeze,
    /// Waits `delay_ms` before the answer and sends it at `bytes_per_second`.
    Slow,
    /// Resets the connection when `after_bytes` of the answer have been written.
    Reset,
    /// Accepts connections and closes them at once.
    Refuse,
    /// Data that differs in one bit from what is stored; the proof is honest.
    WrongBytes,
    /// A proof with one wrong hash (for a whole sector, which has no proof, wrong bytes).
    WrongProof,
    /// A root or a price signature that is not right.
    WrongRoot,
    /// A well-formed answer to another question: less data than asked for, with its own proof.
    ShortData,
    /// The error `text` instead of an answer.
    Error,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    pub kind: Kind,
    /// "read", "write", "settings", "balance" or "verify"; "token": those that carry an account
    /// token; empty: all of them.
    pub rpc: String,
    pub text: String,
    pub delay_ms: u64,
    pub bytes_per_second: u64,
    pub after_bytes: usize,
    /// After so many calls the host is honest again; 0: never.
    pub times: u64,
}

impl Fault {
    fn concerns(&self, rpc: &str) -> bool {
        let meant = match self.rpc.as_str() {
            "" => true,
            "token" => matches!(rpc, "read" | "write" | "verify"),
            one => one == rpc,
        };
        self.kind != Kind::None && meant
    }
}

#[derive(Default)]
pub struct Faults(Mutex<Fault>);

impl Faults {
    pub fn set(&self, fault: Fault) {
        *self.0.lock().unwrap() = fault;
    }

    pub fn current(&self) -> Fault {
        self.0.lock().unwrap().clone()
    }

    /// What one call of `rpc` is to suffer; counts it.
    pub fn take(&self, rpc: &str) -> Fault {
        let mut fault = self.0.lock().unwrap();
        if !fault.concerns(rpc) {
            return Fault::default();
        }
        let now = fault.clone();
        if fault.times == 1 {
            *fault = Fault::default();
        } else if fault.times > 1 {
            fault.times -= 1;
        }
        now
    }
}
