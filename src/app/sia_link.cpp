#include "app/sia_link.hpp"

namespace siahub::app {
namespace {

// What slabs on their way to the hosts may take: with the cache of downloads, less than 512 MiB.
constexpr std::size_t kUploadMemory = std::size_t{256} << 20;
constexpr std::size_t kDownloadMemory = std::size_t{96} << 20;

sia::ClientOptions options_for(const config::Sia& config) {
    sia::ClientOptions options;
    options.indexd.url = config.indexd;
    options.indexd.advertised_authority = config.advertised;
    auto& transfer = options.transfer;
    transfer.redundancy = {.data = config.data_shards, .total = config.total_shards};
    transfer.slabs_in_memory =
        std::max<std::size_t>(1, kUploadMemory / (config.total_shards * sia::kSectorSize));
    transfer.download_memory = kDownloadMemory;
    return options;
}

}  // namespace

Result<std::unique_ptr<SiaLink>> SiaLink::open(const config::Sia& config, WorkPool& work,
                                               const Clock& clock) {
    if (config.indexd.empty()) return nullptr;
    Ed25519Seed seed;
    if (!from_hex(config.app_key, seed))
        return fail(Code::invalid_argument, "sia.app_key is not 64 hex digits");
    auto options = options_for(config);
    const auto redundancy = options.transfer.redundancy;
    auto client = TRY(sia::Client::open(std::move(options), Ed25519PrivateKey(seed), work, clock));
    return std::make_unique<SiaLink>(std::move(client), redundancy);
}

SiaLink::SiaLink(std::unique_ptr<sia::Client> client, sia::Redundancy redundancy)
    : client_(std::move(client)),
      redundancy_(redundancy),
      bodies_(*client_, redundancy.slab_bytes()) {}

}  // namespace siahub::app
