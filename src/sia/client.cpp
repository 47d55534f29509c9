#include "sia/client.hpp"

#include "core/random.hpp"
#include "sia/transfer/host_probe.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace siahub::sia {

namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::size_t kPinTries = 4;
constexpr std::chrono::milliseconds kPinPause{250};  // doubles
// An indexd that takes longer is as good as away.
constexpr std::chrono::seconds kPatience{30};
// After a failure the list of hosts is read again, but not more often than this.
constexpr std::chrono::seconds kHostsAtMostEvery{10};

Result<void> check_bodies(const std::vector<PutBody>& bodies) {
    for (const auto& body : bodies) {
        if (body.size == 0) return fail(Code::invalid_argument, "An object on Sia is never empty.");
        if (body.metadata.size() > kMaxMetadata)
            return fail(Code::invalid_argument, "The metadata of an object is too long.");
    }
    return {};
}

}  // namespace

// Pins every slab when its last shard is stored.
class Client::Pinner final : public SlabListener {
  public:
    explicit Pinner(Client& client) : client_(client) {}
    Task<Result<void>> stored(const Slab& slab) override {
        slabs_.push_back(slab_id(slab));
        return client_.pin_slabs({slab});
    }
    // Those that no object uses: indexd keeps the others. What cannot be told now is for prune().
    Task<void> give_back() {
        for (const auto& id : slabs_)
            static_cast<void>(co_await client_.api_->unpin_slab(id));
    }

  private:
    Client& client_;
    std::vector<Hash256> slabs_;
};

Client::Client(ClientOptions options, const Ed25519PrivateKey& app_key, WorkPool& work,
               const Clock& clock)
    : options_(std::move(options)),
      app_key_(app_key),
      io_(1),
      deadlines_(io_.context(0), std::chrono::milliseconds(100)),
      host_clients_(io_.context(0).get_executor(), deadlines_, app_key, clock, options_.hosts),
      pool_(host_clients_, work, clock),
      transfers_(io_.context(0).get_executor(), pool_, work, options_.transfer) {
    asio::co_spawn(io_.context(0), deadlines_.run(),
                   [this](const std::exception_ptr&) { deadlines_over_.set_value(); });
}

Result<std::unique_ptr<Client>> Client::open(ClientOptions options,
                                             const Ed25519PrivateKey& app_key, WorkPool& work,
                                             const Clock& clock) {
    TRY(check_redundancy(options.transfer.redundancy));
    std::unique_ptr<Client> client(new Client(std::move(options), app_key, work, clock));
    http::ClientOptions http;
    http.head_timeout = kPatience;
    client->http_ = TRY(http::Client::open(client->io_, http));
    client->api_ =
        TRY(indexd::AppApi::open(*client->http_, client->options_.indexd, app_key, clock));
    client->io_.start();
    client->started_ = true;
    return client;
}

Client::~Client() {
    stop();
}

void Client::stop() {
    if (std::exchange(stopped_, true)) return;
    if (started_)
        asio::post(io_.context(0),
                   [this] { stop_renewing_.emit(asio::cancellation_type::terminal); });
    gate_.wait();
    if (started_) {
        asio::post(io_.context(0), [this] { host_clients_.stop(); });
        host_clients_.wait();
        http_.reset();
        asio::post(io_.context(0), [this] { deadlines_.stop(); });
        deadlines_over_.get_future().wait();
    }
    io_.stop();
}

template <class T>
Task<T> Client::on_own_thread(Task<T> task) {
    const net::Gate::Pass pass(gate_);
    co_return co_await asio::co_spawn(io_.context(0), std::move(task), asio::use_awaitable);
}

Task<Result<std::vector<SealedObject>>> Client::put(std::vector<PutBody> bodies) {
    return on_own_thread(do_put(std::move(bodies)));
}

Task<Result<std::vector<SealedObject>>> Client::do_put(std::vector<PutBody> bodies) {
    CO_TRY(check_bodies(bodies));
    CO_TRY(co_await have_hosts());
    if (pool_.good_for_upload() < options_.transfer.redundancy.total)
        CO_TRY(co_await renew_hosts(kHostsAtMostEvery));
    std::vector<UploadBody> uploads;
    for (const auto& body : bodies) {
        uploads.push_back({{}, body.size, body.source});
        fill_random(uploads.back().data_key.bytes);
    }
    Pinner pinner(*this);
    auto sealed = co_await store(bodies, uploads, pinner);
    if (!sealed) co_await pinner.give_back();
    co_return sealed;
}

