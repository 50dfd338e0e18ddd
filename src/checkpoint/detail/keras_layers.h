// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "checkpoint/scan.h"

namespace mirfa::checkpoint {

/// What the layers of a model of Keras ask for, found in its text or in octets that hold it, a window at a time.
///
/// An entry of Keras's configuration names a class by `module` and `class_name`, or a function by `config` too, and Keras imports
/// what is not its own: older versions any module, newer ones what the person who loads the model has registered.
/// Threads: one at a time.
class KerasLayers {
public:
    /// Of each window the next one begins with this much; more than what is looked for takes.
    static constexpr std::size_t kOverlap = 4'096;

    /// Takes: a window, without zeros; whether nothing comes behind it.
    void look(std::string_view text, bool is_last);

    struct Import {
        Safety safety = Safety::kCaution;
        std::string name;  ///< `module.Class`, `Package>Class`
        bool operator==(const Import&) const = default;
    };
    /// Distinct, in the order of their names; at most kMostImports, those that are dangerous for sure.
    std::vector<Import> imports() const;
    static constexpr std::size_t kMostImports = 200;

    bool has_lambda() const { return has_lambda_; }
    bool has_far() const { return has_far_; }                ///< more spaces before a class than any writer of JSON puts there
    bool spells_letters() const { return spells_letters_; }  ///< letters by their numbers, as no writer of JSON does it

private:
    void look_at_class(std::string_view behind);
    void look_at_module(std::string_view behind);
    void look_at_registered(std::string_view behind);
    void add_registered(std::string_view name);
    void add(Safety safety, std::string name, std::string_view last);

    bool has_class_ = false, has_lambda_ = false, has_far_ = false, spells_letters_ = false;
    std::map<std::string, Safety> imports_;
    std::set<std::string> classes_;                  ///< that imports_ tells with their modules
    std::map<std::string, std::string> registered_;  ///< `Package>Class` by its class
};

}  // namespace mirfa::checkpoint
