#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIGTERM under load: the server finishes what it has begun, says no to the rest, and ends with 0 within
12 seconds; every acknowledged write is there.

    graceful.py PATH_OF_AIMWELL [--rounds 3] [--seed N]
"""
import argparse
import socket
import time

import harness
import writers


def idle(port, count):
    """Connections that have asked nothing, and one whose request never ends: neither may hold it up."""
    links = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    links[0].sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{")
    return links


def one(place, token, chance, report, acknowledged, tried, n):
    server = harness.Server(place)
    links = idle(server.port, 20)
    clients = writers.start(8, server.port, token, chance, acknowledged, tried, f"g{n}")
    time.sleep(chance.uniform(0.2, 0.8))
    before = len(acknowledged.all())
    began = time.monotonic()
    code = server.stop(within=12)
    took = time.monotonic() - began
    refusals = [r for r in writers.stop(clients) if r[0] != 503]
    report.say(code == 0 and before, f"round {n}: exit 0 under load ({before} acknowledged before)",
               f"{code} after {took:.1f} s: {server.words()[-300:]}")
    report.say(not refusals, f"round {n}: every answer was an acknowledgement or 503", str(refusals[:2]))
    for link in links:
        link.close()
    look(place, token, report, acknowledged, tried, n)


def look(place, token, report, acknowledged, tried, n):
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    wrong = writers.judge(client, acknowledged, tried) + writers.send_again(client, acknowledged, tried)
    wrong += writers.judge(client, acknowledged, tried)
    code, out, err = place.verify("--deep")
    report.say(not wrong and code == 0, f"round {n}: {len(acknowledged.all())} acknowledged writes are there",
               "; ".join(wrong[:3]) + f" {code} {out}{err}")
    client.close()
    server.stop()


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int)
    options, report = parser.parse_args(), harness.Report()
    chance = harness.seed_of(options)
    place = harness.Place(aimwell, data=harness.temporary() + "/data")
    token, folder = place.init(), harness.temporary()
    acknowledged, tried = harness.Acknowledged(folder + "/acknowledged"), harness.Acknowledged(folder + "/tried")
    for n in range(options.rounds):
        one(place, token, chance, report, acknowledged, tried, n)
    server = harness.Server(place)
    report.say(writers.caught(harness.Client(server.port, token), acknowledged, tried),
               "sabotage: a false acknowledgement is caught")
    server.stop()
    report.end()


main()
