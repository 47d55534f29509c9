#pragma once
// The three JSON answers to "how do I rebuild this file". Byte ends are inclusive on this wire,
// chunk ends are not.

#include "xet/reconstruction.hpp"

#include <functional>
#include <string>

namespace siahub::xet {

// Appends the signed URL of one range of one xorb. Called once per range, in output order.
using AppendUrl = std::function<void(std::string& out, const Hash& xorb, const ByteSpan& bytes)>;

std::string render_v1(const Reconstruction& plan, const AppendUrl& append_url);
// One entry per range: the JS client insists on multipart answers for entries with several.
std::string render_v2(const Reconstruction& plan, const AppendUrl& append_url);
std::string render_batch_v1(const BatchReconstruction& plan, const AppendUrl& append_url);

}  // namespace siahub::xet
