#pragma once
// What the commands of `siahub sia` work with: indexd's application API for the app key that the
// command line names. Tasks run on one thread of its own, and run() waits for one of them.

#include "app/command.hpp"
#include "http/client.hpp"
#include "sia/indexd/app_api.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace siahub::app {

// Of a flag that may come from a file ("--app-key-file FILE"), without the end of its line; nullopt
// when neither is given. Errors: the file cannot be read.
Result<std::optional<std::string>> secret_flag(const Arguments& arguments, std::string_view name);

// Whom the command line names.
struct SiaAccess {
    sia::indexd::AppApiOptions indexd;
    Ed25519PrivateKey key;
};
// invalid_argument: no address or no key, or not in the form that they have.
Result<SiaAccess> sia_access(const Arguments& arguments);

class SiaSession {
  public:
    // invalid_argument, as above.
    static Result<std::unique_ptr<SiaSession>> open(const Arguments& arguments);
    static Result<std::unique_ptr<SiaSession>> open(const SiaAccess& access);
    ~SiaSession();
    SiaSession(const SiaSession&) = delete;
    SiaSession& operator=(const SiaSession&) = delete;

    [[nodiscard]] const sia::indexd::AppApi& api() const { return *api_; }
    [[nodiscard]] http::Client& client() { return *client_; }
    [[nodiscard]] const std::string& url() const { return access_.indexd.url; }
    [[nodiscard]] const SiaAccess& access() const { return access_; }

    template <class T>
    T run(Task<T> task) {
        return asio::co_spawn(io_.context(0), std::move(task), asio::use_future).get();
    }

  private:
    explicit SiaSession(SiaAccess access);

    const SiaAccess access_;
    SystemClock clock_;
    net::IoThreads io_{1};
    std::unique_ptr<http::Client> client_;
    std::optional<sia::indexd::AppApi> api_;
};

// The flags that sia_access() reads, and those of the command.
std::vector<FlagSpec> sia_flags(std::vector<FlagSpec> more = {});

}  // namespace siahub::app
