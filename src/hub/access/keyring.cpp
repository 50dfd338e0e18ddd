// SPDX-License-Identifier: Apache-2.0
// A sealed text is `payload.key.expires.mac`, each part base64url or decimal. Keys are immutable by id, so a node may
// cache them; an id it does not know makes it look into the catalog once more.
#include "hub/access/keyring.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/random.h"

namespace mirfa::hub {
namespace {

constexpr UnixMillis kDay = 24LL * 3600 * 1000;
constexpr UnixMillis kSignsFor = 7 * kDay;
constexpr UnixMillis kGoodFor = 16 * kDay;  // longer than kSignsFor and the longest life of a seal (7 days) together

std::string to_base64url(ByteView bytes) {
    std::string text = to_base64(bytes);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    while (text.ends_with('=')) text.pop_back();
    return text;
}

Result<Bytes> from_base64url(std::string_view text) {
    std::string plain(text);
    std::replace(plain.begin(), plain.end(), '-', '+');
    std::replace(plain.begin(), plain.end(), '_', '/');
    return from_base64(plain);
}

std::int64_t to_number(std::string_view text) {
    std::int64_t number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    return end.ptr == text.data() + text.size() ? number : 0;
}

Sha256 mac_of(const catalog::SigningKey& key, std::string_view purpose, std::string_view body) {
    std::string message(purpose);
    message.append("\n").append(body);
    return hmac_sha256(key.secret, as_bytes(message));
}

Error bad_seal() { return Error{Code::kUnauthenticated, "Invalid credentials in Authorization header", Reason::kBadCredentials}; }

}  // namespace

Result<void> Keyring::reload() {
    TRY(keys_, catalog_.read([&](catalog::Session& s) { return catalog::signing_keys(s, clock_.now()); }));
    return ok();
}

Result<catalog::SigningKey> Keyring::current_key() {
    const std::lock_guard lock(mutex_);
    const auto fresh = [&] { return !keys_.empty() && keys_.front().created + kSignsFor > clock_.now(); };
    if (!fresh()) TRY(reload());
    if (fresh()) return keys_.front();
    const auto now = clock_.now();
    const catalog::SigningKey made{new_row_id(), random_bytes(32), now, now + kGoodFor};
    TRY(catalog_.write([&](catalog::Session& s) -> Result<void> {
        TRY(catalog::delete_retired_keys(s, now));
        return catalog::insert_signing_key(s, made);
    }));
    TRY(reload());
    return made;
}

Result<catalog::SigningKey> Keyring::key_by_id(catalog::RowId id) {
    const std::lock_guard lock(mutex_);
    const auto find = [&] { return std::find_if(keys_.begin(), keys_.end(), [&](const auto& key) { return key.id == id; }); };
    if (find() == keys_.end()) TRY(reload());
    const auto found = find();
    if (found == keys_.end() || found->retires <= clock_.now()) return bad_seal();
    return *found;
}

Result<std::string> Keyring::seal(std::string_view purpose, std::string_view payload, UnixMillis expires) {
    TRY(const auto key, current_key());
    std::string body = to_base64url(as_bytes(payload)) + "." + std::to_string(key.id) + "." + std::to_string(expires);
    const auto mac = mac_of(key, purpose, body);
    return body + "." + to_base64url(mac.view());
}

Result<std::string> Keyring::open(std::string_view purpose, std::string_view sealed) {
    const auto parts = split(sealed, '.');
    if (parts.size() != 4) return bad_seal();
    TRY(const auto key, key_by_id(to_number(parts[1])));
    const auto body = sealed.substr(0, sealed.rfind('.'));
    auto mac = from_base64url(parts[3]);
    if (!mac.has_value() || !equal_in_constant_time(mac_of(key, purpose, body).view(), mac.value())) return bad_seal();
    if (to_number(parts[2]) <= clock_.now()) return bad_seal();
    TRY(const auto payload, from_base64url(parts[0]));
    return std::string(as_text(payload));
}

}  // namespace mirfa::hub
