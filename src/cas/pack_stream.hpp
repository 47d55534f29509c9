#pragma once
// The packfile section of an answer to `git fetch`, made while it is sent: a few dozen kilobytes at
// a time, whatever the size of the repository. What fails in the middle is told to the person.

#include "cas/services.hpp"
#include "core/ids.hpp"
#include "git/pack_writer.hpp"
#include "http/message.hpp"
#include "hub/pack_plan.hpp"

#include <memory>
#include <string>

namespace siahub::store {
class FileReader;
}

namespace siahub::cas {

class PackStream : public http::BodySource {
  public:
    // `before`: the sections that come first.
    PackStream(const Services& services, RowId repo, hub::PackPlan plan, std::string before);
    ~PackStream() override;

    Task<Result<ByteView>> next() override;

  private:
    Task<Result<void>> step();
    Task<Result<void>> write_commit(const hub::Oid& oid);
    Task<Result<void>> write_tree(const hub::Oid& oid);
    Task<Result<void>> begin_blob(const hub::Oid& oid);
    Task<Result<void>> continue_blob();
    void write_object(git::ObjectType type, ByteView body);
    void send_pack();

    const Services& services_;
    RowId repo_;
    hub::PackPlan plan_;
    std::size_t commits_ = 0, trees_ = 0, blobs_ = 0;  // that are written
    std::string pack_;                                 // not sent yet
    git::PackWriter writer_;
    std::unique_ptr<store::FileReader> reader_;  // of the blob being written
    std::string out_;
    bool begun_ = false, ended_ = false;
};

}  // namespace siahub::cas
