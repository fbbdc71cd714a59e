"""Conformance kit: puts any implementation of the merchant API's signatures to the test."""
