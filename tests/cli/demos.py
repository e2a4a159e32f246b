#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demo organisations: each is made whole, says true things, is never all green, and never mixes with another
organisation or with a live one.

    demos.py PATH_OF_AIMWELL
"""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "durability"))
import harness  # noqa: E402

SCRIPTS = os.path.join(HERE, "..", "..", "model", "demo")
# So many records of a kind.
NORTHLAKE = {"ai_system": 12, "risk": 57, "impact_assessment": 14, "supplier": 9, "data_resource": 20, "objective": 6, "metric": 8, "incident": 9, "monitor": 5, "monitoring_plan": 1, "monitoring_cycle": 3, "review_case": 49,
             "concern": 5, "nonconformity": 14, "audit": 4, "audit_programme": 1, "management_review": 2, "change": 6, "soa_entry": 38}
OFFICE = {"document": 8, "use_case": 7, "ai_system": 3, "supplier": 3, "risk": 6, "treatment": 3, "incident": 1, "waiver": 1, "audit": 1,
          "finding": 1, "nonconformity": 2, "management_review": 1, "objective": 1, "awareness": 1, "competence": 3, "soa_entry": 38}


def script(name):
    with open(os.path.join(SCRIPTS, name + ".json"), encoding="utf-8") as f:
        return json.load(f)


def names():
    return sorted(name[:-5] for name in os.listdir(SCRIPTS) if name.endswith(".json"))


def well_written(report, name):
    """What the program cannot see when it plays a script: its order, its people, its two languages."""
    is_ = script(name)
    days = [act["at"] for act in is_["acts"]]
    report.say(days == sorted(days), f"{name}: what happened stands in the order of its days")
    report.say(all(day <= 0 for day in days), f"{name}: nothing has happened tomorrow")
    refs = [act["ref"] for act in is_["acts"] if "ref" in act] + [one["ref"] for one in is_["people"] + is_["units"]]
    report.say(len(refs) == len(set(refs)), f"{name}: no name is used twice", str([r for r in refs if refs.count(r) > 1][:5]))
    acting = {act["as"] for act in is_["acts"] if "as" in act}
    report.say(acting <= {one["ref"] for one in is_["people"]}, f"{name}: whoever acts is among its people")
    titles = [act["set"]["title"] for act in is_["acts"] if "create" in act] + [unit["title"] for unit in is_["units"]]
    english = [title for title in titles if not re.search("[\u4e00-\u9fff]", title)]
    allowed = len(titles) // 5 if is_.get("standard") else 2  # a name in one language is what people really write
    report.say(len(english) <= allowed, f"{name}: titles are there in Chinese as well", f"{len(english)} of {len(titles)}: {english[:5]}")


def records(aimwell, place):
    return json.loads(harness.must(aimwell, "export", "records", where=place.where))


def whole(report, aimwell, name):
    """It is made without a refusal, proves itself, and fails checks that must hold."""
    place = harness.Place(aimwell, data=f"{harness.temporary()}/{name}")
    server = harness.Server(place, "--demo", name)
    said = server.words()
    report.say("model/demo" not in said, f"{name}: no act is refused", said[-800:])
    is_ = script(name)
    client = harness.Client(server.port)
    client.log_in(is_["people"][0]["email"], is_["password"])
    about = client.good("GET", "session")["organisation"]
    report.say(about["name"] == is_["organisation"] and about["demo"] is True, f"{name}: it says that it is a demo", str(about))
    report.say(server.stop() == 0, f"{name}: it stops in order")
    code, out, err = place.verify("--deep")
    report.say(code == 0 and "intact" in out, f"{name}: it is intact", out + err)
    out = harness.run(aimwell, "check", where=place.where)[1].splitlines()
    must = [line for line in out if line.startswith("FAIL") and "(advice)" not in line]
    passed = [line for line in out if line.startswith("pass")]
    report.say(bool(must) and bool(passed), f"{name}: neither all green nor all red", f"{len(must)} {len(passed)}")
    return place


def counted(report, name, found, wanted):
    counts = {kind: len(found[kind]) for kind in wanted}
    report.say(counts == wanted, f"{name}: it has as many records as it should", str({k: (counts[k], wanted[k]) for k in wanted if counts[k] != wanted[k]}))


def northlake(report, aimwell, place):
    found = records(aimwell, place)
    counted(report, "northlake", found, NORTHLAKE)
    people = script("northlake")["people"]
    roles = {grant["role"] for one in people for grant in one["roles"]}
    report.say(len(people) == 45 and len(roles) >= 12, "northlake: 45 people in twelve roles and more", f"{len(people)} {len(roles)}")
    excluded = [row for row in found["soa_entry"] if row["state"] == "excluded"]
    report.say(len(excluded) >= 4 and all(row.get("justification") for row in excluded), "northlake: four controls are left out, with reasons")
    severities = [one.get("severity") for one in found["incident"]]
    report.say("near_miss" in severities and severities.count("critical") == 1, "northlake: a near miss, and one critical incident", str(severities))
    grades = [one.get("grade") for one in found["nonconformity"]]
    report.say(grades.count("major") >= 2 and any(one.get("before") == "again" for one in found["nonconformity"]),
               "northlake: major nonconformities, and one that came again", str(grades))
    report.say(any(one.get("route") == "unplanned" for one in found["change"]), "northlake: a change that nobody had planned")
    for kind, least in (("ai_system", 7), ("risk", 7), ("impact_assessment", 7), ("nonconformity", 7), ("data_resource", 4)):
        states = {one["state"] for one in found[kind]}
        report.say(len(states) >= least, f"northlake: {kind} in {least} states", str(states))
    for kind, least in (("risk", 5), ("ai_system", 5), ("data_resource", 5), ("nonconformity", 7)):
        owners = {one["owner"] for one in found[kind]}
        report.say(len(owners) >= least, f"northlake: {kind} has {least} owners", str(len(owners)))


def office(report, aimwell, place):
    found = records(aimwell, place)
    counted(report, "office", found, OFFICE)
    people = [line for line in harness.must(aimwell, "user", "list", where=place.where).splitlines() if "@lantern" in line]
    report.say(len(people) == 10, "office: ten people", str(len(people)))
    waiver, incident = found["waiver"][0], found["incident"][0]
    report.say(waiver["state"] == "in_force" and bool(waiver["valid_to"]), "office: the waiver is in force and has an end", str(waiver))
    report.say(incident["gdpr_by_standing"] == "not_applicable" and incident["pdpa_assess_by_standing"] == "met" and bool(incident["gdpr_waiver"]),
               "office: the clocks of the incident are answered", str(incident)[:800])
    states = {use["state"] for use in found["use_case"]}
    report.say({"in_use", "denied", "submitted"} <= states and any(use["origin"] == "discovered" and use["state"] == "denied" for use in found["use_case"]),
               "office: uses are allowed, denied, and found out", str(states))
    report.say(any(a["state"] == "not_required" for a in found["impact_assessment"]), "office: an assessment is not required, and says why")
    report.say(sum(row["state"] == "excluded" for row in found["soa_entry"]) == 10, "office: ten controls are excluded")


def never_mixed(report, aimwell, place):
    """One place, one organisation."""
    refused = [(place, "northlake", "another demo")]
    live = harness.Place(aimwell, data=harness.temporary() + "/live")
    live.init()
    refused += [(live, "office", "no demo"), (live, "northlake", "no demo")]
    for where, name, why in refused:
        before = records(aimwell, where)
        code, out, err = harness.run(aimwell, "serve", "--demo", name, "--listen", "127.0.0.1:0", where=where.where, timeout=60)
        report.say(code == 5 and why in err and not out, f"{name} is not mixed with {why}", f"{code} {err}")
        report.say(records(aimwell, where) == before, "and nothing there was touched")
    server = harness.Server(place, "--demo")
    client = harness.Client(server.port)
    client.log_in("yan@lantern.example", script("office")["password"])
    report.say(client.good("GET", "waiver")["total"] == 1, "--demo alone serves the demo that is there")
    server.stop()


def wrong_names(report, aimwell):
    place = harness.Place(aimwell, data=harness.temporary() + "/none")
    for name in ("offic", "office.json", "../kinds/risk", "OFFICE", "zh", "x" * 4000):
        code, out, err = harness.run(aimwell, "serve", "--demo", name, where=place.where)
        report.say(code == 2 and not out and all(one in err for one in names()), f"{name[:20]} is no demo, and those there are are named", f"{code} {err[:300]}")
    code, _, err = harness.run(aimwell, "serve", "--demo=", where=place.where)
    report.say(code == 2 and "office" in err, "nor is an empty name", err)
    report.say(not os.path.exists(place.data), "and nothing was made")


def main():
    report, aimwell = harness.Report(), harness.program()
    report.say({"northlake", "office"} <= set(names()), "there are two demo organisations")
    report.say(sum(script(name).get("standard", False) for name in names()) == 1, "one of them is the usual one")
    wrong_names(report, aimwell)
    places = {}
    for name in names():
        well_written(report, name)
        places[name] = whole(report, aimwell, name)
    northlake(report, aimwell, places["northlake"])
    office(report, aimwell, places["office"])
    never_mixed(report, aimwell, places["office"])
    report.end()


main()
