#!/bin/sh
# archive.sh FOLDER: receives the database's log as it is written, for as long as it runs. What a lost disk costs is what was not yet here.
# The server keeps what we have not confirmed (the slot), up to its max_slot_wal_keep_size.
set -eu
wal="$1/current/wal"
mkdir -p "$wal"
pg_receivewal --slot=archive --create-slot --if-not-exists --no-password
exec pg_receivewal --slot=archive --synchronous --status-interval=1 --directory="$wal" --no-password
