#!/bin/sh
# Runs once, when the database is made: an account for the service, which owns its tables and nothing else, and one that may only copy.
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
    --set=service="$SERVICE_PASSWORD" --set=archive="$ARCHIVE_PASSWORD" <<'SQL'
CREATE ROLE weerklank LOGIN PASSWORD :'service';
CREATE ROLE archive LOGIN REPLICATION PASSWORD :'archive';
CREATE DATABASE weerklank OWNER weerklank;
SQL
echo "host replication archive samenet scram-sha-256" >> "$PGDATA/pg_hba.conf"
