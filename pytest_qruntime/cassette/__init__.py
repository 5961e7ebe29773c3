"""Recordings of the service: read as a timeline, scrubbed, and checked. Importing this package imports nothing heavy."""
