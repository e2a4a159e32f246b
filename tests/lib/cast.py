# SPDX-License-Identifier: Apache-2.0
"""A small organisation to play in: units and people with roles, made once with the program's own commands.

    Sales ── Sales North      Claims
    ada is the administrator; the others are named after what they do. People of a unit have their home
    there and hold their role there only.
"""
import fcntl
import functools
import json
import os

import stores
from client import Client
from program import Server, find_program, run

PASSWORD = "northlake harbour lamp 7"
UNITS = {"sales": None, "sales_north": "sales", "claims": None}
PEOPLE = {  # name: (roles, home unit)
    "ada": ("admin", None),
    "tom": ("top_management", None),
    "dana": ("designated_management", None),
    "amy": ("aims_manager", None),
    "alan": ("aims_manager", None),
    "sol": ("system_owner", None),
    "rita": ("risk_owner", None),
    "rolf": ("risk_owner", None),
    "asa": ("assessor", None),
    "abe": ("assessor", None),
    "iris": ("impact_approver", None),
    "devi": ("developer", None),
    "remy": ("reviewer", None),
    "ivan": ("internal_auditor", None),
    "lena": ("lead_auditor", None),
    "lex": ("legal_compliance", None),
    "petra": ("dpo", None),
    "sue": ("supplier_manager", None),
    "pam": ("people_manager", None),
    "ines": ("incident_manager", None),
    "xena": ("external_auditor", None),
    "stan": ("", None),
    "sam": ("", "sales"),
    "sally": ("aims_manager", "sales"),
    "nora": ("assessor", "sales_north"),
    "carl": ("aims_manager", "claims"),
    "cora": ("assessor", "claims"),
}

FEW = ("ada", "tom", "dana", "amy", "sol", "rita", "asa", "devi", "ivan", "stan")  # who stays of an organisation of a few people


def send_home(client, people):
    """All but a few leave."""
    for name, person in people.items():
        if name not in FEW:
            client.must("ada", "PATCH", f"/people/{person}", {"disabled": True})


def passwords():
    """E-mail and password of everybody."""
    return {name: (f"{name}@northlake.example", PASSWORD) for name in PEOPLE}


def password_file(folder):
    """A file that the commands read the password from."""
    path = os.path.join(folder, "password")
    with open(path, "w", encoding="utf-8") as out:
        out.write(PASSWORD + "\n")
    return path


@functools.cache
def given(secret):
    """Options of `user add` for a password that may stay, also for a program that does not ask for another."""
    return ["--password-file", secret, *(["--keep"] if "--keep" in run("user", "--help").stdout else [])]


def add(store, name, secret, units, roles, home):
    """One person by command; returns the id."""
    scope = f"@{units[home]}" if home else ""
    granted = ",".join(role + scope for role in roles.split(",") if role)
    words = ["user", "add", f"{name}@northlake.example", *store.words, "--name", name.capitalize(),
             "--roles", granted, *given(secret)]
    if home:
        words += ["--unit", units[home]]
    return run(*words).stdout.split()[0]


def make(store, folder):
    """Founds it in an empty place; returns {"people": {name: id}, "units": {name: id}}. Where AIMWELL_CAST names a
    folder, what this program made once is kept there and copied from then on."""
    secret, kept = password_file(folder), os.environ.get("AIMWELL_CAST")
    if not kept:
        return found(store, secret)
    program = os.stat(find_program())
    place = os.path.join(kept, f"{store.kind}-{program.st_ino}-{program.st_mtime_ns}-{program.st_size}")
    os.makedirs(kept, exist_ok=True)
    with open(place + ".lock", "w", encoding="ascii") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if os.path.exists(place + ".json"):
            stores.load(store, place)
            with open(place + ".json", encoding="utf-8") as names:
                return json.load(names)
        made = found(store, secret)
        stores.save(store, place)
        with open(place + ".json", "w", encoding="utf-8") as names:
            json.dump(made, names)
        return made


def found(store, secret):
    """As make, with the program's own commands."""
    run("init", *store.words, "--organisation", "Northlake", "--admin", "ada@northlake.example",
        "--name", "Ada", "--password-file", secret)
    people, units = {"ada": None}, {}
    with Server(store) as server:  # beside it a command need not open a folder: a tenth of the time
        people["amy"] = add(store, "amy", secret, units, "aims_manager", None)
        client = Client(server, passwords())
        for name, parent in UNITS.items():
            body = {"title": name.replace("_", " ").title(), "code": name}
            if parent:
                body["parent"] = units[parent]
            units[name] = client.must("amy", "POST", "/org_unit", body)["id"]
        people["ada"] = client.must("ada", "GET", "/session")["user"]["id"]
        for name, (roles, home) in PEOPLE.items():
            if name not in people:
                people[name] = add(store, name, secret, units, roles, home)
    return {"people": people, "units": units}
