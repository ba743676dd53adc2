"""Exposure: how often each therapist stands in the first ten of a list, against her fair share among equals."""
