#pragma once
// What GET /admin/sia/… shows, from the parts of this process and from indexd. Lives as long as the
// server; its tasks run on the I/O threads of `io`.

#include "app/hub_sia.hpp"
#include "cas/sia_admin.hpp"
#include "sia/indexd/admin_api.hpp"

namespace siahub::app {

class SiaAdminView final : public cas::SiaAdmin {
  public:
    // invalid_argument: an admin address that is none.
    static Result<std::unique_ptr<SiaAdminView>> open(const config::Sia& config, HubSia& sia,
                                                      net::IoThreads& io);
    explicit SiaAdminView(HubSia& sia) : sia_(sia) {}

    [[nodiscard]] std::optional<std::size_t> host_count() const override;
    Json overview() override;
    Json queue() override;
    Json hosts() override;
    Json xorb(xet::Hash xorb) override;
    Json shares(std::vector<xet::Hash> xorbs) override;
    Json placement(std::vector<xet::Hash> xorbs) override;
    [[nodiscard]] std::optional<std::size_t> slab_count(
        const store::RemoteObject& object) const override;
    Json wallet() override;
    Json contracts() override;

  private:
    HubSia& sia_;
    std::unique_ptr<http::Client> client_;
    std::optional<sia::indexd::AdminApi> admin_;
};

}  // namespace siahub::app
