#!/bin/sh
# Makes lgs_report, the role that reports with: it reads every table of the warehouse, present and future, keeps
# temporary tables of its own, and writes nothing. Runs when a new warehouse is set up; to give the role another
# password later, change LGS_REPORT_PASSWORD in .env, then:
#   docker compose up --detach --wait
#   docker compose exec warehouse sh /docker-entrypoint-initdb.d/init-reporting-role.sh
set -e
: "${LGS_REPORT_PASSWORD:?set it in .env}"

# psql reads the password from the environment and quotes it: it is on no command line, and may hold any character.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv password LGS_REPORT_PASSWORD
BEGIN;
SELECT 'CREATE ROLE lgs_report' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lgs_report') \gexec
ALTER ROLE lgs_report LOGIN PASSWORD :'password';
GRANT CONNECT, TEMPORARY ON DATABASE :"DBNAME" TO lgs_report;
GRANT USAGE ON SCHEMA public TO lgs_report;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO lgs_report;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO lgs_report;
COMMIT;
SQL
