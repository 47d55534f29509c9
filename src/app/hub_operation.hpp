#pragma once
// What GET /admin/status and /admin/doctor show. Lives as long as the server. The doctor works on
// a thread of the disk pool: he asks this process, too, as a client would.

#include "app/hub_services.hpp"
#include "cas/operation_api.hpp"
#include "config/load.hpp"
#include "doctor/report.hpp"
#include "hub/kept.hpp"

namespace siahub::cas {
class SiaAdmin;
}

namespace siahub::app {

class HubOperation final : public cas::Operation {
  public:
    // `sia` may be null. Everything outlives this.
    HubOperation(const config::Loaded& loaded, config::Role role, HubServices& hub,
                 const Clock& clock, cas::SiaAdmin* sia);

    Json status() override;
    Json doctor() override;

  private:
    struct Examination {
        doctor::Report report;
        UnixMillis at = 0;
    };
    Json database();
    Json nodes();
    Json disk();
    Task<Result<Examination>> examine();

    const config::Loaded& loaded_;
    config::Role role_;
    HubServices& hub_;
    const Clock& clock_;
    cas::SiaAdmin* sia_;
    const UnixMillis started_at_;
    hub::Kept<Examination> examined_;
};

}  // namespace siahub::app
