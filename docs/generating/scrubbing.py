"""The page of what scrubbing takes out."""

from __future__ import annotations

from docs.generating.markdown import cell
from pytest_qruntime.cassette.scrub import DEFAULT_RULES, Scrubber

SCRUBBING = """\
# Scrubbing

A recording is scrubbed of whatever tells who made it, where, and with which credentials. The same code scrubs what is
saved and what a request is compared with. Each secret becomes a pseudonym of its kind:

- The same secret has the same pseudonym in every place of a recording, so that references stay intact; two instances
  of an account remain two instances of one account. What requests refer to stays as it was: ids of jobs and sessions,
  names of backends, dates.
- Pseudonyms are numbered in the order in which secrets first appear. Nothing of a secret is in its pseudonym, and no
  guess can be tested with it, as it could with a hash; a test that is recorded anew by somebody else gives the same
  file.
- Scrubbing what is scrubbed changes nothing.
- What was recognised by the place where it stood, such as the value of `account_id`, is replaced wherever else it
  stands, in earlier exchanges too.

It looks into addresses (user, host, path, query, fragment), headers, forms, JSON documents (values and keys), JSON
within strings, percent-encoded text, base64 in both alphabets, and zlib and gzip below it, in any order. Of data
without a secret every byte stays, so circuits and arrays survive. In binary data a secret becomes as many `x`, so
that nothing moves. `Content-Length` follows its body.

## Examples

| where | before | after |
| --- | --- | --- |
"""

SCRUBBED: tuple[tuple[str, str], ...] = (
    ("service-crn", "crn:v1:bluemix:public:quantum-computing:eu-de:a/" + "fa4e" * 8 + ":fake-guid::"),
    ("authorization", "apikey fake_key"),
    ("user_id", "IBMid-FAKE0USER"),
    ("user", "fake.user"),
    ("", "Not allowed for fake.user@fake.org"),
    ("", "https://fake.user:pw@quantum.fake.org/api/v1/jobs?instance=fake-instance&limit=10"),
    ("", "http://127.0.0.1:48213/experimental/api/v1"),
    ("x-forwarded-for", "10.1.2.3, fd00:1::2"),
    ("cookie", "lang=en; session=abc"),
    ("x-qx-client-application", "qiskit-version-2/qiskit_ibm_runtime-0.51.0,qiskit-2.6.2*/~/fake/plan.py"),
    ("", r'File "C:\Users\fake\vqe.py", line 3'),
    ("trace", "0f3d8f7e-fake"),
)

SCRUBBED_AGAIN = {"jwt": "a token", "crn": "a CRN", "loopback port": "`1`"}

SCRUBBED_TOKENS = """
A JSON web token stays one that can be decoded, with its `iat` and its `exp`, its algorithm, and pseudonyms for its user
and account; whatever else it said is gone, and so is its signature.

## Rules

The rules in the order in which they are tried. Where several find something in the same place, the longest secret
counts. The names of fields are those of headers, JSON keys, and parameters of queries and forms, in any case.

| kind | becomes | rule | names of fields |
| --- | --- | --- | --- |
"""

SCRUBBING_MORE = """
## Rules of your own

A `Rule` says the kind of secret and how to find one: in text, or (`where="field"`) by the name of the field.

```python
from pytest_qruntime.cassette.scrub import DEFAULT_RULES, Rule, Scrubber

employee = Rule("employee", r"\\bE-[0-9]{6}\\b")
centre = Rule("cost centre", "x-cost-centre", where="field", pseudonym="centre-{n}")
scrubber = Scrubber(known={"PROJECT": "gallimaufry"}, rules=(*DEFAULT_RULES, employee, centre))

print(scrubber.text('{"note": "E-004711 works on gallimaufry"}'))
print(scrubber.field("42-A", "X-Cost-Centre"))
```

<!-- output -->
```text
{"note": "scrubbed-employee-1 works on scrubbed-secret-1"}
centre-1
```

A secret is what the expression finds, or its group `secret` if it has one. A rule that would find something in its own
pseudonym is refused, since scrubbing twice must be scrubbing once. `known` are values that are secrets wherever they
stand, by what they are called, such as the values of environment variables; those of fewer than five characters are
ignored.

Every rule is tried on every text. `needs="#"` says that whatever a rule finds has a `#` in it, so that other texts are
passed by at once; several characters mean any of them.

## What is looked for afterwards

`leaks(tape, known, rules)` searches a recording for what is still in it, and names the place and the kind, as in
`interaction 3, response body, $.jobs[0].user_id: user`, never the secret. It finds

- known values: as they are, percent-encoded, in base64 at any offset, in hexadecimal digits, compressed, and parts of
  12 characters or more; of a CRN the account and the instance count, of a JSON web token its signature;
- whatever a rule finds;
- runs of 24 characters or more in which letters of both cases and digits stand together and hardly any is there twice,
  unless they are encoded text or data.

## `qruntime scrub`

`qruntime scrub FILE` takes the secrets out of a recording of this plugin, of vcrpy or of pytest-recording, in its
place or into `--output FILE`. It says where it found something, and what, never the secret. `--check` looks only. The
values of `QISKIT_IBM_TOKEN`, `QISKIT_IBM_INSTANCE` and of every variable that `--env NAME` names are known values.
`--rules MODULE:NAME` adds rules of your own: a list of `Rule`, in a module that can be imported from the folder at
hand. [`qruntime check`](checking.md) takes both options too.

| it ends with | if |
| --- | --- |
| 0 | nothing was found, or nothing is left |
| 1 | `--check` found something; or something would be left, and nothing was written |
| 2 | the file cannot be read or written, or is no recording; or the rules cannot be used |

Whatever fails, the old file is as it was. What stands in a file and in none of its exchanges, such as a comment, is
looked at too, and is gone from a file that is written anew.

## What is not recognised

A secret without a shape, under a name that no rule knows, that is not among the known values and is short or no
random text: name it in `known`, or write a rule. Hosts that stand alone, outside of addresses and of fields that name
one. A secret in two halves, or in another case than the known value. Pictures of a secret, compressions other than
zlib and gzip, encodings other than percent, JSON and base64 (such as HTML entities, base32 and lists of numbers; in
hexadecimal digits only known values are found), and text that is not UTF-8 are not read.
"""


def page() -> str:
    """Every rule, and what becomes of examples."""
    examples = []
    for place, before in SCRUBBED:
        scrubber = Scrubber()
        after = scrubber.field(before, place) if place else scrubber.text(before)
        shown = f"`{place}`" if place else "text"
        examples.append(f"| {shown} | `{cell(before)}` | `{cell(after)}` |\n")
    forms: dict[str, str] = {}
    rows = []
    for rule in DEFAULT_RULES:
        forms.setdefault(rule.kind, SCRUBBED_AGAIN.get(rule.kind, f"`{rule.form.format(n=1)}`"))
        names = f"`{cell(rule.find)}`" if rule.where == "field" else ""
        rows.append(f"| {rule.kind} | {forms[rule.kind]} | {rule.meaning} | {names} |\n")
    return "".join([SCRUBBING, *examples, SCRUBBED_TOKENS, *rows, SCRUBBING_MORE])
