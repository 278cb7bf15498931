// Lists in C++: read, looked up, compared, recorded, written.
//
//     list read LIST              prints the files of a list with their digests
//     list find LIST PATH         looks a file up in a list
//     list differ LIST LIST       compares two lists
//     list record ROOT FILE...    appends a generation for files that an engine copied to ROOT
//     list history ROOT [PATH]    prints the generations of a history; follows one file
//     list copy LIST TO           writes the files of a list to another one
//
// Exits with 0 when all was well, 1 when something differs or was found, 2 when it could not be done.
#include "mhl.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <vector>

namespace {

void print(const mhl_recorded_hash &hash)
{
    std::cout << "  " << mhl::view(hash.element);
    if (hash.digest.algorithm != 0)
        std::cout << ' ' << mhl::text(hash.digest);
    std::cout << '\n';
}

int read(const char *list)
{
    mhl::manifest_reader reader{std::filesystem::path(list)};
    std::cout << (reader.header().format == MHL_FORMAT_ASC ? "asc" : "classic") << '\n';
    mhl_entry entry;
    while (reader.next(entry)) {
        if (entry.kind != MHL_ENTRY_KIND_FILE)
            continue;
        std::cout << mhl::view(entry.path) << '\n';
        for (const mhl_recorded_hash &hash : reader.hashes(entry))
            print(hash);
    }
    return 0;
}

int find(const char *list, const char *path)
{
    const mhl::manifest manifest{std::filesystem::path(list)};
    const auto index = manifest.find(path);
    if (!index) {
        std::cout << "not listed, of " << manifest.count().entries << '\n';
        return 1;
    }
    for (const mhl_recorded_hash &hash : manifest.hashes(*index))
        print(hash);
    return 0;
}

int differ(const char *before, const char *after)
{
    const mhl::difference difference(mhl::manifest{std::filesystem::path(before)},
                                     mhl::manifest{std::filesystem::path(after)});
    const auto changes = difference.changes();
    for (std::size_t index = 0; index < changes.size(); ++index) {
        std::cout << mhl::view(changes[index].path) << ' ' << mhl::view(changes[index].to) << '\n';
        for (const mhl_differing_digest &digest : difference.digests(index))
            std::cout << "  " << mhl::view(digest.before) << ' ' << mhl::view(digest.after) << '\n';
    }
    std::cout << difference.same() << " the same\n";
    return changes.empty() ? 0 : 1;
}

int record(const std::filesystem::path &root, const std::vector<std::string> &names)
{
    mhl::record_options options;
    options.format = MHL_FORMAT_ASC;
    options.author_name = "DIT";
    mhl::record record(options);
    for (const std::string &name : names) {
        // Stands for an engine that has the bytes in hand as it copies them.
        std::ifstream file(root / name, std::ios::binary);
        mhl::hasher hasher(options.algorithms);
        mhl::hashed_file told;
        std::vector<char> buffer(65536);
        while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())),
               file.gcount() > 0) {
            const auto count = static_cast<std::size_t>(file.gcount());
            hasher.update(buffer.data(), count);
            told.size += count;
        }
        if (!file.eof())
            throw std::runtime_error(name + " cannot be read to its end");
        told.path = name;
        told.digests = hasher.finish();
        record.file(told);
    }
    mhl::context context;
    context.tool = "list.cpp";
    const mhl::report report = record.write(root, context);
    for (const mhl_finding &finding : report.findings())
        std::cout << mhl::view(finding.kind) << ' ' << mhl::view(finding.path) << '\n';
    const bool recorded = report.summary().outcome == MHL_OUTCOME_RECORDED;
    std::cout << (recorded ? "recorded" : "not recorded") << '\n';
    return recorded ? 0 : 1;
}

int history(const std::filesystem::path &root, const char *path)
{
    const mhl::history history(root);
    for (const mhl_generation &generation : history.generations())
        std::cout << mhl::view(generation.file_name) << '\n';
    std::cout << history.manifest(0).count().files << " files in the first\n";
    for (const mhl_finding &finding : history.findings())
        std::cout << mhl::view(finding.kind) << '\n';
    for (std::uint64_t index = 0; index < history.count().nested; ++index)
        std::cout << "within: " << history.nested(index).first << '\n';
    if (path != nullptr) {
        const mhl::file_history file = history.file(path);
        for (const mhl_mention &mention : file.mentions())
            std::cout << mention.generation << ' ' << mhl::view(mention.path) << '\n';
        for (const mhl_recorded_hash &hash : file.references())
            print(hash);
    }
    return history.count().is_faulty != 0 ? 1 : 0;
}

int copy(const char *list, const char *to)
{
    mhl::new_header header;
    header.tool = "list.cpp";
    std::size_t bytes = 0;
    mhl::manifest_writer file(std::filesystem::path(to), header);
    mhl::manifest_writer counted([&](const void *, std::size_t len) { bytes += len; }, header);
    mhl::manifest_reader reader{std::filesystem::path(list)};
    mhl_entry entry;
    while (reader.next(entry)) {
        if (entry.kind != MHL_ENTRY_KIND_FILE)
            continue;
        mhl::hashed_file told;
        told.path = std::string(mhl::view(entry.path));
        told.size = entry.size;
        told.modified = entry.modified;
        told.hashed = entry.hashed;
        for (const mhl_recorded_hash &hash : reader.hashes(entry))
            if (hash.digest.algorithm != 0)
                told.digests.push_back(hash.digest);
        file.file(told);
        counted.file(told);
    }
    const bool same = mhl::text(file.finish()) == mhl::text(counted.finish());
    std::cout << (same && bytes == std::filesystem::file_size(to) ? "written\n" : "torn\n");
    // What a sink throws comes through.
    try {
        mhl::manifest_writer full([](const void *, std::size_t) { throw 28; }, header);
        full.finish();
        return 2;
    } catch (int thrown) {
        return same && thrown == 28 ? 0 : 2;
    }
}

} // namespace

int main(int argc, char **argv)
{
    if (!mhl::is_compatible())
        return 2;
    try {
        const std::string what = argc > 1 ? argv[1] : "";
        if (what == "read" && argc == 3)
            return read(argv[2]);
        if (what == "find" && argc == 4)
            return find(argv[2], argv[3]);
        if (what == "differ" && argc == 4)
            return differ(argv[2], argv[3]);
        if (what == "record" && argc > 3)
            return record(argv[2], std::vector<std::string>(argv + 3, argv + argc));
        if (what == "history" && (argc == 3 || argc == 4))
            return history(argv[2], argc == 4 ? argv[3] : nullptr);
        if (what == "copy" && argc == 4)
            return copy(argv[2], argv[3]);
    } catch (const std::exception &error) {
        std::cerr << "list: " << error.what() << '\n';
        return 2;
    }
    std::cerr << "usage: list read|find|differ|record|history|copy ...\n";
    return 2;
}
