#include "app/admin_hub.hpp"

#include "app/data_dir.hpp"
#include "db/sqlite.hpp"

namespace siahub::app {

Result<std::unique_ptr<AdminHub>> AdminHub::open(const Arguments& arguments) {
    const std::filesystem::path dir = arguments.flag_or("--data", default_data_dir().string());
    TRY(prepare_data_dir(dir));
    const SystemClock clock;
    auto database = TRY(db::open_sqlite(database_path(dir), clock));
    return std::unique_ptr<AdminHub>(new AdminHub(std::move(database)));
}

FlagSpec data_flag() {
    return {.name = "--data",
            .value = "DIR",
            .help = "the data directory of the hub (default: ~/.local/share/siahub)"};
}

}  // namespace siahub::app
