#include "app/sia_connect.hpp"

#include "app/sia_session.hpp"
#include "core/random.hpp"
#include "crypto/blake2b.hpp"
#include "sia/indexd/admin_api.hpp"
#include "sia/indexd/connect.hpp"
#include "sia/keys.hpp"

#include <thread>

#include <fmt/format.h>

namespace siahub::app {
namespace {

using sia::indexd::ConnectRequest;

constexpr std::chrono::seconds kPoll{1};
constexpr std::string_view kHubUrl = "http://127.0.0.1:8470";

// The same for every hub: a phrase and a connect key always lead to one app key.
sia::indexd::AppInfo this_app(std::string hub_url) {
    return {.id = {blake2b_256(as_bytes("siahub"))},
            .name = "SiaHub",
            .description = "A model hub on your own machines",
            .service_url = std::move(hub_url)};
}

std::string hub_url(const Arguments& arguments) {
    return arguments.flag_or("--hub-url", kHubUrl);
}

// A client on a thread of its own.
class Connection {
  public:
    static Result<std::unique_ptr<Connection>> open() {
        auto connection = std::make_unique<Connection>();
        connection->io_.start();
        connection->client_ = TRY(http::Client::open(connection->io_, {}));
        return connection;
    }
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        client_.reset();
        io_.stop();
    }
    http::Client& operator*() { return *client_; }
    template <class T>
    T run(Task<T> task) {
        return asio::co_spawn(io_.context(0), std::move(task), asio::use_future).get();
    }

  private:
    net::IoThreads io_{1};
    std::unique_ptr<http::Client> client_;
};

void print_key(const Ed25519PrivateKey& key) {
    fmt::print("{}\n", to_hex(key.seed()));
}

struct Phrase {
    sia::Entropy entropy{};
    bool is_new = false;
};

Result<Phrase> phrase_of(std::string_view words) {
    if (!words.empty()) return Phrase{.entropy = TRY(sia::parse_recovery_phrase(words))};
    Phrase phrase{.is_new = true};
    fill_random(phrase.entropy);
    return phrase;
}

Result<sia::indexd::ConnectStatus> wait_for_approval(Connection& connection,
                                                     const ConnectRequest& request) {
    while (true) {
        const auto status = connection.run(request.status());
        if (status && status->approved) return *status;
        if (!status && status.error().failure == sia::indexd::Failure::not_found)
            return fail(Code::forbidden,
                        "The connection was rejected, or nobody approved it in "
                        "ten minutes. Ask again.");
        if (!status && !status.error().is_transient()) return Failure(Error(status.error()));
        std::this_thread::sleep_for(kPoll);
    }
}

Result<void> register_key(const Arguments& arguments, const std::string& password) {
    const auto connection = TRY(Connection::open());
    const auto admin =
        TRY(sia::indexd::AdminApi::open(**connection, *arguments.flag("--admin-url"), password));
    auto connect_key = arguments.flag_or("--connect-key", "");
    if (connect_key.empty())
        connect_key = TRY(connection->run(admin.add_connect_key(
                              "SiaHub", arguments.flag_or("--quota", "default"))))
                          .key;
    const auto key = Ed25519PrivateKey::random();
    TRY(connection->run(admin.register_app_key(connect_key, sia::public_key_of(key),
                                               this_app(hub_url(arguments)))));
    print_key(key);
    return {};
}

int run_connect(const CommandSpec& spec, const Arguments& arguments) {
    const auto words = secret_flag(arguments, "--phrase");
    if (!words) return usage_failure(spec, words.error().message);
    const auto phrase = words->value_or("");
    if (const auto known = phrase_of(phrase); !known)
        return usage_failure(spec, known.error().message);
    const auto key = connect_app({.indexd = *arguments.flag("--indexd"),
                                  .advertised = arguments.flag_or("--advertised", ""),
                                  .hub_url = hub_url(arguments),
                                  .phrase = phrase});
    if (!key) return failure(key.error());
    print_key(*key);
    return 0;
}

int run_register(const CommandSpec& spec, const Arguments& arguments) {
    const auto password = secret_flag(arguments, "--admin-password");
    if (!password) return usage_failure(spec, password.error().message);
    if (!*password) return usage_failure(spec, "--admin-password is missing");
    return finish(register_key(arguments, **password));
}

}  // namespace

Result<Ed25519PrivateKey> connect_app(const ConnectWish& wish) {
    const auto phrase = TRY(phrase_of(wish.phrase));
    const SystemClock clock;
    const auto connection = TRY(Connection::open());
    const auto app = this_app(wish.hub_url.empty() ? std::string(kHubUrl) : wish.hub_url);
    const auto request = TRY(connection->run(ConnectRequest::make(
        **connection, {.url = wish.indexd, .advertised_authority = wish.advertised}, app, clock,
        std::nullopt)));
    fmt::print(stderr, "Open {} and approve with a connect key of indexd.\n",
               request->approval_url());
    const auto status = TRY(wait_for_approval(*connection, *request));
    auto key =
        sia::derive_app_key(sia::recovery_seed(phrase.entropy), app.id, {status.user_secret.bytes});
    TRY(connection->run(request->register_key(key)));
    if (phrase.is_new)
        fmt::print(stderr, "The recovery phrase, which leads to this key again: {}\n",
                   sia::recovery_phrase(phrase.entropy));
    return key;
}

std::vector<Command> sia_key_commands() {
    const FlagSpec indexd{
        .name = "--indexd", .value = "URL", .help = "indexd's application API", .required = true};
    const FlagSpec advertised{
        .name = "--advertised",
        .value = "HOST[:PORT]",
        .help = "what indexd advertises itself as, where that is another name"};
    const FlagSpec phrase{.name = "--phrase",
                          .value = "WORDS",
                          .help = "the recovery phrase of before (default: a new one, printed)",
                          .from_file = true};
    const FlagSpec admin{.name = "--admin-url",
                         .value = "URL",
                         .help = "indexd's admin API, http://127.0.0.1:9980/api as it comes",
                         .required = true};
    const FlagSpec password{
        .name = "--admin-password", .value = "TEXT", .help = "its password", .from_file = true};
    const FlagSpec hub{.name = "--hub-url",
                       .value = "URL",
                       .help = "address of this hub, which indexd shows with its name"};
    const FlagSpec connect_key{
        .name = "--connect-key", .value = "KEY", .help = "one that exists (default: a new one)"};
    const FlagSpec quota{
        .name = "--quota", .value = "NAME", .help = "of a new connect key (default: default)"};
    return {
        {{.name = "sia connect",
          .arguments = {},
          .summary = "Asks indexd for an app key, which a person approves, and prints it",
          .flags = {indexd, advertised, phrase, hub}},
         run_connect},
        {{.name = "sia register",
          .arguments = {},
          .summary = "Makes an app key with the rights of whoever runs indexd, and prints it",
          .flags = {admin, password, connect_key, quota, hub}},
         run_register},
    };
}

}  // namespace siahub::app
