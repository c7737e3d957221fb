"""SMPP 3.4 without I/O: PDUs to and from bytes, and what a gateway's answers mean.

Section numbers are those of the *SMPP Protocol Specification v3.4*, issue 1.2.
"""
