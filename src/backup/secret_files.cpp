#include "backup/secret_files.hpp"

#include "core/file_io.hpp"

#include <fstream>
#include <sstream>

namespace siahub::backup {

Result<Digested> copy_secret(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::ifstream in(from, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return fail(Code::unavailable, from.string() + " cannot be read");
    auto file = TRY(DigestedFile::create(to));
    TRY(file.append(as_bytes(std::move(text).str())));
    const auto copied = TRY(file.finish());
    TRY(sync_directory(to.parent_path()));
    return copied;
}

}  // namespace siahub::backup
