"""Recordings of the service: read as a timeline, scrubbed, and checked. Importing this imports nothing heavy."""
