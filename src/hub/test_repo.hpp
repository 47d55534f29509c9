#pragma once
// A repository with everything that works on its git side, over a database and a store of its own.

#include "hub/commit_rows.hpp"
#include "hub/commits.hpp"
#include "hub/preupload.hpp"
#include "hub/test_hub.hpp"
#include "hub/tree_listing.hpp"
#include "store/store.hpp"

#include <map>

namespace siahub::hub {

inline const Author kAlice{7, "Alice", "alice@example.org"};

class RepoTest : public HubTest {
  protected:
    RepoTest() {
        repo_.id = 77;
        repo_.owner_id = 7;
        repo_.ns = "alice";
        repo_.name = "model";
        repo_.default_branch = "main";
        add_repo(repo_, 7);
        root_ = create_root(repo_, {{".gitattributes", "*.bin filter=lfs\n"}});
    }

    Oid create_root(const Repo& repo, const std::map<std::string, std::string>& contents) {
        std::vector<RootFile> files;
        for (const auto& [path, content] : contents)
            files.push_back({path, as_bytes(content)});
        return get(create_root_in_transaction(repo, files));
    }
    Task<Result<Oid>> create_root_in_transaction(const Repo& repo,
                                                 std::span<const RootFile> files) {
        auto transaction = CO_TRY(co_await database_->begin());
        const auto oid = CO_TRY(co_await commits_.create_root(*transaction, repo, "main", files,
                                                              kAlice, "initial commit"));
        CO_TRY(co_await transaction->commit());
        co_return oid;
    }

    StoredBlob stage(std::string_view content, std::string_view path = "file") {
        return get(stage_in(repo_.id, path, as_bytes(content)));
    }
    Task<Result<StoredBlob>> stage_in(RowId repo, std::string_view path, ByteView content) {
        BlobStager stager(files_, repo);
        const auto blob = CO_TRY(co_await stager.add(path, content));
        CO_TRY(co_await stager.flush());
        co_return blob;
    }
    AddFile add(std::string path, std::string_view content) {
        const auto blob = stage(content, path);
        return {std::move(path), blob, {}};
    }
    // An LFS object that is there, whatever is in it.
    LfsObject add_object(std::string_view content) {
        const auto digest = sha256(as_bytes(content));
        const auto size = static_cast<std::int64_t>(content.size());
        const Bytes file_hash(32, std::byte{1});
        sql("INSERT INTO lfs_objects (repo_id, sha256, size, file_hash, created_at)"
            " VALUES ($1, $2, $3, $4, 0)",
            {repo_.id, ByteView(digest), size, ByteView(file_hash)});
        return {digest, content.size(), std::nullopt};
    }

    Task<Result<CommitResult>> commit(std::vector<Operation> operations,
                                      std::string branch = "main", std::string summary = "change",
                                      std::string parent = "") {
        CommitRequest request;
        request.summary = std::move(summary);
        request.parent_commit = std::move(parent);
        request.operations = std::move(operations);
        co_return co_await commits_.commit(repo_, branch, request, kAlice);
    }
    Oid committed(std::vector<Operation> operations, std::string branch = "main",
                  std::string summary = "change") {
        return get(commit(std::move(operations), std::move(branch), std::move(summary))).oid;
    }
    Error commit_error(std::vector<Operation> operations, std::string parent = "") {
        auto result = run_task(commit(std::move(operations), "main", "change", std::move(parent)));
        if (result) throw std::runtime_error("the commit went through");
        return std::move(result).error();
    }

    Revision resolve(std::string_view revision = "main") {
        return get(refs_.resolve(repo_, revision));
    }
    std::optional<PathEntry> entry(std::string_view path, std::string_view revision = "main") {
        return get(trees_.find(repo_.id, resolve(revision).tree, path));
    }
    std::string text(std::string_view path, std::string_view revision = "main") {
        const auto found = entry(path, revision);
        if (!found) return "<absent>";
        return get(files_.readable_text(repo_.id, found->oid)).value_or("<unreadable>");
    }
    std::vector<std::string> paths(std::string_view revision = "main") {
        std::vector<std::string> out;
        TreeQuery query;
        query.recursive = true;
        const auto page = get(listing_.list(repo_.id, resolve(revision), query));
        for (const auto& item : page.items)
            out.push_back(item.path + (item.is_directory ? "/" : ""));
        return out;
    }

    Repo repo_;
    Oid root_;
    WorkPool compute_{1}, disk_{1};
    Log log_{Log::Level::off};
    std::unique_ptr<store::Store> store_ = get(store::Store::open(
        *database_, {compute_, disk_}, clock_, log_, {.data = dir_.path() / "data"}));
    TreeStore trees_{*database_, 8 << 20};
    Files files_{*database_, *store_, clock_, 1 << 20};
    Refs refs_{*database_, clock_};
    History history_{*database_};
    Commits commits_{*database_, trees_, files_, refs_, history_, clock_};
    TreeListing listing_{trees_, files_, history_};
    Preupload preupload_{trees_, files_};
};

}  // namespace siahub::hub
