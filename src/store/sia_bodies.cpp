#include "store/sia_bodies.hpp"

namespace siahub::store {
namespace {

constexpr std::size_t kPage = 100;

class ReaderSource final : public ByteSource {
  public:
    explicit ReaderSource(std::unique_ptr<sia::ObjectReader> reader) : reader_(std::move(reader)) {}
    Task<Result<ByteView>> next() override { return reader_->next(); }

  private:
    std::unique_ptr<sia::ObjectReader> reader_;
};

}  // namespace

Task<Result<std::vector<RemoteObject>>> SiaBodies::pin(std::vector<RemoteBody> bodies) {
    std::vector<sia::PutBody> puts;
    puts.reserve(bodies.size());
    for (auto& body : bodies)
        puts.push_back(
            {.size = body.size, .source = body.source, .metadata = std::move(body.note)});
    const auto sealed = CO_TRY(co_await client_.put(std::move(puts)));
    std::vector<RemoteObject> objects;
    objects.reserve(sealed.size());
    for (const auto& object : sealed)
        objects.push_back({.id = object.id().bytes, .sealed = sia::encode(object)});
    co_return objects;
}

Task<Result<std::unique_ptr<ByteSource>>> SiaBodies::read(Bytes sealed, xet::ByteSpan bytes) {
    auto object = CO_TRY(client_.unseal(CO_TRY(sia::decode_sealed_object(sealed))));
    co_return std::make_unique<ReaderSource>(
        client_.read(std::move(object), bytes.start, bytes.size()));
}

Task<Result<void>> SiaBodies::remove(ObjectId id) {
    sia::Hash256 key;
    key.bytes = id;
    return client_.remove(key);
}

Task<Result<ListPage>> SiaBodies::list(ListCursor after) {
    sia::indexd::EventCursor cursor;
    cursor.after = after.after;
    cursor.key.bytes = after.id;
    const auto events = CO_TRY(co_await client_.list(cursor, kPage));
    ListPage page{.objects = {}, .next = after, .more = events.size() == kPage};
    for (const auto& event : events) {
        page.next = {.after = event.cursor().after, .id = event.cursor().key.bytes};
        if (event.deleted || !event.object) continue;
        // An object that another key has sealed, or nobody, is not ours.
        const auto object = client_.unseal(*event.object);
        if (!object) continue;
        page.objects.push_back(
            {.object = {.id = event.key.bytes, .sealed = sia::encode(*event.object)},
             .size = object->size(),
             .note = object->metadata});
    }
    co_return page;
}

}  // namespace siahub::store
