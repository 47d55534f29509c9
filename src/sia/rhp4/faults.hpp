#pragma once
// What a failed call means to those who have to do something about it: the texts of hosts' errors
// are not in any format, but all hosts use the same ones, sometimes with others around them.

#include "sia/rhp4/answers.hpp"
#include "sia/transfer/host_transport.hpp"

namespace siahub::sia::rhp4 {

HostError fault_of(const Refusal& refusal);
// Of the connection, or of bytes that arrived over it.
HostError fault_of(Error error);

}  // namespace siahub::sia::rhp4
