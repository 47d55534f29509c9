#pragma once
// What operators read when Sia does not take this hub's calls: one sentence on what is wrong, one
// on what to do. Pure functions.

#include "sia/indexd/api_error.hpp"
#include "sia/transfer/host_pool.hpp"

namespace siahub::app {

// `where` names the address of indexd, or the setting that holds it.
std::string remedy_for(sia::indexd::Failure failure, std::string_view where);

// What most of the hosts that refuse this account have against it.
struct AccountTrouble {
    sia::HostFault fault{};
    std::size_t hosts = 0;
    std::string cause, remedy;
};
// nullopt: no host refuses it, or none was asked lately.
std::optional<AccountTrouble> account_trouble(const std::vector<sia::HostPool::View>& hosts);

}  // namespace siahub::app
