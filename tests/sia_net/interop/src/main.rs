//! The Foundation's SDK as a command:
//!
//!   sia_interop URL KEY put FILE DATA PARITY [METADATA]   uploads, pins, prints the object's id
//!   sia_interop URL KEY get ID FILE [OFFSET LENGTH]       downloads, prints the metadata in hex
//!   sia_interop URL KEY ls                                ids of all objects, one a line
//!   sia_interop URL KEY rm ID
//!   sia_interop URL KEY hosts | account                   as JSON
//!   sia_interop URL PHRASE connect                        asks for approval, registers; prints the app key
//!
//! KEY is an app key's seed in hex.

use std::error::Error;

use serde_json::json;
use sia_storage::{
    AppKey, AppMetadata, Builder, DownloadOptions, HostQuery, Object, ObjectsCursor, Sdk,
    UploadOptions, app_id,
};
use tokio::io::AsyncWriteExt;

type Outcome<T> = Result<T, Box<dyn Error>>;

const APP: AppMetadata = AppMetadata {
    id: app_id!("5a1a5a1a5a1a5a1a5a1a5a1a5a1a5a1a5a1a5a1a5a1a5a1a5a1a5a1a5a1a5a1a"),
    name: "SiaHub interoperability tests",
    description: "Reads what SiaHub writes",
    service_url: "http://127.0.0.1",
    logo_url: None,
    callback_url: None,
};

async fn connected(url: &str, key: &str) -> Outcome<Sdk> {
    let seed: [u8; 32] = hex::decode(key)?
        .try_into()
        .map_err(|_| "a key has 32 bytes")?;
    let sdk = Builder::new(url, APP)?
        .connected(&AppKey::import(seed))
        .await?;
    Ok(sdk.ok_or("indexd does not know this key")?)
}

async fn put(sdk: &Sdk, words: &[&str]) -> Outcome<()> {
    let [file, data, parity, rest @ ..] = words else {
        return Err("FILE DATA PARITY".into());
    };
    let options = UploadOptions {
        data_shards: data.parse()?,
        parity_shards: parity.parse()?,
        max_buffered_slabs: Some(2),
        ..Default::default()
    };
    let mut object = sdk
        .upload(
            Object::default(),
            tokio::fs::File::open(file).await?,
            options,
        )
        .await?;
    if let Some(metadata) = rest.first() {
        object.metadata = metadata.as_bytes().to_vec();
    }
    sdk.pin_object(&object).await?;
    println!("{}", object.id());
    Ok(())
}

async fn get(sdk: &Sdk, words: &[&str]) -> Outcome<()> {
    let [id, file, range @ ..] = words else {
        return Err("ID FILE".into());
    };
    let object = sdk.object(&id.parse()?).await?;
    let mut options = DownloadOptions {
        max_buffered_chunks: Some(16),
        ..Default::default()
    };
    if let [offset, length] = range {
        options.offset = offset.parse()?;
        options.length = Some(length.parse()?);
    }
    let mut out = tokio::fs::File::create(file).await?;
    tokio::io::copy(&mut sdk.download(&object, options)?, &mut out).await?;
    out.flush().await?;
    println!("{}", hex::encode(&object.metadata));
    Ok(())
}

async fn ls(sdk: &Sdk) -> Outcome<()> {
    let mut cursor: Option<ObjectsCursor> = None;
    loop {
        let events = sdk.object_events(cursor, Some(2)).await?;
        let Some(last) = events.last() else {
            return Ok(());
        };
        cursor = Some(ObjectsCursor {
            after: last.updated_at,
            id: last.id,
        });
        for event in &events {
            if !event.deleted {
                println!("{}", event.id);
            }
        }
    }
}

async fn hosts(sdk: &Sdk) -> Outcome<()> {
    let hosts = sdk.hosts(HostQuery::default()).await?;
    let known: Vec<_> = hosts
        .iter()
        .map(|host| {
            json!({"key": host.public_key.to_string(), "country": host.country_code,
                   "latitude": host.latitude, "longitude": host.longitude})
        })
        .collect();
    println!("{}", json!(known));
    Ok(())
}

async fn connect(url: &str, phrase: &str) -> Outcome<()> {
    let asked = Builder::new(url, APP)?.request_connection().await?;
    println!("{}", asked.response_url());
    let sdk = asked.wait_for_approval().await?.register(phrase).await?;
    println!("{}", hex::encode(sdk.app_key().export()));
    Ok(())
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [url, key, command, rest @ ..] = words.as_slice() else {
        return Err("sia_interop URL KEY COMMAND …".into());
    };
    if *command == "connect" {
        return connect(url, key).await;
    }
    let sdk = connected(url, key).await?;
    match *command {
        "put" => put(&sdk, rest).await,
        "get" => get(&sdk, rest).await,
        "ls" => ls(&sdk).await,
        "rm" => Ok(sdk
            .delete_object(&rest.first().ok_or("ID")?.parse()?)
            .await?),
        "hosts" => hosts(&sdk).await,
        "account" => {
            println!("{}", json!(sdk.account().await?));
            Ok(())
        }
        _ => Err(format!("no such command: {command}").into()),
    }
}
