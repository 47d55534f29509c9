#pragma once
// What is examined.

#include "backup/progress.hpp"
#include "config/load.hpp"
#include "core/clock.hpp"
#include "db/dump.hpp"

namespace siahub::doctor {

struct Subject {
    const config::Loaded& loaded;
    db::Place database;
    const Clock& clock;
    backup::Progress& progress;
    bool deep = false;  // every body is verified, not only some

    [[nodiscard]] const config::Config& config() const { return loaded.config; }
};

}  // namespace siahub::doctor
