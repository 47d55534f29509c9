#pragma once
// The prepared statements of one connection, by their text and the types of their parameters: the
// same text with NULL for a parameter is another statement to the server, which then chooses the
// type itself. Not thread-safe.

#include "db/database.hpp"

#include <list>
#include <unordered_map>

#include <libpq-fe.h>

namespace siahub::db {

class PostgresStatements {
  public:
    enum class State { unknown, sent, prepared };  // to the server
    struct Statement {
        std::string name;
        std::vector<Oid> types;
        State state = State::unknown;
    };

    // The statement; a new one is unknown to the server. Valid until forget_unprepared() or
    // clear().
    Statement& find(std::string_view sql, const Params& params);
    // After an error: those that the server may never have seen.
    void forget_unprepared();
    // Texts are literals of the program, so the cache is bounded by it; the limit is for the day
    // when somebody builds SQL at run time.
    [[nodiscard]] bool full() const { return count_ >= kMaxStatements; }
    void clear();

  private:
    static constexpr std::size_t kMaxStatements = 512;

    std::unordered_map<std::string_view, std::list<Statement>> by_text_;
    std::list<std::string> texts_;  // what the keys view
    std::size_t count_ = 0;
    std::size_t named_ = 0;
};

}  // namespace siahub::db
