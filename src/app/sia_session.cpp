#include "app/sia_session.hpp"

#include <cstdlib>
#include <fstream>

namespace siahub::app {
namespace {

constexpr const char* kUrlVariable = "SIAHUB_SIA_INDEXD";
constexpr const char* kKeyVariable = "SIAHUB_SIA_APP_KEY";

Result<std::string> setting(const Arguments& arguments, std::string_view flag, const char* variable,
                            std::string_view what) {
    if (auto value = TRY(secret_flag(arguments, flag))) return *value;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there are no other threads yet.
    if (const auto* value = std::getenv(variable)) return value;
    return fail(Code::invalid_argument, std::string(what) + " is missing: give " +
                                            std::string(flag) + ", or set " + variable);
}

Result<Ed25519PrivateKey> parse_app_key(std::string_view text) {
    Ed25519Seed seed;
    if (!from_hex(text, seed))
        return fail(Code::invalid_argument, "The app key is not 64 hex digits");
    return Ed25519PrivateKey(seed);
}

}  // namespace

Result<std::optional<std::string>> secret_flag(const Arguments& arguments, std::string_view name) {
    if (auto value = arguments.flag(name)) return value;
    const auto path = arguments.flag(std::string(name) + "-file");
    if (!path) return std::nullopt;
    std::ifstream file(*path);
    std::string text(std::istreambuf_iterator<char>(file), {});
    if (!file) return fail(Code::invalid_argument, "Cannot read " + *path);
    text.erase(text.find_last_not_of("\r\n") + 1);
    return text;
}

SiaSession::SiaSession(SiaAccess access) : access_(std::move(access)) {
    io_.start();
}

SiaSession::~SiaSession() {
    api_.reset();
    client_.reset();
    io_.stop();
}

Result<SiaAccess> sia_access(const Arguments& arguments) {
    auto url = TRY(setting(arguments, "--indexd", kUrlVariable, "The address of indexd"));
    const auto text = TRY(setting(arguments, "--app-key", kKeyVariable, "The app key"));
    return SiaAccess{.indexd = {.url = std::move(url),
                                .advertised_authority = arguments.flag_or("--advertised", "")},
                     .key = TRY(parse_app_key(text))};
}

Result<std::unique_ptr<SiaSession>> SiaSession::open(const Arguments& arguments) {
    return open(TRY(sia_access(arguments)));
}

Result<std::unique_ptr<SiaSession>> SiaSession::open(const SiaAccess& access) {
    std::unique_ptr<SiaSession> session(new SiaSession(access));
    session->client_ = TRY(http::Client::open(session->io_, {}));
    session->api_ = TRY(
        sia::indexd::AppApi::open(*session->client_, access.indexd, access.key, session->clock_));
    return session;
}

std::vector<FlagSpec> sia_flags(std::vector<FlagSpec> more) {
    more.push_back({.name = "--indexd",
                    .value = "URL",
                    .help = "indexd's application API (or SIAHUB_SIA_INDEXD)"});
    more.push_back({.name = "--app-key",
                    .value = "HEX",
                    .help = "the seed of the app key (or SIAHUB_SIA_APP_KEY)",
                    .from_file = true});
    more.push_back({.name = "--advertised",
                    .value = "HOST[:PORT]",
                    .help = "what indexd advertises itself as, where that is another name"});
    return more;
}

}  // namespace siahub::app
