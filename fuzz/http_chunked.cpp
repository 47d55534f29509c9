// The chunked coding: the result must not depend on how the bytes were split.
#include "http/chunked.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>

using siahub::http::ChunkedDecoder;

namespace {

struct Decoded {
    std::string data;
    bool done = false;
    bool broken = false;
    std::size_t used = 0;
    bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view bytes, std::size_t piece) {
    ChunkedDecoder decoder;
    Decoded out;
    while (out.used < bytes.size() && !decoder.done() && !decoder.broken()) {
        const auto input = bytes.substr(out.used, piece);
        const auto data = std::min<std::uint64_t>(decoder.data_left(), input.size());
        out.data.append(input.substr(0, data));
        decoder.take_data(data);
        out.used += data + decoder.feed(input.substr(data));
    }
    out.done = decoder.done();
    out.broken = decoder.broken();
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto whole = decode(text, size);
    if (whole != decode(text, 1) || whole != decode(text, 7)) std::abort();
    if (whole.data.size() > size) std::abort();
    return 0;
}
