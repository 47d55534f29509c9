#include "sia/rhp4/host_link.hpp"

namespace siahub::sia::rhp4 {

HostLink::HostLink(mux::Connection::Home home, const mux::ConnectionOptions& options,
                   const Limits& limits)
    : reads(limits.reads), writes(limits.writes), home_(std::move(home)), options_(options) {}

Task<Result<HostLink::Dialled>> HostLink::connection(const Host& host) {
    if (usable()) co_return Dialled{.connection = current_};
    const auto failures_before = failures_;
    const auto turn = co_await dialling_.lock();
    if (usable()) co_return Dialled{.connection = current_};
    if (stopped_) co_return fail(Code::unavailable, "The connections to hosts are shut down.");
    if (failures_ > failures_before) co_return std::unexpected(last_failure_);
    auto dialled = co_await dial(host);
    if (!dialled) {
        ++failures_;
        last_failure_ = dialled.error();
        co_return std::unexpected(std::move(dialled).error());
    }
    current_ = *dialled;
    ++dialled_;
    if (stopped_) current_->close({Code::connection_closed, "The connection is shut down."});
    co_return Dialled{.connection = current_, .fresh = true};
}

Task<Result<std::shared_ptr<mux::Connection>>> HostLink::dial(const Host& host) {
    Error failure{Code::unavailable, "The host announces no siamux address."};
    for (const auto& announced : host.addresses) {
        if (announced.protocol != "siamux") continue;
        const auto address = mux::parse_address(announced.address);
        if (!address) {
            failure = address.error();
            continue;
        }
        auto dialled = co_await mux::Connection::dial(home_, *address, host.key, options_);
        if (dialled) co_return std::move(*dialled);
        failure = dialled.error();
    }
    co_return std::unexpected(std::move(failure));
}

void HostLink::stop() {
    stopped_ = true;
    if (current_) current_->close({Code::connection_closed, "The connection is shut down."});
}

}  // namespace siahub::sia::rhp4
