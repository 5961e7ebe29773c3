from pytest_qruntime.cassette.errors import CassetteError as CassetteError
from pytest_qruntime.cassette.replay import UnexpectedRequestError as UnexpectedRequestError
from pytest_qruntime.client import Batch as Batch
from pytest_qruntime.client import Job as Job
from pytest_qruntime.client import JobCancelledError as JobCancelledError
from pytest_qruntime.client import JobFailedError as JobFailedError
from pytest_qruntime.client import JobMaxTimeError as JobMaxTimeError
from pytest_qruntime.client import JobTimeoutError as JobTimeoutError
from pytest_qruntime.client import ServiceError as ServiceError
from pytest_qruntime.client import Session as Session
from pytest_qruntime.clock import Clock as Clock
from pytest_qruntime.clock import ClockTimeoutError as ClockTimeoutError
from pytest_qruntime.clock import Pending as Pending
from pytest_qruntime.contracts import ContractChecker as ContractChecker
from pytest_qruntime.judging.errors import ContractWarning as ContractWarning
from pytest_qruntime.judging.errors import LeakedSessionWarning as LeakedSessionWarning
from pytest_qruntime.machine import RuntimeMachine as RuntimeMachine
from pytest_qruntime.model import ClockError as ClockError
from pytest_qruntime.model import ConfigurationError as ConfigurationError
from pytest_qruntime.model import Durations as Durations
from pytest_qruntime.model import Event as Event
from pytest_qruntime.model import JobRequest as JobRequest
from pytest_qruntime.model import NothingPendingError as NothingPendingError
from pytest_qruntime.model import Plan as Plan
from pytest_qruntime.model import Policy as Policy
from pytest_qruntime.model import QRuntimeError as QRuntimeError
from pytest_qruntime.model import Trace as Trace
from pytest_qruntime.rest import ServiceInstance as ServiceInstance
from pytest_qruntime.runtime import QRuntime as QRuntime
from pytest_qruntime.runtime import SourceError as SourceError
from pytest_qruntime.runtime import world as world
from pytest_qruntime.transport import NetworkBlockedError as NetworkBlockedError

__version__: str
__all__: list[str]
