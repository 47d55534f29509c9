#pragma once
// indexd's application API for one app key: what it may pin, which hosts there are, slabs, objects
// and their events. Every request is signed (signing.hpp). Calls are tasks on the threads of the
// http::Client, which outlives this object; they may run at the same time. Repeating any of them is
// harmless. Errors: ApiError.

#include "sia/indexd/app_types.hpp"
#include "sia/indexd/signed_endpoint.hpp"

namespace siahub::sia::indexd {

struct HostQuery {
    std::string protocol = "siamux";
    std::string country{};  // two letters; empty: all
};

class AppApi {
  public:
    // invalid_argument: an address that is none.
    static Result<AppApi> open(http::Client& client, const AppApiOptions& options,
                               const Ed25519PrivateKey& key, const Clock& clock);

    // unknown_key: indexd does not know this app key.
    Task<ApiResult<void>> check() const;
    Task<ApiResult<Account>> account() const;
    // All pages.
    Task<ApiResult<std::vector<Host>>> hosts(HostQuery query = {}) const;

    // The ids, in order; in batches, so that an error can leave the first of them pinned. Which is
    // harmless: pin again, or prune.
    Task<ApiResult<std::vector<Hash256>>> pin_slabs(std::vector<Slab> slabs) const;
    Task<ApiResult<Slab>> slab(Hash256 id) const;
    // Newest first.
    Task<ApiResult<std::vector<Hash256>>> slab_ids(std::size_t offset, std::size_t limit) const;
    Task<ApiResult<void>> unpin_slab(Hash256 id) const;
    // Unpins what no object uses and is older than `before` (Unix seconds); indexd's own default is
    // three days ago.
    Task<ApiResult<void>> prune_slabs(std::optional<std::int64_t> before = {}) const;

    // Its slabs have to be pinned (unpinned_slab).
    Task<ApiResult<void>> pin_object(SealedObject object) const;
    Task<ApiResult<SealedObject>> object(Hash256 id) const;
    // Also unpins the slabs that no other object of the account uses.
    Task<ApiResult<void>> delete_object(Hash256 id) const;
    // What has changed behind the cursor, oldest first. An event appears up to a second late, and
    // again when repair has moved a slab of its object.
    Task<ApiResult<std::vector<ObjectEvent>>> events(EventCursor after, std::size_t limit) const;

    [[nodiscard]] PublicKey key() const { return public_key_of(api_.key()); }

  private:
    AppApi(SignedEndpoint api, std::size_t hosts_per_page)
        : api_(std::move(api)), hosts_per_page_(hosts_per_page) {}

    SignedEndpoint api_;
    std::size_t hosts_per_page_;
};

}  // namespace siahub::sia::indexd
