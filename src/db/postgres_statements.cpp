#include "db/postgres_statements.hpp"

#include "db/postgres_codec.hpp"

namespace siahub::db {

PostgresStatements::Statement& PostgresStatements::find(std::string_view sql,
                                                        const Params& params) {
    auto found = by_text_.find(sql);
    if (found == by_text_.end()) {
        texts_.emplace_back(sql);
        found = by_text_.emplace(texts_.back(), std::list<Statement>()).first;
    }
    for (auto& statement : found->second)
        if (std::ranges::equal(statement.types, params, {}, {}, type_of)) return statement;
    auto& made = found->second.emplace_back();
    made.name = "s" + std::to_string(++named_);
    made.types.reserve(params.size());
    for (const Param& param : params)
        made.types.push_back(type_of(param));
    ++count_;
    return made;
}

void PostgresStatements::forget_unprepared() {
    for (auto& [text, statements] : by_text_)
        count_ -=
            statements.remove_if([](const Statement& s) { return s.state != State::prepared; });
}

void PostgresStatements::clear() {
    by_text_.clear();
    texts_.clear();
    count_ = 0;
}

}  // namespace siahub::db
