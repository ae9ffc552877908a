"""Tests of the whole: contracts, journeys, the API, crashes, and Zoco inside other projects."""
