"""Faults in what is answered about jobs, usage and errors."""

from __future__ import annotations

import json
from typing import Any

from pytest_qruntime.model import JobRequest, World, admission
from pytest_qruntime.model import world as model
from pytest_qruntime.model.errors import Refusal, RefusedError
from pytest_qruntime.model.instance import Instance
from pytest_qruntime.model.job import CANCELLED, COMPLETED, Job
from pytest_qruntime.model.policy import BATCH
from pytest_qruntime.mutants.mutant import Faults, Patches
from pytest_qruntime.rest import accounts, errors, jobs, listing, results, service, tags
from pytest_qruntime.rest.accounts import Accounts
from pytest_qruntime.rest.answers import JSON_TYPE, json_answer
from pytest_qruntime.rest.call import Call
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.query import Query
from pytest_qruntime.rest.results import Results

ANSWERS = Faults(of_face=True)
_NOT_FOUND = {"errors": [{"code": "not_found", "message": "not found"}], "trace": "none"}


# -- submitting ----------------------------------------------------------------------------------------------------


@ANSWERS.fault("OPN-10")
def refuses_batches_on_the_open_plan(patches: Patches) -> None:
    """As it does sessions."""
    admit = admission.admit_mode

    def strict(world: World, instance: Instance, mode: str) -> bool:
        if instance.plan.name == "open":
            raise RefusedError(Refusal.OPEN_PLAN_SESSION, "OPN-09", plan="open", mode=mode)
        return admit(world, instance, mode)

    patches.set(model, "admit_mode", strict)


@ANSWERS.fault("SUB-04")
def answers_a_refused_submit_with_an_id(patches: Patches) -> None:
    """Of a job that there is not."""
    document = errors.error_document
    patches.set(service, "error_document", lambda *error: (document(*error)[0], {**document(*error)[1], "id": "job"}))


def _submit(patches: Patches, problem: str, refuses: Any) -> None:
    """Refuse jobs of sessions and batches."""
    submit = World.submit

    def strict(self: World, request: JobRequest, **how: Any) -> Job:
        workload = None if request.workload is None else self.workload(request.workload)
        if workload is not None and refuses(workload, request):
            raise RestError(Fault.BODY_INVALID, problem=problem)
        return submit(self, request, **how)

    patches.set(World, "submit", strict)


@ANSWERS.fault("SUB-11")
def takes_five_jobs_in_a_batch(patches: Patches) -> None:
    """And no more."""
    _submit(patches, "a batch can have at most 5 jobs", lambda one, _: one.mode == BATCH and len(one.jobs) >= 5)


@ANSWERS.fault("SUB-12")
def takes_one_program_in_a_session(patches: Patches) -> None:
    """That of its first job."""

    def differs(session: Any, request: JobRequest) -> bool:
        return any(job.request.program != request.program for job in session.jobs.values())

    _submit(patches, "the session runs another program", differs)


@ANSWERS.fault("SUB-12")
def says_that_every_job_is_a_sampler(patches: Patches) -> None:
    """Whatever it runs."""
    _says(patches, lambda _, said: said.update(program={"id": "sampler"}))


@ANSWERS.fault("SUB-17")
def does_not_list_jobs_of_sessions_that_do_not_exist(patches: Patches) -> None:
    """It says that there is no such session."""
    index = listing._index

    def strict(call: Call, query: Query) -> Any:
        session_id = query.text("session_id")
        if session_id is not None:
            call.world.workload(session_id)
        return index(call, query)

    patches.set(listing, "_index", strict)


ANSWERS.policy("takes_submits_of_any_size", "PLN-09", max_payload_bytes=None)


# -- jobs ----------------------------------------------------------------------------------------------------------


def _says(patches: Patches, change: Any) -> None:
    """Change what is said of a job."""
    document = jobs.document

    def changed(job: Job, call: Call, *, params: bool) -> dict[str, Any]:
        said: dict[str, Any] = {**document(job, call, params=params)}
        change(job, said)
        return said

    patches.set(jobs, "document", changed)
    patches.set(listing, "document", changed)


