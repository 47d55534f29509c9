#pragma once
// The object graph of a hub in one process, built from the bottom up and torn down in reverse.
// open() recovers what a crash left behind.

#include "cas/services.hpp"
#include "cas/sign_in.hpp"
#include "config/config.hpp"
#include "core/work_pool.hpp"
#include "db/database.hpp"
#include "hub/access.hpp"
#include "hub/account_removal.hpp"
#include "hub/accounts.hpp"
#include "hub/authenticator.hpp"
#include "hub/changes.hpp"
#include "hub/commits.hpp"
#include "hub/device_codes.hpp"
#include "hub/figures.hpp"
#include "hub/identities.hpp"
#include "hub/invitations.hpp"
#include "hub/keys.hpp"
#include "hub/listing.hpp"
#include "hub/mirrors.hpp"
#include "hub/password_hasher.hpp"
#include "hub/passwords.hpp"
#include "hub/preupload.hpp"
#include "hub/repos.hpp"
#include "hub/sessions.hpp"
#include "hub/sign_ups.hpp"
#include "hub/storage_view.hpp"
#include "hub/traffic.hpp"
#include "hub/tree_listing.hpp"
#include "hub/usage.hpp"
#include "hub/users.hpp"
#include "kv/shared_state.hpp"
#include "store/store.hpp"

namespace siahub::app {

class HubServices {
  public:
    static Result<std::unique_ptr<HubServices>> open(const config::Config& config,
                                                     const Clock& clock, const Log& log,
                                                     kv::SharedState& shared);
    HubServices(const config::Config& config, const Clock& clock, const Log& log,
                kv::SharedState& shared, std::unique_ptr<db::Database> database);
    HubServices(const HubServices&) = delete;
    HubServices& operator=(const HubServices&) = delete;
    // The server has stopped; tasks that outlive their request may still run on the I/O threads.
    void wait_for_background() { background_.wait(); }
    ~HubServices();

    [[nodiscard]] cas::Services services();
    db::Database& database() { return *database_; }
    store::Store& store() { return *store_; }
    hub::Authenticator& authenticator() { return authenticator_; }
    hub::Sessions& sessions() { return sessions_; }
    hub::Passwords& passwords() { return passwords_; }
    hub::Invitations& invitations() { return invitations_; }
    hub::DeviceCodes& devices() { return devices_; }
    hub::OauthStates& oauth_states() { return oauth_states_; }
    cas::SignIn& sign_in() { return sign_in_; }
    hub::SignUps& sign_ups() { return sign_ups_; }
    hub::Listing& listing() { return listing_; }
    hub::Traffic& traffic() { return traffic_; }
    hub::Figures& figures() { return figures_; }
    hub::StorageView& storage() { return storage_; }
    hub::TreeStore& trees() { return trees_; }
    hub::Files& files() { return files_; }
    kv::SharedState& shared() { return shared_; }
    const WorkPool& compute() const { return compute_; }
    const WorkPool& disk() const { return disk_; }
    const cas::Memory& memory() const { return memory_; }
    const cas::Refusals& refusals() const { return refusals_; }

  private:
    static constexpr std::size_t kTreeCacheBytes = 24 * 1024 * 1024;
    static constexpr std::size_t kFileCacheBytes = 16 * 1024 * 1024;

    const config::Config& config_;
    const Clock& clock_;
    const Log& log_;
    kv::SharedState& shared_;
    std::unique_ptr<db::Database> database_;
    WorkPool compute_, disk_;
    std::unique_ptr<store::Store> store_;
    std::optional<hub::SessionShare> session_share_;
    hub::Authenticator authenticator_;
    hub::Sessions sessions_;
    hub::Accounts accounts_;
    hub::Keys keys_;
    hub::PasswordHasher hasher_;
    hub::Passwords passwords_;
    hub::Invitations invitations_;
    hub::SignUps sign_ups_;
    hub::Users users_;
    hub::AccountRemoval removal_;
    hub::DeviceCodes devices_;
    hub::Identities identities_;
    hub::OauthStates oauth_states_;
    cas::SignIn sign_in_;
    hub::Access access_;
    hub::Listing listing_;
    hub::TreeStore trees_;
    hub::History history_;
    hub::Refs refs_;
    hub::Files files_;
    hub::TreeListing tree_listing_;
    hub::Preupload preupload_;
    hub::Commits commits_;
    hub::Repos repos_;
    hub::Traffic traffic_;
    hub::Mirrors mirrors_;
    hub::Figures figures_;
    hub::Changes changes_;
    hub::StorageView storage_;
    hub::Usage usage_;
    cas::Memory memory_;
    cas::Refusals refusals_;
    TaskGroup background_;
};

}  // namespace siahub::app
