-- What a job tells at length beside its result, for whoever asks for it: apart from the job, because lists do not read it.
-- report: deflated; size: its octets before that. Forgotten with the job.
CREATE TABLE job_report (
    job_id BIGINT PRIMARY KEY,
    size BIGINT NOT NULL,
    report BYTEA NOT NULL
);
