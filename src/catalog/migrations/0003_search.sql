-- What finding works on. All of it follows from other tables and from the files of main; index_wanted says for which
-- rows it has to be made anew.
-- parameters: of the weights on main, 0 when nothing is known. trending: see catalog/trending.h.
ALTER TABLE repository ADD COLUMN parameters BIGINT NOT NULL DEFAULT 0;
ALTER TABLE repository ADD COLUMN trending BIGINT NOT NULL DEFAULT 0;
CREATE INDEX repository_parameters ON repository (type, parameters, id);
CREATE INDEX repository_trending ON repository (type, trending, id);
-- What lists can be narrowed by. kind: see FacetKind. value_key: the value in lower case. uses: by public repositories.
CREATE TABLE facet (
    id BIGINT PRIMARY KEY,
    type INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    value_key TEXT NOT NULL,
    uses BIGINT NOT NULL
);
CREATE UNIQUE INDEX facet_value ON facet (type, kind, value_key);
CREATE INDEX facet_uses ON facet (type, kind, uses);
CREATE TABLE repository_facet (
    facet_id BIGINT NOT NULL,
    repo_id BIGINT NOT NULL,
    PRIMARY KEY (facet_id, repo_id)
){{sqlite}} WITHOUT ROWID{{end}};
CREATE INDEX repository_facet_repo ON repository_facet (repo_id);
-- One short row per repository, so that counting reads little: what a repository's own row says of who may see it, and
-- its facets that are counted (9 octets each: kind, id big-endian). full_key: owner/name in lower case.
CREATE TABLE repository_index (
    id BIGINT PRIMARY KEY,
    type INTEGER NOT NULL,
    owner_id BIGINT NOT NULL,
    private INTEGER NOT NULL,
    gated TEXT NOT NULL,
    parameters BIGINT NOT NULL,
    full_key TEXT NOT NULL,
    facets BYTEA NOT NULL
){{sqlite}} WITHOUT ROWID{{end}};
CREATE INDEX repository_index_owner ON repository_index (owner_id, type);
CREATE INDEX repository_index_private ON repository_index (type) WHERE private = 1;
-- Everything a name may be begun to be typed at: the name from each of its words on. kind: 1 to 3 as repository.type,
-- 4 users, 5 organisations. place: 0 at the beginning of the name, 1 at a later word, 2 at the owner's name, 3 in a title.
CREATE TABLE name_part (
    kind INTEGER NOT NULL,
    part TEXT{{postgres}} COLLATE "C"{{end}} NOT NULL,
    place INTEGER NOT NULL,
    id BIGINT NOT NULL,
    PRIMARY KEY (kind, part, id)
){{sqlite}} WITHOUT ROWID{{end}};
CREATE INDEX name_part_id ON name_part (id);
-- The words of names, tags, titles and cards, as search_words() writes them. In SQLite rowid is the repository's id.
{{sqlite}}CREATE VIRTUAL TABLE repository_text USING fts5 (name, tags, title, body, tokenize = 'unicode61 remove_diacritics 2');
{{end}}{{postgres}}CREATE TABLE repository_text (
    rowid BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    tags TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    words TSVECTOR GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', name), 'A') || setweight(to_tsvector('simple', tags), 'C') ||
        setweight(to_tsvector('simple', title), 'B') || setweight(to_tsvector('simple', body), 'D')) STORED
);
CREATE INDEX repository_text_words ON repository_text USING gin (words);
{{end}}-- What the heads of weight files tell (JSON), so that each is read once.
CREATE TABLE weights_head (
    sha256 BYTEA PRIMARY KEY,
    head TEXT NOT NULL
);
-- Rows to be indexed anew, in order of id. kind: 1 repository, 2 owner.
CREATE TABLE index_wanted (
    kind INTEGER NOT NULL,
    id BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
INSERT INTO index_wanted (kind, id) SELECT 1, id FROM repository;
INSERT INTO index_wanted (kind, id) SELECT 2, id FROM owner WHERE kind <> 3;
