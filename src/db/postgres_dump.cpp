#include "db/postgres_dump.hpp"

#include "db/copy_format.hpp"
#include "db/migrations.hpp"
#include "db/postgres_codec.hpp"
#include "db/postgres_connector.hpp"
#include "db/postgres_failure.hpp"
#include "db/postgres_handles.hpp"
#include "db/postgres_migrator.hpp"
#include "db/schema_version.hpp"

#include <charconv>

#include <fmt/format.h>

namespace siahub::db {
namespace {

// Like that of the migrations; this one spells "Restor".
constexpr std::int64_t kCopyLock = 0x526573746F72;
constexpr std::size_t kSendBytes = 256UL * 1024;

// Statements on one connection, without the class of SQLSTATEs that calls of the hub care for.
class Session {
  public:
    explicit Session(PgHandle handle) : handle_(std::move(handle)) {}

    Result<PgResultHandle> run(const std::string& sql, ExecStatusType wanted) {
        PgResultHandle result(PQexec(handle_.get(), sql.c_str()));
        if (PQresultStatus(result.get()) != wanted) return Failure(failure_of(result.get()).error);
        return result;
    }
    Result<void> command(const std::string& sql) {
        TRY(run(sql, PGRES_COMMAND_OK));
        return {};
    }
    Result<std::string> value(const std::string& sql) {
        const auto result = TRY(run(sql, PGRES_TUPLES_OK));
        if (PQntuples(result.get()) == 0) return "";
        return PQgetvalue(result.get(), 0, 0);
    }
    // What ends a COPY.
    Result<void> finish_copy() {
        for (;;) {
            const PgResultHandle result(PQgetResult(handle_.get()));
            if (!result) return {};
            if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
                auto failure = failure_of(result.get());
                while (PgResultHandle(PQgetResult(handle_.get()))) {
                }
                return Failure(std::move(failure).error);
            }
        }
    }
    [[nodiscard]] Failure lost() const { return Failure(lost_connection().error); }
    [[nodiscard]] PGconn* get() const { return handle_.get(); }

  private:
    PgHandle handle_;
};

Result<Session> connect(const std::string& url) {
    Session session(TRY(PostgresConnector(url, {}).connect_plain()));
    TRY(session.command("SET statement_timeout = 0"));
    return session;
}

Result<bool> has_table(Session& session, std::string_view name) {
    return TRY(session.value(fmt::format("SELECT to_regclass('{}') IS NOT NULL", name))) == "t";
}

Result<std::int64_t> version_of(Session& session) {
    if (!TRY(has_table(session, "schema_migrations"))) return 0;
    const auto text = TRY(session.value("SELECT COALESCE(MAX(version), 0) FROM schema_migrations"));
    std::int64_t version = 0;
    std::from_chars(text.data(), text.data() + text.size(), version);
    return version;
}

// The lock ends with the session.
class PostgresClaim final : public Claim {
  public:
    explicit PostgresClaim(Session session) : session_(std::move(session)) {}

  private:
    Session session_;
};

class PostgresSnapshot final : public Snapshot {
  public:
    PostgresSnapshot(Session session, std::int64_t version)
        : session_(std::move(session)), version_(version) {}

    [[nodiscard]] std::int64_t schema_version() const override { return version_; }

    Result<void> each_row(const TableShape& table, const RowSink& sink) override {
        TRY(session_.run(
            fmt::format("COPY {} ({}) TO STDOUT (FORMAT binary)", table.name, table.column_list()),
            PGRES_COPY_OUT));
        CopyReader reader(table);
        for (;;) {
            char* data = nullptr;
            const int size = PQgetCopyData(session_.get(), &data, 0);
            if (size < 0) break;
            const std::unique_ptr<char, decltype(&PQfreemem)> owner(data, PQfreemem);
            // A caller that fails gives up the snapshot, so the rest need not be read.
            TRY(reader.feed({data, static_cast<std::size_t>(size)}, sink));
        }
        TRY(session_.finish_copy());
        if (!reader.ended()) return session_.lost();
        return {};
    }

