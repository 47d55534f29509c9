#pragma once
// Answers to RHP4 calls as they arrive: state machines without I/O that say how many bytes they
// want next and take exactly these. An answer begins with a byte that tells success from a refusal;
// a refusal is a code and a text. Nothing is allocated beyond what was asked for or has arrived.
// Errors of feed(): invalid_argument; the answer is then worthless.

#include "sia/rhp4/messages.hpp"

#include <string>
#include <vector>

namespace siahub::sia::rhp4 {

struct Refusal {
    std::uint8_t code = 0;
    std::string text;  // printable ASCII, whatever the host sent
};

class Answer {
  public:
    virtual ~Answer() = default;
    // 0: complete.
    [[nodiscard]] std::size_t wants() const { return wants_; }
    Result<void> feed(ByteView bytes);
    [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }

  protected:
    // `body`: how much of a successful answer to read first.
    explicit Answer(std::size_t body) : body_(body) {}
    // The next piece of a successful answer; returns how many bytes follow.
    virtual Result<std::size_t> take(ByteView bytes) = 0;

  private:
    enum class Part { flag, body, refusal_head, refusal_text };

    Result<std::size_t> step(ByteView bytes);

    Part part_ = Part::flag;
    std::size_t wants_ = 1;
    std::size_t body_;
    std::optional<Refusal> refusal_;
};

class SettingsAnswer final : public Answer {
  public:
    SettingsAnswer() : Answer(HostSettings::kHeadSize) {}
    HostSettings settings;

  private:
    Result<std::size_t> take(ByteView bytes) override;
    Bytes bytes_;
};

class WriteSectorAnswer final : public Answer {
  public:
    WriteSectorAnswer() : Answer(32) {}
    Hash256 root;

  private:
    Result<std::size_t> take(ByteView bytes) override;
};

class BalanceAnswer final : public Answer {
  public:
    BalanceAnswer() : Answer(16) {}
    Currency balance;

  private:
    Result<std::size_t> take(ByteView bytes) override;
};

// Complete once the data begins, all `length` bytes of it.
class ReadSectorAnswer final : public Answer {
  public:
    // No proof over a sector is longer.
    static constexpr std::size_t kMaxProof = 32;

    explicit ReadSectorAnswer(std::uint64_t length) : Answer(8), length_(length) {}
    std::vector<Hash256> proof;

  private:
    Result<std::size_t> take(ByteView bytes) override;
    std::uint64_t length_;
    bool counted_ = false;
};

}  // namespace siahub::sia::rhp4
