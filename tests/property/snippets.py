#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the page gives to be copied is run as it stands, with curl, Python, Go and Java where these are, and each event comes.

    snippets.py [PATH_OF_AIMWELL] [--store sqlite|postgres]
"""
import argparse
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "durability"))
import harness  # noqa: E402

UI = os.path.join(HERE, "..", "..", "ui")
RUN = {"curl": ("send.sh", ["sh"]), "python": ("send.py", [sys.executable]), "go": ("send.go", ["go", "run"]), "java": ("Send.java", ["java"])}
NEEDS = {"curl": "curl", "python": sys.executable, "go": "go", "java": "java"}


def snippets(address, system):
    """As the page makes them."""
    made = os.path.join(harness.temporary(), "snippets.mjs")
    subprocess.run([os.path.join(UI, "node_modules", ".bin", "esbuild"), "src/live/snippets.ts", f"--outfile={made}", "--format=esm", "--log-level=error"], cwd=UI, check=True)
    told = subprocess.run(["node", "-e", f"import({json.dumps('file://' + made)}).then((m) => console.log(JSON.stringify(m.snippetsFor({json.dumps(address)}, {json.dumps(system)}))))"],
                          check=True, capture_output=True, text=True).stdout
    return {one["id"]: one["text"] for one in json.loads(told)}


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", choices=("sqlite", "postgres"), help="one of them; it is the same for both")
    options, report = parser.parse_args(), harness.Report()
    if options.store == "postgres" or not os.path.exists(os.path.join(UI, "node_modules", ".bin", "esbuild")) or not shutil.which("node"):
        harness.skip("no node, or no packages of the pages")
    place = harness.Place(aimwell, data=harness.temporary() + "/data")
    token = place.init(roles="aims_manager,system_owner,staff")
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    for name, text in snippets(f"http://127.0.0.1:{server.port}", "x").items():
        if name not in RUN or not shutil.which(NEEDS[name]):
            report.note(f"{name} was not run")
            continue
        system = client.good("POST", "ai_system", {"title": name})["key"]
        file = os.path.join(harness.temporary(), RUN[name][0])
        with open(file, "w", encoding="utf-8") as out:
            out.write(text.replace('"system":"x"', f'"system":"{system}"').replace('"system": "x"', f'"system": "{system}"').replace('\\"system\\":\\"x\\"', f'\\"system\\":\\"{system}\\"'))
        done = subprocess.run([*RUN[name][1], file], capture_output=True, text=True, check=False, env=os.environ | {"AIMWELL_TOKEN": token})
        kept = client.good("GET", f"systems/{system}/events")
        report.say(done.returncode == 0 and kept["events"] == 1 and '"accepted":1' in done.stdout.replace(" ", ""), f"snippets: {name} sends one event", f"{done.stdout[:300]} {done.stderr[:300]} {kept['events']}")
        report.say(bool(kept["items"]) and kept["items"][0]["event"]["score"] == 0.87, f"snippets: {name}: it is the one", kept["items"][:1])
    server.stop()
    report.end()


main()
