// SPDX-License-Identifier: Apache-2.0
// The safety scan: which names the pickles of a file would ask Python for, found without running any of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

/// Raised by each change that finds more, or looks into more files: reports by older rules are made anew.
inline constexpr int kScanRules = 6;

/// What programs take a file of this name for, which decides what is looked for in it. Reports are kept by these numbers.
enum class Reading { kAny = 0, kPickle = 1, kTorch = 2, kModelConfig = 3, kOnnx = 4 };
Reading reading_of(std::string_view name);

/// kCaution: nothing runs by itself; whoever loads it must first fetch or allow code that somebody else wrote.
enum class Safety { kInnocuous, kCaution, kSuspicious, kDangerous };
/// `innocuous`, `caution`, `suspicious`, `dangerous`
std::string_view name_of(Safety safety);

/// By the tables of detail/scan_names.cpp; a name that is in none of them is suspicious.
Safety classify_import(std::string_view module, std::string_view name);

struct ScannedImport {
    std::string module;  ///< `unknown` for what cannot be told without running it
    std::string name;
    Safety safety = Safety::kSuspicious;
    std::string member;        ///< of an archive, `a.zip/b.pkl`; "" for the file itself
    std::uint64_t offset = 0;  ///< of the instruction that asks first, in the member's content
    bool operator==(const ScannedImport&) const = default;
};

struct ScanFinding {
    Safety safety = Safety::kSuspicious;
    std::string member;
    std::string text;       ///< a sentence
    std::string kind = {};  ///< a word for programs, with which pages say it in the reader's language; "" for what is rare
    std::string name = {};  ///< of what it is about, for kinds that have one: a class, a path
    std::string file = {};  ///< where that is written
    bool operator==(const ScanFinding&) const = default;
};

/// kUnreadable: what was read is harmless, and something could not be read.
enum class Verdict { kSafe, kCaution, kSuspicious, kDangerous, kUnreadable };

struct ScanReport {
    Verdict verdict = Verdict::kSafe;
    bool has_pickles = false;
    std::vector<ScannedImport> imports;  ///< distinct, in the order in which they were found
    std::vector<ScanFinding> findings;
};

struct ScanLimits {
    std::uint64_t octets = std::uint64_t{2} << 30;  ///< read and inflated altogether; the rest counts as unreadable
    /// Read once from front to end in search of the layers of Keras, which the others do not count for: memory is a window, and
    /// the time that of reading the file, as when it was stored.
    std::uint64_t searched = std::uint64_t{256} << 30;
    std::size_t imports = 10'000;
    std::size_t findings = 1'000;
    int depth = 4;  ///< archives and pickles within each other
};

/// Looks for pickles by content and by name: in gzip, zlib and xz, in zip and tar archives, also where their directories do not
/// list them, in files of torch, in arrays of objects, one behind the other, within the texts of others. Of GGUF the chat
/// templates are looked at, of Keras (.keras, .h5) the classes of layers, those that are neither Keras's nor TensorFlow's too. Of
/// config.json and its like, the code that transformers would fetch; of ONNX, the files and operators that are not its own.
/// Takes: `name`, whose ending tells whether a file that cannot be read should have been a pickle.
/// Fails: as the source's medium does; never for what is in it.
/// Memory: some 100 MB at most.  Source: reference "Safety".
Result<ScanReport> scan_file(std::shared_ptr<const RandomSource> source, std::string_view name, const ScanLimits& limits = {});

/// The classes that a config.json or tokenizer_config.json has transformers load from Python files (`remote_code`).
std::vector<ScanFinding> scan_model_config(std::string_view text);

/// What in a chat template reaches beyond the conversation that it is given.
std::vector<ScanFinding> scan_chat_template(std::string_view text);

/// `{"status": "unsafe", "avScan": null, "pickleImportScan": {"status": …, "pickleImports": [{module, name, safety}]}}`, the
/// shape of `securityFileStatus` that clients of the Hub know; `pickleImportScan` is null for a file without pickles. Where there
/// are findings, `findings` has the worst kToldFindings of them, which no client of the Hub looks at: `level` and `text`, and
/// what is not empty of `member`, `kind`, `name`, `file`.
inline constexpr std::size_t kToldFindings = 100;
std::string security_status_json(const ScanReport& report);
/// Its `status`. Clients take these words and no others: safe, caution, suspicious, unsafe, error.
std::string_view security_status(Verdict verdict);

}  // namespace mirfa::checkpoint
