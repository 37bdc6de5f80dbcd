#!/bin/sh
# nightly.sh FOLDER: a whole copy now and every 24 hours; one that fails is tried again in five minutes.
set -u
while true; do
    if sh "$(dirname "$0")/backup.sh" "$1"; then sleep 86400; else sleep 300; fi
done
