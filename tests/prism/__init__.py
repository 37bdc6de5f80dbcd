"""The real SDK against a mock that Prism makes of Twilio's public description; `npm ci --prefix tests/prism` brings both."""
