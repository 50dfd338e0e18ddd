// SPDX-License-Identifier: Apache-2.0
#include "hub/xet/stored_xorbs.h"

#include "blob/store.h"
#include "catalog/large.h"
#include "hub/large/large_objects.h"

namespace mirfa::hub {
namespace {

Error no_such_xorb() { return Error{Code::kNotFound, "There is no such xorb."}; }

}  // namespace

Result<std::uint64_t> size_of_stored_xorb(Hub& hub, const format::XetHash& xorb) {
    TRY(const auto size, hub.store.stat(blob::xorb_key(xorb)));
    if (!size) return no_such_xorb();
    return *size;
}

Result<std::uint64_t> size_of_own_xorb(Hub& hub, const Principal& cas, const format::XetHash& xorb) {
    TRY(const bool own,
        hub.catalog.read([&](catalog::Session& s) { return catalog::may_offer_xorb(s, xorb, cas.bound_repo, cas.user); }));
    if (!own) return no_such_xorb();
    return size_of_stored_xorb(hub, xorb);
}

Result<std::unique_ptr<SegmentSource>> open_stored_xorb(Hub& hub, const format::XetHash& xorb, std::uint64_t offset,
                                                        std::uint64_t length) {
    return open_blob(hub, blob::xorb_key(xorb), offset, length);
}

}  // namespace mirfa::hub
