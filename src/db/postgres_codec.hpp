#pragma once
// Parameters and columns in PostgreSQL's binary formats (its documentation, "Binary Format" of each
// type's send function: integers and floats big-endian, text and bytea as they are). Pure.

#include "db/database.hpp"

#include <libpq-fe.h>

namespace siahub::db {

// The type that a parameter is declared with when its statement is prepared; 0, chosen by the
// server, for NULL.
Oid type_of(const Param& param);

// What libpq wants of a list of parameters. Refers to them, and to itself: neither copied nor
// moved.
class EncodedParams {
  public:
    // Code::invalid_argument for text that the server could not store.
    static Result<void> check(const Params& params);

    explicit EncodedParams(const Params& params);
    EncodedParams(const EncodedParams&) = delete;
    EncodedParams& operator=(const EncodedParams&) = delete;

    [[nodiscard]] int count() const { return static_cast<int>(values_.size()); }
    [[nodiscard]] const char* const* values() const { return values_.data(); }
    [[nodiscard]] const int* lengths() const { return lengths_.data(); }
    [[nodiscard]] const int* formats() const { return formats_.data(); }

  private:
    std::vector<std::array<char, 8>> numbers_;
    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
};

// All rows of a result in binary format. Code::internal for a column of a type that no Value holds.
Result<Rows> decode_rows(const PGresult* result);

}  // namespace siahub::db
