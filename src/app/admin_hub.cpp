#include "app/admin_hub.hpp"

#include "app/configure.hpp"
#include "app/data_dir.hpp"
#include "db/sqlite.hpp"

namespace siahub::app {

Result<std::unique_ptr<AdminHub>> AdminHub::open(const Arguments& arguments) {
    const auto config = TRY(configure(arguments, config::kAdmin));
    TRY(prepare_data_dir(config.data));
    const SystemClock clock;
    auto database = TRY(db::open_sqlite(database_path(config.data), clock));
    return std::unique_ptr<AdminHub>(new AdminHub(std::move(database)));
}

std::vector<FlagSpec> admin_flags(std::vector<FlagSpec> own) {
    return with_settings(std::move(own), config::kAdmin);
}

}  // namespace siahub::app
