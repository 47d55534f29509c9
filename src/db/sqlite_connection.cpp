#include "db/sqlite_connection.hpp"

#include <charconv>

#include <sqlite3.h>

namespace siahub::db {
namespace {

constexpr std::size_t kMaxStatements = 512;

// Leaves the statement ready for its next use and its parameters pointing nowhere.
class ResetGuard {
  public:
    explicit ResetGuard(sqlite3_stmt* statement) : statement_(statement) {}
    ~ResetGuard() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
    ResetGuard(const ResetGuard&) = delete;
    ResetGuard& operator=(const ResetGuard&) = delete;

  private:
    sqlite3_stmt* statement_;
};

// SQLITE_STATIC throughout: parameters outlive the call, and ResetGuard unbinds them.
struct Binder {
    sqlite3_stmt* statement;
    int position;

    int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, position); }
    int operator()(std::int64_t value) const {
        return sqlite3_bind_int64(statement, position, value);
    }
    int operator()(double value) const { return sqlite3_bind_double(statement, position, value); }
    int operator()(std::string_view value) const {
        // A null pointer would bind NULL.
        const char* data = value.empty() ? "" : value.data();
        return sqlite3_bind_text64(statement, position, data, value.size(), nullptr, SQLITE_UTF8);
    }
    int operator()(ByteView value) const {
        if (value.empty()) return sqlite3_bind_zeroblob(statement, position, 0);
        return sqlite3_bind_blob64(statement, position, value.data(), value.size(), nullptr);
    }
};

Value column(sqlite3_stmt* statement, int at) {
    switch (sqlite3_column_type(statement, at)) {
        case SQLITE_INTEGER:
            return std::int64_t{sqlite3_column_int64(statement, at)};
        case SQLITE_FLOAT:
            return sqlite3_column_double(statement, at);
        case SQLITE_TEXT: {
            const auto* text = sqlite3_column_text(statement, at);
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, at));
            return std::string(reinterpret_cast<const char*>(text), size);
        }
        case SQLITE_BLOB: {
            const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement, at));
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, at));
            return size == 0 ? Bytes{} : Bytes(data, data + size);
        }
        default:
            return nullptr;
    }
}

std::size_t bytes_of(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return sizeof value + text->size();
    if (const auto* blob = std::get_if<Bytes>(&value)) return sizeof value + blob->size();
    return sizeof value;
}

Code code_of(int sqlite_code) {
    switch (sqlite_code & 0xff) {
        case SQLITE_CONSTRAINT:
            return Code::conflict;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_FULL:
        case SQLITE_IOERR:
            return Code::unavailable;
        default:
            return Code::internal;
    }
}

}  // namespace

void SqliteConnection::Close::operator()(sqlite3* db) const {
    sqlite3_close_v2(db);
}

void SqliteConnection::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

SqliteConnection::~SqliteConnection() = default;

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::filesystem::path& file,
                                                                 Role role) {
    sqlite3* raw = nullptr;
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int opened = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection(raw));
    if (raw == nullptr) throw std::bad_alloc();
    sqlite3_extended_result_codes(raw, 1);
    if (opened != SQLITE_OK) return connection->failure();
    TRY(connection->configure(role));
    return connection;
}

Result<void> SqliteConnection::configure(Role role) {
    set_busy_timeout(std::chrono::seconds(10));
    // No mmap: resident memory would grow with the database. The page cache of the kernel serves.
    TRY(run_script("PRAGMA temp_store=MEMORY; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"));
    if (role == Role::reader) return run_script("PRAGMA cache_size=-4096; PRAGMA query_only=ON;");
    return run_script(
        "PRAGMA cache_size=-16384; PRAGMA journal_mode=WAL;"
        "PRAGMA journal_size_limit=67108864;");
}

Failure SqliteConnection::failure() const {
    const int code = sqlite3_extended_errcode(db_.get());
    return fail(code_of(code), std::string("Database: ") + sqlite3_errmsg(db_.get()) + ".");
}

void SqliteConnection::set_busy_timeout(std::chrono::milliseconds timeout) {
    sqlite3_busy_timeout(db_.get(), static_cast<int>(timeout.count()));
}

bool SqliteConnection::in_transaction() const {
    return sqlite3_get_autocommit(db_.get()) == 0;
}

