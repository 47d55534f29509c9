#include "hub/figure_shelf.hpp"

namespace siahub::hub {

Task<Result<std::optional<ShelvedFigure>>> FigureShelf::read() {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT value, counted_at, took FROM figures WHERE name = $1", {std::string_view(name_)}));
    if (rows.empty()) co_return std::nullopt;
    co_return ShelvedFigure{rows[0].text(0), rows[0].integer(1), rows[0].integer(2)};
}

Task<Result<void>> FigureShelf::write(ShelvedFigure figure) {
    CO_TRY(co_await database_.execute(
        "INSERT INTO figures (name, value, counted_at, took) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value,"
        " counted_at = excluded.counted_at, took = excluded.took"
        " WHERE figures.counted_at < excluded.counted_at",
        {std::string_view(name_), std::string_view(figure.value), figure.counted_at, figure.took}));
    co_return Result<void>{};
}

}  // namespace siahub::hub