    Result<Rows> query(std::string_view sql, const Params& params) override {
        TRY(EncodedParams::check(params));
        const EncodedParams encoded(params);
        std::vector<Oid> types;
        for (const Param& param : params)
            types.push_back(type_of(param));
        constexpr int binary = 1;
        const PgResultHandle result(PQexecParams(session_.get(), std::string(sql).c_str(),
                                                 encoded.count(), types.data(), encoded.values(),
                                                 encoded.lengths(), encoded.formats(), binary));
        if (PQresultStatus(result.get()) != PGRES_TUPLES_OK)
            return Failure(failure_of(result.get()).error);
        return decode_rows(result.get());
    }

  private:
    Session session_;
    std::int64_t version_;
};

class PostgresLoader final : public Loader {
  public:
    explicit PostgresLoader(Session session) : session_(std::move(session)) {}

    Result<void> begin_table(const TableShape& table) override {
        TRY(session_.run(
            fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", table.name, table.column_list()),
            PGRES_COPY_IN));
        writer_.emplace();
        return {};
    }
    Result<void> add(std::span<const Value> row) override {
        writer_->add(row);
        if (writer_->pending().size() < kSendBytes) return {};
        return send();
    }
    Result<void> end_table() override {
        writer_->end();
        TRY(send());
        if (PQputCopyEnd(session_.get(), nullptr) != 1) return session_.lost();
        return session_.finish_copy();
    }
    Result<void> commit() override { return session_.command("COMMIT"); }

  private:
    Result<void> send() {
        const auto bytes = writer_->pending();
        if (PQputCopyData(session_.get(), bytes.data(), static_cast<int>(bytes.size())) != 1)
            return session_.lost();
        writer_->clear();
        return {};
    }

    Session session_;
    std::optional<CopyWriter> writer_;
};

}  // namespace

Result<std::unique_ptr<Claim>> claim_postgres(const std::string& url, Use use) {
    auto session = TRY(connect(url));
    const bool reads = use == Use::reads;
    const auto locked = TRY(session.value(
        fmt::format("SELECT pg_try_advisory_lock{}({})", reads ? "_shared" : "", kCopyLock)));
    if (locked == "t") return std::make_unique<PostgresClaim>(std::move(session));
    return fail(Code::conflict,
                reads ? "A restore into this database runs right now"
                      : "A restore into this database, or a backup of it, runs right now");
}

Result<std::unique_ptr<Snapshot>> open_postgres_snapshot(const std::string& url) {
    auto session = TRY(connect(url));
    TRY(session.command("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    const auto version = TRY(version_of(session));
    TRY(check_schema_version(version, embedded_migrations()));
    return std::make_unique<PostgresSnapshot>(std::move(session), version);
}

// Tables of this program only: others may share the database.
Result<std::optional<std::string>> find_occupied_postgres_table(const std::string& url) {
    auto session = TRY(connect(url));
    const auto version = TRY(version_of(session));
    if (version == 0) return std::nullopt;
    TRY(check_schema_version(version, embedded_migrations()));
    for (const auto& table : TRY(schema_at(version)))
        if (TRY(session.value(fmt::format("SELECT EXISTS (SELECT 1 FROM {})", table.name))) == "t")
            return table.name;
    return std::nullopt;
}

Result<std::unique_ptr<Loader>> open_postgres_loader(const std::string& url,
                                                     std::int64_t schema_version,
                                                     const Clock& clock) {
    auto session = TRY(connect(url));
    const auto before = TRY(version_of(session));
    if (before != 0 && before != schema_version)
        return fail(Code::conflict,
                    fmt::format("The database has schema version {}, the rows are of version {}. "
                                "Use a database without tables",
                                before, schema_version));
    TRY(bring_up_to_date(PostgresConnector(url, {}),
                         embedded_migrations().first(static_cast<std::size_t>(schema_version)),
                         clock));
    TRY(session.command("BEGIN"));
    return std::make_unique<PostgresLoader>(std::move(session));
}

}  // namespace siahub::db
