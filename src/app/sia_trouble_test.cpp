#include "app/sia_trouble.hpp"

#include <gtest/gtest.h>

namespace siahub::app {
namespace {

using sia::HostFault;
using sia::HostPool;

std::vector<HostPool::View> hosts(std::initializer_list<std::optional<HostFault>> faults) {
    std::vector<HostPool::View> views;
    for (const auto& fault : faults)
        views.emplace_back().fault = fault;
    return views;
}

TEST(SiaTrouble, IsWhatMostHostsHaveAgainstTheAccount) {
    EXPECT_FALSE(account_trouble({}));
    EXPECT_FALSE(account_trouble(hosts({std::nullopt, HostFault::unreachable})));
    const auto clock =
        account_trouble(hosts({HostFault::not_enough_funds, HostFault::token_expired, std::nullopt,
                               HostFault::refused, HostFault::token_expired}));
    ASSERT_TRUE(clock);
    EXPECT_EQ(clock->fault, HostFault::token_expired);
    EXPECT_EQ(clock->hosts, 2U);
    EXPECT_TRUE(clock->cause.starts_with("2 of 5 hosts say")) << clock->cause;
    EXPECT_TRUE(clock->remedy.contains("clock")) << clock->remedy;
    EXPECT_TRUE(account_trouble(hosts({HostFault::not_enough_funds}))->remedy.contains("Siacoin"));
    EXPECT_TRUE(account_trouble(hosts({HostFault::token_refused}))->remedy.contains("app_key"));
}

TEST(SiaTrouble, NamesTheRemedyForIndexd) {
    using enum sia::indexd::Failure;
    EXPECT_TRUE(remedy_for(unreachable, "sia.indexd").contains("Start indexd"));
    EXPECT_TRUE(remedy_for(bad_signature, "sia.indexd").contains("clocks"));
    const auto unknown = remedy_for(unknown_key, "http://indexd");
    EXPECT_TRUE(unknown.contains("http://indexd is the indexd where")) << unknown;
    EXPECT_TRUE(unknown.contains("siahub sia connect")) << unknown;
}

}  // namespace
}  // namespace siahub::app
