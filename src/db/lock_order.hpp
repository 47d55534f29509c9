#pragma once
// Transactions that write the same rows in different order lock each other out, until the database
// gives one of them up. Batches in the order of their keys do not.

#include "db/database.hpp"

namespace siahub::db {

// By a column that holds bytes in every element; equal ones keep their order.
void sort_by_bytes(std::vector<Params>& batch, std::size_t column);
// By a column that holds an integer in every element.
void sort_by_integer(std::vector<Params>& batch, std::size_t column);

}  // namespace siahub::db
