#include "sia/indexd/api_error.hpp"

#include "core/encoding.hpp"

#include <algorithm>
#include <array>

namespace siahub::sia::indexd {
namespace {

constexpr std::size_t kMaxShown = 300;

Failure failure_of(Code code) {
    switch (code) {
        case Code::timeout:
            return Failure::timed_out;
        case Code::unavailable:
        case Code::connection_closed:
            return Failure::unreachable;
        default:
            return Failure::bad_answer;
    }
}

Code code_of(Failure failure) {
    switch (failure) {
        case Failure::timed_out:
            return Code::timeout;
        case Failure::unreachable:
        case Failure::quota_exceeded:
        case Failure::bad_hosts:
        case Failure::bad_answer:
        case Failure::server:
            return Code::unavailable;
        case Failure::bad_request:
        case Failure::unpinned_slab:
            return Code::invalid_argument;
        case Failure::bad_signature:
        case Failure::unknown_key:
            return Code::invalid_credentials;
        case Failure::not_approved:
        case Failure::blocked:
            return Code::forbidden;
        case Failure::not_found:
            return Code::not_found;
        case Failure::in_use:
            return Code::conflict;
        case Failure::too_large:
            return Code::payload_too_large;
        case Failure::rate_limited:
            return Code::too_many_requests;
    }
    return Code::internal;
}

// One line that can be logged, whatever the server sent.
std::string shown(std::string_view body) {
    std::string text(body.substr(0, kMaxShown));
    if (!is_valid_utf8(text)) return "(not text)";
    std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
    text.erase(text.find_last_not_of(' ') + 1);
    return text.empty() ? "(nothing)" : text;
}

struct Words {
    unsigned status;
    std::string_view part;
    Failure failure;
};
// Statuses that mean several things.
constexpr std::array kWords{
    Words{400, "unpinned slab", Failure::unpinned_slab},
    Words{400, "bad hosts", Failure::bad_hosts},
    Words{401, "invalid signature", Failure::bad_signature},
    Words{500, "app storage limit exceeded", Failure::quota_exceeded},
    Words{500, "account storage limit exceeded", Failure::quota_exceeded},
    Words{500, "unknown host", Failure::bad_hosts},  // it never announced itself to this indexd
    Words{500, "key in use", Failure::in_use},
};

Failure failure_of(unsigned status, std::string_view body) {
    for (const auto& words : kWords)
        if (words.status == status && body.contains(words.part)) return words.failure;
    switch (status) {
        case 400:
            return Failure::bad_request;
        case 401:
            return Failure::unknown_key;
        case 403:
            return Failure::not_approved;
        case 404:
        case 410:
            return Failure::not_found;
        case 409:
            return Failure::in_use;
        case 413:
            return Failure::too_large;
        case 429:
            return Failure::rate_limited;
        case 451:
            return Failure::blocked;
        default:
            return status < 400 ? Failure::bad_answer : Failure::server;
    }
}

std::string_view way_out(Failure failure, std::string_view body) {
    if (failure == Failure::unknown_key && body.contains("unknown account"))
        return " This indexd does not know the app key, or no longer: it is another indexd than "
               "the "
               "one that the key was registered with, or the account was deleted there.";
    switch (failure) {
        case Failure::bad_signature:
            return " Check the clocks of both machines, and that the address of indexd is the one "
                   "that it advertises (applicationAPI.advertiseURL).";
        case Failure::unknown_key:
            return " Register the app key with indexd, or check the connect key or password.";
        case Failure::quota_exceeded:
            return " Raise the quota of the connect key in indexd, or remove what is not needed.";
        case Failure::bad_hosts:
            return " The list of hosts was old, or too few hosts have good contracts.";
        case Failure::not_approved:
            return " Approve the connection in indexd; a connect key may have no uses left.";
        case Failure::rate_limited:
            return " Wait a minute.";
        default:
            return "";
    }
}

}  // namespace

ApiError::ApiError(Error error)
    : failure(failure_of(error.code)), message(std::move(error.message)) {}

ApiError::operator Error() const {
    return {code_of(failure), message};
}

bool ApiError::is_transient() const {
    switch (failure) {
        case Failure::unreachable:
        case Failure::timed_out:
        case Failure::bad_answer:
        case Failure::rate_limited:
        case Failure::quota_exceeded:
        case Failure::bad_hosts:
        case Failure::server:
            return true;
        default:
            return false;
    }
}

ApiError api_error(unsigned status, std::string_view body, std::string_view call) {
    const auto failure = failure_of(status, body);
    return {failure, "indexd answered " + std::to_string(status) + " to " + std::string(call) +
                         ": " + shown(body) + "." + std::string(way_out(failure, body))};
}

}  // namespace siahub::sia::indexd
