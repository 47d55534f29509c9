#pragma once
// An open file descriptor, closed with its last owner.

#include <unistd.h>

namespace siahub {

class FileHandle {
  public:
    explicit FileHandle(int fd) : fd_(fd) {}
    FileHandle(const FileHandle&) = delete;
    FileHandle& operator=(const FileHandle&) = delete;
    ~FileHandle() { ::close(fd_); }
    [[nodiscard]] int fd() const { return fd_; }

  private:
    int fd_;
};

}  // namespace siahub
