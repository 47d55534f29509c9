//! The control port: HTTP with JSON on the loopback interface, for tests only.
//!
//! | request | does |
//! |---|---|
//! | `GET /hosts` | all hosts: key, address, running, fault, counters |
//! | `GET /memory` | bytes of sectors, and the limit |
//! | `POST /hosts/N/stop`, `…/start` | switches a host off and on; it keeps its sectors |
//! | `POST /hosts/N/cut` | resets its connections |
//! | `POST /hosts/N/fault` | what it does wrong from now on (`fault.rs`); `{}` makes it honest |
//! | `GET /hosts/N/sectors` | the roots that it holds |
//! | `POST /hosts/N/drop` | `{"root": hex}` forgets a sector, `{}` all |
//! | `POST /hosts/N/copy` | `{"root": hex, "from": M}`: takes a sector of host M, as a repair would |

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tiny_http::{Method, Request, Response, Server};
use tokio::runtime::Handle;

use crate::fault::Fault;
use crate::host::Host;
use crate::sector::Memory;

pub struct Control {
    pub hosts: Vec<Arc<Host>>,
    pub memory: Arc<Memory>,
    pub runtime: Handle,
}

type Outcome = Result<Value, (u16, String)>;

fn bad(text: impl std::fmt::Display) -> (u16, String) {
    (400, text.to_string())
}

fn root_of(body: &Value) -> Result<[u8; 32], (u16, String)> {
    let text = body["root"]
        .as_str()
        .ok_or_else(|| bad("a root is needed"))?;
    let bytes = hex::decode(text).map_err(bad)?;
    bytes.try_into().map_err(|_| bad("a root has 32 bytes"))
}

impl Control {
    /// Answers until the process ends.
    pub fn serve(&self, server: &Server) {
        for mut request in server.incoming_requests() {
            let outcome = self.answer(&mut request);
            let (status, text) = match outcome {
                Ok(value) => (200, value.to_string()),
                Err((status, text)) => (status, json!({ "error": text }).to_string()),
            };
            let response = Response::from_string(text + "\n").with_status_code(status);
            let _ = request.respond(response);
        }
    }

    fn answer(&self, request: &mut Request) -> Outcome {
        let mut text = String::new();
        request
            .as_reader()
            .take(1 << 20)
            .read_to_string(&mut text)
            .map_err(bad)?;
        let body: Value = match text.trim() {
            "" => json!({}),
            text => serde_json::from_str(text).map_err(bad)?,
        };
        let url = request.url().to_owned();
        let path: Vec<&str> = url.trim_matches('/').split('/').collect();
        match (request.method(), path.as_slice()) {
            (Method::Get, ["hosts"]) => Ok(Value::Array(
                self.hosts.iter().map(|host| describe(host)).collect(),
            )),
            (Method::Get, ["memory"]) => {
                Ok(json!({"used": self.memory.used(), "limit": self.memory.limit()}))
            }
            (Method::Get, ["hosts", number, "sectors"]) => Ok(self
                .host(number)?
                .store
                .roots()
                .iter()
                .map(hex::encode)
                .collect()),
            (Method::Post, ["hosts", number, order]) => self.order(self.host(number)?, order, body),
            _ => Err((404, format!("no such order: {url}"))),
        }
    }

    fn host(&self, number: &str) -> Result<&Arc<Host>, (u16, String)> {
        let index: usize = number.parse().map_err(bad)?;
        self.hosts
            .get(index)
            .ok_or((404, format!("there are {} hosts", self.hosts.len())))
    }

    fn order(&self, host: &Arc<Host>, order: &str, body: Value) -> Outcome {
        match order {
            "stop" => self.runtime.block_on(host.stop()),
            "start" => self.runtime.block_on(host.start_again()).map_err(bad)?,
            "cut" => host.cut_connections(),
            "fault" => {
                let fault: Fault = serde_json::from_value(body).map_err(bad)?;
                host.faults.set(fault);
                host.thaw_connections();
                host.orders.send_modify(|count| *count += 1);
            }
            "drop" if body.get("root").is_none() => {
                return Ok(json!({"dropped": host.store.forget_all()}));
            }
            "drop" => {
                let dropped = host.store.forget(&root_of(&body)?);
                return Ok(json!({"dropped": usize::from(dropped)}));
            }
            "copy" => self.copy(host, &body)?,
            _ => return Err((404, format!("no such order: {order}"))),
        }
        Ok(describe(host))
    }

    fn copy(&self, to: &Host, body: &Value) -> Result<(), (u16, String)> {
        let root = root_of(body)?;
        let from = self.host(&body["from"].to_string())?;
        let sector = from
            .store
            .get(&root)
            .ok_or((404, "that host has no such sector".into()))?;
        if to.store.put(root, sector) {
            Ok(())
        } else {
            Err((507, "no room".into()))
        }
    }
}

fn describe(host: &Host) -> Value {
    let count = &host.counters;
    json!({
        "index": host.index,
        "publicKey": host.public_key().to_string(),
        "address": host.address.to_string(),
        "running": host.is_running(),
        "fault": host.faults.current(),
        "sectors": host.store.len(),
        "connections": count.connections.load(Ordering::Relaxed),
        "settings": count.settings.load(Ordering::Relaxed),
        "reads": count.reads.load(Ordering::Relaxed),
        "readBytes": count.read_bytes.load(Ordering::Relaxed),
        "writes": count.writes.load(Ordering::Relaxed),
        "writeBytes": count.write_bytes.load(Ordering::Relaxed),
        "errors": count.errors.load(Ordering::Relaxed),
    })
}
