#pragma once
// A range of an object, in order, into a sink: cut into chunks that start small, so that the first
// byte comes soon, and grow; several are on their way ahead of the reader, within a budget of
// bytes. Nothing reaches the sink that was not proven against the roots in the object. Used once.

#include "sia/sealed_object.hpp"
#include "sia/transfer/chunk_fetch.hpp"
#include "sia/transfer/streams.hpp"

namespace siahub::sia {

class ObjectDownload {
  public:
    // Everything that is passed outlives the download.
    ObjectDownload(Transfers& transfers, const Object& object, std::uint64_t offset,
                   std::uint64_t length);

    // range_not_satisfiable: the object is shorter. invalid_argument: its slabs make no sense.
    // unavailable: too few shards can be read.
    Task<Result<void>> run(ByteSink& sink);
    // Bytes that have reached the sink: where to go on after a failure.
    [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
    [[nodiscard]] const FetchCost& cost() const { return cost_; }

  private:
    struct Part {
        Chunk chunk;
        std::optional<ChunkFetch> fetch;
        std::optional<Result<Bytes>> outcome;
        net::ByteBudget::Lease memory;
    };

    [[nodiscard]] Result<void> check_slabs() const;
    void cut();
    void cut_slice(const SlabSlice& slice, std::uint64_t start, std::size_t& size);
    Task<Result<void>> drive(ByteSink& sink);
    Task<void> fetch(std::size_t index);
    void start_ahead();

    Transfers& transfers_;
    const Object& object_;
    std::uint64_t offset_, length_;
    std::vector<std::unique_ptr<Part>> parts_;
    std::size_t reader_ = 0, started_ = 0;
    std::size_t ahead_;  // chunks: more when the reader had to wait, fewer when they waited for it
    std::uint64_t delivered_ = 0;
    FetchCost cost_;
    Children children_;
};

}  // namespace siahub::sia
