-- From when to when do the complaints reach, and until which moment do we know what became of them?
-- One row per: dataset
-- Reads: complaints (received_at)
-- Hides: n in all
-- Columns:
--   first  DATE       first day on which one was received
--   last   DATE       last such day
--   until  TIMESTAMP  the last thing known to have happened to any of them
--   n      BIGINT
select
    min(received_at)::date as first,
    max(received_at)::date as last,
    greatest(max(received_at), max(classified_at), max(first_response_at), max(closed_at), max(confirmed_at)) as until,
    count(*) as n
from complaints