@ANSWERS.fault("MXT-04")
def gives_jobs_ten_minutes(patches: Patches) -> None:
    """If they ask for nothing."""
    _says(patches, lambda job, said: said.update(cost=600 if job.request.cost_s is None else said["cost"]))


@ANSWERS.fault("JOB-01")
def says_done_of_completed_jobs(patches: Patches) -> None:
    """As the client does."""

    def done(job: Job, said: dict[str, Any]) -> None:
        if job.status == COMPLETED:
            said["state"] = {"status": "Done", "reason": None}

    _says(patches, done)


@ANSWERS.fault("JOB-02")
def says_that_what_was_cancelled_runs(patches: Patches) -> None:
    """As soon as it has been told once that it was cancelled."""
    told: set[str] = set()

    def runs(job: Job, said: dict[str, Any]) -> None:
        if job.status == CANCELLED and job.id in told:
            said["state"] = {"status": "Running", "reason": None}
        told.add(job.id if job.status == CANCELLED else "")

    _says(patches, runs)


@ANSWERS.fault("JOB-05")
def gives_no_code_with_a_reason(patches: Patches) -> None:
    """A text is all that there is."""
    _says(patches, lambda _, said: said["state"].pop("reason_code", None))


@ANSWERS.fault("SUB-13")
def lists_the_jobs_of_a_session_twice(patches: Patches) -> None:
    """All of them."""
    patches.set(
        listing,
        "json_answer",
        lambda page: json_answer({**page, "count": 2 * page["count"], "jobs": page["jobs"] * 2}),
    )


@ANSWERS.fault("JOB-06")
def does_not_find_results_of_jobs_that_did_not_complete(patches: Patches) -> None:
    """Instead of nothing."""
    patches.set(results, "NO_CONTENT", json_answer(_NOT_FOUND, 404))


@ANSWERS.fault("JOB-08")
def counts_the_jobs_of_a_page(patches: Patches) -> None:
    """Not all of them."""
    patches.set(listing, "json_answer", lambda page: json_answer({**page, "count": len(page["jobs"])}))


@ANSWERS.fault("JOB-08")
def lists_all_jobs_as_pending(patches: Patches) -> None:
    """And as ended."""
    boolean = Query.boolean

    def deaf(self: Query, name: str, default: bool | None = None) -> bool | None:
        return default if name == "pending" else boolean(self, name, default)

    patches.set(Query, "boolean", deaf)


@ANSWERS.fault("JOB-09")
def gives_private_results_again_and_again(patches: Patches) -> None:
    """To whoever asks."""
    of = Results.of

    def again(self: Results, job: Job) -> bytes:
        job.results_read = 0
        return of(self, job)

    patches.set(Results, "of", again)


@ANSWERS.fault("JOB-09")
def shows_the_params_of_private_jobs(patches: Patches) -> None:
    """Like those of others."""
    _says(patches, lambda job, said: said.update(params=job.request.payload))


@ANSWERS.fault("CLS-16", "CAN-03", "MAX-04")
def forgets_results_when_a_session_closes(patches: Patches) -> None:
    """Nobody can read them."""
    of = Results.of

    def lost(self: Results, job: Job) -> bytes:
        if job.workload is not None and job.workload.state == "closed":
            raise RestError(Fault.LOGS_UNKNOWN)
        return of(self, job)

    patches.set(Results, "of", lost)


@ANSWERS.fault("JCN-07")
def keeps_what_is_deleted(patches: Patches) -> None:
    """And says that it is gone."""
    patches.set(World, "delete_job", lambda *_, **__: None)


@ANSWERS.fault("JCN-08")
def gives_back_what_deleted_jobs_cost(patches: Patches) -> None:
    """Whoever deletes them pays nothing."""
    given_back: dict[Instance, int] = {}
    usage_us, delete = Instance.usage_us, World.delete_job

    def delete_for_free(self: World, job_id: str, **how: Any) -> None:
        job = self.job(job_id)
        delete(self, job_id, **how)
        given_back[job.instance] = given_back.get(job.instance, 0) + job.charged_us

    patches.set(World, "delete_job", delete_for_free)
    patches.set(Instance, "usage_us", lambda self, now_us: usage_us(self, now_us) - given_back.get(self, 0))


