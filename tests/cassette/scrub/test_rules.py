"""Rules of users, and mistakes in them."""

from __future__ import annotations

import gc
import re
import weakref
from dataclasses import replace
from typing import Any

import pytest

from pytest_qruntime import ConfigurationError
from pytest_qruntime.cassette.scrub import DEFAULT_RULES, Rule, Scrubber, leaks, shapes
from pytest_qruntime.cassette.scrub.book import book
from pytest_qruntime.cassette.tape import Tape
from tests.cassette.scrub.secrets import (
    ACCOUNT,
    CRN,
    GUID,
    HOMES,
    IP4,
    IP6,
    JWT,
    KEY,
    MAIL,
    PASSWORD,
    TOKEN,
    USER,
    exchange,
)

EMPLOYEE = Rule("employee", r"\bE-[0-9]{6}\b")


def test_a_rule_for_text_finds_its_secret_anywhere() -> None:
    scrubber = Scrubber(rules=(*DEFAULT_RULES, EMPLOYEE))

    scrubbed = scrubber.json({"note": f"E-004711 and E-004712 and E-004711, not E-1 of {USER}"})

    assert scrubbed == {
        "note": "scrubbed-employee-1 and scrubbed-employee-2 and scrubbed-employee-1, not E-1 of IBMid-user1"
    }


def test_a_group_says_which_part_is_the_secret() -> None:
    rule = Rule("project", r"project=(?P<secret>\w+)", pseudonym="p{n}")

    assert Scrubber(rules=(rule,)).text("a, project=apollo; project=gemini") == "a, project=p1; project=p2"


def test_a_rule_for_fields_hides_what_stands_under_the_name() -> None:
    rule = Rule("cost centre", "x-cost-centre|billing.centre", "field", pseudonym="centre")
    scrubber = Scrubber(rules=(rule,))

    assert scrubber.field("42-A", "X-Cost-Centre") == "centre"
    assert scrubber.json({"billing": {"centre": "42-A"}, "centre": "left"}) == {
        "billing": {"centre": "centre"},
        "centre": "left",
    }


def test_a_rule_can_keep_out_of_fields() -> None:
    rule = Rule("number", "[0-9]{5}", pseudonym="N", unless="job_.*")

    assert Scrubber(rules=(rule,)).json({"job_number": "12345", "x": "12345"}) == {"job_number": "12345", "x": "N"}


def test_leaks_are_looked_for_by_the_same_rules() -> None:
    tape = Tape(None, (exchange(got={"note": "of E-004711"}),))

    assert [str(leak) for leak in leaks(tape, rules=(EMPLOYEE,))] == ["interaction 0, response body, $.note: employee"]
    assert leaks(Scrubber(rules=(EMPLOYEE,)).tape(tape), rules=(EMPLOYEE,)) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "employee", "find": "E-["}, "no regular expression"),
        ({"kind": "", "find": "x"}, "kind of a rule is ''"),
        ({"kind": "employee", "find": "x", "where": "body"}, "expected 'text' or 'field'"),
        ({"kind": "employee", "find": "[0-9]*"}, "in an empty text"),
        ({"kind": "employee", "find": "[0-9]"}, "inside its own pseudonym 'scrubbed-employee-1'"),
        ({"kind": "employee", "find": "[0-9]{3}", "pseudonym": "{name}"}, "the pseudonym '{name}'"),
    ],
)
def test_a_mistake_in_a_rule_shows_where_it_is_made(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        Rule(**arguments)


@pytest.mark.parametrize("rule", DEFAULT_RULES, ids=lambda rule: f"{rule.kind} {rule.meaning}")
def test_every_default_rule_says_what_it_means(rule: Rule) -> None:
    assert rule.meaning


SHAPES = (
    f"key {KEY} apikey {TOKEN} APIKEY={TOKEN}",
    f"Bearer {TOKEN}, BEARER {TOKEN}, password: {PASSWORD} or passcode={PASSWORD}",
    "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
    f"{CRN} CRN:v1:bluemix:public:quantum-computing:us-east:a/{ACCOUNT}:{GUID}::",
    f"{JWT} {IP4} {IP6} {MAIL} http://ada:{PASSWORD}@example.com 127.0.0.1:48213 localhost:48213",
    f"a/{ACCOUNT} accounts/{ACCOUNT} resource_instances/{GUID} service_instances/{GUID} /users/ada1815",
    "IBMid-55000XK2Q7 iam-ServiceId-4711aa iam-Profile-4711bb ServiceId-4711cc",
    rf"/home/{HOMES}/x /Users/{HOMES}/x C:\Users\{HOMES}\x C:/Users/{HOMES}/x",
)


@pytest.mark.parametrize("text", [*SHAPES, *(word for shape in SHAPES for word in shape.split(" "))])
def test_no_default_rule_needs_more_than_what_it_finds_has(text: str) -> None:
    thorough = tuple(replace(rule, needs="") for rule in DEFAULT_RULES)

    assert Scrubber().text(text) == Scrubber(rules=thorough).text(text)
    for rule in thorough:
        if rule.where == "text" and rule.pattern.search(text):
            assert next(one for one in DEFAULT_RULES if one.find == rule.find).looks_at(text)


def test_a_rule_does_not_look_where_nothing_is_that_it_needs() -> None:
    rule = Rule("ticket", "[A-Z]{3}[-#][0-9]{3}", pseudonym="T{n}", needs="#")

    assert Scrubber(rules=(rule,)).text("ABC-123") == "ABC-123"
    assert Scrubber(rules=(rule,)).text("ABC-123 ABC#123") == "T1 T2"


def test_a_rule_of_ones_own_for_tokens_is_looked_for_everywhere() -> None:
    rule = Rule("jwt", "tok[0-9a-f]{20}", apply=shapes.jwt)

    assert Scrubber(rules=(rule,)).text("it is tok0123456789abcdef0123") == "it is scrubbed-1"


def test_what_is_known_of_rules_is_known_to_all_that_have_the_same() -> None:
    mine = (Rule("ticket", "T-[0-9]+", apply=lambda text, _: text.lower()),)
    theirs = (Rule("ticket", "T-[0-9]+", apply=lambda _, __: "gone"),)

    assert book(mine) is book(mine)
    assert book(list(mine)) is not book(list(mine))
    assert Scrubber(rules=mine).text("T-1 of x") == "t-1 of x"
    assert Scrubber(rules=theirs).text("T-1 of x") == "gone of x"


def test_rules_of_a_list_are_those_of_now() -> None:
    rules = [EMPLOYEE]
    assert Scrubber(rules=rules).text("E-004711") == "scrubbed-employee-1"
    rules.clear()
    assert Scrubber(rules=rules).text("E-004711") == "E-004711"


def test_not_every_rule_that_ever_was_is_kept() -> None:
    kept = weakref.ref(first := Rule("ticket", "T-[0-9]+"))
    rules = (first,)
    book(rules)
    del first, rules
    others = [(Rule("ticket", f"T-{number}"),) for number in range(20)]
    for one in others:
        book(one)
    gc.collect()

    assert kept() is None
