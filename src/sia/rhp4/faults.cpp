#include "sia/rhp4/faults.hpp"

#include <array>

namespace siahub::sia::rhp4 {
namespace {

struct Meaning {
    std::string_view text;
    HostFault fault;
    std::string_view hint;
};

constexpr std::array kMeanings{
    Meaning{"not enough funds", HostFault::not_enough_funds,
            "the account is empty on this host until indexd refills it"},
    Meaning{"prices expired", HostFault::prices_expired, "new prices are needed"},
    Meaning{"account token expired", HostFault::token_expired,
            "when all hosts say so, the clock of this machine is minutes behind"},
    Meaning{"token is invalid", HostFault::token_refused,
            "it does not accept the token that the app key has signed"},
    Meaning{"sector not found", HostFault::sector_missing, "the host has lost the sector"},
    Meaning{"sector corrupt", HostFault::sector_missing, "the host has damaged the sector"},
    Meaning{"not enough storage", HostFault::out_of_storage, "the host is full"},
    Meaning{"host is shutting down", HostFault::unreachable, "it will be back or not"},
};

}  // namespace

HostError fault_of(const Refusal& refusal) {
    std::string message = "The host refused: " + refusal.text;
    for (const auto& meaning : kMeanings)
        if (refusal.text.contains(meaning.text))
            return {meaning.fault, message.append(" (").append(meaning.hint).append(").")};
    return {HostFault::refused, message + " (code " + std::to_string(refusal.code) + ")."};
}

HostError fault_of(Error error) {
    const bool nonsense = error.code == Code::invalid_argument;
    return {nonsense ? HostFault::bad_answer : HostFault::unreachable, std::move(error.message)};
}

}  // namespace siahub::sia::rhp4
