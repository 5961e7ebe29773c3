"""pydantic and a frozen datetime: a model can be defined before, during and after a hold, whoever was loaded first."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEFORE = {
    "nothing loaded": "",
    "pydantic imported": "import pydantic",
    "pydantic first": "import pydantic; pydantic.create_model('M', t=(datetime.datetime, ...))",
    "freezegun first": "import freezegun",
    "freezegun, then pydantic": "import freezegun, pydantic",
}
CODE = """
import datetime, time
{before}
from pytest_qruntime.clock import Clock
from tests.clock.stub import StubWorld

def define():
    import pydantic
    class Model(pydantic.BaseModel):
        at: datetime.datetime
        on: datetime.date
        maybe: datetime.datetime | None = None
        many: list[datetime.datetime] = []
        aware: pydantic.AwareDatetime | None = None
        past: pydantic.PastDatetime | None = None
    return Model

def check(Model):
    now = datetime.datetime.now(datetime.timezone.utc)
    model = Model(at=now, on=datetime.date.today(), maybe=now, many=[now], aware=now)
    assert model.at == now and model.many == [now]
    text = model.model_dump_json()
    assert Model.model_validate_json(text) == model, text
    assert Model.model_validate(model.model_dump()) == model
    Model(at='2026-01-01T00:00:00Z', on='2026-01-01', past='2020-01-01T00:00:00Z')
    assert Model.model_json_schema()['properties']['at'] == dict(format='date-time', title='At', type='string')
    assert Model.model_json_schema()['properties']['on'] == dict(format='date', title='On', type='string')
    for bad in ('nonsense', object()):
        try: Model(at=bad, on=bad)
        except ValueError: pass
        else: raise AssertionError(bad)
    return model

clock = Clock(StubWorld())
with clock.hold():
    during = define()
    made = check(during)
    import email.utils
after = define()
for model in (during, after):
    check(model)
    model(at=made.at, on=made.on)
with clock.hold():
    for model in (during, after, define()):
        check(model)
check(define())
"""


@pytest.mark.parametrize("order", BEFORE)
def test_models_with_dates_work_before_during_and_after_a_hold(order: str) -> None:
    code = CODE.format(before=BEFORE[order])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_hold_works_after_a_plain_freeze_that_broke_pydantic() -> None:
    code = (
        "import freezegun, pydantic, time\n"
        "with freezegun.freeze_time(): pass\n"
        "from pytest_qruntime.clock import Clock\n"
        "from tests.clock.stub import StubWorld\n"
        "with Clock(StubWorld()).hold(): time.sleep(5)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
