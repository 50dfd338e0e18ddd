// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <tuple>

#include "checkpoint/detail/scan_sources.h"
#include "checkpoint/scan.h"

namespace mirfa::checkpoint {

class KerasLayers;

/// Of a name in a file, what is shown to people: its first letters, without those that would do something to a terminal.
std::string printable(std::string_view text);

/// One scan: what is looked at, how deep within others, and what was found so far. Threads: one at a time.
class FileScan {
public:
    explicit FileScan(const ScanLimits& limits) : limits_(limits), budget_(std::make_shared<ScanBudget>()) {
        budget_->left = limits.octets;
        budget_->searched_left = limits.searched;
    }
    Result<ScanReport> run(std::shared_ptr<const RandomSource> source, std::string_view name);

private:
    using Source = std::shared_ptr<const RandomSource>;
    struct Place {
        std::string member;  ///< "" for the file itself
        int depth = 0;
        bool expected = false;          ///< its name says that it is a pickle, so that what cannot be read is worth telling
        bool is_torch = false;          ///< its name says that torch reads it
        bool is_keras_weights = false;  ///< Keras reads numbers from it and nothing else
        bool is_onnx = false;
    };

    Result<void> look(const Source& source, const Place& place);
    Result<void> look_at_zip(const Source& source, const Place& place);
    Result<void> look_at_members(const std::shared_ptr<const ZipArchive>& archive, const Place& place);
    Result<void> look_at_gaps(const Source& source, const ZipArchive& archive, const Place& place);
    Result<void> look_for_hidden(const Source& source, std::uint64_t first, std::uint64_t end, const Place& place);
    Result<std::uint64_t> look_at_hidden(const Source& source, std::uint64_t at, std::uint64_t end, const Place& place);
    Result<void> look_at_tar(const Source& source, const Place& place);
    Result<void> look_at_packed(const Source& source, Packing packing, const Place& place);
    Result<void> look_at_onnx(const Source& source, const Place& place);
    Result<void> look_at_npy(const Source& source, const Place& place);
    Result<void> look_at_gguf(const Source& source, const Place& place);
    Result<void> look_at_config(const Source& source, const Place& place);
    /// Takes: an HDF5 file, or the configuration of a model.
    Result<void> look_at_keras(const Source& source, const Place& place);
    void tell_layers(const KerasLayers& layers, const Place& place);
    Result<void> look_at_pickles(const Source& source, std::uint64_t first, const Place& place);

    Place below(const Place& place, std::string_view name) const;
    void import(const Place& place, std::string_view module, std::string_view name, std::uint64_t offset);
    void find(Safety safety, const Place& place, std::string text);
    void find(const Place& place, ScanFinding finding);
    /// What is broken in the file is a finding and the scan goes on; what is broken outside of it ends the scan.
    Result<void> tolerate(const Error& error, const Place& place);
    void conclude();

    ScanLimits limits_;
    std::shared_ptr<ScanBudget> budget_;
    ScanReport report_;
    bool unreadable_ = false;
    std::set<std::pair<std::string, std::string>> seen_;
};

}  // namespace mirfa::checkpoint
