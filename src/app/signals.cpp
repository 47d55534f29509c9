#include "app/signals.hpp"

#include <csignal>
#include <cstdlib>

namespace siahub::app {

Signals::Signals(const Log& log) : log_(log), signals_(io_, SIGINT, SIGTERM) {
    listen();
    thread_ = std::thread([this] { io_.run(); });
}

Signals::~Signals() {
    io_.stop();
    thread_.join();
}

void Signals::listen() {
    signals_.async_wait([this](const boost::system::error_code& error, int number) {
        if (!error) on_signal(number);
    });
}

void Signals::on_signal(int number) {
    if (received_) {
        log_.warn("ended_at_once", {{"signal", std::int64_t{number}}});
        constexpr int by_signal = 128;  // as a shell says it
        std::_Exit(by_signal + number);
    }
    received_ = true;
    first_.set_value();
    listen();
}

}  // namespace siahub::app
