#include "crypto/blake2b.hpp"
#include "sia/test_support/indexd_model.hpp"

namespace siahub::sia::testing {
namespace {

constexpr std::size_t kMetadataLimit = 1024;

Hash256 hash_of(std::initializer_list<ByteView> parts) {
    Blake2b hasher;
    for (const auto part : parts)
        hasher.update(part);
    return {hasher.finish()};
}

Hash256 id_of(const std::vector<ObjectPin::Part>& parts) {
    Blake2b hasher;
    for (const auto& part : parts) {
        Bytes place;
        append_le(place, (std::uint64_t{part.offset} << 32) | part.length);
        hasher.update(part.slab.view());
        hasher.update(place);
    }
    return {hasher.finish()};
}

Ruled<void> check_seals(const PublicKey& account, const ObjectPin& object) {
    const auto& seals = object.seals;
    const auto data = hash_of({object.id.view(), seals.encrypted_data_key});
    const auto metadata =
        hash_of({object.id.view(), seals.encrypted_metadata_key, seals.encrypted_metadata});
    if (!verify_hash(account, data, seals.data_signature))
        return refuse(400, "invalid object signature: invalid data signature");
    if (!verify_hash(account, metadata, seals.metadata_signature))
        return refuse(400, "invalid object signature: invalid metadata signature");
    return {};
}

}  // namespace

Ruled<void> IndexdModel::pin_object(const PublicKey& account, ObjectPin object) {
    auto& owner = owners_.at(account);
    if (object.parts.empty()) return refuse(400, "object must have at least one slab");
    if (object.seals.encrypted_metadata.size() > kMetadataLimit)
        return refuse(400, "object metadata size limit (1024) exceeded");
    if (id_of(object.parts) != object.id)
        return refuse(400, "invalid object signature: object ID does not match slabs");
    if (auto fits = check_seals(account, object); !fits) return fits;
    if (blocked_.contains(object.id)) return refuse(451, "object is blocked");
    for (const auto& part : object.parts)
        if (!owner.slabs.contains(part.slab)) return refuse(400, "object contains unpinned slab");
    auto& stored = owner.objects[object.id];
    const bool is_new = stored.created_at == 0 || stored.deleted;
    stored = {.pin = std::move(object),
              .created_at = is_new ? now() : stored.created_at,
              .updated_at = now()};
    return {};
}

SealedObject IndexdModel::sealed(const StoredObject& object) const {
    auto sealed = object.pin.seals;
    for (const auto& part : object.pin.parts)
        sealed.slabs.push_back({slabs_.at(part.slab), part.offset, part.length});
    sealed.created_at = object.created_at;
    sealed.updated_at = object.updated_at;
    return sealed;
}

Ruled<SealedObject> IndexdModel::object(const PublicKey& account, const Hash256& id) const {
    if (blocked_.contains(id)) return refuse(451, "object is blocked");
    const auto& objects = owners_.at(account).objects;
    const auto found = objects.find(id);
    if (found == objects.end() || found->second.deleted) return refuse(404, "object not found");
    return sealed(found->second);
}

Ruled<void> IndexdModel::delete_object(const PublicKey& account, const Hash256& id) {
    auto& owner = owners_.at(account);
    const auto found = owner.objects.find(id);
    if (found == owner.objects.end() || found->second.deleted)
        return refuse(404, "object not found");
    found->second.deleted = true;
    found->second.updated_at = now();
    for (const auto& part : found->second.pin.parts)
        if (!is_used(owner, part.slab)) owner.slabs.erase(part.slab);
    forget_unowned_slabs();
    return {};
}

std::vector<indexd::ObjectEvent> IndexdModel::events(const PublicKey& account,
                                                     const indexd::EventCursor& after,
                                                     std::size_t limit) const {
    std::map<std::pair<std::int64_t, Hash256>, const StoredObject*> in_order;
    for (const auto& [id, object] : owners_.at(account).objects)
        // The second that runs is withheld: more may happen in it.
        if (object.updated_at < now()) in_order[{object.updated_at, id}] = &object;
    std::vector<indexd::ObjectEvent> events;
    for (auto at = in_order.upper_bound({after.after, after.key});
         at != in_order.end() && events.size() < limit; ++at) {
        const auto& [time, id] = at->first;
        events.push_back({.key = id, .deleted = at->second->deleted, .updated_at = time});
        if (!at->second->deleted) events.back().object = sealed(*at->second);
    }
    return events;
}

std::size_t IndexdModel::move_sector(const Hash256& root, const PublicKey& to) {
    std::set<Hash256> moved;
    for (auto& [id, slab] : slabs_)
        for (auto& sector : slab.sectors)
            if (sector.root == root) {
                sector.host = to;
                moved.insert(id);
            }
    for (auto& [account, owner] : owners_)
        for (auto& [id, object] : owner.objects)
            for (const auto& part : object.pin.parts)
                if (!object.deleted && moved.contains(part.slab)) object.updated_at = now();
    return moved.size();
}

}  // namespace siahub::sia::testing
