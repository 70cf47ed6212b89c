-- Two users of PostgreSQL: one owns and migrates the tables, the other serves and can drop no guard.
-- Once, as the server's superuser:   psql -X -f postgresql-users.sql
-- Then give each a long random password of its own:   \password amparo_owner   and   \password amparo_app
\set ON_ERROR_STOP on

CREATE ROLE amparo_owner LOGIN;
CREATE ROLE amparo_app LOGIN;
CREATE DATABASE amparo OWNER amparo_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE amparo FROM PUBLIC;
GRANT CONNECT ON DATABASE amparo TO amparo_app;

\connect amparo
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO amparo_owner;
GRANT USAGE ON SCHEMA public TO amparo_app;
-- What the owner makes from now on, at each migration, the serving user may use and not change in shape.
ALTER DEFAULT PRIVILEGES FOR ROLE amparo_owner GRANT USAGE ON SCHEMAS TO amparo_app;
ALTER DEFAULT PRIVILEGES FOR ROLE amparo_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO amparo_app;
ALTER DEFAULT PRIVILEGES FOR ROLE amparo_owner GRANT USAGE, SELECT ON SEQUENCES TO amparo_app;
