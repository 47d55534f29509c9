#pragma once
// Objects on Sia, through indexd and straight from hosts: put, get by range, delete, list. The
// client has an I/O thread of its own, on which connections to hosts and to indexd live; its
// functions may be called from any executor and cancelled, and several may run at once. The list of
// hosts is read again when it is old, and an object whose hosts have changed is looked up again.
// stop() before destruction, not on an I/O thread, waits for connections; calls and readers must
// have ended.
//
// Errors: unavailable (indexd or too many hosts are away: try again later), invalid_credentials
// (indexd does not know the app key), not_found, and those of the parts (sia/indexd, sia/transfer).

#include "core/work_pool.hpp"
#include "net/gate.hpp"
#include "sia/indexd/app_api.hpp"
#include "sia/object_reader.hpp"
#include "sia/rhp4/host_clients.hpp"
#include "sia/transfer/object_download.hpp"
#include "sia/transfer/packed_upload.hpp"

#include <future>

namespace siahub::sia {

struct ClientOptions {
    indexd::AppApiOptions indexd;
    TransferOptions transfer;
    rhp4::ClientOptions hosts;
    std::chrono::milliseconds hosts_every = std::chrono::minutes(10);
};

// One of several bodies that are put together.
struct PutBody {
    std::uint64_t size = 0;        // not 0: indexd keeps no empty objects
    ByteSource* source = nullptr;  // read on the client's thread; outlives the call
    Bytes metadata;                // at most kMaxMetadata bytes, encrypted with the object
};

class Client {
  public:
    // invalid_argument: an address that is none, or redundancy that indexd would refuse. Contacts
    // nobody. The pool and the clock outlive the client.
    static Result<std::unique_ptr<Client>> open(ClientOptions options,
                                                const Ed25519PrivateKey& app_key, WorkPool& work,
                                                const Clock& clock);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    void stop();  // idempotent

    // Stores bodies one after the other in common slabs and pins them. What is returned is pinned
    // and readable; after an error slabs of no object are given back, or left to prune() when
    // indexd does not answer, and objects that were pinned already stay: list() finds them.
    Task<Result<std::vector<SealedObject>>> put(std::vector<PutBody> bodies);

    // Nothing is fetched before the first next(). Beyond the object: range_not_satisfiable from it.
    std::unique_ptr<ObjectReader> read(Object object, std::uint64_t offset, std::uint64_t length);
    // The same, in memory.
    Task<Result<Bytes>> read_all(Object object, std::uint64_t offset, std::uint64_t length);
    // Of a sealed object that the caller has kept.
    [[nodiscard]] Result<Object> unseal(const SealedObject& sealed) const;

    Task<Result<SealedObject>> find(Hash256 id);
    // No error when there is none. Its slabs are unpinned when no other object uses them.
    Task<Result<void>> remove(Hash256 id);
    // Changes behind the cursor, oldest first (see AppApi::events).
    Task<Result<std::vector<indexd::ObjectEvent>>> list(indexd::EventCursor after,
                                                        std::size_t limit);
    // Unpins slabs of no object that are older than `before` (Unix seconds).
    Task<Result<void>> prune(std::optional<std::int64_t> before);

    Task<indexd::ApiResult<indexd::Account>> account();
    Task<Result<void>> refresh_hosts();
    // Hosts with what is known of them.
    Task<Result<std::vector<HostPool::View>>> hosts();
    // The same, after every host was asked for a sector that nobody has: who answers that it does
    // not have it takes calls of this account. Counts against the hosts: for diagnosis.
    Task<Result<std::vector<HostPool::View>>> probe_hosts(std::chrono::milliseconds patience);

    struct Load {
        std::size_t writes = 0, writes_limit = 0, reads = 0, reads_limit = 0;
        std::size_t upload_bytes = 0, download_bytes = 0;
    };
    Task<Load> load();

  private:
    Client(ClientOptions options, const Ed25519PrivateKey& app_key, WorkPool& work,
           const Clock& clock);
    template <class T>
    Task<T> on_own_thread(Task<T> task);

    class Pinner;

    Task<Result<std::vector<SealedObject>>> do_put(std::vector<PutBody> bodies);
    Task<Result<std::vector<SealedObject>>> store(std::vector<PutBody>& bodies,
                                                  std::vector<UploadBody>& uploads, Pinner& pinner);
    Task<Result<void>> pin_slabs(std::vector<Slab> slabs);
    Task<Result<void>> pin_object(SealedObject object);
    // The pipe keeps the client alive.
    static Task<void> fetch_into(Client& client, Object object, std::uint64_t offset,
                                 std::uint64_t length, std::shared_ptr<ObjectReader::Pipe> pipe);
    Task<Result<void>> fetch(Object object, std::uint64_t offset, std::uint64_t length,
                             ByteSink& sink);
    Task<Result<Bytes>> do_read_all(Object object, std::uint64_t offset, std::uint64_t length);
    Task<Result<SealedObject>> do_find(Hash256 id);
    Task<Result<void>> do_remove(Hash256 id);
    Task<Result<std::vector<indexd::ObjectEvent>>> do_list(indexd::EventCursor after,
                                                           std::size_t limit);
    Task<Result<void>> do_prune(std::optional<std::int64_t> before);
    Task<indexd::ApiResult<indexd::Account>> do_account();
    Task<Result<void>> do_refresh();
    // Waits for a list only when there is none; an old one is replaced meanwhile.
    Task<Result<void>> have_hosts();
    // Waits for one that is not older than that.
    Task<Result<void>> renew_hosts(std::chrono::milliseconds older_than);
    static Task<void> renew_meanwhile(Client& client, net::Gate::Pass pass);
    Task<Result<std::vector<HostPool::View>>> do_hosts();
    Task<Result<std::vector<HostPool::View>>> do_probe(std::chrono::milliseconds patience);
    Task<Load> do_load();

    const ClientOptions options_;
    const Ed25519PrivateKey app_key_;
    net::IoThreads io_;
    std::unique_ptr<http::Client> http_;
    std::optional<indexd::AppApi> api_;
    net::Deadlines deadlines_;
    rhp4::HostClients host_clients_;
    HostPool pool_;
    Transfers transfers_;
    net::Gate gate_;
    AsyncMutex refreshing_;
    std::optional<TimePoint> hosts_read_;
    bool renewing_ = false;  // meanwhile
    asio::cancellation_signal stop_renewing_;
    bool started_ = false, stopped_ = false;
    std::promise<void> deadlines_over_;
};

}  // namespace siahub::sia
