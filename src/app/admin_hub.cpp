#include "app/admin_hub.hpp"

#include "app/configure.hpp"
#include "app/open_database.hpp"

namespace siahub::app {

Result<std::unique_ptr<AdminHub>> AdminHub::open(const Arguments& arguments) {
    const auto config = TRY(configure(arguments, config::kAdmin));
    auto log = std::make_unique<Log>(Log::Level::error);
    auto database = TRY(open_database(config, SystemClock(), *log));
    return std::unique_ptr<AdminHub>(new AdminHub(std::move(log), std::move(database)));
}

std::vector<FlagSpec> admin_flags(std::vector<FlagSpec> own) {
    return with_settings(std::move(own), config::kAdmin);
}

}  // namespace siahub::app
