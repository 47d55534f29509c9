#include "app/hub_place.hpp"

#include "app/data_dir.hpp"

namespace siahub::app {

backup::HubPlace hub_place(const config::Config& config) {
    return {.data = config.data,
            .keys = config.keys_file(),
            .database = {.file = database_path(config.data), .url = config.database.url}};
}

}  // namespace siahub::app
