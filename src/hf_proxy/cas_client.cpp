#include "hf_proxy/cas_client.hpp"

#include <boost/json.hpp>

namespace siahub::hf_proxy {
namespace json = boost::json;
namespace {

constexpr std::size_t kMaxAnswer = 4 * 1024 * 1024;
constexpr std::string_view kTokenRoute = "/internal/xet-token";
constexpr std::string_view kFilesRoute = "/internal/mirror-files";

std::string string_in(const json::object& object, std::string_view name) {
    const auto* const value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::int64_t number_in(const json::object& object, std::string_view name) {
    const auto* const value = object.if_contains(name);
    return value != nullptr && value->is_int64() ? value->get_int64() : -1;
}

json::object parse_object(std::string_view text) {
    boost::system::error_code error;
    auto value = json::parse(json::string_view(text.data(), text.size()), error);
    if (error || !value.is_object()) return {};
    return std::move(value.get_object());
}

}  // namespace

CasClient::CasClient(http::Client& client, http::Origin cas, const http::Origin& upstream,
                     auth::LiveKeyRing keys, const Clock& clock)
    : client_(client),
      cas_(std::move(cas)),
      upstream_(upstream.authority()),
      tokens_(std::move(keys), clock),
      known_(clock, kRemembered, kMemory) {}

std::string CasClient::key_of(const RepoName& repo) const {
    return upstream_ + "/" + repo.path();
}

Task<Result<json::object>> CasClient::call(std::string_view route, json::object body) {
    http::ClientRequest request;
    request.method = "POST";
    request.origin = cas_;
    request.target = route;
    request.headers.add("Authorization", "Bearer " + tokens_.sign("POST " + std::string(route)));
    request.headers.add("Content-Type", "application/json");
    request.body = json::serialize(body);
    const auto named = [this](const Error& error) {
        return std::unexpected(Error{error.code == Code::not_found ? error.code : Code::unavailable,
                                     "SiaHub at " + cas_.url() + ": " + error.message});
    };
    auto answer = co_await client_.send(std::move(request));
    if (!answer) co_return named(answer.error());
    auto text = co_await answer->body->read_all(kMaxAnswer);
    if (!text) co_return named(text.error());
    auto object = parse_object(*text);
    if (answer->status == 200) co_return object;
    auto cause = string_in(object, "error");
    if (cause.empty()) cause = "it answered with status " + std::to_string(answer->status);
    const auto code =
        answer->status == 404 && object.contains("error") ? Code::not_found : Code::unavailable;
    co_return named({code, std::move(cause)});
}

Task<Result<IssuedToken>> CasClient::token(const RepoName& repo, std::string_view scope,
                                           std::int64_t expires) {
    json::object body{{"repository", key_of(repo)}, {"scope", scope}};
    if (expires > 0) body["expires"] = expires;
    const auto answer = CO_TRY(co_await call(kTokenRoute, std::move(body)));
    IssuedToken token{string_in(answer, "accessToken"), number_in(answer, "exp")};
    if (token.text.empty() || token.expires < 0)
        co_return fail(Code::unavailable, "SiaHub at " + cas_.url() + ": it gave no token");
    co_return token;
}

Task<Result<std::vector<HeldFile>>> CasClient::files(const RepoName& repo,
                                                     std::vector<WantedFile> wanted) {
    json::array asked;
    for (auto& file : wanted) {
        json::object fields{{"sha256", file.sha256}};
        if (!file.name.empty()) fields["name"] = file.name;
        if (!file.type.empty()) fields["type"] = file.type;
        asked.push_back(std::move(fields));
    }
    const auto answer = CO_TRY(
        co_await call(kFilesRoute, {{"repository", key_of(repo)}, {"files", std::move(asked)}}));
    std::vector<HeldFile> held;
    const auto* const files = answer.if_contains("files");
    if (files == nullptr || !files->is_array()) co_return held;
    for (const auto& item : files->get_array()) {
        if (!item.is_object()) continue;
        const auto& fields = item.get_object();
        const auto size = number_in(fields, "size");
        if (size < 0) continue;
        held.push_back({string_in(fields, "sha256"), static_cast<std::uint64_t>(size),
                        string_in(fields, "xetHash"), string_in(fields, "url")});
    }
    co_return held;
}

Task<Result<std::optional<HeldFile>>> CasClient::has(const RepoName& repo,
                                                     std::string_view sha256) {
    const auto key = key_of(repo) + "/" + std::string(sha256);
    if (const auto known = known_.get(key)) {
        if (*known == nullptr) co_return std::nullopt;
        co_return **known;
    }
    std::vector<WantedFile> wanted(1);
    wanted.front().sha256 = sha256;
    auto held = CO_TRY(co_await files(repo, std::move(wanted)));
    if (held.empty()) {
        known_.put(key, nullptr);
        co_return std::nullopt;
    }
    known_.put(key, std::make_shared<const HeldFile>(held.front()));
    co_return std::move(held.front());
}

}  // namespace siahub::hf_proxy
