#pragma once
// Ids for many rows of one moment. Ids that are drawn one by one begin to meet after a thousand in
// one millisecond; these differ from each other however many there are, and from those of other
// processes as likely as any.

#include "core/ids.hpp"

namespace siahub {

class RowIds {
  public:
    explicit RowIds(UnixMillis now) : next_(new_row_id(now)) {}
    RowId next() { return next_++; }

  private:
    RowId next_;
};

}  // namespace siahub
