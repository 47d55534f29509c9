#pragma once
// What the proxy asks SiaHub (cas/internal_api), each call with an internal token. Whether somebody
// may read or write the repository is settled before. Errors: unavailable, naming the address and
// the cause; not_found for a read token of a repository of which SiaHub has nothing. Thread-safe.

#include "auth/internal_token.hpp"
#include "hf_proxy/answers.hpp"
#include "hf_proxy/target.hpp"
#include "http/client.hpp"
#include "kv/ttl_cache.hpp"

#include <optional>
#include <string>
#include <vector>

namespace siahub::hf_proxy {

// A file of the repository that SiaHub holds.
struct HeldFile {
    std::string sha256;
    std::uint64_t size = 0;
    std::string xet_hash;
    std::string url;  // signed, for a while
};

struct WantedFile {
    std::string sha256;
    std::string name;
    std::string type;
};

class CasClient {
  public:
    CasClient(http::Client& client, http::Origin cas, const http::Origin& upstream,
              auth::LiveKeyRing keys, const Clock& clock);

    [[nodiscard]] std::string url() const { return cas_.url(); }

    // `expires` in Unix seconds; 0: as SiaHub likes.
    Task<Result<IssuedToken>> token(const RepoName& repo, std::string_view scope,
                                    std::int64_t expires);
    // Those that SiaHub has.
    Task<Result<std::vector<HeldFile>>> files(const RepoName& repo, std::vector<WantedFile> wanted);
    // Whether it has this one; known for kMemory. Its url may have expired.
    Task<Result<std::optional<HeldFile>>> has(const RepoName& repo, std::string_view sha256);

  private:
    static constexpr UnixMillis kMemory = 2'000;
    static constexpr std::size_t kRemembered = 16 * 1024;

    Task<Result<boost::json::object>> call(std::string_view route, boost::json::object body);
    [[nodiscard]] std::string key_of(const RepoName& repo) const;

    http::Client& client_;
    http::Origin cas_;
    std::string upstream_;  // "host:port"
    auth::InternalTokens tokens_;
    kv::TtlCache<std::string, std::shared_ptr<const HeldFile>> known_;  // null: it has not
};

}  // namespace siahub::hf_proxy
