"""Local gateways of the tests: descriptions as an operator would write them, each with another way to do everything."""

from functools import cache

from channels.http_sms_file import Gateway, gateway_of
from channels.http_sms_reader import HttpSmsReader
from tests.doubles.http_sms_posts import SECRET

# Form posts, a header, an own id, a date, a code for the country's numbers.
FORM = """
name: form
countries: [GB]
numbers: {calling_code: "44", national_digits: 10}
inbound:
  proof: {kind: header, name: X-Gateway-Secret}
  sender: from
  text: text
  id: id
  date: date
  reply: {body: ACK}
stopped: {}
statuses:
  events: [status]
  word: status
  reason: reason
  words: {ACCEPTD: queued, ENROUTE: sent, DELIVRD: delivered, UNDELIV: undelivered, EXPIRED: undelivered, REJECTD: failed}
  reasons: {blacklisted: opt_out, "27": undeliverable, spam: filtered}
outbound:
  url: "{url}/send"
  headers: {X-Api-Key: "{password}"}
  body: {to: "{to_bare}", text: "{text}", from: "{from}", id: "{id}", dlr: "{callback}", valid: "{valid_seconds}", coding: "{coding}"}
  taken: {statuses: [200], field: status, words: [ok, queued], id: message.0.id}
  refusals:
    - {status: 200, field: status, words: [blacklisted], means: opt_out}
    - {status: 200, field: status, words: [invalid_number], means: undeliverable}
    - {status: 200, field: status, words: [no_credit], means: config}
    - {status: 200, field: status, words: [throttled], means: rate_limited}
    - {status: 200, field: status, words: [spam], means: filtered}
    - {status: 200, field: status, words: [too_long], means: bad_content}
    - {status: 200, field: status, words: [blocked], means: blocked_by_user}
    - {status: 200, field: status, words: [busy], means: temporary}
    - {status: 200, field: status, words: [who_knows], means: temporary, maybe: true}
    - {status: 200, field: status, words: [session_over], means: window_closed}
    - {status: 503, means: temporary, maybe: false}
    - {field: code, words: [7], means: undeliverable}
coding: {gsm7: "0", unicode: "8"}
max_length: 300
encoding: smart
per_second: 5
between_seconds: 2
"""
# JSON with everything deep inside, basic authentication, one address for all, statuses by a word.
DEEP = """
name: deep
inbound:
  proof: {kind: basic, name: gateway}
  format: json
  event: data.kind
  sender: data.parties.0.number
  text: data.body
  date: data.at
  messages: [mo]
  unsupported: [mms]
  reply: {body: '{"ok":true}', media_type: application/json}
stopped: {events: [optout], sender: data.parties.0.number}
statuses: {events: [dlr], id: data.ref, word: data.state, words: {"0": sent, "1": delivered, "2": failed}}
outbound:
  method: PUT
  url: "{url}/messages"
  basic: true
  format: json
  body: {message: {to: ["{to}"], parts: [{type: text, value: "{text}"}], flash: false, priority: 3, ttl: "{valid_seconds}"}, ref: "wk-{id}"}
  taken: {statuses: [202]}
encoding: unicode
"""
# A secret in the query and no id at all, and an alphabet of 128 letters; sends in the query, as old gateways do.
OLD = """
name: old
inbound: {proof: {kind: query, name: key}, sender: msisdn, text: message, date: ts}
outbound:
  method: GET
  url: "{url}/cgi-bin/sendsms"
  format: query
  body: {user: "{account}", pass: "{password}", to: "{to_national}", text: "{text}"}
numbers: {calling_code: "44", national_digits: 10}
encoding: gsm7
max_length: 160
"""
# An HMAC in base64 with a prefix, over the body alone.
SIGNED = """
name: signed
inbound: {proof: {kind: hmac, name: X-Sign, hash: sha512, digits: base64, prefix: "v1="}, sender: from, text: text, id: id}
outbound: {url: "{url}", body: {to: "{to}", text: "{text}"}}
"""
TEXTS = {"form": FORM, "deep": DEEP, "old": OLD, "signed": SIGNED}


@cache
def gateway(name: str) -> Gateway:
    """One of them, read."""
    return gateway_of(TEXTS[name], f"{name}.yaml")


@cache
def reader(name: str) -> HttpSmsReader:
    """The reader of one of them."""
    return HttpSmsReader(gateway(name), SECRET)
