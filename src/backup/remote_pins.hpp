#pragma once
// After the rows of a snapshot are back: brings what they say about bodies on Sia together with
// what is there. Bodies that were pinned after the snapshot are found by their notes; sealed
// objects become those of now, in which repair may have moved shards; what is not there any more,
// or never was, is not pinned, and named.

#include "core/clock.hpp"
#include "db/database.hpp"
#include "store/remote_bodies.hpp"

#include <string>
#include <vector>

namespace siahub::backup {

struct PinsMended {
    std::uint64_t pinned = 0;   // bodies that the hub can read now
    std::uint64_t adopted = 0;  // of those: pinned after the snapshot
    std::uint64_t lost = 0;     // pinned when the snapshot was made, and not there any more
    std::uint64_t never = 0;    // known to the hub, and not on Sia
};

// Nobody else works on the database.
Task<Result<PinsMended>> mend_pins(db::Database& database, store::RemoteBodies& remote,
                                   const Clock& clock);

// A file of a repository of which some body is nowhere.
struct MissingFile {
    std::int64_t repo = 0;
    std::string repo_name;  // "model alice/bert"
    xet::Hash file;
    std::uint64_t size = 0;
    std::vector<Bytes> blobs;  // git ids under which trees have it
};
Task<Result<std::vector<MissingFile>>> missing_files(db::Database& database);
// Those that need one of these xorbs.
Task<Result<std::vector<MissingFile>>> files_with(db::Database& database,
                                                  std::vector<xet::Hash> xorbs);

}  // namespace siahub::backup
