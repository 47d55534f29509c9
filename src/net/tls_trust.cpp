#include "net/tls_trust.hpp"

#include <boost/asio/ssl/context.hpp>

namespace siahub::net {

namespace ssl = boost::asio::ssl;

TlsTrust::TlsTrust(std::unique_ptr<ssl::context> context) : context_(std::move(context)) {}
TlsTrust::~TlsTrust() = default;

Result<std::shared_ptr<TlsTrust>> TlsTrust::load(const std::filesystem::path& extra_ca) {
    auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
    context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv3 |
                         ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
    context->set_verify_mode(ssl::verify_peer);
    boost::system::error_code error;
    // Without a single authority of the system every certificate is refused later, which says more.
    context->set_default_verify_paths(error);
    if (!extra_ca.empty()) {
        context->load_verify_file(extra_ca.string(), error);
        if (error)
            return fail(Code::invalid_argument, "There are no certificates in " +
                                                    extra_ca.string() + ": " + error.message());
    }
    return std::make_shared<TlsTrust>(std::move(context));
}

}  // namespace siahub::net
