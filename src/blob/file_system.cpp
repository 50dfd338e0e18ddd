// SPDX-License-Identifier: Apache-2.0
#include "blob/file_system.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace mirfa::blob {
namespace fs = std::filesystem;
namespace {

Error failed(std::string_view what, const fs::path& path) {
    const int number = errno;
    auto text = std::string(what) + " " + path.string();
    if (number == EEXIST) return Error{Code::kAlreadyExists, "A file exists already.", Reason::kNone, std::move(text)};
    return system_error(text, number);
}

class RealFile final : public OutputFile {
public:
    explicit RealFile(File file) : file_(std::move(file)) {}
    Result<void> append(ByteView bytes) override { return file_.append(bytes); }
    Result<void> sync() override { return file_.sync(); }

private:
    File file_;
};

class RealFileSystem final : public FileSystem {
public:
    Result<std::unique_ptr<OutputFile>> create(const fs::path& path) override {
        TRY(auto file, File::create_new(path));
        return std::unique_ptr<OutputFile>(new RealFile(std::move(file)));
    }
    Result<void> link(const fs::path& from, const fs::path& to) override {
        if (::link(from.c_str(), to.c_str()) != 0) return failed("link", to);
        return ok();
    }
    Result<void> rename(const fs::path& from, const fs::path& to) override {
        if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename to", to);
        return ok();
    }
    Result<bool> remove(const fs::path& path) override {
        if (::unlink(path.c_str()) == 0) return true;
        if (errno == ENOENT) return false;
        return failed("unlink", path);
    }
    Result<void> make_folder(const fs::path& path) override {
        if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return failed("mkdir", path);
        return ok();
    }
    Result<void> sync_folder(const fs::path& path) override { return mirfa::sync_folder(path); }
};

}  // namespace

FileSystem& real_file_system() {
    static RealFileSystem files;
    return files;
}

}  // namespace mirfa::blob
