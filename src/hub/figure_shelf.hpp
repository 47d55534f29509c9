#pragma once
// Where counted figures lie that are worth keeping beyond the process that counted them: the table
// `figures`. Any thread.

#include "core/clock.hpp"
#include "db/database.hpp"

#include <optional>
#include <string>

namespace siahub::hub {

struct ShelvedFigure {
    std::string value;  // JSON
    UnixMillis counted_at = 0;
    std::int64_t took = 0;  // milliseconds
};

class FigureShelf {
  public:
    FigureShelf(db::Database& database, std::string name)
        : database_(database), name_(std::move(name)) {}

    Task<Result<std::optional<ShelvedFigure>>> read();
    // The newest stays.
    Task<Result<void>> write(ShelvedFigure figure);

  private:
    db::Database& database_;
    const std::string name_;
};

}  // namespace siahub::hub
