// SPDX-License-Identifier: Apache-2.0
// Whatever the files of a training hold: reading comes to an end, and a card made of it is one that a hub takes and that
// says the same when it is read back, or it is refused with a reason. The first octet chooses the file.
#include <cstdlib>

#include "card/emissions.h"
#include "card/front_matter.h"
#include "card/generate.h"
#include "card/training.h"
#include "card/validate.h"

using namespace mirfa;
using namespace mirfa::card;

static void require(bool property) {
    if (!property) std::abort();
}

static void read(std::uint8_t choice, std::string_view text, CardFacts& facts) {
    switch (choice % 7) {
        case 0: return (void)read_trainer_state(text, facts);
        case 1: return (void)read_results(text, facts);
        case 2: return (void)read_training_arguments(text, facts);
        case 3: return (void)read_model_config(text, facts);
        case 4: return (void)read_adapter_config(text, facts);
        default: break;
    }
    const auto emissions = read_emissions_csv(text, choice % 7 == 5 ? EmissionRows::kLast : EmissionRows::kAllOfRuns);
    if (emissions.has_value()) facts.emissions = emissions.value();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    CardFacts facts;
    read(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1}, facts);
    const auto card = make_card(facts);
    if (!card.has_value()) {
        require(!card.error().message.empty());
        return 0;
    }
    require(validate_card(RepoKind::kModel, card.value()).passed());
    require(boost::json::value(read_card_data(card.value())) == boost::json::value(card_metadata(facts)));
    return 0;
}
