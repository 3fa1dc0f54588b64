"""Tables as applications have them: all kinds of columns, partitions, policies, rows that are equal."""

TABLES = """
CREATE TYPE mood AS ENUM ('calm', 'distressed');
CREATE TABLE users (
  id bigserial PRIMARY KEY, email text UNIQUE, settings jsonb, picture bytea, score double precision,
  born date, doubled numeric GENERATED ALWAYS AS (id * 2) STORED, created_at timestamptz DEFAULT now());
CREATE TABLE crisis_sessions (id uuid PRIMARY KEY, mood mood, note text, created_at timestamptz NOT NULL);
CREATE TABLE crisis_messages (session uuid, said text, created_at timestamp NOT NULL);
CREATE TABLE "Odd Name" ("a b" int, pause interval);
CREATE TABLE visits (at date, path text) PARTITION BY RANGE (at);
CREATE TABLE visits_2025 PARTITION OF visits FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE visits_2026 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE nothing (id int);
ALTER TABLE crisis_sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON crisis_sessions USING (true);
CREATE INDEX idx_messages ON crisis_messages (created_at);
"""
ROWS = """
INSERT INTO users (email, settings, picture, score, born)
  SELECT n || '@example.org', jsonb_build_object('n', n, 'text', repeat('ä', n % 50)), decode(md5(n::text), 'hex'),
    random() * n, '1990-01-01'::date + n FROM generate_series(1, {rows}) n;
INSERT INTO crisis_sessions SELECT gen_random_uuid(), 'distressed', md5(n::text), now() - n * interval '1 minute'
  FROM generate_series(1, {rows} / 4) n;
INSERT INTO crisis_messages SELECT id, 'I hear you', created_at FROM crisis_sessions;
INSERT INTO crisis_messages SELECT * FROM crisis_messages LIMIT 10;
INSERT INTO "Odd Name" VALUES (1, '3 days 2 hours'), (NULL, NULL), (1, '3 days 2 hours');
INSERT INTO visits SELECT '2025-06-01'::date + n % 500, 'p' || n FROM generate_series(1, 500) n;
"""


def filled(rows: int) -> str:
    return TABLES + ROWS.format(rows=rows)
