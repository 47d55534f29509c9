#pragma once
// Whom connections that this program opens over TLS believe: the system's certificate authorities,
// and those of one more PEM file where a deployment has its own. Certificates and host names are
// always verified; TLS 1.2 is the oldest version. Thread-safe, shared by all connections.

#include "core/result.hpp"

#include <filesystem>
#include <memory>

namespace boost::asio::ssl {
class context;
}  // namespace boost::asio::ssl

namespace siahub::net {

class TlsTrust {
  public:
    // `extra_ca` may be empty. Errors: invalid_argument, naming the file.
    static Result<std::shared_ptr<TlsTrust>> load(const std::filesystem::path& extra_ca);
    explicit TlsTrust(std::unique_ptr<boost::asio::ssl::context> context);
    ~TlsTrust();
    [[nodiscard]] boost::asio::ssl::context& context() { return *context_; }

  private:
    std::unique_ptr<boost::asio::ssl::context> context_;
};

}  // namespace siahub::net
