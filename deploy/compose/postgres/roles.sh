# Read by the postgres image when it creates the database: the logins, each with no more rights than it needs.
# accessa_owner owns the schema, creates its roles and runs the migrations; accessa_app is what the services log in as (docs/tenancy.md).
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --quiet \
  -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" -v storage_password="$STORAGE_PASSWORD" <<'SQL'
CREATE EXTENSION IF NOT EXISTS vector;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

CREATE ROLE accessa_service NOLOGIN NOBYPASSRLS;
CREATE ROLE accessa_user NOLOGIN NOBYPASSRLS;
CREATE ROLE accessa_owner LOGIN CREATEROLE PASSWORD :'owner_password';
CREATE ROLE accessa_app LOGIN NOINHERIT PASSWORD :'app_password';
GRANT accessa_service, accessa_user TO accessa_owner WITH ADMIN OPTION;
GRANT accessa_service, accessa_user TO accessa_app;
ALTER DATABASE accessa OWNER TO accessa_owner;
REVOKE ALL ON DATABASE accessa FROM PUBLIC;
GRANT CONNECT ON DATABASE accessa TO accessa_app, accessa_service, accessa_user;

-- Supabase Storage has a database of its own, and the roles that its tokens name. Left to itself, it makes them as a superuser.
CREATE ROLE anon NOLOGIN NOINHERIT;
CREATE ROLE authenticated NOLOGIN NOINHERIT;
CREATE ROLE service_role NOLOGIN NOINHERIT BYPASSRLS;
CREATE ROLE supabase_storage LOGIN NOINHERIT PASSWORD :'storage_password';
GRANT anon, authenticated, service_role TO supabase_storage;
CREATE DATABASE storage OWNER supabase_storage;
REVOKE ALL ON DATABASE storage FROM PUBLIC;
\connect storage
CREATE SCHEMA storage AUTHORIZATION supabase_storage;
GRANT USAGE ON SCHEMA storage TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_storage IN SCHEMA storage GRANT ALL ON TABLES TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_storage IN SCHEMA storage GRANT ALL ON FUNCTIONS TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_storage IN SCHEMA storage GRANT ALL ON SEQUENCES TO anon, authenticated, service_role;
SQL
