#!/bin/sh
# files.sh FROM TO: workers' files, sealed as they are, copied into a folder a day, today's once a minute. What lies there already is a hard
# link to the day before. A file that was deleted leaves the copies KEEP_DAYS (14) later, as it leaves those of the database.
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
find "$2" -mindepth 1 -maxdepth 1 -type d -name '20*' | sort | head -n "-$((${KEEP_DAYS:-14} + 1))" | while read -r old; do rm -rf "$old"; done
