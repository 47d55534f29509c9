#pragma once
// The storage of one hub: owns its parts and wires them. open() recovers what a crash left: empties
// tmp/, adopts or removes bodies without rows, forgets rows without bodies. Database, pools, clock
// and log are the caller's and outlive the store; so do they outlive every task that uses it.

#include "auth/live_key_ring.hpp"
#include "auth/token_signer.hpp"
#include "auth/url_signer.hpp"
#include "store/dedup_index.hpp"
#include "store/file_catalog.hpp"
#include "store/file_ingest.hpp"
#include "store/file_reader.hpp"
#include "store/local_bodies.hpp"
#include "store/nodes.hpp"
#include "store/part_uploads.hpp"
#include "store/pins.hpp"
#include "store/shard_registry.hpp"
#include "store/tiered_bodies.hpp"
#include "store/upload_notes.hpp"
#include "store/xorb_catalog.hpp"
#include "store/xorb_store.hpp"

namespace siahub::store {

struct StoreOptions {
    std::filesystem::path data;
    std::filesystem::path keys{};  // empty: in the data directory
    std::size_t index_cache_bytes = 32UL * 1024 * 1024;
    std::size_t max_open_files = 256;
    bool wanted_on_sia = false;  // what is stored waits for a PinWorker
    bool shared = false;         // other processes work on the database, too
};

struct Store {
    static Task<Result<std::unique_ptr<Store>>> open(db::Database& database, Pools pools,
                                                     const Clock& clock, const Log& log,
                                                     StoreOptions options);
    Store(db::Database& database, Pools pools, const Clock& clock, const Log& log,
          const StoreOptions& options, Layout layout, std::string node, auth::LiveKeyRing keys);
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    // A file of a repository as a stream; not_found, range_not_satisfiable.
    Task<Result<std::unique_ptr<FileReader>>> read(RowId repo, xet::Hash file,
                                                   std::optional<xet::RequestedRange> range = {});
    std::unique_ptr<FileIngest> ingest(RowId repo, ExpectedFile expected);
    [[nodiscard]] FileSources sources();
    [[nodiscard]] IngestSinks sinks();

    db::Database& database;
    Pools pools;
    const Clock& clock;
    const Log& log;
    auth::LiveKeyRing keys;
    LocalBodies bodies;
    TieredBodies readable;  // those, and what Sia has
    XorbCatalog catalog;
    Nodes nodes;
    Pins pins;
    XorbStore xorbs;
    UploadNotes upload_notes;
    ShardRegistry shards;
    DedupIndex dedup;
    FileCatalog files;
    PartUploads parts;
    auth::UrlSigner urls;
    auth::TokenSigner tokens;
};

}  // namespace siahub::store
