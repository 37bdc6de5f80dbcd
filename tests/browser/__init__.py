"""Pages as a person meets them: in Debian's chromium, with a keyboard, and with no way out to any other machine."""
