#pragma once
// For tests only: the `git` program in an empty repository of its own, to compare with.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace siahub::git {

class GitProgram {
  public:
    GitProgram() {
        std::string name = (std::filesystem::temp_directory_path() / "siahub-git-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
        folder_ = name;
        run("init -q -b main .");
    }
    GitProgram(const GitProgram&) = delete;
    GitProgram& operator=(const GitProgram&) = delete;
    ~GitProgram() { std::filesystem::remove_all(folder_); }

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

    void write(const std::filesystem::path& path, std::string_view content) const {
        const auto whole = folder_ / path;
        std::filesystem::create_directories(whole.parent_path());
        std::ofstream(whole, std::ios::binary) << content;
    }

    // Standard output of `git <arguments>`; a failure shows as a failed test unless its exit status
    // is `also_fine`.
    std::string run(const std::string& arguments, std::string_view input = "",
                    int also_fine = 0) const {
        write(".git/test-input", input);
        const auto folder = folder_.string();
        const int status = std::system(
            ("cd '" + folder + "' && GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null git " +
             arguments + " <.git/test-input >.git/test-output 2>.git/test-errors")
                .c_str());
        const int code = WEXITSTATUS(status);
        EXPECT_TRUE(code == 0 || code == also_fine)
            << "git " << arguments << ": " << read(".git/test-errors");
        return read(".git/test-output");
    }

    [[nodiscard]] std::string read(const std::filesystem::path& path) const {
        std::ifstream file(folder_ / path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

  private:
    std::filesystem::path folder_;
};

}  // namespace siahub::git
