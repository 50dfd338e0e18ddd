-- What a scan found in a content, by SHA-256 of a large file or id of a git blob: the same wherever it stands.
-- report: the JSON that clients read as `securityFileStatus`; status is its member.
CREATE TABLE file_scan (
    content BYTEA PRIMARY KEY,
    status TEXT NOT NULL,
    report TEXT NOT NULL,
    scanned BIGINT NOT NULL
);
