-- Long work: waited for, leased by one node at a time, kept for some days after its end.
-- state: 1 waiting, 2 running, 3 done, 4 failed, 5 cancelled. input and result: JSON objects. step: a word for people.
-- twin: another job of the same twin is not begun while this one waits or runs; "" has none.
-- lease: who runs it; leased_until: when another may take it over. due: not begun before.
CREATE TABLE job (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    repo_id BIGINT,
    user_id BIGINT NOT NULL,
    twin TEXT NOT NULL,
    input TEXT NOT NULL,
    state INTEGER NOT NULL,
    step TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    result TEXT NOT NULL,
    message TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due BIGINT NOT NULL,
    lease BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    created BIGINT NOT NULL,
    started BIGINT,
    ended BIGINT
);
CREATE INDEX job_due ON job (state, due);
CREATE INDEX job_repo ON job (repo_id, id);
CREATE UNIQUE INDEX job_twin ON job (twin) WHERE state <= 2 AND twin <> '';
CREATE INDEX job_ended ON job (ended) WHERE ended IS NOT NULL;
CREATE INDEX job_open ON job (user_id) WHERE state <= 2;
