//! Hosts of a local Sia network in one process (see ../../README.md).

mod control;
mod fault;
mod host;
mod messages;
mod rpc;
mod sector;
mod wire;

use std::sync::Arc;

use serde_json::json;

use control::Control;
use host::Host;
use sector::Memory;

struct Options {
    hosts: usize,
    memory_mib: u64,
    seed: String,
    price_seconds: i64,
    control: String,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        hosts: 15,
        memory_mib: 2048,
        seed: "default".into(),
        price_seconds: 1800,
        control: "127.0.0.1:0".into(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let value = words.next().ok_or(format!("{name} needs a value"))?;
        let number = || {
            value
                .parse::<u64>()
                .map_err(|error| format!("{name}: {error}"))
        };
        match name.as_str() {
            "--hosts" => options.hosts = number()? as usize,
            "--memory-mib" => options.memory_mib = number()?,
            "--price-seconds" => options.price_seconds = number()? as i64,
            "--seed" => options.seed = value,
            "--control" => options.control = value,
            _ => return Err(format!("no such option: {name}")),
        }
    }
    Ok(options)
}

/// Returns when standard input ends: whoever started this process has died.
async fn end_of_input() {
    let (told, ended) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = told.send(());
    });
    let _ = ended.await;
}

/// Prints one line of JSON when everything listens, and runs until SIGTERM or the end of its input.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = options()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let memory = Memory::new(options.memory_mib << 20);
    let hosts = {
        let _inside = runtime.enter();
        (0..options.hosts)
            .map(|index| {
                Host::start(
                    index,
                    &options.seed,
                    Arc::clone(&memory),
                    options.price_seconds,
                )
            })
            .collect::<Result<Vec<_>, _>>()?
    };
    let server = tiny_http::Server::http(&options.control).map_err(|error| error.to_string())?;
    let known: Vec<_> = hosts
        .iter()
        .map(|host| json!({"publicKey": host.public_key().to_string(), "address": host.address.to_string()}))
        .collect();
    println!(
        "{}",
        json!({"control": format!("http://{}", server.server_addr()), "hosts": known})
    );
    let control = Control {
        hosts,
        memory,
        runtime: runtime.handle().clone(),
    };
    std::thread::spawn(move || control.serve(&server));
    runtime.block_on(async {
        let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        let mut int = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {}, _ = end_of_input() => {} }
        Ok::<(), std::io::Error>(())
    })?;
    std::process::exit(0);
}
