#pragma once
// What indexd's application API tells and is told. Plain values; the parsers take foreign JSON and
// answer a typed error.

#include "sia/host.hpp"
#include "sia/indexd/json_reader.hpp"
#include "sia/sealed_object.hpp"

namespace siahub::sia::indexd {

struct Account {
    PublicKey key{};
    std::uint64_t max_pinned_data = 0;    // what the account may pin, before redundancy
    std::uint64_t remaining_storage = 0;  // of that and of the quota of its connect key
    std::uint64_t pinned_data = 0;        // before redundancy
    std::uint64_t pinned_size = 0;        // with it
    bool ready = false;                   // funded on 30 hosts; never in a smaller network
    Hash256 app_id{};
    std::string app_name{};
    std::int64_t last_used = 0;
};

// Where a reader of events stands: behind the event of this time and key.
struct EventCursor {
    std::int64_t after = 0;  // Unix seconds
    Hash256 key{};
    bool operator==(const EventCursor&) const = default;
};

struct ObjectEvent {
    Hash256 key{};
    bool deleted = false;
    std::int64_t updated_at = 0;
    std::optional<SealedObject> object{};  // unless deleted
    [[nodiscard]] EventCursor cursor() const { return {updated_at, key}; }
};

Result<Account> parse_account(const boost::json::value& value);
Result<Host> parse_host(const boost::json::value& value);
Result<Hash256> parse_hash(const boost::json::value& value);
// A slab as GET /slabs/ID and objects have it; a pinned one must have the id that it claims.
Result<Slab> parse_slab(const boost::json::value& value);
Result<Slab> parse_pinned_slab(const boost::json::value& value);
Result<SealedObject> parse_sealed_object(const boost::json::value& value);
Result<ObjectEvent> parse_event(const boost::json::value& value);

boost::json::value to_json(const Slab& slab);                // as POST /slabs takes it
boost::json::value to_json(const SlabSlice& slice);          // as objects have it
boost::json::value to_json(const SealedObject& object);      // as GET /objects/ID answers
boost::json::value pin_request(const SealedObject& object);  // as POST /objects takes it
boost::json::value to_json(const Host& host);

}  // namespace siahub::sia::indexd
