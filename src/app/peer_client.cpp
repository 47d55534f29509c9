#include "app/peer_client.hpp"

namespace siahub::app {

Result<std::unique_ptr<http::Client>> open_peer_client(net::IoThreads& io) {
    using std::chrono::seconds;
    http::ClientOptions options;
    options.connect_timeout = seconds(3);
    options.head_timeout = seconds(8);
    options.stall_timeout = seconds(15);
    return http::Client::open(io, std::move(options));
}

}  // namespace siahub::app
