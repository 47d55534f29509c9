// The rules of siamux streams, driven by a script of bytes. With an honest peer neither side may
// ever do what the other ends the connection for, whatever is opened, written and closed in which
// order. With a hostile one, whose frames are the input, no stream gets anything after its end, and
// what is kept does not exceed what came.
#include "sia/mux/engine.hpp"

#include <cstdlib>
#include <list>
#include <memory>

using namespace siahub;
using namespace siahub::sia::mux;

namespace {

void need(bool holds) {
    if (!holds) std::abort();
}

class Script {
  public:
    Script(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    [[nodiscard]] bool done() const { return at_ >= size_; }
    std::size_t next() { return done() ? 0 : data_[at_++]; }
    ByteView bytes(std::size_t count) {
        const auto most = std::min(count, size_ - std::min(at_, size_));
        const ByteView out(reinterpret_cast<const std::byte*>(data_) + at_, most);
        at_ += most;
        return out;
    }

  private:
    const std::uint8_t* data_;
    std::size_t size_, at_ = 0;
};

class Sink final : public StreamSink {
  public:
    bool on_data(ByteView bytes) override {
        need(!ended);
        if (closed) std::abort();
        held += bytes.size();
        return held <= capacity;
    }
    void on_end(Error) override {
        need(!ended);
        ended = true;
    }
    StreamId id = 0;
    std::size_t held = 0, capacity = 20'000;
    bool ended = false, closed = false;
};

// One side with its streams.
struct Side final : StreamAcceptor {
    explicit Side(Role role)
        : engine({.role = role, .key = {}, .settings = {.packet_size = 1220}},
                 role == Role::acceptor ? this : nullptr) {}

    StreamSink& on_open(StreamId id) override {
        sinks.emplace_back().id = id;
        return sinks.back();
    }
    Sink* pick(std::size_t which) {
        if (sinks.empty()) return nullptr;
        return &*std::next(sinks.begin(), static_cast<std::ptrdiff_t>(which % sinks.size()));
    }
    void open() {
        if (sinks.size() > 50) return;
        Sink& sink = sinks.emplace_back();
        sink.id = engine.open(sink);
    }
    void write(Sink* sink, std::size_t size) {
        if (sink == nullptr || sink->closed || !engine.writable(sink->id)) return;
        engine.write(sink->id, Bytes(size * 9));
    }
    void close(Sink* sink, Engine::TimePoint now) {
        if (sink == nullptr || sink->closed) return;
        sink->closed = true;
        engine.close(sink->id, now);
        need(!engine.writable(sink->id));
    }

    Engine engine;
    std::list<Sink> sinks;
};

void carry(Side& from, Side& to, Engine::TimePoint now) {
    Bytes sealed = from.engine.flush({});
    need(sealed.size() % 1220 == 0);
    const auto taken = to.engine.receive(sealed, now);
    need(taken && *taken == sealed.size());
}

void step(Side& side, Script& script, std::size_t what, Engine::TimePoint now) {
    if (what == 0) side.open();
    if (what == 1) side.write(side.pick(script.next()), script.next());
    if (what == 2) side.close(side.pick(script.next()), now);
    if (what == 3) side.engine.keepalive();
}

void with_honest_peer(Script script) {
    Side dialer(Role::dialer), host(Role::acceptor);
    Engine::TimePoint now{};
    for (int steps = 0; !script.done() && steps < 400; ++steps) {
        const auto what = script.next();
        step(what < 128 ? dialer : host, script, what % 4 == 0 && what >= 128 ? 3 : what % 4, now);
        if (what % 16 >= 8) carry(dialer, host, now);
        if (what % 32 >= 16) carry(host, dialer, now);
        // What is under way has long arrived when an id has rested.
        if (what % 64 == 63) {
            carry(dialer, host, now);
            carry(host, dialer, now);
            now += std::chrono::seconds(61);
            dialer.engine.sweep(now);
            host.engine.sweep(now);
        }
    }
}

void with_hostile_peer(Script script) {
    Side dialer(Role::dialer);
    std::size_t came = 0;
    for (int steps = 0; !script.done() && steps < 400; ++steps) {
        const auto what = script.next();
        if (what % 8 < 4) {
            step(dialer, script, what % 4, {});
            continue;
        }
        Bytes block(1204);
        const auto bytes = script.bytes(script.next() * 5);
        std::ranges::copy(bytes.first(std::min(bytes.size(), block.size())), block.begin());
        came += bytes.size();
        if (!dialer.engine.receive_block(block, {})) break;
    }
    std::size_t held = 0;
    for (const auto& sink : dialer.sinks)
        held += sink.held;
    need(held <= came + 1204 * 400);
    dialer.engine.abandon({});
    need(dialer.engine.open_streams() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Script script(data + 1, size - 1);
    if (data[0] % 2 == 0)
        with_honest_peer(script);
    else
        with_hostile_peer(script);
    return 0;
}
