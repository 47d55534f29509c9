#pragma once
// What the commands of `siahub sia` work with: indexd's application API for the app key that the
// command line names. Tasks run on one thread of its own, and run() waits for one of them.

#include "app/command.hpp"
#include "http/client.hpp"
#include "sia/indexd/app_api.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace siahub::app {

class SiaSession {
  public:
    // invalid_argument: no address or no key, or not in the form that they have.
    static Result<std::unique_ptr<SiaSession>> open(const Arguments& arguments);
    ~SiaSession();
    SiaSession(const SiaSession&) = delete;
    SiaSession& operator=(const SiaSession&) = delete;

    [[nodiscard]] const sia::indexd::AppApi& api() const { return *api_; }
    [[nodiscard]] const Ed25519PrivateKey& key() const { return key_; }
    [[nodiscard]] const std::string& url() const { return url_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    [[nodiscard]] net::IoThreads& io() { return io_; }

    template <class T>
    T run(Task<T> task) {
        return asio::co_spawn(io_.context(0), std::move(task), asio::use_future).get();
    }

  private:
    SiaSession(std::string url, Ed25519PrivateKey key);

    std::string url_;
    Ed25519PrivateKey key_;
    SystemClock clock_;
    net::IoThreads io_{1};
    std::unique_ptr<http::Client> client_;
    std::optional<sia::indexd::AppApi> api_;
};

// The flags that open() reads, and those of the command.
std::vector<FlagSpec> sia_flags(std::vector<FlagSpec> more = {});

}  // namespace siahub::app
