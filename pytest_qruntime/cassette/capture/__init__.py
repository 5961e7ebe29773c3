"""Recording what programs of this process exchange with a service, by way of vcrpy and in memory."""

from pytest_qruntime.cassette.capture.capture import Capture

__all__ = ["Capture"]