Task<Result<std::vector<SealedObject>>> Client::store(std::vector<PutBody>& bodies,
                                                      std::vector<UploadBody>& uploads,
                                                      Pinner& pinner) {
    PackedUpload upload(transfers_, uploads, pinner);
    auto slices = CO_TRY(co_await upload.run());
    std::vector<SealedObject> sealed;
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        Object object;
        object.data_key = uploads[i].data_key;
        object.slabs = std::move(slices[i]);
        object.metadata = std::move(bodies[i].metadata);
        sealed.push_back(seal(object, app_key_));
        CO_TRY(co_await pin_object(sealed.back()));
    }
    co_return sealed;
}

Task<Result<void>> Client::pin_slabs(std::vector<Slab> slabs) {
    auto pause = kPinPause;
    for (std::size_t i = 1;; ++i, pause *= 2) {
        const auto ids = co_await api_->pin_slabs(slabs);
        if (!ids && (!ids.error().is_transient() || i == kPinTries)) co_return Failure(ids.error());
        if (ids) {
            for (std::size_t s = 0; s < slabs.size(); ++s)
                if (s >= ids->size() || (*ids)[s] != slab_id(slabs[s]))
                    co_return fail(Code::internal, "indexd pinned a slab under another id.");
            co_return Result<void>{};
        }
        co_await sleep_for(pause);
    }
}

Task<Result<void>> Client::pin_object(SealedObject object) {
    auto pause = kPinPause;
    for (std::size_t i = 1;; ++i, pause *= 2) {
        const auto pinned = co_await api_->pin_object(object);
        if (pinned) co_return Result<void>{};
        const bool unpinned = pinned.error().failure == indexd::Failure::unpinned_slab;
        if (i == kPinTries || (!unpinned && !pinned.error().is_transient()))
            co_return Failure(pinned.error());
        if (unpinned) {
            std::vector<Slab> slabs;
            slabs.reserve(object.slabs.size());
            for (const auto& slice : object.slabs)
                slabs.push_back(slice.slab);
            CO_TRY(co_await pin_slabs(std::move(slabs)));
        } else {
            co_await sleep_for(pause);
        }
    }
}

Result<Object> Client::unseal(const SealedObject& sealed) const {
    return sia::open(sealed, app_key_);
}

std::unique_ptr<ObjectReader> Client::read(Object object, std::uint64_t offset,
                                           std::uint64_t length) {
    auto pipe =
        std::make_shared<ObjectReader::Pipe>(net::Gate::Pass(gate_), io_.context(0).get_executor());
    asio::post(io_.context(0), [this, object = std::move(object), offset, length, pipe]() mutable {
        asio::co_spawn(
            pipe->fetcher, fetch_into(*this, std::move(object), offset, length, pipe),
            asio::bind_cancellation_slot(pipe->cancel.slot(), [pipe](const std::exception_ptr&) {
                pipe->over = true;
                // Later: the end of the task still uses its slot.
                asio::post(pipe->fetcher, [pipe] {});
            }));
    });
    return std::make_unique<ObjectReader>(std::move(pipe));
}

Task<void> Client::fetch_into(Client& client, Object object, std::uint64_t offset,
                              std::uint64_t length, std::shared_ptr<ObjectReader::Pipe> pipe) {
    Result<void> outcome = fail(Code::connection_closed, "Reading the object was cancelled.");
    std::exception_ptr failure;
    try {
        outcome = co_await client.fetch(std::move(object), offset, length, *pipe);
    } catch (...) {
        failure = std::current_exception();
    }
    pipe->finish(std::move(outcome));
    if (failure) std::rethrow_exception(failure);
}

Task<Result<void>> Client::fetch(Object object, std::uint64_t offset, std::uint64_t length,
                                 ByteSink& sink) {
    CO_TRY(co_await have_hosts());
    const auto end = offset + length;
    for (bool again = true;; again = false) {
        ObjectDownload download(transfers_, object, offset, end - offset);
        auto done = co_await download.run(sink);
        offset += download.delivered();
        if (done || done.error().code != Code::unavailable || !again) co_return done;
        // Repair may have moved the shards, perhaps to hosts that are new here.
        if (!co_await renew_hosts(kHostsAtMostEvery)) co_return done;
        auto found = co_await api_->object(object.id());
        if (!found || found->id() != object.id()) co_return done;
        object.slabs = std::move(found->slabs);
    }
}

Task<Result<Bytes>> Client::read_all(Object object, std::uint64_t offset, std::uint64_t length) {
    return on_own_thread(do_read_all(std::move(object), offset, length));
}

Task<Result<Bytes>> Client::do_read_all(Object object, std::uint64_t offset, std::uint64_t length) {
    MemorySink sink;
    CO_TRY(co_await fetch(std::move(object), offset, length, sink));
    co_return sink.take();
}

