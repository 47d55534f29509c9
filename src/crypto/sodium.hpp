#pragma once
// libsodium chooses the code for this CPU when it is initialised and works, slowly, without. Every
// wrapper of it calls this first. Thread-safe.

namespace siahub::detail {

void start_sodium();

}  // namespace siahub::detail
