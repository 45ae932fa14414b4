-- The roles that cutting PostgreSQL over needs, on the primary (they reach the standby by themselves), in the database postgres.

-- Firebreak itself. A superuser can do all this; this is what it takes without one. Two things it then can't do: end the
-- sessions of superusers (a fence that meets one fails, and says so), and close a database whose owner it isn't.
CREATE ROLE firebreak LOGIN IN ROLE pg_monitor, pg_signal_backend;
GRANT app TO firebreak;
GRANT CREATE ON DATABASE postgres TO firebreak;
GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer) TO firebreak;
GRANT EXECUTE ON FUNCTION pg_reload_conf() TO firebreak;
GRANT EXECUTE ON FUNCTION pg_show_all_file_settings() TO firebreak;
GRANT SELECT ON pg_file_settings TO firebreak;
GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names TO firebreak;

-- What a replica connects as, and deploy/postgres/rejoin: pg_rewind reads the new primary's files with it.
CREATE ROLE replicator LOGIN REPLICATION IN ROLE pg_checkpoint;
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean) TO replicator;
GRANT EXECUTE ON FUNCTION pg_stat_file(text, boolean) TO replicator;
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text) TO replicator;
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean) TO replicator;
