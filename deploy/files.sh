#!/bin/sh
# files.sh FROM TO: workers' files, sealed as they are, copied into a folder a day, today's once a minute. What lies there already is a hard
# link to the day before. A file that was deleted leaves the copies KEEP_DAYS (14) later, as it leaves those of the database.
# Words that wait in the spool for the database lie in `waiting` as they wait now: what was handed over is gone from there a minute later.
set -eu
from="$1/attachments"
today="$2/$(date -u +%Y-%m-%d)"
if [ ! -d "$today" ]; then
    before="$(find "$2" -mindepth 1 -maxdepth 1 -type d -name '20*' | sort | tail -n 1)"
    mkdir "$today.part"
    if [ -n "$before" ] && [ -d "$from" ]; then
        (cd "$from" && find . -type f) | while read -r file; do
            if [ -e "$before/$file" ]; then ln "$before/$file" "$today.part/$file"; fi
        done
    fi
    mv "$today.part" "$today"
fi
if [ -d "$from" ]; then
    cp --recursive --preserve=mode,timestamps --update --no-target-directory "$from" "$today"
fi
rm -rf "$2/waiting.part"
mkdir "$2/waiting.part"
if [ -d "$1/spool" ]; then
    # The service may take one up meanwhile; then there is nothing to copy.
    find "$1/spool" -maxdepth 1 -type f \( -name '*.sealed' -o -name '*.aside' \) -exec cp --preserve=mode,timestamps {} "$2/waiting.part" \;
fi
rm -rf "$2/waiting"
mv "$2/waiting.part" "$2/waiting"
find "$2" -mindepth 1 -maxdepth 1 -type d -name '20*' | sort | head -n "-$((${KEEP_DAYS:-14} + 1))" | while read -r old; do rm -rf "$old"; done
