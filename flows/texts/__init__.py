"""The texts of a flow, out to translators and in again: gettext PO, a spreadsheet, and the overlays they end up in.

Lives here: the rows (`rows`), what a translator is told about each (`about`), the two forms (`po`, `sheet`), what may come in (`incoming`,
`accept`, `take`), and how an overlay is rewritten without touching what did not change (`overlay`).
Does not live here: the running of a flow, a clock, a file system: files come and go as bytes.
"""
