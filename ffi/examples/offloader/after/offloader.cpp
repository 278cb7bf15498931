// An offload application as there are many: copy threads of its own, a queue of clips, several drives.
//
//     offloader CARD DRIVE...      copies the card into a folder of its name on each drive
//
// What it knows of a copy is that it was read back and every digest is that of the card, and that the list that the card
// brought holds; where it brought none, the copy has one of these digests. Exits with 0 then, with 1 when not, with 2 when
// it could not begin.
#include "mhl.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <sys/stat.h>

namespace fs = std::filesystem;

namespace {

constexpr std::size_t buffer_len = 1024 * 1024;
constexpr unsigned copy_threads = 4;

// One file of the card, and what became of it.
struct clip {
    fs::path path; // relative to the card
    std::uintmax_t size = 0;
    std::string failure;              // empty for none
    std::vector<mhl_digest> digests;  // of what was read from the card
};

// The files of a card in the order of their names.
std::vector<clip> scan(const fs::path &card)
{
    std::vector<clip> clips;
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(card))
        if (entry.is_regular_file())
            clips.push_back({entry.path().lexically_relative(card), entry.file_size(), {}, {}});
    std::sort(clips.begin(), clips.end(),
              [](const clip &one, const clip &other) { return one.path < other.path; });
    return clips;
}

// Of each clip. Any number of algorithms is computed in the one pass over the buffers that are copied anyway.
const std::vector<std::uint32_t> algorithms = {MHL_ALGORITHM_XXH64};

bool same(const mhl_digest &one, const mhl_digest &other)
{
    return one.algorithm == other.algorithm && one.len == other.len
        && std::equal(one.bytes, one.bytes + one.len, other.bytes);
}

// A file that is written under a name of its own until it is whole.
class destination {
public:
    explicit destination(const fs::path &path) : path_(path), part_(path.string() + ".part")
    {
        fs::create_directories(path.parent_path());
        file_.open(part_, std::ios::binary | std::ios::trunc);
        if (!file_)
            throw std::runtime_error(part_.string() + " cannot be created");
    }

    void write(const char *bytes, std::streamsize len)
    {
        if (!file_.write(bytes, len))
            throw std::runtime_error(part_.string() + " cannot be written");
    }

    void keep()
    {
        file_.close();
        if (!file_)
            throw std::runtime_error(part_.string() + " cannot be written");
        fs::rename(part_, path_);
    }

private:
    fs::path path_;
    fs::path part_;
    std::ofstream file_;
};

class offload {
public:
    offload(const fs::path &card, const std::vector<fs::path> &copies)
        : card_(card), copies_(copies), clips_(scan(card))
    {
    }

    // Copies every clip on threads of its own, and tells whether all went well.
    bool run()
    {
        std::vector<std::thread> threads;
        for (unsigned number = 0; number < copy_threads; ++number)
            threads.emplace_back([this] { work(); });
        for (std::thread &thread : threads)
            thread.join();
        bool all = true;
        for (const clip &clip : clips_)
            if (!clip.failure.empty()) {
                std::cout << "FAILED " << clip.path.generic_string() << ": " << clip.failure << '\n';
                all = false;
            }
        for (const fs::path &copy : copies_)
            if (!verify(copy))
                all = false;
        return all;
    }

    std::size_t clips() const { return clips_.size(); }

private:
    void work()
    {
        std::vector<char> buffer(buffer_len);
        for (std::size_t at = next_++; at < clips_.size(); at = next_++) {
            clip &clip = clips_[at];
            try {
                copy(clip, buffer);
            } catch (const std::exception &error) {
                clip.failure = error.what();
            }
            const std::lock_guard<std::mutex> lock(output_);
            std::cerr << clip.path.generic_string() << (clip.failure.empty() ? " copied\n" : " failed\n");
        }
    }

    void copy(clip &clip, std::vector<char> &buffer)
    {
        std::ifstream source(card_ / clip.path, std::ios::binary);
        if (!source)
            throw std::runtime_error("cannot be opened");
        std::vector<destination> destinations;
        for (const fs::path &copy : copies_)
            destinations.emplace_back(copy / clip.path);

        mhl::hasher hasher(algorithms);
        std::uintmax_t copied = 0;
        while (source.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || source.gcount() > 0) {
            for (destination &destination : destinations)
                destination.write(buffer.data(), source.gcount());
            hasher.update(buffer.data(), static_cast<std::size_t>(source.gcount()));
            copied += static_cast<std::uintmax_t>(source.gcount());
        }
        if (!source.eof() || copied != clip.size)
            throw std::runtime_error("cannot be read to its end");
        clip.digests = hasher.finish();

        for (destination &destination : destinations)
            destination.keep();
        for (const fs::path &copy : copies_)
            read_back(clip, copy / clip.path, buffer);
    }

