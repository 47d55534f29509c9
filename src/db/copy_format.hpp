#pragma once
// PostgreSQL's binary COPY format (documentation of COPY, "Binary Format"), for tables whose
// columns are BIGINT, DOUBLE PRECISION, TEXT and BYTEA. Pure.

#include "db/dump.hpp"

namespace siahub::db {

class CopyWriter {
  public:
    CopyWriter();  // with the header
    void add(std::span<const Value> row);
    void end();
    // What is to be sent; clear() when it was.
    [[nodiscard]] std::string_view pending() const { return buffer_; }
    void clear() { buffer_.clear(); }

  private:
    std::string buffer_;
};

class CopyReader {
  public:
    explicit CopyReader(const TableShape& table) : table_(table) {}
    // Pieces may end anywhere; rows go to the sink as they become whole.
    Result<void> feed(std::string_view piece, const RowSink& sink);
    [[nodiscard]] bool ended() const { return ended_; }

  private:
    class Cursor;
    Result<bool> take_header(Cursor& cursor);
    Result<bool> take_row(Cursor& cursor, const RowSink& sink);

    const TableShape& table_;
    std::string pending_;
    bool header_seen_ = false;
    bool ended_ = false;
};

}  // namespace siahub::db
