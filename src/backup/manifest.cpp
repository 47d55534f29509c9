#include "backup/manifest.hpp"

#include "core/encoding.hpp"
#include "core/file_io.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::backup {
namespace {

namespace json = boost::json;

constexpr std::string_view kMagic = "siahub backup 1\n";
constexpr std::string_view kMagicName = "siahub backup ";
constexpr std::string_view kChecksum = "blake3 ";
constexpr std::uintmax_t kMaxManifest = 4UL * 1024 * 1024;

Failure unreadable(std::string_view why) {
    return fail(Code::unprocessable,
                fmt::format("The backup's {} is damaged: {}", kManifestName, why));
}

json::object render(const FileEntry& file) {
    return {{"name", file.name},
            {"bytes", file.content.bytes},
            {"blake3", to_hex(file.content.digest)}};
}

json::object render(const TableEntry& table) {
    json::array columns;
    for (const auto& column : table.shape.columns)
        columns.push_back(json::object{{"name", column.name}, {"type", db::name_of(column.type)}});
    return {{"name", table.shape.name},
            {"columns", std::move(columns)},
            {"rows", table.rows},
            {"file", render(table.file)}};
}

// Checked access to foreign JSON.
Result<const json::value*> member(const json::value& object, std::string_view name) {
    const auto* const fields = object.if_object();
    const auto* const found = fields == nullptr ? nullptr : fields->if_contains(name);
    if (found == nullptr) return unreadable(fmt::format("\"{}\" is missing", name));
    return found;
}

Result<std::string> text_of(const json::value& object, std::string_view name) {
    const auto* const text = TRY(member(object, name))->if_string();
    if (text == nullptr) return unreadable(fmt::format("\"{}\" is not text", name));
    return std::string(*text);
}

Result<std::uint64_t> number_of(const json::value& object, std::string_view name) {
    boost::system::error_code error;
    const auto number = TRY(member(object, name))->to_number<std::uint64_t>(error);
    if (error || number > std::uint64_t{1} << 62)
        return unreadable(fmt::format("\"{}\" is not a number", name));
    return number;
}

Result<const json::array*> list_of(const json::value& object, std::string_view name) {
    const auto* const list = TRY(member(object, name))->if_array();
    if (list == nullptr) return unreadable(fmt::format("\"{}\" is not a list", name));
    return list;
}

// Letters that make a plain name: no way out of the backup's folder.
bool is_plain(std::string_view name) {
    return !name.empty() && name.size() <= 128 && name.front() != '.' &&
           std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
           });
}

Result<std::string> plain_name(const json::value& object) {
    auto name = TRY(text_of(object, "name"));
    if (!is_plain(name)) return unreadable("a name is not one");
    return name;
}

Result<FileEntry> parse_file(const json::value& value) {
    FileEntry file{.name = TRY(plain_name(value)), .content = {}};
    file.content.bytes = TRY(number_of(value, "bytes"));
    if (!from_hex(TRY(text_of(value, "blake3")), file.content.digest))
        return unreadable("a checksum is not one");
    return file;
}

Result<TableEntry> parse_table(const json::value& value) {
    TableEntry table{.shape = {.name = TRY(plain_name(value)), .columns = {}},
                     .file = TRY(parse_file(*TRY(member(value, "file")))),
                     .rows = TRY(number_of(value, "rows"))};
    for (const auto& column : *TRY(list_of(value, "columns"))) {
        const auto type = db::parse_column_type(TRY(text_of(column, "type")));
        if (!type) return unreadable("a column's type is not one");
        table.shape.columns.push_back({.name = TRY(plain_name(column)), .type = *type});
    }
    if (table.shape.columns.empty()) return unreadable("a table has no columns");
    return table;
}

