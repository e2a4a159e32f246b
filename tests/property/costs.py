#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What calls cost, held against decimal arithmetic: calls by chance, price lists by chance, to the last digit.

    costs.py [PATH_OF_AIMWELL] [--store sqlite|postgres]

3,000 calls of several providers and models over a year, with and without tokens of a cache; lists that begin on
different days, for one provider or any, in several currencies. Sums by currency and line, and what has no price, must be
those of Python's Decimal. A list that is corrected must change them, to what they are then.
"""
import argparse
import collections
import datetime
import json
import os
import random
import sys
from decimal import Decimal, getcontext

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

getcontext().prec = 60
PROVIDERS, MODELS = ("alpha", "beta", None), ("m-1", "m-2", "m-3")
DAY0 = datetime.date(2025, 1, 1)


def day(n):
    return (DAY0 + datetime.timedelta(days=n)).isoformat()


def calls(chance):
    for n in range(3000):
        usage = {"input": chance.choice((0, 1, 999, chance.randrange(10**6)))}
        if chance.random() < 0.8:
            usage["output"] = chance.randrange(5000)
        if chance.random() < 0.3:
            usage["cache_read"] = chance.randrange(usage["input"] + 1 if chance.random() < 0.8 else 10**6)
        if chance.random() < 0.2:
            usage["cache_creation"] = chance.randrange(1000)
        one = {"v": 1, "kind": "llm", "id": f"c{n}", "system": "costly", "ts": f"{day(chance.randrange(365))}T{chance.randrange(24):02}:30:00Z", "model": chance.choice(MODELS)}
        provider = chance.choice(PROVIDERS)
        yield one | ({"provider": provider} if provider else {}) | ({"usage": usage} if chance.random() < 0.95 else {})


def price_lists(chance):
    def price():
        return float(Decimal(chance.randrange(10**7)) / 10**chance.randrange(1, 7))
    for n in range(12):
        rows = []
        for model in MODELS:
            if chance.random() < 0.75:
                row = {"model": model, "input": price()}
                row |= {name: price() for name in ("output", "cache_read", "cache_creation") if chance.random() < 0.7}
                rows.append(row | ({"cached": chance.choice(("within", "beside"))} if chance.random() < 0.5 else {}))
        if rows:
            provider = chance.choice(PROVIDERS)
            yield {"title": f"List {n}", "currency": chance.choice(("EUR", "USD", "JPY")), "valid_from": day(chance.randrange(-20, 300)), "source": "By chance", "prices": rows} | ({"provider": provider} if provider else {})


def cost_of(row, usage):
    """Of one call; None: the row does not say."""
    tokens = {name: usage.get(name, 0) for name in ("input", "output", "cache_read", "cache_creation")}
    price = {name: Decimal(repr(row[name])) for name in tokens if name in row}
    if tokens["output"] and "output" not in price:
        return None
    cached = tokens["cache_read"] + tokens["cache_creation"]
    if row.get("cached") != "beside":
        if cached > tokens["input"]:
            return None
        tokens["input"] -= cached
    return sum(tokens[name] * price.get(name, price["input"] if name.startswith("cache") else Decimal(0)) for name in tokens) / 10**6


def reckon(events, lists):
    """(by currency, by line, calls without a price, calls without tokens)"""
    sums, lines, unpriced, unmetered = collections.Counter(), collections.Counter(), 0, 0
    for one in events:
        if "usage" not in one:
            unmetered += 1
            continue
        best = None
        for key, made, listed in lists:
            rows = [row for row in listed["prices"] if row["model"] == one["model"]]
            if rows and listed["valid_from"] <= one["ts"][:10] and listed.get("provider") in (None, one.get("provider")):
                rank = (listed["valid_from"], listed.get("provider") is not None, made)
                best = max(best, (rank, key, listed["currency"], rows[0]), key=lambda b: b[0]) if best else (rank, key, listed["currency"], rows[0])
        cost = cost_of(best[3], one["usage"]) if best else None
        if cost is None:
            unpriced += 1
            continue
        sums[best[2]] += cost
        lines[one.get("provider"), one["model"], best[1]] += cost
    return sums, lines, unpriced, unmetered


def play(place, report_, store):
    def say(good, name, why=""):
        report_.say(good, f"costs {store}: {name}", why)

    def confirmed(body, key=None):
        if key is None:
            key = writer.good("POST", "price_list", body)["key"]
        writer.good("POST", f"price_list/{key}/moves/submit", {})
        client.good("POST", f"price_list/{key}/moves/confirm", {"reason": "As it stands there"})
        return key

    def compare(name):
        got = client.good("GET", "systems/costly/metrics")["llm"]["cost"]
        sums, lines, unpriced, unmetered = reckon(events, lists)
        mine = {one["currency"]: Decimal(one["amount"]) for one in got["currencies"]}
        say(mine == sums, f"{name}: sums by currency", f"{mine} {sums}")
        rows = {(one["provider"], one["model"], one["list"]): Decimal(one["amount"]) for one in got["models"] if one["list"]}
        say(rows == lines, f"{name}: {len(lines)} lines", f"{rows} {lines}")
        say((got["unpriced"]["calls"], got["unmetered"]) == (unpriced, unmetered), f"{name}: what has no price", f"{got['unpriced']} {unpriced}")
        return sums
    client = harness.Client(0, place.init(roles="aims_manager,system_owner,staff"))
    writer = harness.Client(0, place.token(roles="supplier_manager,staff"))
    server = harness.Server(place)
    client.port = writer.port = server.port
    client.good("POST", "ai_system", {"title": "Costly", "external_id": "costly"})
    chance = random.Random(11)
    events = list(calls(chance))
    reply = client.good("POST", "events", raw="\n".join(map(json.dumps, events)).encode(), Content_Type="application/x-ndjson")
    say(reply["accepted"] == len(events), "all are taken", str(reply["rejected"][:2]))
    lists = []
    for body in price_lists(chance):
        lists.append((confirmed(body), len(lists), body))
    before = compare("as they are")
    key, made, body = max((one for one in lists if any(row["input"] for row in one[2]["prices"])), key=lambda one: one[2]["valid_from"] <= day(100))
    writer.good("POST", f"price_list/{key}/moves/revise", {"reason": "Half of it"})
    version = client.good("GET", f"price_list/{key}")["version"]
    halved = body | {"prices": [{name: (round(value / 2, 6) if isinstance(value, float) else value) for name, value in row.items()} for row in body["prices"]]}
    writer.good("PATCH", f"price_list/{key}", {"prices": halved["prices"]}, If_Match=f'"{version}"')
    confirmed(None, key)
    lists[made] = (key, made, halved)
    say(compare("as corrected") != before, "a list that is corrected is seen")
    server.stop()
    code, out, err = place.verify("--deep")
    say(code == 0, "verify --deep finds nothing", f"{code} {out[:200]}{err[:200]}")


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", choices=("sqlite", "postgres"), help="one of them; both when none is named")
    options, report = parser.parse_args(), harness.Report()
    if options.store != "postgres":
        play(harness.Place(aimwell, data=harness.temporary() + "/data"), report, "sqlite")
    if options.store != "sqlite" and harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            play(harness.Place(aimwell, store=url), report, "postgresql")
    report.end()


main()