@ANSWERS.fault("CLS-10")
def refuses_to_close_what_is_closed(patches: Patches) -> None:
    """As a conflict."""
    set_accepting = World.set_accepting

    def strict(self: World, workload_id: str, accepting: bool, **how: Any) -> None:
        if not accepting and self.workload(workload_id).state == "closed":
            raise RefusedError(Refusal.WORKLOAD_CLOSED_CONFLICT, "CLS-10", workload=workload_id)
        set_accepting(self, workload_id, accepting, **how)

    patches.set(World, "set_accepting", strict)


@ANSWERS.fault("RST-01")
def takes_a_close_for_a_cancel(patches: Patches) -> None:
    """As the REST guide calls it."""
    set_accepting = World.set_accepting

    def cancel(self: World, workload_id: str, accepting: bool, **how: Any) -> None:
        if accepting:
            set_accepting(self, workload_id, accepting, **how)
        else:
            self.cancel_workload(workload_id, **how)

    patches.set(World, "set_accepting", cancel)


@ANSWERS.fault("RST-01")
def takes_a_cancel_for_a_close(patches: Patches) -> None:
    """Whatever was submitted still runs."""
    patches.set(World, "cancel_workload", lambda self, name, **how: self.set_accepting(name, False, **how))


# -- usage ---------------------------------------------------------------------------------------------------------


@ANSWERS.fault("USG-11")
def counts_no_sessions_in_the_usage_of_an_instance(patches: Patches) -> None:
    """They seem to be free."""
    patches.set(Instance, "usage_us", lambda self, now_us: 0)


@ANSWERS.fault("PLN-06")
def never_says_that_the_limit_is_reached(patches: Patches) -> None:
    """Nobody is warned."""
    patches.set(Instance, "limited", lambda self, now_us: False)


ANSWERS.policy("keeps_the_old_names_of_usage", "USG-13", legacy_usage_keys=True)


# -- how it looks --------------------------------------------------------------------------------------------------


@ANSWERS.fault("RST-04")
def answers_errors_with_a_text(patches: Patches) -> None:
    """In a document of its own."""
    document = errors.error_document
    patches.set(service, "error_document", lambda *error: (document(*error)[0], {"detail": "error"}))


@ANSWERS.fault("RST-05")
def puts_spaces_into_errors(patches: Patches) -> None:
    """As Python does."""

    def spaced(document: Any, status: int, headers: tuple[tuple[str, str], ...] = ()) -> Response:
        return Response(status, JSON_TYPE + headers, json.dumps(document).encode())

    patches.set(service, "json_answer", spaced)


@ANSWERS.fault("RST-06")
def takes_tags_with_brackets_for_a_filter(patches: Patches) -> None:
    """As other services do."""
    texts = Query.texts
    patches.set(Query, "texts", lambda self, name: texts(self, name) + texts(self, f"{name}[]"))


@ANSWERS.fault("RST-06")
def filters_by_the_first_of_several_tags(patches: Patches) -> None:
    """And forgets the others."""
    texts = Query.texts
    patches.set(Query, "texts", lambda self, name: texts(self, name)[:1])


@ANSWERS.fault("RST-07")
def asks_nobody_who_he_is(patches: Patches) -> None:
    """Everything is everybody's."""
    patches.set(Accounts, "authorize", lambda self, headers, host: self._world.instance)


@ANSWERS.fault("RST-07")
def serves_all_regions_from_one_host(patches: Patches) -> None:
    """It has the instances of others too."""
    patches.set(accounts, "region_of", lambda _: None)


@ANSWERS.fault("PLN-11")
def searches_for_the_shortest_tags(patches: Patches) -> None:
    """One character will do."""
    patches.set(tags, "SHORTEST", 1)


@ANSWERS.fault("PLN-11")
def answers_with_pages_of_any_size(patches: Patches) -> None:
    """As many as there are, twenty times."""
    patches.set(listing, "json_answer", lambda page: json_answer({**page, "jobs": page["jobs"] * 200}))
