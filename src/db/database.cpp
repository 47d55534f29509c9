#include "db/database.hpp"

namespace siahub::db {

bool Row::is_null(std::size_t column) const {
    return std::holds_alternative<std::nullptr_t>(values_.at(column));
}

std::int64_t Row::integer(std::size_t column) const {
    return std::get<std::int64_t>(values_.at(column));
}

const std::string& Row::text(std::size_t column) const {
    return std::get<std::string>(values_.at(column));
}

const Bytes& Row::blob(std::size_t column) const {
    return std::get<Bytes>(values_.at(column));
}

Task<Result<Rows>> Database::execute(std::string_view sql, Params params) {
    auto transaction = CO_TRY(co_await begin());
    auto rows = CO_TRY(co_await transaction->query(sql, std::move(params)));
    CO_TRY(co_await transaction->commit());
    co_return rows;
}

}  // namespace siahub::db
