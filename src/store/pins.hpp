#pragma once
// Which xorbs are on Sia, and which are on their way: rows of xorb_pins.
//
//     stored → packing → uploading → pinned
//                 ↑___________│ failure, with a time to wait
//
// A xorb that this hub wants on Sia is `stored` with its body's rows, in one transaction
// (XorbStore). The node on whose disk the body lies does the rest. `uploading` is written before an
// upload begins, so that after a crash it is known what may exist on Sia already (PinReconciler).
// Thread-safe.

#include "core/clock.hpp"
#include "db/database.hpp"
#include "store/remote_bodies.hpp"

#include <map>
#include <optional>
#include <string>

namespace siahub::store {

struct WaitingXorb {
    xet::Hash xorb;
    std::uint64_t size = 0;
    std::int64_t tries = 0;
    UnixMillis waiting_since = 0;
    bool is_new = false;  // nobody has looked at it yet
};

struct PinCount {
    std::int64_t xorbs = 0;
    std::int64_t bytes = 0;
};

// Everything that is known of one xorb's pin.
struct PinInfo {
    xet::Hash xorb;
    std::string state, node, last_error;
    std::uint64_t size = 0;
    std::int64_t tries = 0;
    UnixMillis since = 0, waiting_since = 0, next_try = 0;
    std::optional<RemoteObject> object;
};

struct PinFailure {
    std::string_view cause;
    UnixMillis next_try = 0;
};

class Pins {
  public:
    // `node` is the id of this one; empty in a process that keeps no bodies.
    Pins(db::Database& database, const Clock& clock, std::string node)
        : database_(database), clock_(clock), node_(std::move(node)) {}

    // Bodies of this node that nobody has asked to pin, and those whose node has lost them. For
    // start-up: looks at all bodies.
    Task<Result<void>> enrol();

    // Of this node: what waits and whose time has come, longest waiting first.
    Task<Result<std::vector<WaitingXorb>>> due(std::size_t most);
    Task<Result<void>> packing(std::span<const WaitingXorb> xorbs);
    // Those of them that still wait; they are this caller's until pinned() or put_back().
    Task<Result<std::vector<WaitingXorb>>> begin_upload(std::span<const WaitingXorb> xorbs);
    // False when the row is not ours any more: the object is then nobody's.
    Task<Result<bool>> pinned(xet::Hash xorb, const RemoteObject& object);
    // What waits after a failure need wait no longer.
    Task<Result<void>> hurry();
    Task<Result<void>> put_back(std::span<const WaitingXorb> xorbs, PinFailure failure);

    // For an operator: whoever has it tries when it looks for work next. False when it is not
    // waiting.
    Task<Result<bool>> retry_now(xet::Hash xorb);

    // What a crash or a failure left behind: since when objects may exist that no row names.
    Task<Result<std::optional<UnixMillis>>> unfinished_since();
    // Uploads of this node that nobody works on any more.
    Task<Result<void>> resume();

    // The object of a pinned xorb.
    Task<Result<std::optional<RemoteObject>>> object(xet::Hash xorb);
    Task<Result<std::optional<PinInfo>>> find(xet::Hash xorb);
    Task<Result<std::vector<PinInfo>>> find_all(std::span<const xet::Hash> xorbs);
    // Whether all of them are pinned. `xorbs` outlives the call.
    Task<Result<bool>> all_pinned(std::span<const xet::Hash> xorbs);
    // By state, of all nodes.
    Task<Result<std::map<std::string, PinCount>>> counts();
    // Failures that still wait for their next try, latest first.
    Task<Result<std::vector<PinInfo>>> failures(std::size_t most);

    [[nodiscard]] const std::string& node() const { return node_; }

  private:
    Task<Result<std::vector<PinInfo>>> query(std::string_view sql, db::Params params);

    db::Database& database_;
    const Clock& clock_;
    const std::string node_;
};

}  // namespace siahub::store
