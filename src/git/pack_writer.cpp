#include "git/pack_writer.hpp"

#include <array>
#include <stdexcept>
#include <vector>

#include <isa-l/igzip_lib.h>

namespace siahub::git {
namespace {

constexpr std::size_t kStep = 64UL * 1024;
constexpr unsigned kVersion = 2;
constexpr unsigned kMore = 0x80;
constexpr unsigned kFirstBits = 4;
constexpr unsigned kNextBits = 7;

std::byte byte_of(std::uint64_t value) {
    return static_cast<std::byte>(value & 0xff);
}

void append_be32(std::array<std::byte, 12>& out, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i)
        out[at + i] = byte_of(value >> (24 - 8 * i));
}

}  // namespace

struct PackWriter::Deflate {
    isal_zstream stream{};
    std::vector<std::uint8_t> memory = std::vector<std::uint8_t>(ISAL_DEF_LVL1_DEFAULT);
    std::vector<std::uint8_t> out = std::vector<std::uint8_t>(kStep);
};

PackWriter::PackWriter(std::string& out, std::uint32_t objects)
    : out_(out), deflate_(std::make_unique<Deflate>()) {
    isal_deflate_init(&deflate_->stream);
    deflate_->stream.level = 1;
    deflate_->stream.level_buf = deflate_->memory.data();
    deflate_->stream.level_buf_size = static_cast<std::uint32_t>(deflate_->memory.size());
    deflate_->stream.gzip_flag = IGZIP_ZLIB;
    std::array<std::byte, 12> head{std::byte{'P'}, std::byte{'A'}, std::byte{'C'}, std::byte{'K'}};
    append_be32(head, 4, kVersion);
    append_be32(head, 8, objects);
    write(head);
}

PackWriter::~PackWriter() = default;

// Type and size: four bits of the size beside the type, seven in each byte that follows.
void PackWriter::begin_object(ObjectType type, std::uint64_t size) {
    auto first = (static_cast<std::uint64_t>(type) << kFirstBits) | (size & 0x0f);
    size >>= kFirstBits;
    std::array<std::byte, 10> head{};
    std::size_t length = 0;
    while (size != 0) {
        head.at(length++) = byte_of(first | kMore);
        first = size & 0x7f;
        size >>= kNextBits;
    }
    head.at(length++) = byte_of(first);
    write(ByteView(head).first(length));
    isal_deflate_reset(&deflate_->stream);
    deflate_->stream.gzip_flag = IGZIP_ZLIB;
}

void PackWriter::add(ByteView piece) {
    deflate(piece, false);
}

void PackWriter::end_object() {
    deflate({}, true);
}

void PackWriter::finish() {
    const auto sum = checksum_.finish();
    out_.append(as_chars(ByteView(sum)));
}

void PackWriter::write(ByteView bytes) {
    checksum_.update(bytes);
    out_.append(as_chars(bytes));
}

void PackWriter::deflate(ByteView piece, bool is_last) {
    auto& stream = deflate_->stream;
    std::vector<std::byte> input(piece.begin(), piece.end());
    stream.next_in = reinterpret_cast<std::uint8_t*>(input.data());
    stream.avail_in = static_cast<std::uint32_t>(input.size());
    stream.end_of_stream = is_last ? 1 : 0;
    do {
        stream.next_out = deflate_->out.data();
        stream.avail_out = static_cast<std::uint32_t>(deflate_->out.size());
        if (isal_deflate(&stream) != COMP_OK) throw std::logic_error("isal_deflate: wrong use");
        write(
            std::as_bytes(std::span(deflate_->out)).first(deflate_->out.size() - stream.avail_out));
    } while (stream.avail_out == 0 || stream.avail_in != 0);
}

}  // namespace siahub::git
