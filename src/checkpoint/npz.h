// SPDX-License-Identifier: Apache-2.0
// Arrays of NumPy: one in a `.npy`, several in a `.npz`, which is a zip archive of those.
#pragma once

#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

inline constexpr std::size_t kMaxNpyHeader = 64u << 10;

/// What stands at the front of a `.npy`.
struct NpyHead {
    Dtype dtype = Dtype::kF32;
    std::string descr;  ///< `<f4`
    bool big_endian = false;
    bool column_major = false;
    bool has_objects = false;  ///< what follows is a pickle; only where it was asked for
    Shape shape;
    std::uint64_t data_offset = 0;
};

enum class NpyObjects { kRefuse, kTell };

/// Fails: kUnsupported for objects, structures, texts and dates; kInvalidArgument for a broken one; as `source`.
/// Source: NumPy's "A simple file format", versions 1.0 to 3.0.
Result<NpyHead> read_npy_head(ByteSource& source, NpyObjects objects = NpyObjects::kRefuse);

/// Tensors are named by their keys, whatever is in them (`params/Dense_0/kernel`); the array of a `.npy` is called `array`.
/// Column-major arrays and big-endian ones are turned around in memory when they are read; deflated ones are streamed.
/// `V2` is BF16. Fails: as read_npy_head, naming the member; as ZipArchive::open.
Result<ReaderPtr> open_npz(const std::filesystem::path& path);
Result<ReaderPtr> open_npz(std::shared_ptr<const RandomSource> source);

}  // namespace mirfa::checkpoint