// Asked of SQLite and not mapped once more: closing a second descriptor of the file would drop the
// locks that SQLite holds on it (POSIX locks belong to the process).
const void* SqliteConnection::wal_index() const {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_FILE_POINTER,
                             static_cast<void*>(&file)) != SQLITE_OK ||
        file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 2)
        return nullptr;
    constexpr int kFirstRegion = 0;
    constexpr int kRegionBytes = 32 * 1024;
    constexpr int kOnlyIfThere = 0;
    volatile void* start = nullptr;
    if (file->pMethods->xShmMap(file, kFirstRegion, kRegionBytes, kOnlyIfThere, &start) !=
        SQLITE_OK)
        return nullptr;
    return const_cast<const void*>(start);
}

Result<void> SqliteConnection::run_script(std::string_view sql) {
    const std::string text(sql);
    if (sqlite3_exec(db_.get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return failure();
    return {};
}

Result<SqliteConnection::Statement*> SqliteConnection::prepare(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) return &known->second;
    if (statements_.size() >= kMaxStatements) {
        statements_.clear();
        texts_.clear();
    }
    sqlite3_stmt* raw = nullptr;
    const char* sql_start = sql.data();
    const int size = static_cast<int>(sql.size());
    if (sqlite3_prepare_v3(db_.get(), sql_start, size, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) !=
        SQLITE_OK)
        return failure();
    Statement statement{.handle{raw}, .numbers{}};
    // To SQLite "$2" is a name like any other; it counts positions by first appearance.
    for (int i = 1; i <= sqlite3_bind_parameter_count(raw); ++i) {
        const char* name = sqlite3_bind_parameter_name(raw, i);
        const std::string_view text = name == nullptr ? "" : name;
        std::size_t number = 0;
        if (text.size() > 1 && text[0] == '$')
            std::from_chars(text.data() + 1, text.data() + text.size(), number);
        if (number == 0) return fail(Code::internal, "Database: parameters are written $1, $2, …");
        statement.numbers.push_back(number);
    }
    texts_.emplace_back(sql);
    return &statements_.emplace(texts_.back(), std::move(statement)).first->second;
}

Result<void> SqliteConnection::bind(Statement& statement, const Params& params) {
    for (std::size_t i = 0; i < statement.numbers.size(); ++i) {
        if (statement.numbers[i] > params.size())
            return fail(Code::internal, "Database: a statement got too few parameters.");
        const Binder binder{.statement = statement.handle.get(),
                            .position = static_cast<int>(i) + 1};
        if (std::visit(binder, params[statement.numbers[i] - 1]) != SQLITE_OK) return failure();
    }
    return {};
}

Result<Rows> SqliteConnection::step_all(sqlite3_stmt* statement) {
    Rows rows;
    result_bytes_ = 0;
    const int columns = sqlite3_column_count(statement);
    for (;;) {
        const int stepped = sqlite3_step(statement);
        if (stepped == SQLITE_DONE) return rows;
        if (stepped != SQLITE_ROW) return failure();
        std::vector<Value> values;
        values.reserve(static_cast<std::size_t>(columns));
        for (int i = 0; i < columns; ++i) {
            values.push_back(column(statement, i));
            result_bytes_ += bytes_of(values.back());
        }
        rows.emplace_back(std::move(values));
    }
}

Result<Rows> SqliteConnection::query(std::string_view sql, const Params& params) {
    Statement* statement = TRY(prepare(sql));
    const ResetGuard guard(statement->handle.get());
    TRY(bind(*statement, params));
    return step_all(statement->handle.get());
}

Result<void> SqliteConnection::each(
    std::string_view sql, const std::function<Result<void>(std::vector<Value>& row)>& take) {
    Statement* statement = TRY(prepare(sql));
    const ResetGuard guard(statement->handle.get());
    const int columns = sqlite3_column_count(statement->handle.get());
    std::vector<Value> row;
    for (;;) {
        const int stepped = sqlite3_step(statement->handle.get());
        if (stepped == SQLITE_DONE) return {};
        if (stepped != SQLITE_ROW) return failure();
        row.clear();
        for (int i = 0; i < columns; ++i)
            row.push_back(column(statement->handle.get(), i));
        TRY(take(row));
    }
}

Result<std::int64_t> SqliteConnection::execute_many(std::string_view sql,
                                                    std::span<const Params> batch) {
    const auto before = sqlite3_total_changes64(db_.get());
    for (const Params& params : batch)
        TRY(query(sql, params));
    return sqlite3_total_changes64(db_.get()) - before;
}

}  // namespace siahub::db
