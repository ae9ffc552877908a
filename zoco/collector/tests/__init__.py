"""Tests of the collector and its log reader."""
