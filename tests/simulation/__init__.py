"""A deterministic simulation of clients, jobs and their server.

A seed decides everything: the calls and their times, the faults of network and server, which call is cancelled at which
step of the event loop, when the process is killed. Time is virtual and nothing leaves the process, but between the
callers and the bytes everything is the code that users run: resources, retries, limiters, connection pools, httpcore,
journals.

    make soak SEEDS=10000              run many seeds
    python -m tests.simulation 4711    run one, and print its event log
    make soak-breaks                   break the code in ways that the simulation must notice
"""
