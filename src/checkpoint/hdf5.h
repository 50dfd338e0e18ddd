// SPDX-License-Identifier: Apache-2.0
// HDF5 weight files as Keras 2 and transformers write them.
#pragma once

#include "checkpoint/detail/file_sink.h"
#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

/// Reads `tf_model.h5`, a shard of one, and a whole Keras 2 model (whose weights lie in /model_weights). A tensor's name is
/// its variable's full name; in a shard it is the dataset's path, which lacks the model's segment. Plain octets are
/// streamed from where they lie in the file, without the library and its lock.
/// Fails: kInvalidArgument for a broken file; kUnsupported for links and datasets that lead out of the file, for compressed
/// ones, for unknown element types, and for the files of Keras 3, which do not name their variables.
/// Threads: any; the library is used by one at a time.
Result<ReaderPtr> read_hdf5(const std::filesystem::path& path);

/// A group for each top-level layer, as Keras 2 saves weights. `metadata` may say `backend` and `keras_version`.
/// Names that share another's tensor are left out. An embedding that a head or a stack borrows is listed in the borrower's group
/// too, as Keras does it, by a second link to the same octets.
/// Fails: kInvalidArgument for bfloat16 and other types that HDF5 readers of Keras do not know, and for names with empty
/// segments.
Result<void> write_hdf5(FileSink& sink, OutRow tensors, const std::map<std::string, std::string>& metadata);
/// The same for one file of several: a dataset for each variable, below the root, by its name without the model's segment.
Result<void> write_hdf5_shard(FileSink& sink, OutRow tensors, const std::map<std::string, std::string>& metadata);

}  // namespace mirfa::checkpoint
