#include "sia/test_support/network_under_test.hpp"

#include "core/encoding.hpp"
#include "sia/indexd/json_reader.hpp"

#include <fstream>
#include <future>
#include <iterator>

#include <boost/asio/detached.hpp>

namespace siahub::sia::testing {

NetworkUnderTest::NetworkUnderTest() : deadlines_(context_, std::chrono::milliseconds(10)) {
    const char* path = std::getenv("SIAHUB_SIA_NETWORK");  // NOLINT(concurrency-mt-unsafe)
    if (path != nullptr)
        read_description(path);
    else
        start_here();
}

NetworkUnderTest::~NetworkUnderTest() {
    if (indexd_) stop_here();
}

void NetworkUnderTest::read_description(const std::string& path) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto json = indexd::parse_json(text).value();
    indexd::JsonObject in(json, "the description of a network");
    app_url = in.required("app_url").text("app_url");
    admin_url = in.required("admin_url").text("admin_url");
    admin_password = in.required("admin_password").text("admin_password");
    connect_key = in.required("connect_key").text("connect_key");
    is_real_ = in.flag("real");
    hosts = json.at("hosts").as_array().size();
    Ed25519Seed seed{};
    if (!from_hex(in.required("app_key").text("app_key"), seed) || !in.status())
        throw std::runtime_error(path + " does not describe a Sia network");
    app_key.emplace(seed);
}

void NetworkUnderTest::start_here() {
    app_key.emplace(Ed25519PrivateKey::random());
    server_io_.emplace(1);
    server_io_->start();
    indexd_.emplace(*server_io_, clock_);
    if (const auto started = indexd_->start(); !started)
        throw std::runtime_error(started.error().message);
    indexd_->add_account(public_key_of(*app_key));
    asio::co_spawn(context_, deadlines_.run(), asio::detached);
    for (int i = 0; i < kHosts; ++i) {
        auto& host = test_hosts_.emplace_back(context_, deadlines_, i + 1);
        host.start();
        indexd_->add_host(host.host());
    }
    thread_ = std::jthread([this] { context_.run(); });
    app_url = indexd_->app_url();
    admin_url = indexd_->admin_url();
    admin_password = FakeIndexd::kPassword;
    connect_key = FakeIndexd::kConnectKey;
    hosts = kHosts;
}

void NetworkUnderTest::stop_here() {
    asio::post(context_, [this] {
        for (auto& host : test_hosts_)
            host.stop();
        deadlines_.stop();
    });
    thread_.join();
    indexd_.reset();
    server_io_->stop();
}

}  // namespace siahub::sia::testing
