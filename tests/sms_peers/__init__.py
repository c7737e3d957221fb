"""What text messages are sent to in tests and benchmarks, all on 127.0.0.1.

Two SMPP servers that are independent of each other and of ours (`smpp34` from the Python index,
`smpp` from npm), Kannel, a proxy that loses answers, and two kinds of fakes, labelled as such: HTTP
providers, and an SMSC that breaks the protocol, which no honest server can be made to do.
"""
