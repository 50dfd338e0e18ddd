// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/copy.h"

#include <unordered_map>

namespace mirfa::checkpoint {

Result<void> pump(ByteSource& from, ByteSink& to) {
    Bytes buffer(1u << 20);
    while (true) {
        TRY(const auto got, from.read(buffer));
        if (got == 0) return ok();
        TRY(to.write(ByteView(buffer).first(got)));
    }
}

OutTensor same_tensor(const Reader& reader, std::size_t index) {
    return OutTensor{reader.tensors()[index], [&reader, index](ByteSink& sink) -> Result<void> {
                         TRY(const auto octets, reader.open(index));
                         return pump(*octets, sink);
                     }};
}

std::vector<OutTensor> same_tensors(const Reader& reader) {
    std::vector<OutTensor> all;
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < reader.tensors().size(); ++i) {
        places.emplace(reader.tensors()[i].name, i);
        all.push_back(same_tensor(reader, i));
    }
    for (const Tie& tie : reader.ties()) {
        all.push_back(same_tensor(reader, places.at(tie.same_as)));
        all.back().info.name = tie.name;
        all.back().same_as = tie.same_as;
    }
    return all;
}

}  // namespace mirfa::checkpoint
