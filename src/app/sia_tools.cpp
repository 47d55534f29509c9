#include "app/sia_tools.hpp"

#include <thread>

namespace siahub::app {

SiaTools::SiaTools() : compute_(std::max(1U, std::thread::hardware_concurrency())) {
    io_.start();
}

SiaTools::~SiaTools() {
    link_.reset();
    compute_.stop();
    disk_.stop();
    io_.stop();
}

Result<std::unique_ptr<SiaTools>> SiaTools::open(const config::Sia& config) {
    auto tools = std::make_unique<SiaTools>();
    tools->link_ = TRY(SiaLink::open(config, tools->compute_, tools->clock_));
    if (!tools->link_)
        return fail(Code::invalid_argument,
                    "No indexd is named: give sia.indexd and sia.app_key (docs/sia.md)");
    return tools;
}

}  // namespace siahub::app
