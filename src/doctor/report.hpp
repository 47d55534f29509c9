#pragma once
// What a doctor found, in the order of the looking. A finding names the check ("database.schema":
// part of the interface, scripts rely on it), says what is the case, and unless all is well what to
// type or change.

#include <string>
#include <string_view>
#include <vector>

namespace siahub::doctor {

enum class Verdict { ok, warning, error };

struct Finding {
    std::string check;
    Verdict verdict = Verdict::ok;
    std::string what;
    std::string remedy;  // empty when all is well
};

class Report {
  public:
    void ok(std::string check, std::string what);
    // Works, but not as it should, or not for long.
    void warning(std::string check, std::string what, std::string remedy);
    // Does not work, or loses data.
    void error(std::string check, std::string what, std::string remedy);

    // What another doctor has found.
    void append(const Report& other);

    [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }
    [[nodiscard]] std::size_t count(Verdict verdict) const;
    // 0: all is well; 1: warnings; 2: errors.
    [[nodiscard]] int exit_code() const;
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string json() const;

  private:
    std::vector<Finding> findings_;
};

}  // namespace siahub::doctor
