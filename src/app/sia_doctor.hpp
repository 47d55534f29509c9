#pragma once
// Looks at everything that storing on Sia needs, and says what to do about what is not right.

#include "app/sia_session.hpp"
#include "doctor/report.hpp"
#include "sia/slab.hpp"

namespace siahub::app {

doctor::Report examine_sia(SiaSession& session, sia::Redundancy redundancy);
// "10-of-30"; invalid_argument also for what indexd would refuse.
Result<sia::Redundancy> parse_redundancy(std::string_view text);

}  // namespace siahub::app
