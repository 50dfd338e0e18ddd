-- What the pages of accounts need. disabled: the account opens nothing until an administrator says otherwise.
ALTER TABLE user_account ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
-- avatar: which picture in table avatar, 0 for none; another number after each change, for addresses that are kept.
ALTER TABLE owner ADD COLUMN bio TEXT NOT NULL DEFAULT '';
ALTER TABLE owner ADD COLUMN homepage TEXT NOT NULL DEFAULT '';
ALTER TABLE owner ADD COLUMN avatar BIGINT NOT NULL DEFAULT 0;
-- content: the picture's own octets, at most 1 MiB; type: what they were found to be.
CREATE TABLE avatar (
    owner_id BIGINT PRIMARY KEY REFERENCES owner (id),
    version BIGINT NOT NULL,
    type TEXT NOT NULL,
    content BYTEA NOT NULL
);
-- hash: SHA-256 of the secret in the link.
CREATE TABLE invitation (
    id BIGINT PRIMARY KEY,
    hash BYTEA NOT NULL UNIQUE,
    note TEXT NOT NULL,
    creator TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    uses BIGINT NOT NULL,
    max_uses BIGINT NOT NULL
);
-- So that the sum of all of them reads no cards.
CREATE INDEX repository_used_storage ON repository (used_storage);
