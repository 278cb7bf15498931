// What an offload application does with mhl, in C++17: it says what ../c/verify.c says.
//
//     verify hash FILE      pushes a file's bytes as they are read; prints its digests
//     verify roll ROLL      verifies a roll; prints progress, findings and the outcome
//     verify cancel ROLL    the same, stopped before the first byte is compared
//     verify throw ROLL     the same, stopped by an exception of the watching function
//
// Exits with 0 when all held, 1 when not, 2 when it could not be done, 5 when it was stopped.
#include "mhl.hpp"

#include <array>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace {

int hash(const char *path)
{
    std::ifstream file(path, std::ios::binary);
    std::array<char, 65536> buffer;
    mhl::hasher hasher({MHL_ALGORITHM_XXH64, MHL_ALGORITHM_MD5, MHL_ALGORITHM_C4});
    while (file.read(buffer.data(), buffer.size()) || file.gcount() > 0)
        hasher.update(buffer.data(), static_cast<std::size_t>(file.gcount()));
    // A file that was not read to its end has no digest.
    if (!file.eof())
        throw std::runtime_error(std::string(path) + " cannot be read to its end");
    for (const mhl_digest &digest : hasher.finish())
        std::cout << mhl_algorithm_name(digest.algorithm) << ':' << mhl::text(digest) << '\n';
    return 0;
}

void print_text(const char *name, mhl_text text)
{
    if (text.data != nullptr)
        std::cout << ' ' << name << '=' << mhl::view(text);
}

int roll(const char *path, const std::string &mode)
{
    std::uint64_t calls = 0;
    mhl::context context;
    context.tool = "verify.cpp";
    context.progress = [&](const mhl_progress &progress) {
        ++calls;
        if (progress.phase != MHL_PHASE_READ || mode == "roll")
            return mhl::next::proceed;
        if (mode == "throw")
            throw std::runtime_error("thrown while watching");
        return mhl::next::cancel;
    };

    const mhl::report report = mhl::verify(path, {}, context);
    std::cerr << "verify: progress was told " << calls << " times\n";
    for (const mhl_finding &finding : report.findings()) {
        std::cout << mhl::view(finding.kind);
        print_text("path", finding.path);
        print_text("expected", finding.expected);
        print_text("found", finding.found);
        std::cout << '\n';
    }
    const mhl_summary summary = report.summary();
    const bool held = summary.outcome == MHL_OUTCOME_VERIFIED;
    std::cout << (held ? "verified" : "not verified") << ": " << summary.verified << " of "
              << summary.files << " files, " << summary.bytes << " bytes\n";
    return held ? 0 : 1;
}

} // namespace

int main(int argc, char **argv)
try {
    if (!mhl::is_compatible())
        throw std::runtime_error(std::string("libmhl ") + mhl_version_string()
                                 + " is not the one of this header");
    const std::string mode = argc == 3 ? argv[1] : "";
    if (mode == "hash")
        return hash(argv[2]);
    if (mode == "roll" || mode == "cancel" || mode == "throw")
        return roll(argv[2], mode);
    std::cerr << "usage: verify hash FILE | roll ROLL | cancel ROLL | throw ROLL\n";
    return 2;
} catch (const mhl::error &error) {
    std::cerr << "verify: " << error.what() << '\n';
    return error.kind() == MHL_STATUS_CANCELLED ? 5 : 2;
} catch (const std::exception &error) {
    std::cerr << "verify: " << error.what() << '\n';
    return 2;
}
