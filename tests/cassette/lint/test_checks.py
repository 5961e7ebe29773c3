"""Each check: one thing that is wrong, and nothing else is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_qruntime.cassette.lint import CHECKS, examine
from pytest_qruntime.cassette.lint.findings import MOST
from pytest_qruntime.cassette.lint.origin import supported_versions
from pytest_qruntime.cassette.tape import Tape
from tests.cassette.lint import page
from tests.cassette.lint.stories import clean, found, ids, look, numbers, of_service, with_answer, with_exchange

IBM = "IBM Quantum Platform"
NO_TRACE = "00000000-0000-4000-8000-000000000000"
SESSION = look("/sessions/")
JOB = next(number for number in numbers(lambda one: one.method == "GET" and "/jobs/" in one.url))
METRICS = look("/metrics", last=True)


def provenance(**fields: Any) -> Tape:
    tape = clean()
    assert tape.provenance is not None
    return replace(tape, provenance=replace(tape.provenance, **fields))


def without(number: int) -> Tape:
    exchanges = clean().exchanges
    return replace(clean(), exchanges=exchanges[:number] + exchanges[number + 1 :])


def set_to(*path: Any, to: object) -> Callable[[Any], object]:
    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return change


def test_nothing_is_wrong_with_what_the_fake_answers(tmp_path: Path) -> None:
    assert found(clean(), tmp_path) == []
    assert found(of_service(clean(), IBM), tmp_path) == []


# -- origin and size ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields", [{"service": "somebody"}, {"service": IBM}, {"recorded": "9999-01-01"}], ids=["service", "clock", "date"]
)
def test_an_origin_that_cannot_be_is_found(tmp_path: Path, fields: dict[str, str]) -> None:
    [finding] = [one for one in found(provenance(**fields), tmp_path) if one.check == "provenance"]

    assert finding.severity == "error"
    assert finding.place == f"qruntime, {'clock' if fields.get('service') == IBM else next(iter(fields))}"


def test_a_recording_of_another_tool_has_one_warning(tmp_path: Path) -> None:
    plain = Tape(None, tuple(replace(one, at_us=0) for one in clean().exchanges))

    [finding] = found(plain, tmp_path)
    assert (finding.check, finding.severity, finding.interaction) == ("provenance-missing", "warning", None)


def test_an_empty_recording_is_found(tmp_path: Path) -> None:
    assert ids(found(Tape(clean().provenance, ()), tmp_path)) == ["empty"]


def test_a_large_recording_is_found(tmp_path: Path) -> None:
    many = replace(clean(), exchanges=clean().exchanges[:1] * 1001)

    assert "size" in ids(found(many, tmp_path))


def test_versions_below_the_supported_ones_are_found(tmp_path: Path) -> None:
    old = {"qiskit-ibm-runtime": "0.30.0", "httpx": "0.28.1", "unheard-of": "0.0.1"}

    [finding] = found(provenance(versions=old), tmp_path)
    floor = supported_versions()["qiskit-ibm-runtime"]
    assert (finding.check, finding.place) == ("client-version", "qruntime, versions")
    assert finding.problem == f"qiskit-ibm-runtime is 0.30.0; supported is {floor}"
    assert ids(found(provenance(versions={"qiskit_ibm_runtime": "0.51.0"}), tmp_path)) == []


def test_the_floor_of_versions_is_that_of_the_project() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "clients.md").read_text(encoding="utf-8")
    floor = supported_versions()["qiskit-ibm-runtime"].removeprefix(">=")

    assert f"from {floor} on" in page
    assert f"| {floor} |" in page


def test_a_version_that_is_none_is_found(tmp_path: Path) -> None:
    assert ids(found(provenance(versions={"httpx": "latest"}), tmp_path)) == ["client-version"]


def test_without_provenance_the_client_tells_its_version_itself(tmp_path: Path) -> None:
    caller = {"x-qx-client-application": "qiskit-version-2/qiskit_ibm_runtime-0.20.0,qiskit-1.0*/scrubbed"}
    tape = with_exchange(3, request_headers={**clean().exchanges[3].request_headers, **caller})

    [finding] = [one for one in found(replace(tape, provenance=None), tmp_path) if one.check == "client-version"]
    assert (finding.interaction, finding.place) == (3, "request header x-qx-client-application")
    assert "0.20.0" in finding.problem


def test_a_newer_plugin_is_a_warning(tmp_path: Path) -> None:
    [finding] = found(provenance(versions={"pytest-qruntime": "999.0"}), tmp_path)

    assert (finding.check, finding.severity) == ("newer-plugin", "warning")


# -- schemas -----------------------------------------------------------------------------------------------------------


def test_an_answer_of_another_shape_is_found_and_its_value_is_not_told(tmp_path: Path) -> None:
    wrong = with_answer(SESSION, set_to("accepting_jobs", to="gallimaufry"))

    [finding] = found(wrong, tmp_path)
    assert (finding.check, finding.interaction) == ("schema", SESSION)
    assert finding.place == "response body, $.accepting_jobs"
    assert finding.problem == "expected boolean, found string"
    assert "gallimaufry" not in str(finding)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda document: document.pop("mode"), "'mode' is a required property"),
        (set_to("mode", to="gallimaufry"), "expected ['batch', 'dedicated'], found something else"),
        (set_to("created_at", to="yesterday"), "it is no date-time"),
        (set_to("elapsed_time", to="a while"), "$.elapsed_time: expected number, found string"),
    ],
    ids=["missing", "word", "instant", "either"],
)
def test_each_kind_of_violation_is_told_in_words(tmp_path: Path, change: Any, problem: str) -> None:
    findings = found(with_answer(SESSION, change), tmp_path)

    assert problem in [finding.problem.partition(";")[0] for finding in findings if finding.check == "schema"]


def test_a_request_that_was_accepted_in_another_shape_is_found(tmp_path: Path) -> None:
    [number] = numbers(lambda one: one.method == "POST" and one.url.endswith("/sessions"))

    [finding] = found(with_exchange(number, request_body=b'{"mode": "loud"}'), tmp_path)
    assert (finding.check, finding.place) == ("schema", "request body, $.mode")


def test_error_answers_are_held_to_their_schema_too(tmp_path: Path) -> None:
    [refused] = numbers(lambda one: one.status == 400)

    [finding] = found(with_exchange(refused, response_body=b'{"errors": []}'), tmp_path)
    assert (finding.check, finding.problem) == ("schema", "'trace' is a required property")


def test_an_unknown_field_is_a_warning_unless_our_own_server_sent_it(tmp_path: Path) -> None:
    new = with_answer(SESSION, set_to("colour", to="blue"))

    [finding] = found(new, tmp_path)
    assert (finding.check, finding.severity) == ("schema", "error")
    [finding] = found(of_service(new, IBM), tmp_path)
    assert (finding.check, finding.severity) == ("schema-unknown", "warning")
    assert finding.problem == "nothing of the name colour is described"


def test_a_status_that_is_not_described_and_a_body_where_none_is(tmp_path: Path) -> None:
    [closing] = numbers(lambda one: one.method == "PATCH")

    assert ids(found(with_exchange(closing, status=202), tmp_path)) == ["schema"]
    assert ids(found(of_service(with_exchange(closing, status=202), IBM), tmp_path)) == ["schema-unknown"]
    assert ids(found(with_exchange(closing, response_body=b"ok"), tmp_path)) == ["schema"]


def test_what_is_not_json_is_found(tmp_path: Path) -> None:
    [finding] = found(with_exchange(SESSION, response_body=b"<html>"), tmp_path)

    assert finding.problem == "the response body is not JSON"


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_failures_of_a_gateway_have_no_shape(tmp_path: Path, status: int) -> None:
    assert found(with_exchange(JOB, status=status, response_body=b"<html>busy"), tmp_path) == []


def test_a_number_without_a_point_is_a_fault_of_our_own_server_alone(tmp_path: Path) -> None:
    [usage] = numbers(lambda one: one.url.endswith("/workloads"))[:1]
    whole = with_answer(usage, set_to("total_count", to=1))

    assert ids(found(whole, tmp_path)) == ["schema"]
    assert ids(found(of_service(whole, IBM), tmp_path)) == []


def test_addresses_of_others_are_one_warning_each(tmp_path: Path) -> None:
    tape = with_exchange(0, url="https://api.github.com/meta")
    tape = replace(tape, exchanges=(tape.exchanges[0],) * 3 + clean().exchanges)

    [finding] = [one for one in found(tape, tmp_path) if one.check == "route-unknown"]
    assert (finding.severity, finding.times) == ("warning", 3)
    assert "api.github.com" in finding.problem


def test_the_same_violation_in_many_answers_is_one_finding(tmp_path: Path) -> None:
    tape = clean()
    for number in numbers(lambda one: one.method == "GET" and "/sessions/" in one.url)[:5]:
        body = {**json.loads(tape.exchanges[number].response_body), "accepting_jobs": 5}
        changed = replace(tape.exchanges[number], response_body=json.dumps(body).encode())
        tape = replace(tape, exchanges=(*tape.exchanges[:number], changed, *tape.exchanges[number + 1 :]))

    [finding] = found(tape, tmp_path)
    assert finding.times == 5
    assert "(5 times)" in str(finding)


# -- references --------------------------------------------------------------------------------------------------------


def test_an_id_that_is_used_before_it_is_given_is_found(tmp_path: Path) -> None:
    opening, first, *rest = clean().exchanges
    early = (replace(first, at_us=0), opening, *rest)

    assert ids(found(replace(clean(), exchanges=early), tmp_path)) == ["reference-order"]


def test_what_was_there_before_is_a_warning_once(tmp_path: Path) -> None:
    [finding] = found(without(0), tmp_path)

    assert (finding.check, finding.severity, finding.times) == ("reference-unknown", "warning", 1)
    assert "the session " in finding.problem


def test_a_look_at_what_is_not_there_is_no_reference(tmp_path: Path) -> None:
    error = {"errors": [{"code": 1291, "message": "Job not found", "more_info": "x"}], "trace": NO_TRACE}
    url = clean().exchanges[JOB].url.rpartition("/")[0] + "/d000000000000000000"
    nowhere = with_exchange(JOB, url=url, status=404, response_body=json.dumps(error).encode())

    assert found(nowhere, tmp_path) == []


def test_an_answer_about_somebody_else_is_found(tmp_path: Path) -> None:
    assert "reference-mismatch" in ids(found(with_answer(SESSION, set_to("id", to="s-2")), tmp_path))


def test_a_job_of_another_session_than_it_was_sent_to_is_found(tmp_path: Path) -> None:
    submit = numbers(lambda one: one.method == "POST" and b'"session_id"' in one.response_body)[0]

    assert "reference-mismatch" in ids(found(with_answer(submit, set_to("session_id", to="s-2")), tmp_path))


def test_an_id_that_is_given_twice_is_found(tmp_path: Path) -> None:
    first, second = numbers(lambda one: one.method == "POST" and one.url.endswith("/jobs") and one.status == 200)[:2]
    known = json.loads(clean().exchanges[first].response_body)["id"]

    assert "reference-mismatch" in ids(found(with_answer(second, set_to("id", to=known)), tmp_path))


def test_a_job_that_was_deleted_is_gone(tmp_path: Path) -> None:
    [tagging] = numbers(lambda one: one.method == "PUT")
    url = clean().exchanges[tagging].url.removesuffix("/tags")
    deleted = with_exchange(tagging, method="DELETE", url=url, request_body=b"")

    findings = found(deleted, tmp_path)
    assert ids(findings) == ["reference-deleted"]
    assert len(findings) == 1
    assert findings[0].times > 10


# -- times -------------------------------------------------------------------------------------------------------------


def test_exchanges_stand_in_the_order_of_their_times(tmp_path: Path) -> None:
    [finding] = [one for one in found(with_exchange(30, at_us=0), tmp_path) if one.check == "time-exchanges"]

    assert finding.interaction == 30


def test_an_end_before_the_beginning_is_found(tmp_path: Path) -> None:
    wrong = with_answer(METRICS, set_to("timestamps", "finished", to="2026-01-15T11:00:00Z"))

    findings = {finding.check: finding for finding in found(wrong, tmp_path)}
    assert findings["time-order"].place == "response body, $.timestamps.finished"
    assert findings["time-order"].problem == "finished is before running"


def test_states_of_a_session_in_another_order_are_found(tmp_path: Path) -> None:
    last = look("/sessions/", last=True)
    wrong = with_answer(last, set_to("timestamps", 0, "timestamp", to="2026-01-15T12:09:00Z"))

    findings = [finding for finding in found(wrong, tmp_path) if finding.check == "time-order"]
    assert [finding.place for finding in findings] == ["response body, $.timestamps[1]"]


def test_what_is_past_does_not_change(tmp_path: Path) -> None:
    wrong = with_answer(look("/sessions/", last=True), set_to("created_at", to="2026-01-15T11:59:59.500000Z"))

    [finding] = found(wrong, tmp_path)
    assert (finding.check, finding.severity) == ("time-changed", "error")
    assert found(of_service(wrong, IBM), tmp_path) == []


def test_an_answer_cannot_tell_of_the_future(tmp_path: Path) -> None:
    wrong = with_answer(SESSION, set_to("last_job_started", to="2026-01-15T12:01:00Z"))

    assert ids(found(wrong, tmp_path)) == ["time-future"]
    assert found(of_service(wrong, IBM), tmp_path) == []


def test_what_has_ended_does_not_go_on(tmp_path: Path) -> None:
    last = look("/sessions/", last=True)
    open_again = with_answer(last, set_to("state", to="active"))

    [finding] = found(open_again, tmp_path)
    assert finding.check == "state-order"
    assert "is 'active' after it was 'closed'" in finding.problem


# -- secrets and what cannot be read -----------------------------------------------------------------------------------


def test_a_leak_is_found_and_not_told(tmp_path: Path) -> None:
    wrong = with_answer(JOB, set_to("user_id", to="IBMid-FAKE0USER"))

    [finding] = found(wrong, tmp_path)
    assert (finding.check, finding.interaction, finding.place) == ("leak", JOB, "response body, $.user_id")
    assert "FAKE0USER" not in str(finding)


def test_a_known_value_is_a_leak_and_no_message_tells_it(tmp_path: Path) -> None:
    wrong = with_answer(SESSION, set_to("gallimaufry", to=1))

    findings = found(wrong, tmp_path, known={"PROJECT": "gallimaufry"})
    assert ids(findings) == ["schema", "leak"]
    assert "gallimaufry" not in "".join(map(str, findings))


def test_a_secret_in_a_comment_is_found(tmp_path: Path) -> None:
    found(clean(), tmp_path)
    path = tmp_path / "it.yaml"
    path.write_text(path.read_text() + "# recorded by fake.user@fake.org\n")

    [finding] = examine(str(path)).findings
    assert (finding.check, finding.interaction) == ("leak", None)
    assert finding.place.startswith("line ")


def test_what_cannot_be_read_is_a_finding_without_what_it_quotes(tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    path.write_text("interactions:\n- request: IBMid-FAKE0USER\n")

    checked = examine(str(path))
    [finding] = checked.findings
    assert (finding.check, finding.severity, checked.trace) == ("unreadable", "error", None)
    assert "line 2" in finding.problem
    assert "FAKE0USER" not in str(finding)


def test_of_one_check_only_so_many_are_told(tmp_path: Path) -> None:
    fields = {f"field-{number}": "IBMid-FAKE0USER" for number in range(MOST + 5)}
    wrong = with_answer(JOB, lambda document: document.update(params=fields))

    findings = [finding for finding in found(wrong, tmp_path) if finding.check == "leak"]
    assert len(findings) == MOST + 1
    assert "5 more of these" in [finding.problem for finding in findings]


def test_the_trace_is_there_for_others(tmp_path: Path) -> None:
    found(clean(), tmp_path)

    trace = examine(str(tmp_path / "it.yaml")).trace
    assert trace is not None
    assert trace.where(kind="workload.closed")


def test_checks_have_ids_of_their_own() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS)


def test_the_page_names_every_check() -> None:
    assert page.shown() == page.table(), "run: python -m tests.cassette.lint.page"
