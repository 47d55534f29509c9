// sia_roundtrip INDEXD_URL APP_KEY_HEX K N: keeps two texts on Sia, reads a part of one back,
// and removes them. It uses the library under src/sia and nothing else of SiaHub.
//
//   siahub sia connect --indexd https://indexd.example    prints an app key
//   build/examples/sia_roundtrip https://indexd.example KEY 10 30
#include "core/run_task.hpp"
#include "sia/client.hpp"

#include <cstdio>
#include <cstdlib>

using namespace siahub;

namespace {

constexpr std::string_view kHello = "Hello, hosts all over the world!";
constexpr std::string_view kPoem = "Bytes that leave in thirty parts\ncome home when ten arrive.";

Result<void> round_trip(sia::Client& client) {
    // Both share one slab: what is put together costs less.
    sia::MemorySource hello(as_bytes(kHello)), poem(as_bytes(kPoem));
    std::vector<sia::PutBody> bodies(2);
    bodies[0].size = kHello.size();
    bodies[0].source = &hello;
    bodies[1].size = kPoem.size();
    bodies[1].source = &poem;
    const auto stored = TRY(run_task(client.put(std::move(bodies))));
    for (const auto& object : stored)
        std::printf("stored %s\n", object.id().hex().c_str());

    // The sealed object could have been kept anywhere; indexd has a copy.
    const auto found = TRY(run_task(client.find(stored[1].id())));
    const auto object = TRY(client.unseal(found));
    const auto part = TRY(run_task(client.read_all(object, 33, object.size() - 33)));
    std::printf("read \"%s\"\n", std::string(as_chars(part)).c_str());

    for (const auto& sealed : stored)
        TRY(run_task(client.remove(sealed.id())));
    return {};
}

Result<void> run(char** words) {
    Ed25519Seed seed;
    if (!from_hex(words[2], seed))
        return fail(Code::invalid_argument, "An app key is 64 hex digits.");
    sia::ClientOptions options;
    options.indexd.url = words[1];
    options.transfer.redundancy = {std::strtoul(words[3], nullptr, 10),
                                   std::strtoul(words[4], nullptr, 10)};
    const SystemClock clock;
    WorkPool work(2);
    const auto client =
        TRY(sia::Client::open(std::move(options), Ed25519PrivateKey(seed), work, clock));
    const auto done = round_trip(*client);
    client->stop();
    work.stop();
    return done;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fputs("sia_roundtrip INDEXD_URL APP_KEY_HEX K N\n", stderr);
        return 2;
    }
    const auto done = run(argv);
    if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done ? 0 : 1;
}