    // Reads what was written, and compares it with what was read from the card.
    static void read_back(const clip &clip, const fs::path &path, std::vector<char> &buffer)
    {
        std::ifstream file(path, std::ios::binary);
        mhl::hasher hasher(algorithms);
        while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0)
            hasher.update(buffer.data(), static_cast<std::size_t>(file.gcount()));
        if (!file.eof())
            throw std::runtime_error(path.string() + " cannot be read back");
        const std::vector<mhl_digest> digests = hasher.finish();
        if (!std::equal(digests.begin(), digests.end(), clip.digests.begin(), clip.digests.end(), same))
            throw std::runtime_error(path.string() + " is not what was read: " + mhl::text(digests.at(0))
                                     + ", " + mhl::text(clip.digests.at(0)) + " expected");
    }

    // Whether what the list says of the copy holds, where the card brought a list. Tells what does not.
    bool verify(const fs::path &copy) const
    {
        mhl::context context;
        context.tool = "offloader";
        context.tool_version = "2.0";
        // Here it may draw how far it is, and stop it: the same function with next::cancel.
        context.progress = [](const mhl_progress &) { return mhl::next::proceed; };
        try {
            const mhl::report report = mhl::verify(copy, {}, context);
            for (const mhl_finding &finding : report.findings())
                std::cout << mhl::view(finding.kind) << ' ' << (copy / mhl::view(finding.path)).generic_string()
                          << '\n';
            // Whatever is not verified is not: failed, unproven, or a word of a later library.
            return report.summary().outcome == MHL_OUTCOME_VERIFIED;
        } catch (const mhl::error &error) {
            if (error.kind() != MHL_STATUS_NO_LIST)
                throw;
            std::cerr << copy.generic_string() << ": the card brought no list\n";
            return list(copy, context);
        }
    }

    // Gives a copy a list of the digests that are known of it: nothing is read again.
    bool list(const fs::path &copy, const mhl::context &context) const
    {
        mhl::record record;
        for (const clip &clip : clips_) {
            if (!clip.failure.empty())
                return false; // a list of what is left would pass for the card's
            struct stat now = {};
            if (::stat((copy / clip.path).string().c_str(), &now) != 0)
                throw std::runtime_error((copy / clip.path).string() + " cannot be examined");
            mhl::hashed_file told;
            told.path = clip.path.generic_string();
            told.size = clip.size;
            told.digests = clip.digests;
            told.modified.seconds = static_cast<std::int64_t>(now.st_mtime);
            told.modified.is_known = 1;
            record.file(told);
        }
        const mhl::report report = record.write(copy, context);
        for (const mhl_finding &finding : report.findings())
            std::cout << mhl::view(finding.kind) << ' ' << copy.generic_string() << '\n';
        return report.summary().outcome == MHL_OUTCOME_RECORDED;
    }

    fs::path card_;
    std::vector<fs::path> copies_;
    std::vector<clip> clips_;
    std::atomic<std::size_t> next_{0};
    std::mutex output_;
};

} // namespace

int main(int argc, char **argv)
try {
    if (!mhl::is_compatible())
        throw std::runtime_error(std::string("libmhl ") + mhl_version_string() + " is not the one of this header");
    if (argc < 3) {
        std::cerr << "usage: offloader CARD DRIVE...\n";
        return 2;
    }
    const fs::path card = fs::canonical(argv[1]);
    std::vector<fs::path> copies;
    for (int at = 2; at < argc; ++at)
        copies.push_back(fs::path(argv[at]) / card.filename());

    offload offload(card, copies);
    const bool all = offload.run();
    std::cout << (all ? "verified " : "NOT verified: ") << offload.clips() << " clips to " << copies.size()
              << " drives\n";
    return all ? 0 : 1;
} catch (const std::exception &error) {
    std::cerr << "offloader: " << error.what() << '\n';
    return 2;
}
