-- What a scan found depends on more than the content: on the rules of the scanner that looked at it (`rules`, which grows with
-- every version that finds more), and on what the file's name says that programs will do with it (`reading`). A report stays
-- until one by rules as new takes its place. Reports of before are by the rules 0, and for whatever reading has none yet.
CREATE TABLE scan_report (
    content BYTEA NOT NULL,
    reading INTEGER NOT NULL,
    rules INTEGER NOT NULL,
    status TEXT NOT NULL,
    report TEXT NOT NULL,
    scanned BIGINT NOT NULL,
    PRIMARY KEY (content, reading)
);
INSERT INTO scan_report (content, reading, rules, status, report, scanned)
    SELECT content, 0, 0, status, report, scanned FROM file_scan;
DROP TABLE file_scan;
