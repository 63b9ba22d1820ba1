-- For psql, as the superuser: the owner, who logs in by peer alone and has no right beyond its
-- database, and the database. Safe to run again. The other roles: slu_antitrafficking/operations/superuser.py.
SELECT 'CREATE ROLE kts_owner'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kts_owner') \gexec
ALTER ROLE kts_owner LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS NOREPLICATION PASSWORD NULL;
SELECT 'CREATE DATABASE know_the_signs OWNER kts_owner TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C.UTF-8'''
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'know_the_signs') \gexec
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
