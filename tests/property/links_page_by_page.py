#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Links are read a page at a time, whoever reads and however many to a page: every link once, in one order, with
one total; those made by a field that is not for everybody only for whoever reads it. On both stores.

    links_page_by_page.py PATH_OF_AIMWELL
"""
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "durability"))
import harness  # noqa: E402


def pages(client, path, limit):
    items, totals, cursor = [], set(), ""
    while len(items) < 1000:
        reply = client.good("GET", f"{path}?limit={limit}{cursor}")
        items += [(i["direction"], i["type"], i["free"], i["record"]["key"]) for i in reply["items"]]
        totals.add(reply["total"])
        if len(reply["items"]) > limit:
            return "a page is longer than its limit", totals
        if not reply["next"]:
            return items, totals
        cursor = f"&cursor={reply['next']}"
    return "no end", totals


def fill(client):
    """A system that names a unit and is named through fields, lists, loose links and fields for a few."""
    unit = client.good("POST", "org_unit", {"title": "Named"})
    system = client.good("POST", "ai_system", {"title": "Named by many", "unit": unit["id"]})
    other = client.good("POST", "ai_system", {"title": "Another"})
    for n in range(7):
        risk = client.good("POST", "risk", {"title": f"Risk {n}", "system": system["id"]})
        case = {"title": f"Case {n}", "risk": risk["id"], "systems": [system["id"]] if n % 2 else [system["id"], other["id"]]}
        client.good("POST", "x_case", case)
        task = client.good("POST", "task", {"title": f"Task {n}"})
        client.good("POST", "impact_assessment", {"title": f"Assessment {n}", "system": system["id"]})
        for word in ("about", "systems") if n % 3 else ("systems",):
            client.good("POST", f"task/{task['id']}/links", {"type": word, "to": system["id"]})
        client.good("POST", f"ai_system/{system['id']}/links", {"type": "sees", "to": task["id"]})
    return system, unit, client.good("GET", "risk?limit=1")["items"][0]


def one(report, name, place):
    roles = "aims_manager,assessor,staff,risk_owner,system_owner"
    all_of_it = place.init(roles + ",dpo")
    few = place.token(roles)
    server = harness.Server(place, "--site", os.path.join(HERE, "..", "attack", "site"))
    dpo, other = harness.Client(server.port, all_of_it), harness.Client(server.port, few)
    system, unit, risk = fill(dpo)
    for kind, record, most, least in (("ai_system", system, 40, 33), ("org_unit", unit, 1, 1), ("risk", risk, 2, 1)):
        path = f"{kind}/{record['key']}/links"
        for who, client, wanted in (("who reads all of it", dpo, most), ("who does not", other, least)):
            whole, totals = pages(client, path, 500)
            report.say(totals == {wanted} and len(whole) == len(set(whole)) == wanted, f"{name}: {kind}, {who}: {wanted} links", f"{totals} {len(whole)} {whole}")
            for limit in (1, 2, 3, 7):
                some, told = pages(client, path, limit)
                report.say(some == whole and told == totals, f"{name}: {kind}, {who}, {limit} to a page", f"{told} {some}")
    for cursor in ("x", "out.a.b.c", "in.system.2.task.1", "by.system.task.", "by.nothing.task.1", "in.a.0.nothing.1", "out..risk.1", "in"):
        status, _, reply = dpo.ask("GET", f"ai_system/{system['key']}/links?cursor={cursor}")
        report.say(status == 422 and [e["field"] for e in reply["errors"]] == ["cursor"], f"{name}: “{cursor}” is refused by name", f"{status} {reply}")
    server.stop()


def main():
    aimwell, report, folder = harness.program(), harness.Report(), harness.temporary()
    one(report, "a folder", harness.Place(aimwell, data=folder + "/data"))
    if harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            one(report, "PostgreSQL", harness.Place(aimwell, store=url))
    shutil.rmtree(folder)
    report.end()


main()
