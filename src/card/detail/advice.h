// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <vector>

#include "card/validate.h"

namespace mirfa::card::detail {

struct Advice {
    std::string path;     ///< of the value it is about; empty for the whole
    std::string message;  ///< begins with the quoted path when there is one
};

/// What readers, filters and clients will not understand in the metadata of a card, beside what validate_card() says.
std::vector<Advice> advise(RepoKind kind, const boost::json::object& card);

// Its parts, a file each.
void advise_results(const boost::json::value& model_index, std::vector<Advice>& out);
void advise_emissions(const boost::json::value& emissions, std::vector<Advice>& out);
void advise_widget(const boost::json::value& widget, std::string_view task, std::vector<Advice>& out);
void advise_dataset(const boost::json::object& card, std::vector<Advice>& out);
void advise_space(const boost::json::object& card, std::vector<Advice>& out);

/// `"path" words`.
void say(std::vector<Advice>& out, std::string path, std::string_view words);

}  // namespace mirfa::card::detail
