#pragma once
// The HTTP client by which the processes of one hub reach each other.

#include "http/client.hpp"

namespace siahub::app {

// Gives a silent peer up soon: its machine may hang or be cut off without closing a connection, and
// another node may have what it does not give. Eight seconds for the head of an answer, because
// huggingface_hub waits ten for the first byte of its own: so the very request that met the silence
// can still be answered. A peer that works answers from its disk or page cache within milliseconds.
Result<std::unique_ptr<http::Client>> open_peer_client(net::IoThreads& io);

}  // namespace siahub::app
