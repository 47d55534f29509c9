#pragma once
// Looks at everything that storing on Sia needs, and says what to do about what is not right.

#include "app/sia_session.hpp"
#include "doctor/report.hpp"
#include "sia/slab.hpp"

namespace siahub::app {

doctor::Report examine_sia(SiaSession& session, sia::Redundancy redundancy);
// --redundancy: 10-of-30 when it is not given. invalid_argument also for what indexd would refuse.
Result<sia::Redundancy> redundancy_of(const Arguments& arguments);
FlagSpec redundancy_flag();

}  // namespace siahub::app
