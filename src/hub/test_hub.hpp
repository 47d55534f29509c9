#pragma once
// A database of its own for each test, with accounts and rows of repositories.

#include "core/run_task.hpp"
#include "core/temp_dir.hpp"
#include "db/test_database.hpp"
#include "hub/accounts.hpp"
#include "hub/authenticator.hpp"
#include "hub/keys.hpp"
#include "hub/search_index.hpp"

#include <array>

#include <gtest/gtest.h>

namespace siahub::hub {

inline constexpr UnixMillis kTestStart = 1'700'000'000'000;

class HubTest : public ::testing::Test {
  protected:
    // The value, or the test stops.
    template <class T>
    static T get(Task<Result<T>> task) {
        auto result = run_task(std::move(task));
        if (!result) throw std::runtime_error(result.error().message);
        if constexpr (!std::is_void_v<T>) return std::move(*result);
    }
    template <class T>
    static std::optional<Code> code_of(Task<Result<T>> task) {
        const auto result = run_task(std::move(task));
        if (result) return std::nullopt;
        return result.error().code;
    }

    db::Rows sql(std::string_view text, db::Params params = {}) {
        return get(database_->execute(text, std::move(params)));
    }
    RowId add_user(std::string name) {
        return get(accounts_.create_user({.name = std::move(name), .fullname = "", .email = ""}))
            .id;
    }
    RowId add_org(std::string name, std::vector<NewMember> members = {}) {
        return get(accounts_.create_org({.name = std::move(name), .fullname = "", .email = ""},
                                        std::move(members)))
            .id;
    }
    std::string add_key(RowId user, KeyScope scope = KeyScope::write) {
        NewKey key;
        key.user_id = user;
        key.scope = scope;
        return get(keys_.create(std::move(key))).text;
    }
    CallerPtr caller(RowId user, KeyScope scope = KeyScope::write) {
        return get(authenticator_.authenticate(add_key(user, scope)));
    }
    // Several statements in one transaction: waiting for the disk is what tests spend their time
    // on.
    struct Statement {
        std::string_view text;
        db::Params params;
    };
    static Task<Result<void>> run_all(db::Database& database, std::span<const Statement> batch) {
        auto tx = CO_TRY(co_await database.begin());
        for (const auto& statement : batch)
            CO_TRY(co_await tx->query(statement.text, statement.params));
        co_return co_await tx->commit();
    }
    void sql_all(std::span<const Statement> batch) { get(run_all(*database_, batch)); }

    // `key` is full_key() of the repository, kept by the caller.
    static Statement insert_repo(const Repo& repo, RowId creator, std::string_view key) {
        return {
            "INSERT INTO repos (id, kind, owner_id, creator_id, namespace, name, full_key,"
            " private, gated, default_branch, downloads, likes, created_at, updated_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'main', $10, $11, $12, $13)",
            {repo.id, to_string(repo.kind), repo.owner_id, creator, repo.ns, repo.name, key,
             std::int64_t{repo.is_private}, repo.gated, repo.downloads, repo.likes, repo.created_at,
             repo.updated_at}};
    }
    void add_repo(const Repo& repo, RowId creator) {
        const auto key = full_key(repo.ns, repo.name);
        const std::array batch = {insert_repo(repo, creator, key)};
        sql_all(batch);
        index_names(std::array{repo.id});
    }
    static Task<Result<void>> index_all(db::Database& database, std::span<const RowId> repos) {
        auto tx = CO_TRY(co_await database.begin());
        for (const auto repo : repos)
            CO_TRY(co_await index_name(*tx, repo));
        co_return co_await tx->commit();
    }
    void index_names(std::span<const RowId> repos) { get(index_all(*database_, repos)); }

    TempDir dir_;
    ManualClock clock_{kTestStart};
    db::TestDatabase place_;
    std::unique_ptr<db::Database> database_ = place_.open();
    Accounts accounts_{*database_, clock_};
    Keys keys_{*database_, clock_};
    Authenticator authenticator_{*database_, clock_};
};

}  // namespace siahub::hub
