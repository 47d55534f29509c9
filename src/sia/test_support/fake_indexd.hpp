#pragma once
// An indexd without contracts, hosts' scans and a database, that speaks both HTTP APIs as the real
// one does and can be told to fail. For tests, and for the local network under tests/sia_net. Its
// members may be used from any thread; stop() and the destructor not on an I/O thread.

#include "core/log.hpp"
#include "http/server.hpp"
#include "sia/test_support/indexd_model.hpp"

#include <mutex>

namespace siahub::sia::testing {

// What happens to requests whose path begins with `path`.
struct IndexdFault {
    std::string path{};
    std::chrono::milliseconds delay{0};  // before anything else
    unsigned status = 0;                 // instead of an answer; 0: answers
    std::string text{};                  // "app storage limit exceeded"
    bool after = false;       // does what is asked, and then answers `status` all the same
    std::uint64_t times = 0;  // 0: until it is taken back
};

class FakeIndexd {
  public:
    static constexpr std::string_view kPassword = "admin password";
    static constexpr std::string_view kConnectKey = "connect key of tests";  // five uses

    FakeIndexd(net::IoThreads& io, const Clock& clock);
    ~FakeIndexd();
    FakeIndexd(const FakeIndexd&) = delete;
    FakeIndexd& operator=(const FakeIndexd&) = delete;

    // Listens, on the ports of before when it has listened before. Connection requests and alerts
    // are forgotten as by a restart; what the model holds is kept.
    Result<void> start();
    void stop();

    [[nodiscard]] std::string app_url() const;
    [[nodiscard]] std::string admin_url() const;

    void add_host(Host host);
    // An account that may pin as much as the default quota allows.
    void add_account(const PublicKey& account);
    void set_fault(IndexdFault fault);
    void clear_faults();
    [[nodiscard]] std::uint64_t requests(std::string_view path) const;  // that begin with it

    // With the lock held: `use` gets the model.
    template <class Use>
    auto with_model(Use use) {
        const std::scoped_lock lock(mutex_);
        return use(model_);
    }

  private:
    struct Answer {
        unsigned status = 200;
        std::string text;  // JSON, or plain text of an error
    };
    struct Request {
        const http::Request& http;
        std::string body;
        PublicKey key;  // who signed it

        [[nodiscard]] std::string capture(std::size_t index) const;
        // 1 to 500; Go's answer to anything else is a 400.
        Ruled<std::pair<std::size_t, std::size_t>> page() const;
    };
    struct Pending {  // a connection that waits for its approval
        PublicKey ephemeral;
        indexd::AppInfo app;
        std::string connect_key;
        Hash256 secret;
        bool approved = false, reconnecting = false;
    };
    using Act = Answer (FakeIndexd::*)(const Request&);
    enum class Who { account, anyone_signed, anyone, admin };

    void add_app_routes();
    void add_admin_routes();
    void add(http::Router& router, http::Method method, std::string_view pattern, Who who, Act act);
    Task<http::Response> handle(http::Request& request, Who who, Act act);
    Answer act_on(const Request& request, Who who, Act act);
    std::optional<Answer> refuse_stranger(Request& request, Who who) const;
    std::optional<IndexdFault> take_fault(std::string_view path);

    template <class T>
    static Answer rendered(const Ruled<T>& outcome);
    static Answer refused(const Refusal& refusal);

    Answer check(const Request& request);
    Answer account(const Request& request);
    Answer usable_hosts(const Request& request);
    Answer pin_slabs(const Request& request);
    Answer prune(const Request& request);
    Answer slab(const Request& request);
    Answer slabs(const Request& request);
    Answer unpin(const Request& request);
    Answer pin_object(const Request& request);
    Answer object(const Request& request);
    Answer delete_object(const Request& request);
    Answer events(const Request& request);

    Answer connect(const Request& request);
    Answer approve(const Request& request);
    Answer connect_status(const Request& request);
    Answer register_key(const Request& request);

    Answer state(const Request& request);
    Answer quotas(const Request& request);
    Answer put_quota(const Request& request);
    Answer delete_quota(const Request& request);
    Answer connect_keys(const Request& request);
    Answer add_connect_key(const Request& request);
    Answer delete_connect_key(const Request& request);
    Answer register_app(const Request& request);
    Answer admin_accounts(const Request& request);
    Answer limit_account(const Request& request);
    Answer admin_hosts(const Request& request);
    Answer contracts(const Request& request);
    Answer wallet(const Request& request);
    Answer alerts(const Request& request);
    Answer contract_stats(const Request& request);
    Answer sector_stats(const Request& request);
    Answer host_stats(const Request& request);
    Answer account_stats(const Request& request);

    net::IoThreads& io_;
    const Clock& clock_;
    Log log_{Log::Level::off};
    http::Router app_routes_, admin_routes_;
    std::unique_ptr<http::Server> app_, admin_;
    std::uint16_t app_port_ = 0, admin_port_ = 0;

    mutable std::mutex mutex_;  // for what follows
    IndexdModel model_;
    std::map<std::string, Pending> pending_;
    std::vector<IndexdFault> faults_;
    std::vector<std::string> seen_;
};

}  // namespace siahub::sia::testing
