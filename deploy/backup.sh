#!/bin/sh
# backup.sh FOLDER: one whole copy of the database, verified; then what is older than KEEP_DAYS (14) is deleted, the last copy excepted.
set -eu
current="$1/current"
keep="${KEEP_DAYS:-14}"
mkdir -p "$current/base" "$current/wal"
rm -rf "$current"/base/*.part

name="$(date -u +%Y-%m-%dT%H%M%SZ)"
pg_basebackup --pgdata="$current/base/$name.part" --format=tar --gzip --checkpoint=fast --wal-method=stream --no-password
pg_verifybackup --quiet --no-parse-wal "$current/base/$name.part"
mv "$current/base/$name.part" "$current/base/$name"

find "$current/base" -mindepth 1 -maxdepth 1 -type d -mtime "+$keep" ! -name "$name" -exec rm -rf {} +
find "$1" -mindepth 1 -maxdepth 1 -type d -name 'before-*' -mtime "+$keep" -exec rm -rf {} +

# No copy that is left needs the log from before the oldest of them.
oldest="$(find "$current/base" -mindepth 1 -maxdepth 1 -type d | sort | head -n 1)"
first="$(tar --extract --gzip --to-stdout --file="$oldest/base.tar.gz" backup_label | sed -n 's/^START WAL LOCATION.*file \([0-9A-F]*\)).*/\1/p')"
pg_archivecleanup "$current/wal" "$first"
echo "copied to $current/base/$name"
