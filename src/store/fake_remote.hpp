#pragma once
// Sia in memory, for tests: keeps what it is given, and fails on demand.

#include "core/random.hpp"
#include "store/remote_bodies.hpp"

#include <map>

namespace siahub::store {

class FakeRemote final : public RemoteBodies {
  public:
    [[nodiscard]] std::size_t slab_bytes() const override { return slab; }

    Task<Result<std::vector<RemoteObject>>> pin(std::vector<RemoteBody> bodies) override {
        ++pins;
        if (failures > 0 && failures-- > 0) co_return fail(Code::unavailable, failure);
        std::vector<RemoteObject> stored;
        std::uint64_t used = 0;
        for (auto& body : bodies) {
            Object object{.bytes = Bytes(body.size), .note = std::move(body.note)};
            for (std::span<std::byte> rest = object.bytes; !rest.empty();)
                rest = rest.subspan(CO_TRY(co_await body.source->read(rest)));
            used += body.size;
            if (corrupt) object.bytes[object.bytes.size() / 2] ^= std::byte{1};
            ObjectId id{};
            fill_random(id);
            objects.emplace(id, std::move(object));
            stored.push_back({.id = id, .sealed = Bytes(id.begin(), id.end())});
        }
        slabs += (used + slab - 1) / slab;
        batches.push_back(stored.size());
        if (lost_answers > 0 && lost_answers-- > 0)
            co_return fail(Code::unavailable, "The connection broke off.");
        co_return stored;
    }

    Task<Result<std::unique_ptr<ByteSource>>> read(Bytes sealed, xet::ByteSpan bytes) override {
        ++reads;
        const auto found = objects.find(id_of(sealed));
        if (found == objects.end()) co_return fail(Code::not_found, "There is no such object.");
        if (unreadable) co_return fail(Code::unavailable, "Too few hosts answer.");
        const auto piece = ByteView(found->second.bytes).subspan(bytes.start, bytes.size());
        co_return std::make_unique<Memory>(Bytes(piece.begin(), piece.end()));
    }

    Task<Result<void>> remove(ObjectId id) override {
        objects.erase(id);
        co_return Result<void>{};
    }

    Task<Result<ListPage>> list(ListCursor after) override {
        ListPage page;
        const bool begin = after.id == ObjectId{};
        for (auto at = begin ? objects.begin() : objects.upper_bound(after.id); at != objects.end();
             ++at) {
            page.objects.push_back(
                {.object = {at->first, Bytes(at->first.begin(), at->first.end())},
                 .size = at->second.bytes.size(),
                 .note = at->second.note});
            page.next = {.after = after.after, .id = at->first};
            if (page.objects.size() == 2) break;
        }
        page.more = !page.objects.empty();
        co_return page;
    }

    struct Object {
        Bytes bytes, note;
    };
    std::size_t slab = 1 << 20;
    int failures = 0, lost_answers = 0;
    bool corrupt = false, unreadable = false;
    std::string failure = "indexd does not answer.";
    std::size_t pins = 0, reads = 0;
    std::uint64_t slabs = 0;
    std::vector<std::size_t> batches;
    std::map<ObjectId, Object> objects;

  private:
    class Memory final : public ByteSource {
      public:
        explicit Memory(Bytes bytes) : bytes_(std::move(bytes)) {}
        Task<Result<ByteView>> next() override {
            const bool first = !std::exchange(given_, true);
            co_return first ? ByteView(bytes_) : ByteView();
        }

      private:
        Bytes bytes_;
        bool given_ = false;
    };
    static ObjectId id_of(ByteView sealed) {
        ObjectId id{};
        std::ranges::copy(sealed, id.begin());
        return id;
    }
};

}  // namespace siahub::store
