"""Tests of the cases: the programme, routing, intake, clocks, access and the desk."""
