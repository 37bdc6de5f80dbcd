#!/bin/sh
# restore.sh FOLDER [TIME]: fills the empty folder $PGDATA with the database as it was at TIME, such as "2026-11-26 14:30:00+00"; without a
# time, as it was last. The server then reads the log up to there when it starts. What was restored from is set aside under before-...,
# since a database that went back in time writes a log of its own; SET=before-... restores from such a set.
set -eu
folder="$1"
until="${2:-}"
set="$folder/${SET:-current}"

if [ -n "$(ls -A "$PGDATA" 2>/dev/null)" ]; then
    echo "restore.sh: $PGDATA is not empty; move what lies there away first" >&2
    exit 1
fi
last="9999"
if [ -n "$until" ]; then last="$(date -u --date="$until" +%Y-%m-%dT%H%M%SZ)"; fi
base="$(find "$set/base" -mindepth 1 -maxdepth 1 -type d -name '*Z' | sort | awk -F/ -v last="$last" '$NF <= last' | tail -n 1)"
if [ -z "$base" ]; then
    echo "restore.sh: there is no copy from before that time in $set/base" >&2
    exit 1
fi

umask 077
mkdir -p "$PGDATA"
tar --extract --gzip --file="$base/base.tar.gz" --directory="$PGDATA"
tar --extract --gzip --file="$base/pg_wal.tar.gz" --directory="$PGDATA/pg_wal"
# Beside the data and not in it, or every later copy would carry it along.
archived="$PGDATA.archived"
rm -rf "$archived"
mkdir "$archived"
find "$set/wal" -type f ! -name '*.partial' -exec cp {} "$archived/" \;
# The last piece of the log was not yet full; it counts where nothing fuller is there.
find "$set/wal" -type f -name '*.partial' | while read -r piece; do
    full="$archived/$(basename "$piece" .partial)"
    if [ ! -e "$full" ]; then cp "$piece" "$full"; fi
done
# Every line, also the empty one: the copy may be of a database that was restored to some other moment before.
{
    echo "restore_command = 'cp \"$archived/%f\" \"%p\"'"
    echo "recovery_target_action = 'promote'"
    echo "recovery_target_time = '$until'"
} >> "$PGDATA/postgresql.auto.conf"
touch "$PGDATA/recovery.signal"
aside="before-$(date -u +%Y-%m-%dT%H%M%SZ)"
if [ -z "${SET:-}" ]; then mv "$set" "$folder/$aside"; fi
echo "restored from $base; start the database, and look at its log until it says that it is ready"
