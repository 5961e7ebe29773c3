"""Services that behave as another policy would, and do not say so."""

from __future__ import annotations

from pytest_qruntime.mutants.mutant import Faults

POLICIES = Faults()

POLICIES.policy("cancels_queued_jobs_instead_of_failing_them", "CAN-02", "MAX-03", queued_on_end="cancelled")
POLICIES.policy("takes_sessions_on_the_open_plan_in_job_mode", "OPN-09", open_plan_session="job_mode")
POLICIES.policy("closes_what_is_idle_lazily", "CLS-06", "CLS-09", idle_close="lazy")
POLICIES.policy("ends_a_batch_with_its_last_job", "AUT-04", batch_autoend=0)
POLICIES.policy("counts_one_second_as_interactive_ttl_of_a_batch", "ITT-07", "ITT-08", batch_ittl="literal")
POLICIES.policy("charges_a_session_for_one_span", "USG-01", "USG-04", session_usage="span")
POLICIES.policy("processes_batches_side_by_side", "ORD-07", batch_exclusion="none")
POLICIES.policy("waits_for_running_jobs_before_a_cancel_closes", "CAN-01", closing_state="pending_closed")
POLICIES.policy("opens_without_a_backend", "OPN-11", backend_required=False)
POLICIES.policy("never_closes_unused_sessions", "AUT-01", unused_autoclose={})
POLICIES.policy("closes_unused_sessions_too_early", "AUT-01", unused_autoclose={"dedicated": 60})
POLICIES.policy("closes_unused_batches", "AUT-03", unused_autoclose={"dedicated": 1800, "batch": 600})
POLICIES.policy("counts_max_ttl_from_the_opening", "MAX-01", "MAX-09", max_ttl_from="open")
POLICIES.policy("starts_a_session_beside_running_jobs", "OPN-08", session_activation="immediate")
POLICIES.policy("closes_when_the_active_ttl_is_used_up", "ACT-04", active_ttl_expiry="close")
POLICIES.policy("forgets_the_active_ttl", "ACT-04", active_ttl_expiry="ignore")
POLICIES.policy("does_not_know_closed_sessions_any_more", "CAN-07", cancel_closed=404)
POLICIES.policy("refuses_to_cancel_closed_sessions", "CAN-07", cancel_closed=409)
POLICIES.policy("never_reopens", "CLS-13", reopen_while_draining=False)
POLICIES.policy("shuffles_batches", "ORD-08", batch_order="shuffle:1")
POLICIES.policy("stops_jobs_too_early", "MXT-02", service_timeout=15)
