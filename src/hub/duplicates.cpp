#include "hub/duplicates.hpp"

#include "db/transact.hpp"
#include "hub/cards.hpp"
#include "hub/commit_rows.hpp"
#include "hub/commit_writes.hpp"
#include "hub/events.hpp"
#include "hub/names.hpp"
#include "hub/repo_lock.hpp"
#include "hub/repo_row.hpp"

namespace siahub::hub {

// What the newest tree of the original holds.
struct Duplicates::Contents {
    Oid root;
    std::vector<Oid> trees{}, blobs{};
    std::vector<SharedObject> objects{};
    std::vector<std::string> paths{};
    std::optional<std::string> readme{};
};

Task<Result<Duplicates::Contents>> Duplicates::read_contents(const Repo& source) {
    const auto revision = CO_TRY(co_await refs_.resolve(source, source.default_branch));
    Contents contents{.root = revision.tree, .trees = {revision.tree}};
    TreeQuery query;
    query.recursive = true;
    do {
        auto page = CO_TRY(co_await listing_.list(source.id, revision, query));
        for (auto& item : page.items) {
            if (item.path == "README.md" && !item.is_directory)
                contents.readme = CO_TRY(co_await files_.readable_text(source.id, item.oid));
            contents.paths.push_back(std::move(item.path));
            (item.is_directory ? contents.trees : contents.blobs).push_back(item.oid);
            if (!item.is_directory)
                contents.objects.push_back({.sha256 = item.sha256, .file_hash = item.file_hash});
        }
        query.cursor = page.next;
    } while (!query.cursor.empty());
    co_return contents;
}

Task<Result<CreatedRepo>> Duplicates::duplicate(const Caller& caller, const Repo& source,
                                                NewDuplicate wanted) {
    const auto space = CO_TRY(co_await access_.open_namespace(wanted.ns, caller));
    CO_TRY(check_repo_name(space.name, wanted.name, Naming::strict));
    const auto contents = CO_TRY(co_await read_contents(source));
    const auto now = clock_.now();
    Repo copy;
    copy.id = new_row_id(now);
    copy.kind = source.kind;
    copy.owner_id = space.owner_id;
    copy.ns = space.name;
    copy.name = std::move(wanted.name);
    copy.is_private = wanted.is_private.value_or(source.is_private);
    copy.gated = source.gated;
    copy.default_branch = source.default_branch;
    copy.sdk = source.sdk;
    copy.created_at = copy.updated_at = now;
    co_return co_await db::transact(db_, db::Isolation::read_committed,
                                    std::bind_front(&Duplicates::write, this), source, copy,
                                    contents, caller);
}

Task<Result<CreatedRepo>> Duplicates::write(db::Transaction& tx, const Repo& source,
                                            const Repo& copy, const Contents& contents,
                                            const Caller& caller) {
    if (!CO_TRY(co_await insert_repo(tx, copy, caller.user_id)))
        co_return CreatedRepo{CO_TRY(co_await load_repo(tx, copy.kind, copy.ns, copy.name)), false};
    // What is about to be copied may not be deleted meanwhile.
    CO_TRY(co_await lock_repo(tx, source.id));
    const Sharing sharing{.from = source.id, .to = copy.id, .now = copy.created_at};
    CO_TRY(co_await share_objects(tx, sharing, contents.objects));
    CO_TRY(co_await share_blobs(tx, sharing, contents.blobs));
    CO_TRY(co_await share_trees(tx, sharing, contents.trees));
    const auto author = caller.author();
    const auto message = "Duplicate from " + source.full_name();
    const auto commit = CO_TRY(co_await insert_commit(
        tx, copy.id, {contents.root, nullptr, author, message, copy.created_at}));
    CO_TRY(co_await insert_changes(tx, copy.id, commit.position, contents.paths));
    CO_TRY(co_await insert_branch(tx, copy.id, copy.default_branch, commit.oid));
    CO_TRY(co_await refresh_card(tx, copy.id, copy.kind, contents.readme));
    CO_TRY(co_await write_event(
        tx, copy.created_at,
        {.what = event::kCreate, .user = caller.user_id, .repo = copy.id, .key = caller.key_id}));
    auto made = CO_TRY(co_await load_repo(tx, copy.kind, copy.ns, copy.name));
    CO_TRY(co_await tx.commit());
    co_return CreatedRepo{std::move(made), true};
}

Task<Result<std::vector<SharedObject>>> Duplicates::share(RowId from, RowId to,
                                                          std::span<const SharedObject> objects) {
    std::vector<Sha256> hashes;
    hashes.reserve(objects.size());
    for (const auto& object : objects)
        hashes.push_back(object.sha256);
    const auto found = CO_TRY(co_await files_.find_objects(from, hashes));
    std::vector<SharedObject> there;
    std::vector<SharedObject> missing;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const bool fits = found[i] && found[i]->file_hash == objects[i].file_hash;
        (fits ? there : missing).push_back(objects[i]);
    }
    const Sharing sharing{.from = from, .to = to, .now = clock_.now()};
    if (!there.empty())
        CO_TRY(co_await db::transact(db_, db::Isolation::read_committed,
                                     std::bind_front(&Duplicates::write_share, this), sharing,
                                     there));
    co_return missing;
}

Task<Result<void>> Duplicates::write_share(db::Transaction& tx, const Sharing& sharing,
                                           std::span<const SharedObject> objects) {
    CO_TRY(co_await share_objects(tx, sharing, objects));
    co_return co_await tx.commit();
}

}  // namespace siahub::hub
