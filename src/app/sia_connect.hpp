#pragma once
// `siahub sia connect` and `siahub sia register`: how SiaHub comes to an app key that indexd knows,
// by a person's approval or by the rights of whoever runs indexd.

#include "app/command.hpp"
#include "crypto/ed25519.hpp"

namespace siahub::app {

std::vector<Command> sia_key_commands();

// The app key that a recovery phrase leads to, once somebody has approved the connection: says
// where, on standard error, and waits.
struct ConnectWish {
    std::string indexd, advertised, hub_url;
    std::string phrase;  // empty: a new one, which is printed
};
Result<Ed25519PrivateKey> connect_app(const ConnectWish& wish);

}  // namespace siahub::app