Result<Manifest> parse_body(const json::value& value) {
    Manifest manifest;
    manifest.id = TRY(text_of(value, "id"));
    if (manifest.id.size() != 32 || !is_plain(manifest.id)) return unreadable("its id is not one");
    manifest.hub_version = TRY(text_of(value, "hub_version"));
    manifest.database = TRY(text_of(value, "database"));
    manifest.schema_version = static_cast<std::int64_t>(TRY(number_of(value, "schema_version")));
    manifest.created_at = static_cast<UnixMillis>(TRY(number_of(value, "created_at")));
    for (const auto& table : *TRY(list_of(value, "tables")))
        manifest.tables.push_back(TRY(parse_table(table)));
    for (const auto& secret : *TRY(list_of(value, "secrets")))
        manifest.secrets.push_back(TRY(parse_file(secret)));
    manifest.bodies = TRY(number_of(value, "bodies"));
    manifest.body_bytes = TRY(number_of(value, "body_bytes"));
    manifest.absent = TRY(parse_table(*TRY(member(value, "absent"))));
    return manifest;
}

}  // namespace

std::uint64_t Manifest::row_count() const {
    std::uint64_t count = 0;
    for (const auto& table : tables)
        count += table.rows;
    return count;
}

const TableEntry* Manifest::find_table(std::string_view name) const {
    const auto found = std::ranges::find_if(
        tables, [name](const TableEntry& table) { return table.shape.name == name; });
    return found == tables.end() ? nullptr : &*found;
}

std::string render_manifest(const Manifest& manifest) {
    json::array tables;
    for (const auto& table : manifest.tables)
        tables.push_back(render(table));
    json::array secrets;
    for (const auto& secret : manifest.secrets)
        secrets.push_back(render(secret));
    const json::object body{{"id", manifest.id},
                            {"hub_version", manifest.hub_version},
                            {"database", manifest.database},
                            {"schema_version", manifest.schema_version},
                            {"created_at", manifest.created_at},
                            {"created", to_iso8601(manifest.created_at)},
                            {"bodies", manifest.bodies},
                            {"body_bytes", manifest.body_bytes},
                            {"absent", render(manifest.absent)},
                            {"secrets", std::move(secrets)},
                            {"tables", std::move(tables)}};
    auto text = std::string(kMagic) + json::serialize(body) + "\n";
    return text + std::string(kChecksum) + to_hex(blake3(as_bytes(text))) + "\n";
}

Result<Manifest> parse_manifest(std::string_view text) {
    if (!text.starts_with(kMagic)) {
        if (text.starts_with(kMagicName))
            return fail(Code::unprocessable,
                        "The backup is of a format that this program does not know. Use the newer "
                        "siahub that made it");
        return unreadable("it is none of siahub");
    }
    const auto end = text.find('\n', kMagic.size());
    if (end == std::string_view::npos) return unreadable("it is cut short");
    const auto signed_part = text.substr(0, end + 1);
    const auto expected = std::string(kChecksum) + to_hex(blake3(as_bytes(signed_part))) + "\n";
    if (text.substr(end + 1) != expected)
        return unreadable("its checksum differs, or it is cut short");
    boost::system::error_code error;
    const auto body = json::parse(signed_part.substr(kMagic.size()), error);
    if (error) return unreadable("it is not JSON");
    return parse_body(body);
}

Result<Manifest> read_manifest(const std::filesystem::path& backup) {
    const auto file = backup / kManifestName;
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    if (error == std::errc::no_such_file_or_directory)
        return fail(Code::not_found, backup.string() + " holds no complete backup: there is no " +
                                         std::string(kManifestName) +
                                         ". A backup that was interrupted has none; run it again");
    if (error || bytes > kMaxManifest) return unreadable("it cannot be read");
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return unreadable("it cannot be read");
    return parse_manifest(std::move(text).str());
}

Result<void> write_manifest(const std::filesystem::path& backup, const Manifest& manifest) {
    const auto draft = backup / "tmp" / kManifestName;
    std::error_code error;
    std::filesystem::remove(draft, error);
    auto file = TRY(DigestedFile::create(draft));
    TRY(file.append(as_bytes(render_manifest(manifest))));
    TRY(file.finish());
    std::filesystem::rename(draft, backup / kManifestName, error);
    if (error) return Failure(io_error(error.value(), "rename the manifest"));
    return sync_directory(backup);
}

}  // namespace siahub::backup
