// SPDX-License-Identifier: Apache-2.0
// libhdf5 as Debian builds it serves one thread at a time: whoever holds a Handle holds the lock.
#pragma once

#include <hdf5.h>

#include <mutex>
#include <utility>

#include "checkpoint/tensor.h"

namespace mirfa::checkpoint {

/// Locks the library, silent and without plugins, until it goes.
class Hdf5Lock {
public:
    Hdf5Lock();

private:
    std::lock_guard<std::mutex> lock_;
};

/// An object of the library that is closed when this goes. False when it could not be made.
class Handle {
public:
    using Close = herr_t (*)(hid_t);
    Handle() = default;
    Handle(hid_t id, Close closer) : id_(id), close_(closer) {}
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        std::swap(close_, other.close_);
        return *this;
    }
    ~Handle() {
        if (id_ >= 0) close_(id_);
    }
    explicit operator bool() const { return id_ >= 0; }
    hid_t id() const { return id_; }
    /// Closes now. Gives: whether that went well, which for a file is whether it is complete.
    bool close() { return close_(std::exchange(id_, -1)) >= 0; }

private:
    hid_t id_ = -1;
    Close close_ = nullptr;
};

/// The file's type for a Dtype: little-endian, booleans as h5py's enumeration. Empty for a type that has none there.
Handle hdf5_type_of(Dtype dtype);
/// The Dtype of the file's type; none for big-endian, padded or other kinds.
std::optional<Dtype> find_hdf5_dtype(hid_t type);

}  // namespace mirfa::checkpoint