Task<Result<SealedObject>> Client::find(Hash256 id) {
    return on_own_thread(do_find(id));
}

Task<Result<SealedObject>> Client::do_find(Hash256 id) {
    auto found = CO_TRY(co_await api_->object(id));
    if (found.id() != id)
        co_return fail(Code::internal, "indexd answered with another object than was asked for.");
    co_return found;
}

Task<Result<void>> Client::remove(Hash256 id) {
    return on_own_thread(do_remove(id));
}

Task<Result<void>> Client::do_remove(Hash256 id) {
    const auto removed = co_await api_->delete_object(id);
    if (!removed && removed.error().failure != indexd::Failure::not_found)
        co_return Failure(removed.error());
    co_return Result<void>{};
}

Task<Result<std::vector<indexd::ObjectEvent>>> Client::list(indexd::EventCursor after,
                                                            std::size_t limit) {
    return on_own_thread(do_list(after, limit));
}

Task<Result<std::vector<indexd::ObjectEvent>>> Client::do_list(indexd::EventCursor after,
                                                               std::size_t limit) {
    co_return CO_TRY(co_await api_->events(after, limit));
}

Task<Result<void>> Client::prune(std::optional<std::int64_t> before) {
    return on_own_thread(do_prune(before));
}

Task<Result<void>> Client::do_prune(std::optional<std::int64_t> before) {
    CO_TRY(co_await api_->prune_slabs(before));
    co_return Result<void>{};
}

Task<indexd::ApiResult<indexd::Account>> Client::account() {
    return on_own_thread(do_account());
}

Task<indexd::ApiResult<indexd::Account>> Client::do_account() {
    return api_->account();
}

Task<Result<void>> Client::refresh_hosts() {
    return on_own_thread(do_refresh());
}

Task<Result<void>> Client::do_refresh() {
    co_return co_await renew_hosts(std::chrono::milliseconds(0));
}

Task<Result<void>> Client::have_hosts() {
    if (!hosts_read_) co_return co_await renew_hosts(options_.hosts_every);
    const bool old = SteadyClock::now() - *hosts_read_ >= options_.hosts_every;
    if (old && !std::exchange(renewing_, true))
        asio::co_spawn(io_.context(0), renew_meanwhile(*this, net::Gate::Pass(gate_)),
                       asio::bind_cancellation_slot(stop_renewing_.slot(), asio::detached));
    co_return Result<void>{};
}

Task<void> Client::renew_meanwhile(Client& client, net::Gate::Pass pass) {
    // Without an answer the old list serves on, and the next call asks again.
    try {
        static_cast<void>(co_await client.renew_hosts(client.options_.hosts_every));
    } catch (const boost::system::system_error&) {
        // Cancelled by stop().
    }
    client.renewing_ = false;
}

Task<Result<void>> Client::renew_hosts(std::chrono::milliseconds older_than) {
    const auto asked = SteadyClock::now();
    const auto fresh = [&] {
        return hosts_read_ && (*hosts_read_ >= asked || asked - *hosts_read_ < older_than);
    };
    if (fresh()) co_return Result<void>{};
    const auto turn = co_await refreshing_.lock();
    if (fresh()) co_return Result<void>{};
    auto listed = co_await api_->hosts();
    if (!listed) co_return Failure(listed.error());
    pool_.update(std::move(*listed));
    hosts_read_ = SteadyClock::now();
    co_return Result<void>{};
}

Task<Result<std::vector<HostPool::View>>> Client::hosts() {
    return on_own_thread(do_hosts());
}

Task<Result<std::vector<HostPool::View>>> Client::do_hosts() {
    CO_TRY(co_await have_hosts());
    co_return pool_.view();
}

Task<Result<std::vector<HostPool::View>>> Client::probe_hosts(std::chrono::milliseconds patience) {
    return on_own_thread(do_probe(patience));
}

Task<Result<std::vector<HostPool::View>>> Client::do_probe(std::chrono::milliseconds patience) {
    CO_TRY(co_await have_hosts());
    co_await sia::probe_hosts(pool_, patience);
    co_return pool_.view();
}

Task<Client::Load> Client::load() {
    return on_own_thread(do_load());
}

Task<Client::Load> Client::do_load() {
    co_return Load{transfers_.writes.inside(),
                   transfers_.writes.limit(),
                   transfers_.reads.inside(),
                   transfers_.reads.limit(),
                   transfers_.sectors.budget().in_use(),
                   transfers_.download_memory.in_use()};
}

}  // namespace siahub::sia
