#include "crypto/reed_solomon.hpp"

#include <algorithm>
#include <stdexcept>

#include <isa-l/erasure_code.h>

namespace siahub {

namespace {

using Matrix = std::vector<unsigned char>;

// As many sources and targets of this size as slabs have stay in the L2 cache.
constexpr std::size_t kSlice = 16 << 10;
constexpr std::size_t kTableSize = 32;

Matrix multiply(const Matrix& left, const Matrix& right, std::size_t columns) {
    Matrix product(left.size());
    for (std::size_t i = 0; i < left.size(); ++i)
        for (std::size_t k = 0; k < columns; ++k)
            product[i] ^= gf_mul(left[i / columns * columns + k], right[k * columns + i % columns]);
    return product;
}

Matrix inverse_of(Matrix square, std::size_t size) {
    Matrix inverse(square.size());
    if (gf_invert_matrix(square.data(), inverse.data(), static_cast<int>(size)) != 0)
        throw std::logic_error("shards are different ones");
    return inverse;
}

Matrix sia_matrix(std::size_t data, std::size_t total) {
    Matrix powers(data * total);
    for (std::size_t r = 0; r < total; ++r) {
        unsigned char power = 1;
        for (std::size_t c = 0; c < data; ++c) {
            powers[r * data + c] = power;
            power = gf_mul(power, static_cast<unsigned char>(r));
        }
    }
    const Matrix top(powers.begin(), powers.begin() + static_cast<std::ptrdiff_t>(data * data));
    return multiply(powers, inverse_of(top, data), data);
}

Matrix tables_of(const Matrix& rows, std::size_t columns) {
    auto coefficients = rows;  // ISA-L takes them as not const
    Matrix tables(coefficients.size() * kTableSize);
    ec_init_tables(static_cast<int>(columns), static_cast<int>(rows.size() / columns),
                   coefficients.data(), tables.data());
    return tables;
}

void code(Matrix tables, std::span<const ByteView> sources,
          std::span<const std::span<std::byte>> targets) {
    const auto size = sources[0].size();
    for (const auto& source : sources)
        if (source.size() != size) throw std::logic_error("shards have one size");
    for (const auto& target : targets)
        if (target.size() != size) throw std::logic_error("shards have one size");
    std::vector<unsigned char*> in(sources.size()), out(targets.size());
    for (std::size_t at = 0; at < size; at += kSlice) {
        // ISA-L does not write through its sources.
        for (std::size_t i = 0; i < in.size(); ++i)
            in[i] = const_cast<unsigned char*>(
                reinterpret_cast<const unsigned char*>(sources[i].data() + at));
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = reinterpret_cast<unsigned char*>(targets[i].data() + at);
        ec_encode_data(static_cast<int>(std::min(kSlice, size - at)), static_cast<int>(in.size()),
                       static_cast<int>(out.size()), tables.data(), in.data(), out.data());
    }
}

void require(bool holds) {
    if (!holds) throw std::logic_error("Reed-Solomon takes 1 <= data < total <= 256 shards");
}

}  // namespace

ReedSolomon::ReedSolomon(std::size_t data, std::size_t total) : data_(data), total_(total) {
    require(data >= 1 && data < total && total <= 256);
    matrix_ = sia_matrix(data, total);
    parity_tables_ = tables_of(
        Matrix(matrix_.begin() + static_cast<std::ptrdiff_t>(data * data), matrix_.end()), data);
}

std::span<const unsigned char> ReedSolomon::row(std::size_t shard) const {
    return std::span(matrix_).subspan(shard * data_, data_);
}

void ReedSolomon::encode(std::span<const ByteView> data,
                         std::span<const std::span<std::byte>> parity) const {
    require(data.size() == data_ && parity.size() == total_ - data_);
    code(parity_tables_, data, parity);
}

void ReedSolomon::rebuild(std::span<const Source> sources, std::span<const Target> targets) const {
    require(sources.size() == data_);
    if (targets.empty()) return;
    Matrix present, wanted;
    std::vector<ByteView> in;
    for (const auto& source : sources) {
        const auto coefficients = row(source.index);
        present.insert(present.end(), coefficients.begin(), coefficients.end());
        in.push_back(source.bytes);
    }
    std::vector<std::span<std::byte>> out;
    for (const auto& target : targets) {
        const auto coefficients = row(target.index);
        wanted.insert(wanted.end(), coefficients.begin(), coefficients.end());
        out.push_back(target.bytes);
    }
    code(tables_of(multiply(wanted, inverse_of(present, data_), data_), data_), in, out);
}

}  // namespace siahub
