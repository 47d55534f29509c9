#pragma once
// Where a hub keeps what it knows.

#include "db/dump.hpp"

namespace siahub::backup {

struct HubPlace {
    std::filesystem::path data;
    std::filesystem::path keys;  // the file of signing keys
    db::Place database;
};

}  // namespace siahub::backup
