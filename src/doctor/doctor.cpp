#include "doctor/checks.hpp"

namespace siahub::doctor {

Report examine(const Subject& subject) {
    Report report;
    for (const auto check :
         {check_config, check_limits, check_data, check_keys, check_database, check_accounts,
          check_nodes, check_redis, check_bodies, check_hub, check_neighbours})
        check(subject, report);
    return report;
}

}  // namespace siahub::doctor
