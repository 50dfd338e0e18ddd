// SPDX-License-Identifier: Apache-2.0
// Lists of names in attributes, which Keras cuts when they do not fit one.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "checkpoint/detail/hdf5_handle.h"

namespace mirfa::checkpoint {

/// Whether the object has the attribute `name` or its first part `name`0.
bool has_names(hid_t object, const std::string& name);
/// The list in the attribute `name`, or else in `name`0, `name`1, … until one is missing.
/// Fails: kInvalidArgument for another kind of value, and beyond kMaxTensors names.
Result<std::vector<std::string>> read_names(hid_t object, const std::string& name);
/// The text in an attribute, nothing when there is none or it is no text.
std::optional<std::string> find_text(hid_t object, const std::string& name);

/// As Keras: texts of equal width; cut into the fewest equal parts of at most 64,512 octets.
/// Fails: kInternal.
Result<void> write_names(hid_t object, const std::string& name, std::span<const std::string> names);
Result<void> write_text(hid_t object, const std::string& name, const std::string& text);

}  // namespace mirfa::checkpoint
