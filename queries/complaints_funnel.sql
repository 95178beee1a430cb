-- How far have the complaints come: classified, answered, closed, confirmed by the customer?
-- One row per: all complaints together
-- Reads: complaints (received_at)
-- Hides: n in all
-- Columns:
--   n           BIGINT  received
--   classified  BIGINT
--   answered    BIGINT
--   closed      BIGINT
--   confirmed   BIGINT
select
    count(*) as n,
    count(classified_at) as classified,
    count(first_response_at) as answered,
    count(*) filter (where closed_at is not null or status = 'closed') as closed,
    count(confirmed_at) as confirmed
from complaints
