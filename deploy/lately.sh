#!/bin/sh
# lately.sh FOLDER NAME MINUTES: ends with 0 if something of that name in the folder was written within so many minutes: what a back-up that
# stands still is known by.
set -eu
test -n "$(find "$1" -mindepth 1 -maxdepth 1 -name "$2" -mmin "-$3")"
