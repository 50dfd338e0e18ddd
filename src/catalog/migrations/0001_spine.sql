-- Times are milliseconds since 1970, ids come from new_row_id(), hashes are raw octets, flags are 0 or 1.
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
-- Keys that sign what the server hands out (CAS tokens, URLs). Old ones stay valid until they retire.
CREATE TABLE signing_key (
    id BIGINT PRIMARY KEY,
    secret BYTEA NOT NULL,
    created BIGINT NOT NULL,
    retires BIGINT NOT NULL
);
-- One name space for users and organisations. kind: 1 user, 2 organisation, 3 deleted (the name stays taken).
CREATE TABLE owner (
    id BIGINT PRIMARY KEY,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    fullname TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE TABLE user_account (
    owner_id BIGINT PRIMARY KEY REFERENCES owner (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    is_admin INTEGER NOT NULL
);
-- role: 1 read, 2 contributor, 3 write, 4 admin
CREATE TABLE org_member (
    org_id BIGINT NOT NULL REFERENCES owner (id),
    user_id BIGINT NOT NULL REFERENCES owner (id),
    role INTEGER NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (org_id, user_id)
);
CREATE INDEX org_member_user ON org_member (user_id);
-- role: 1 read, 2 write, 3 fineGrained; scopes: JSON, for role 3. hash: SHA-256 of the token.
CREATE TABLE access_token (
    id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES owner (id),
    name TEXT NOT NULL,
    role INTEGER NOT NULL,
    scopes TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    created BIGINT NOT NULL,
    last_used BIGINT,
    expires BIGINT,
    refresh_hash BYTEA UNIQUE
);
CREATE INDEX access_token_user ON access_token (user_id);
-- state: 1 waiting, 2 approved, 3 denied
CREATE TABLE device_grant (
    device_hash BYTEA PRIMARY KEY,
    user_code TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    state INTEGER NOT NULL,
    user_id BIGINT REFERENCES owner (id),
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    last_poll BIGINT NOT NULL
);
CREATE TABLE web_session (
    hash BYTEA PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES owner (id),
    created BIGINT NOT NULL,
    last_used BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX web_session_user ON web_session (user_id);
-- Failed sign-ins per account and per address; key says which.
CREATE TABLE login_failure (
    key TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    last BIGINT NOT NULL
);
CREATE TABLE audit_event (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    address TEXT NOT NULL
);
CREATE INDEX audit_event_at ON audit_event (at);
-- type: 1 model, 2 dataset, 3 space. generation: raised by every change of a ref. sequence: of the last object stored.
-- card and what follows are derived from README.md on main; they are a cache of that commit (head).
CREATE TABLE repository (
    id BIGINT PRIMARY KEY,
    type INTEGER NOT NULL,
    owner_id BIGINT NOT NULL REFERENCES owner (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    creator_id BIGINT NOT NULL,
    private INTEGER NOT NULL,
    gated TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    settings TEXT NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    next_line BIGINT NOT NULL,
    next_discussion BIGINT NOT NULL,
    likes BIGINT NOT NULL,
    downloads BIGINT NOT NULL,
    head BYTEA,
    card TEXT NOT NULL,
    details TEXT NOT NULL,
    tags TEXT NOT NULL,
    pipeline_tag TEXT,
    library TEXT,
    license TEXT,
    used_storage BIGINT NOT NULL
);
CREATE UNIQUE INDEX repository_name ON repository (type, owner_id, name_key);
CREATE INDEX repository_owner ON repository (owner_id, type);
CREATE INDEX repository_modified ON repository (type, modified, id);
CREATE INDEX repository_created ON repository (type, created, id);
CREATE INDEX repository_downloads ON repository (type, downloads, id);
CREATE INDEX repository_likes ON repository (type, likes, id);
CREATE TABLE repository_redirect (
    type INTEGER NOT NULL,
    owner_id BIGINT NOT NULL,
    name_key TEXT NOT NULL,
    repo_id BIGINT NOT NULL REFERENCES repository (id),
    PRIMARY KEY (type, owner_id, name_key)
);
CREATE INDEX repository_redirect_repo ON repository_redirect (repo_id);
CREATE TABLE repository_tag (
    repo_id BIGINT NOT NULL REFERENCES repository (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (tag, repo_id)
);
CREATE INDEX repository_tag_repo ON repository_tag (repo_id);
CREATE TABLE repository_like (
    repo_id BIGINT NOT NULL REFERENCES repository (id),
    user_id BIGINT NOT NULL REFERENCES owner (id),
    created BIGINT NOT NULL,
    PRIMARY KEY (repo_id, user_id)
);
CREATE INDEX repository_like_user ON repository_like (user_id, created);
CREATE TABLE repository_download (
    repo_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (repo_id, day)
);
-- Git's own objects. type: git's pack numbers (1 commit, 2 tree, 3 blob, 4 tag); data: zlib of the content, as in packs.
-- lfs_*: set when a blob is an LFS pointer, so that listings need not read it.
CREATE TABLE git_object (
    repo_id BIGINT NOT NULL,
    oid BYTEA NOT NULL,
    type INTEGER NOT NULL,
    size BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    lfs_sha256 BYTEA,
    lfs_size BIGINT,
    data BYTEA NOT NULL
);
CREATE UNIQUE INDEX git_object_oid ON git_object (repo_id, oid);
CREATE INDEX git_object_sequence ON git_object (repo_id, sequence);
-- A push in progress: nothing reads these but the push itself.
CREATE TABLE staged_object (
    push_id BIGINT NOT NULL,
    oid BYTEA NOT NULL,
    type INTEGER NOT NULL,
    size BIGINT NOT NULL,
    lfs_sha256 BYTEA,
    lfs_size BIGINT,
    data BYTEA NOT NULL
);
CREATE UNIQUE INDEX staged_object_oid ON staged_object (push_id, oid);
-- target: the object the ref names (a commit or an annotated tag); commit_oid: the commit behind it.
CREATE TABLE git_ref (
    repo_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    target BYTEA NOT NULL,
    commit_oid BYTEA NOT NULL,
    PRIMARY KEY (repo_id, name)
);
-- Beside each commit: where it stands. A line is a run of commits each of which is the first parent of the next;
-- (line, position) orders them. ancestors counts the commit itself. parents: 20 octets each.
CREATE TABLE git_commit (
    repo_id BIGINT NOT NULL,
    oid BYTEA NOT NULL,
    line BIGINT NOT NULL,
    position BIGINT NOT NULL,
    ancestors BIGINT NOT NULL,
    time BIGINT NOT NULL,
    parents BYTEA NOT NULL,
    PRIMARY KEY (repo_id, oid)
){{sqlite}} WITHOUT ROWID{{end}};
CREATE UNIQUE INDEX git_commit_line ON git_commit (repo_id, line, position);
CREATE TABLE git_line (
    repo_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    parent_line BIGINT,
    parent_position BIGINT,
    PRIMARY KEY (repo_id, line)
);
-- Every file and folder that a commit changed against its first parent.
CREATE TABLE commit_path (
    repo_id BIGINT NOT NULL,
    path TEXT NOT NULL,
    line BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (repo_id, path, line, position)
){{sqlite}} WITHOUT ROWID{{end}};
-- Large content that the server has hashed itself. raw: stored as one blob; xet_file: can be rebuilt from xorbs.
CREATE TABLE large_object (
    sha256 BYTEA PRIMARY KEY,
    size BIGINT NOT NULL,
    raw INTEGER NOT NULL,
    xet_file BYTEA,
    created BIGINT NOT NULL
);
-- This row is the permission to read the content through the repository. door: 1 lfs, 2 xet, 3 inline, 4 copy, 5 git.
-- held_until: NULL once a commit names it.
CREATE TABLE repo_object (
    repo_id BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    user_id BIGINT NOT NULL,
    door INTEGER NOT NULL,
    created BIGINT NOT NULL,
    held_until BIGINT,
    PRIMARY KEY (repo_id, sha256)
);
CREATE INDEX repo_object_sha256 ON repo_object (sha256);
-- terms: 44 octets each: xorb hash, first chunk, end chunk, raw length (u32 little-endian each).
CREATE TABLE xet_file (
    hash BYTEA PRIMARY KEY,
    size BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    terms BYTEA NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX xet_file_sha256 ON xet_file (sha256);
CREATE TABLE xet_file_xorb (
    file_hash BYTEA NOT NULL,
    xorb_hash BYTEA NOT NULL,
    PRIMARY KEY (file_hash, xorb_hash)
);
CREATE INDEX xet_file_xorb_xorb ON xet_file_xorb (xorb_hash);
CREATE TABLE xorb (
    hash BYTEA PRIMARY KEY,
    stored_size BIGINT NOT NULL,
    raw_size BIGINT NOT NULL,
    chunks INTEGER NOT NULL,
    created BIGINT NOT NULL,
    last_handed_out BIGINT NOT NULL
);
CREATE TABLE xorb_owner (
    xorb_hash BYTEA NOT NULL,
    repo_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (xorb_hash, repo_id, user_id)
);
CREATE INDEX xorb_owner_repo ON xorb_owner (repo_id);
CREATE TABLE dedup_chunk (
    chunk_hash BYTEA NOT NULL,
    xorb_hash BYTEA NOT NULL,
    chunk_index INTEGER NOT NULL,
    PRIMARY KEY (chunk_hash, xorb_hash)
);
CREATE TABLE multipart_upload (
    id TEXT PRIMARY KEY,
    repo_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    size BIGINT NOT NULL,
    part_size BIGINT NOT NULL,
    created BIGINT NOT NULL
);
CREATE TABLE lfs_lock (
    id BIGINT PRIMARY KEY,
    repo_id BIGINT NOT NULL,
    path TEXT NOT NULL,
    ref TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX lfs_lock_path ON lfs_lock (repo_id, path);
-- status: 1 draft, 2 open, 3 closed, 4 merged
CREATE TABLE discussion (
    id BIGINT PRIMARY KEY,
    repo_id BIGINT NOT NULL,
    num BIGINT NOT NULL,
    title TEXT NOT NULL,
    status INTEGER NOT NULL,
    is_pull_request INTEGER NOT NULL,
    author_id BIGINT NOT NULL,
    base TEXT NOT NULL,
    merge_commit BYTEA,
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX discussion_num ON discussion (repo_id, num);
-- kind: comment, status-change, commit, title-change; data: JSON
CREATE TABLE discussion_event (
    id BIGINT PRIMARY KEY,
    discussion_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    author_id BIGINT NOT NULL,
    data TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX discussion_event_discussion ON discussion_event (discussion_id, id);
