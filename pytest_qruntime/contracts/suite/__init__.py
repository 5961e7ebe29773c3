"""The suite that others run: black-box tests of every contract, for whatever serves the REST API.

Not imported by anything else of the project. Run it with ``pytest --pyargs pytest_qruntime.contracts.suite``.
"""
