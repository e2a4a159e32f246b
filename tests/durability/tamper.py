#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Alter what is stored, behind the program's back, and see whether it notices.

    tamper.py PATH_OF_AIMWELL [--rows 3] [--flips 25] [--seed N] [--part registers|rest]

Cells: in every table that holds records or the ledger, in sampled rows, every column in turn gets
another value (the triggers that refuse it are dropped first, as whoever owns the file can), a text in three also a NUL
that ends it early; rows are
removed and invented; evidence files lose a byte or vanish. Each time `verify --deep` must end with 1 and
name the place. The untouched copy must end with 0.

Bytes: at random offsets of the database file one byte is flipped. If what can be read by SQL, all
tables and all cells, is still the same, verify may say 0; if not, it must not.
"""
import argparse
import contextlib
import datetime
import json
import os
import shutil
import sqlite3
import subprocess
import time

import harness

# What the ledger does not speak for: the search index and counters (made again from the records), and
# requests already answered. docs/ledger.md §8 has the same list.
NOT_COVERED = ("sequence", "idempotency", "check_run", "readiness_run", "stale", "stale_record", "batch", "mail_wish", "watching", "hook_state")

# Keys of order (`_title`): folded anew from the versions when a store is opened by other rules (docs/ledger.md §8).
ORDER = "_"

# Tables that the demo leaves empty: a row that nobody wrote must be found there.
INVENTED = {"waived": "INSERT INTO waived (kind, id, version, waiver, person, duty, move, at) VALUES ('risk', 'y', 1, 'w', 'p', 'SOD-1', '', '2026')",
            "series": "INSERT INTO series (kind, id, version, name, at, until, status, alarm, value, n, low, high, limit_low, limit_high, source) VALUES ('monitor', 'x', 2, 'fpr', "
                      "'2026-01-01T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', 'pass', 0, 0.1, 100, NULL, NULL, NULL, 0.2, 'y')",
            "event_removal": "INSERT INTO event_removal (source, n, at, before, months, version, first, last, blocks, events, digest, salt, ledger, commitment) VALUES "
                             "(1, 1, '2026-01-01T00:00:00.000000Z', '2025-01-01T00:00:00.000000Z', 6, 1, 1, 1, 1, 1, x'00', x'00', 3, x'00')",
            # what is counted of events, which only many have: with real rows in tests/unit/monitor/count_test.c
            "event_counted": "INSERT INTO event_counted (source, block, turn, told, early, predictions, labels, others, again, at) VALUES (1, 1, 1, 0, 0, 7, 0, 0, 0, '')",
            "event_page": "INSERT INTO event_page (source, block, last_day, first_day, others, bytes) VALUES (1, 1, 0, 0, 0, x'00')",
            "event_cell": "INSERT INTO event_cell (source, unit, n, bytes) VALUES (1, 0, 20000, x'010000')",
            "event_early": "INSERT INTO event_early (source, key, bytes) VALUES (1, x'00', x'00')",
            "withdrawn": "INSERT INTO withdrawn (signature, kind, id, version) VALUES ('x', 'risk', 'y', 1)",
            "outbox": "INSERT INTO outbox (id, person, channel, kind, record, version, event, field, at, due, tries) VALUES ('1.0', 'x', 'app', 'risk', 'y', 1, 'missed', 'z', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 0)",
            "hook_delivery": "INSERT INTO hook_delivery (id, hook, kind, record, version, event, field, ledger, at, due, tries, status, why) VALUES ('msg_1_created_y', 'y', 'risk', 'y', 1, 'created', '', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 0, 0, '')",
            "objective__measurements": "INSERT INTO objective__measurements (record, pos, day, value, remark) VALUES ('y', 0, '2026-01-01', 1, 'x')",
            "audit__drawn": "INSERT INTO audit__drawn (record, pos, register, sample, sample_version, out_of) VALUES ('y', 0, 'risk', 'RSK-0001', 1, 1)",
            "metric__readings": "INSERT INTO metric__readings (record, pos, day, value, remark) VALUES ('y', 0, '2026-01-01', 1, 'x')",
            "site_file": "INSERT INTO site_file (path, since, body, gone) VALUES ('model.d/x.json', 1, '{}', 0)",
            "frozen": "INSERT INTO frozen (kind, id, version, by_kind, by_id, by_version) VALUES ('soa_entry', 'x', 1, 'document', 'y', 1)"}

# What docs/ledger.md §8 says is not found, because it proves nothing: an intermediate checkpoint may go
# (any later one covers its entries), the fence of the head counts writers, not content, and when a token was last
# used is kept without an entry.
# A session's row is held against the ledger whenever it is used; of one that is there the time of its last use
# has no entry. A row of its own is taken away when it ends.
# A format that this program does not know, or another name of the log than its key has, ends with 2: it cannot
# tell, and says so.
CANNOT_TELL = ("meta.value of ['format']", "meta.value of ['origin']", "meta.name of ['origin']", "meta: row ['origin'] removed")
PROVES_NOTHING = ("ledger_log.epoch", "ledger_checkpoint: row", "token.used_at", "session.seen_at", "session: row",
                  "timer.next", "timer.tries", "timer.why", "outbox.due", "outbox.claimed", "outbox.sent", "outbox.tries", "outbox.seen",
                  "event_source.same", "event_source.refused")


ROLES = ("aims_manager,assessor,system_owner,risk_owner,internal_auditor,lead_auditor,incident_manager,"
         "supplier_manager,people_manager,legal_compliance,impact_approver,designated_management,staff")


# ---- a store with every table filled ----------------------------------------------------------------------
def cell(column, person):
    """Something for a column of a table; None for what names a record."""
    if column["type"] == "choice":
        return column["of"][0]["value"]
    if column["type"] == "ref":
        return {"person": person, "role": "reviewer"}.get(column["to"])
    return {"text": "x", "note": "x", "integer": column.get("min", 1), "number": 1.5, "yes_no": True, "date": "2027-01-01"}.get(column["type"])


def one_of(client, model, kind, person):
    """The id of a record of the kind; made when there is none."""
    there = client.good("GET", f"{kind}?limit=1")["items"]
    return there[0]["id"] if there else new_one(client, model, kind, person)


def new_one(client, model, kind, person):
    """A record of the kind with a row in each of its tables, after those that it cannot begin without."""
    needed = {f["name"]: one_of(client, model, f["to"], person) for f in model[kind]["fields"]
              if f.get("required") is True and f["type"] == "ref" and f.get("to") in model}
    needed |= {f["name"]: person for f in model[kind]["fields"] if f.get("required") is True and f["type"] == "ref" and f.get("to") == "person"}
    needed |= {"register": kind} if model[kind].get("is") == "view" else {}

    def of(column):
        """As `cell`; of another register's record only where a row cannot begin without it."""
        if column["type"] == "ref" and column.get("required") and column["to"] in model:
            return one_of(client, model, column["to"], person)
        return cell(column, person)
    needed |= {f["name"]: [{c["name"]: of(c) for c in f["columns"] if of(c) is not None}]
               for f in model[kind]["fields"] if f["type"] == "rows" and not f.get("computed") and f.get("fixed") != "any"}
    needed |= model[kind].get("answered", {})
    return client.good("POST", kind, {"title": "One of them", "tags": ["x"], "due": "2027-01-01", **needed})["id"]


def lacks_rows(place, kind):
    """Whether nothing has a row in a table of the kind that anybody may write."""
    with contextlib.closing(sqlite3.connect(place.data + "/aimwell.db")) as db:
        return not all(db.execute(f'SELECT count(*) FROM "{kind["kind"]}__{f["name"]}"').fetchone()[0] for f in kind["fields"]
                       if f["type"] == "rows" and not f.get("computed") and f.get("fixed") != "any")


def fill(place):
    """The demo organisation and, through the API, what it lacks: about 200 records in all."""
    token = place.token(ROLES)
    harness.must(place.aimwell, "user", "reset", "tom@northlake.example", where=place.where)
    server = harness.Server(place)
    client = harness.Client(server.port)
    client.log_in("lin@northlake.example")
    risks = client.every("risk")
    system = client.good("GET", "ai_system?limit=1")["items"][0]["key"]
    sent = [{"v": 1, "kind": "prediction", "id": f"e{n}", "system": system, "ts": "2026-05-01T10:00:00Z", "task": "binary", "pred_class": n % 2}
            for n in range(30)]
    client.good("POST", "events", raw="\n".join(json.dumps(one) for one in sent).encode(), Content_Type="application/x-ndjson")
    for n in range(60):
        task = client.good("POST", "task", {"title": f"Checked {n}", "tags": ["a", "b"]})
        client.good("POST", f"task/{task['id']}/links", {"type": "relates_to", "to": risks[n % len(risks)]["key"]})
        client.good("POST", f"task/{task['id']}/comments", {"body": f"remark {n} 备注"})
    # Somebody watches, and is told; somebody is named.
    own = client.good("GET", "session")["user"]["id"]
    watched = client.good("POST", "task", {"title": "Watched", "unit": None, "due": "2027-01-01"})
    client.close()
    other = harness.Client(server.port)
    other.log_in("priya@northlake.example")
    other.good("PUT", f"task/{watched['id']}/watch")
    other.good("POST", f"task/{watched['id']}/comments", {"body": f"@[{own}] look"})
    other.close()
    client = harness.Client(server.port)
    client.log_in("lin@northlake.example")
    client.good("PATCH", f"task/{watched['id']}", {"due": "2027-01-02"}, If_Match='"1"')
    client.good("POST", f"task/{watched['id']}/moves/start")
    client.good("POST", f"task/{watched['id']}/comments", {"body": "seen"})
    for n in range(6):
        file = client.good("POST", "files", raw=f"proof {n}".encode() * 50,
                           Content_Type="text/plain", X_File_Name=f"proof-{n}.txt")
        client.good("POST", "evidence", {"title": f"Proof {n}", "file": file["id"]})
    # Whoever gives a record away is remembered, and so is who asks for a new password for another.
    people = [line.split("\t") for line in harness.must(place.aimwell, "user", "list", where=place.where).splitlines()]
    version = client.good("GET", f"task/{task['id']}")["version"]
    client.good("PATCH", f"task/{task['id']}", {"owner": people[0][0]}, If_Match=f'"{version}"')
    offered = client.good("POST", "task", {"title": "Offered"})
    client.good("POST", f"task/{offered['id']}/moves/hand_over", {"owner": people[0][0], "reason": "Away"})
    # Roles are lent by a person alone.
    until = (datetime.date.today() + datetime.timedelta(days=20)).isoformat()
    deputy = next(p[0] for p in people if p[1] != "lin@northlake.example")
    lent = client.good("POST", "delegation", {"title": "Away", "deputy": deputy, "roles": ["aims_manager"], "valid_to": until, "tags": ["x"]})
    client.good("POST", f"delegation/{lent['id']}/moves/offer")
    client.good("POST", "waiver", {"title": "While there are few of us", "duties": ["SOD-1"], "kinds": ["document"], "why": "w", "control": "c", "valid_to": until, "tags": ["x"]})
    # Somebody without an account reports something, and is answered.
    client.good("PATCH", "organisation", {"public": ["external_report"]})
    stranger = harness.Client(server.port)
    code = stranger.good("POST", "public/external_report", {"title": "Wrong", "report": "r", "from_whom": "user", "urgent": "no"})["case"]
    stranger.good("POST", "public/case/messages", {"case": code, "body": "And again"})
    stranger.close()
    reported = client.every("external_report?q=Wrong&sort=-created_at")[0]
    client.good("POST", f"external_report/{reported['id']}/messages", {"body": "Thank you"})
    whole = client.good("GET", "model")
    model = {k["kind"]: k for k in whole["kinds"]}
    kinds = list(model)
    for one in whole["deciders"]:  # answers are to questions that there are, under the rules in force
        ask = client.good("GET", f"asks/{one['ask']}")
        rows = [{"question": q["id"], "answer": next((o["id"] for o in q["options"] if o["id"] == "none"), q["options"][0]["id"])} for q in ask["questions"]]
        model[one["kind"]]["answered"] = {one["into"]: rows, ask["fields"]["rules"]: one["rules"], ask["fields"]["day"]: "2027-12-03"}
    client.close()
    client = harness.Client(server.port)
    client.log_in(next(p[1] for p in people if "admin" in p[3].split(",")))
    client.good("POST", f"people/{next(p[0] for p in people if 'risk_owner' in p[3])}/reset")
    client.close()
    client = harness.Client(server.port, token)
    for kind in kinds:
        if lacks_rows(place, model[kind]):
            new_one(client, model, kind, people[0][0])
        else:
            one_of(client, model, kind, people[0][0])
    count = sum(client.good("GET", kind)["total"] for kind in kinds)
    while client.good("GET", f"systems/{system}/events?limit=1")["unsealed"]:  # until its minute is over
        time.sleep(1)
    client.close()
    server.stop()
    return count


# ---- the copies ----------------------------------------------------------------------------------------------
class Copy:
    """A fresh copy of the store to damage."""

    def __init__(self, place, original):
        self.place, self.original = place, original
        self.database = place.data + "/aimwell.db"

    def renew(self):
        shutil.rmtree(self.place.data, ignore_errors=True)
        shutil.copytree(self.original, self.place.data)

    def renew_database(self):
        for part in ("-wal", "-shm"):
            if os.path.exists(self.database + part):
                os.unlink(self.database + part)
        shutil.copy(self.original + "/aimwell.db", self.database)

    def alter(self, sql, values=()):
        """Any statement, with every trigger out of the way; the number of rows it changed."""
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            db.execute("PRAGMA synchronous = OFF")
            triggers = list(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
            for name, _ in triggers:
                db.execute(f'DROP TRIGGER "{name}"')
            changed = db.execute(sql, values).rowcount
            for _, made_by in triggers:  # as a careful forger does: a missing one would be found by itself
                db.execute(made_by)
            db.commit()
        return changed

    def alter_many(self, statements):
        """Several at once, each alone in being refused by the store: which were made."""
        made = []
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            db.execute("PRAGMA synchronous = OFF")
            triggers = list(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
            for name, _ in triggers:
                db.execute(f'DROP TRIGGER "{name}"')
            for sql, values in statements:
                try:
                    made.append(db.execute(sql, values).rowcount == 1)
                except sqlite3.IntegrityError:
                    made.append(False)
            for _, made_by in triggers:
                db.execute(made_by)
            db.commit()
        return made

    def verify(self):
        return self.place.verify("--deep")


def tables(database):
    db = sqlite3.connect(database)
    names = [row[0] for row in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'")]
    out = {}
    for name in names:
        info = list(db.execute(f'PRAGMA table_info("{name}")'))
        out[name] = ([row[1] for row in info], [row[1] for row in info if row[5]],
                     db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
    db.close()
    return out


# ---- cells -----------------------------------------------------------------------------------------------------
def other(value, chance):
    """Another value of the same type: what a careful forger would write."""
    if isinstance(value, int):
        return value + chance.choice((-1, 1))
    if isinstance(value, float):
        return value + 0.5
    if isinstance(value, str):
        if not value:
            return "x"
        at = chance.randrange(len(value))
        return value[:at] + ("b" if value[at] == "a" else "a") + value[at + 1:]
    if isinstance(value, bytes):
        if not value:
            return b"x"
        at = chance.randrange(len(value))
        return value[:at] + bytes([value[at] ^ 1 << chance.randrange(8)]) + value[at + 1:]
    return None


def invented(column, database, table):
    """A value for a cell that is empty, of the column's type."""
    db = sqlite3.connect(database)
    kind = [row[2] for row in db.execute(f'PRAGMA table_info("{table}")') if row[1] == column][0]
    db.close()
    return {"INTEGER": 1, "REAL": 0.5, "TEXT": "x", "BLOB": b"x"}[kind]


def own_note(table, columns, row):
    """Somebody's own note that they watched: no entry says that it must be there, so nobody can miss it."""
    return table == "outbox" and row[columns.index("channel")] == "watch"


def alter_cells(copy, table, columns, keys, chance, rows):
    """Every column of sampled rows, one alteration a copy: yields (place, exit code, words)."""
    db = sqlite3.connect(copy.original + "/aimwell.db")
    everything = sorted(db.execute(f'SELECT * FROM "{table}"'), key=repr)  # only the seed chooses
    db.close()
    picked = chance.sample(everything, min(rows, len(everything)))
    where = " AND ".join(f'"{k}" = ?' for k in keys)
    for n, column in enumerate(columns):
        if column.startswith(ORDER):
            continue
        row = picked[n % len(picked)]
        value = row[n]
        new = invented(column, copy.database, table) if value is None else other(value, chance)
        key = [row[columns.index(k)] for k in keys]
        copy.renew_database()
        try:
            if copy.alter(f'UPDATE "{table}" SET "{column}" = ? WHERE {where}', [new, *key]) != 1:
                raise RuntimeError(f"{table}.{column} of {key} was not altered")
        except sqlite3.IntegrityError:
            continue  # another row has that key already: the store itself refuses
        yield f"{table}.{column} of {key}", copy.verify()
        if isinstance(value, str) and chance.random() < 1 / 3:
            copy.renew_database()
            with contextlib.suppress(sqlite3.IntegrityError):
                if copy.alter(f'UPDATE "{table}" SET "{column}" = ? WHERE {where}', [value + "\0x", *key]) == 1:
                    yield f"{table}.{column} of {key} with NUL", copy.verify()
    copy.renew_database()
    gone = next(row for row in picked + everything if not own_note(table, columns, row))
    key = [gone[columns.index(k)] for k in keys]
    if copy.alter(f'DELETE FROM "{table}" WHERE {where}', key) == 1:
        yield f"{table}: row {key} removed", copy.verify()
    copy.renew_database()
    copy.alter(*invented_row(copy.database, table, columns, keys, picked[-1]))
    yield f"{table}: a row invented", copy.verify()


def unique_columns(database, table):
    with contextlib.closing(sqlite3.connect(database)) as db:
        indexes = [row[1] for row in db.execute(f'PRAGMA index_list("{table}")') if row[2]]
        return {row[2] for name in indexes for row in db.execute(f'PRAGMA index_info("{name}")')}


INVENTED_ID = "01ZZZZZZZZZZZZZZZZZZZZZZZZ"


def invented_row(database, table, columns, keys, like):
    """A row more, like one that is there, under another key: (sql, values)."""
    row = list(like)
    at = columns.index(keys[-1])
    row[at] = row[at] + 100000 if isinstance(row[at], int) else b"another one" if isinstance(row[at], bytes) else INVENTED_ID
    if "key" in columns and isinstance(row[columns.index("key")], str):
        row[columns.index("key")] = "ZZZ-9999"
    for column in unique_columns(database, table) - {"key", *keys}:
        at = columns.index(column)
        row[at] = row[at] + 100000 if isinstance(row[at], int) else "another one"
    marks = ", ".join("?" * len(row))
    names = ", ".join(f'"{c}"' for c in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({marks})', row


WORDS = {"id": "its row is missing", "version": "its row is not its latest version"}  # what a finding says instead of the column


# ---- registers: the same code reads them all, so many are altered at once ----------------------------------------
def cells_of(original, table, columns, keys, chance, rows):
    """The alterations of one register's table, or of one of its rows fields: (place, id of the record, words, sql, values).
    `words` say the place in a finding."""
    with contextlib.closing(sqlite3.connect(original)) as db:
        picked = sorted(db.execute(f'SELECT * FROM "{table}"'), key=repr)
    picked = chance.sample(picked, min(rows, len(picked)))
    where = " AND ".join(f'"{k}" = ?' for k in keys)
    owner = columns.index("record" if "__" in table else "id")
    rows_of = f"the rows of {table.split('__')[1]}" if "__" in table else ""
    for n, column in enumerate(columns):
        if column.startswith(ORDER):
            continue
        row = picked[n % len(picked)]
        key, value = [row[columns.index(k)] for k in keys], row[n]
        new = invented(column, original, table) if value is None else other(value, chance)
        words = rows_of or WORDS.get(column, f"column {column}")
        sql = f'UPDATE "{table}" SET "{column}" = ? WHERE {where}'
        yield f"{table}.{column} of {key}", row[owner], words, sql, [new, *key]
        if isinstance(value, str) and chance.random() < 1 / 3:
            yield f"{table}.{column} of {key} with NUL", row[owner], words, sql, [value + "\0x", *key]
    key = [picked[0][columns.index(k)] for k in keys]
    yield f"{table}: row {key} removed", picked[0][owner], rows_of or WORDS["id"], f'DELETE FROM "{table}" WHERE {where}', key
    sql, values = invented_row(original, table, columns, keys, picked[-1])
    yield f"{table}: a row invented", values[owner], rows_of or "the version it claims does not exist", sql, values


def told(out, record, words):
    """Does a finding name this record, and the place in it?"""
    return any(record in line and words in line for line in out.splitlines())


def register_tables(known):
    """Those of registers and of their rows fields that have a row."""
    kinds = [t for t, (columns, _, count) in known.items() if count and {"id", "key", "state", "version"} <= set(columns)]
    return [t for t in sorted(known) if known[t][2] and t not in NOT_COVERED and t.split("__")[0] in kinds]


def check_registers(copy, report, chance, rows):
    """Every column of every register: in each round one alteration of each table, in one copy. Each must be found by the place it
    names; one that is not told so is made again alone, and must be found then."""
    original = copy.original + "/aimwell.db"
    known = tables(original)
    plans = {t: list(cells_of(original, t, *known[t][:2], chance, rows)) for t in register_tables(known)}
    missed, tried, again = {t: [] for t in plans}, dict.fromkeys(plans, 0), []
    for n in range(max(map(len, plans.values()))):
        turn = [(t, plans[t][n]) for t in plans if n < len(plans[t])]
        for at in range(0, len(turn), 40):  # a report names a hundred places
            part = turn[at:at + 40]
            copy.renew_database()
            made = copy.alter_many([(cell[3], cell[4]) for _, cell in part])
            code, out, err = copy.verify()
            for (table, cell), there in zip(part, made):
                tried[table] += there
                if there and not (code == 1 and told(out, cell[1], cell[2])):
                    again.append((table, cell))
    for table, cell in again:
        copy.renew_database()
        copy.alter_many([(cell[3], cell[4])])
        code, out, err = copy.verify()
        if code != 1 or "TAMPERED" not in out:
            missed[table].append(f"{cell[0]}: exit {code} {out.strip()} {err.strip()}")
    report.note(f"{len(again)} of {sum(tried.values())} were looked at alone")
    for table in plans:
        report.say(not missed[table], f"table {table}: {tried[table]} alterations found", " | ".join(missed[table][:4]))


def check_tables(copy, report, chance, rows):
    """What is no register's, one alteration a copy."""
    known = tables(copy.original + "/aimwell.db")
    others = known.keys() - register_tables(known)
    for table, (columns, keys, count) in sorted(known.items()):
        if table in NOT_COVERED or table not in others:
            continue
        if not count and table in INVENTED:
            copy.renew_database()
            copy.alter(INVENTED[table])
            code, out, err = copy.verify()
            report.say(code == 1 and table.split("__")[0] in out, f"table {table}: a row invented in the empty table is found", f"{code} {out[:300]}{err[:300]}")
            continue
        if not count:
            report.say(False, f"table {table} has rows to alter")
            continue
        missed, tried = [], 0
        for place, (code, out, err) in alter_cells(copy, table, columns, keys, chance, rows):
            if place.startswith(PROVES_NOTHING):
                continue
            tried += 1
            if place.startswith(CANNOT_TELL) and code == 2:
                continue
            if code != 1 or "TAMPERED" not in out:
                missed.append(f"{place}: exit {code} {out.strip()} {err.strip()}")
        report.say(not missed, f"table {table}: {tried} alterations found", " | ".join(missed[:4]))


# ---- does the finding name the place? -----------------------------------------------------------------------------
def check_places(copy, report):
    """One alteration of each sort, with the words the finding must contain."""
    db = sqlite3.connect(copy.original + "/aimwell.db")
    one = lambda sql: db.execute(sql).fetchone()
    risk, version = one("SELECT id FROM risk LIMIT 1")[0], one("SELECT kind, id, version FROM version WHERE kind = 'risk' LIMIT 1")
    comment, file = one("SELECT id FROM comment LIMIT 1")[0], one("SELECT id, sha256 FROM attachment LIMIT 1")
    message, case = one("SELECT id FROM message WHERE author = '' LIMIT 1")[0], one("SELECT id FROM mailbox LIMIT 1")[0]
    group = one("SELECT record FROM ai_system__affected_groups LIMIT 1")[0]
    link = one("SELECT from_kind, from_id FROM link LIMIT 1")
    grant = one("SELECT person, role FROM role_grant WHERE role = 'risk_owner' LIMIT 1")
    db.close()
    cases = [
        ("a title", "UPDATE risk SET title = 'x' WHERE id = ?", (risk,), f"risk {risk}: column title"),
        ("a state", "UPDATE risk SET state = 'closed' WHERE id = ?", (risk,), f"risk {risk}: column state"),
        ("a version", "UPDATE version SET body = replace(body, 'a', 'b') WHERE kind = ? AND id = ? AND version = ?",
         version, "{} {} version {}".format(*version)),
        ("a comment", "UPDATE comment SET body = 'x' WHERE id = ?", (comment,), f"comment {comment}"),
        ("a message", "UPDATE message SET body = 'x' WHERE id = ?", (message,), f"message {message}"),
        ("a message's sender", "UPDATE message SET author = 'usr_x' WHERE id = ?", (message,), f"message {message}"),
        ("whose code opens a case", "UPDATE mailbox SET hash = 'x' WHERE id = ?", (case,), f"case {case}"),
        ("whom a report told", "DELETE FROM outbox WHERE event = 'reported'", (), f"case {case}: table outbox"),
        ("a file's name", "UPDATE attachment SET name = 'x' WHERE id = ?", file[:1], f"file {file[0]}"),
        ("a row", "UPDATE ai_system__affected_groups SET people = 'x' WHERE record = ?", (group,), f"ai_system {group}: the rows of affected_groups"),
        ("a link", "DELETE FROM link WHERE from_kind = ? AND from_id = ?", link, "{} {}: its links".format(*link)),
        ("an entry", "UPDATE ledger_entry SET leaf = CAST('x' AS BLOB) WHERE idx = 7", (), "entry 7"),
        ("a tile", "UPDATE ledger_tile SET hashes = zeroblob(8192) WHERE level = 0 AND n = 0", (), "tile 0/0"),
        ("a checkpoint", "UPDATE ledger_checkpoint SET note = 'x' WHERE size = (SELECT max(size) FROM ledger_checkpoint)", (), "checkpoint"),
        ("a role", "UPDATE role_grant SET role = 'aims_manager' WHERE person = ? AND role = ?", grant, "the ledger has no entry"),
        ("a role's state", "UPDATE role_grant SET state = 'pending' WHERE person = ? AND role = ?", grant, "role {}/{}/".format(*grant)),
        ("a role taken", "DELETE FROM role_grant WHERE person = ? AND role = ?", grant, "its row is missing"),
        ("a person's lock", "UPDATE person SET disabled = 1 WHERE id = ?", grant[:1], f"person {grant[0]}"),
        ("somebody's password", "UPDATE person SET password = (SELECT password FROM person WHERE id <> ?) WHERE id = ?",
         grant[:1] * 2, f"person {grant[0]}: differs from ledger entry"),
        ("somebody's log-in name", "UPDATE person SET email_key = 'x@example.org' WHERE id = ?", grant[:1], f"person {grant[0]}: differs"),
        ("a token's owner", "UPDATE token SET person = ?", grant[:1], ": differs from ledger entry"),
        ("a token's role", "UPDATE token_grant SET role = 'admin' WHERE role = 'risk_owner'", (), "token's role tok_"),
        ("a revoked token", "UPDATE token SET revoked = 1 - revoked", (), "token "),
        ("the units", "DELETE FROM unit_closure WHERE depth > 0", (), "table unit_closure"),
        ("the head", "UPDATE ledger_log SET size = size - 1", (), "head"),
    ]
    for what, sql, values, wanted in cases:
        copy.renew_database()
        copy.alter(sql, values)
        code, out, err = copy.verify()
        report.say(code == 1 and wanted in out, f"{what} altered: the place is named", f"exit {code}, no {wanted!r} in {out[:300]}{err}")
    copy.renew_database()


# ---- evidence files -------------------------------------------------------------------------------------------------
def check_files(copy, report, chance):
    found = [os.path.join(folder, name) for folder, _, names in os.walk(copy.place.data + "/files") for name in names]
    path = sorted(found)[chance.randrange(len(found))]
    original = open(path, "rb").read()

    def verdict(what):
        code, out, _ = copy.verify()
        where = os.path.basename(os.path.dirname(path)) + os.path.basename(path)
        report.say(code == 1 and where in out, f"evidence file {what}", f"exit {code} {out}")

    at = chance.randrange(len(original))
    os.chmod(path, 0o600)
    for what, content in (("with a bit flipped", original[:at] + bytes([original[at] ^ 1]) + original[at + 1:]),
                          ("cut short", original[:-1]), ("made longer", original + b"x"), ("emptied", b"")):
        with open(path, "wb") as f:
            f.write(content)
        verdict(what)
    os.unlink(path)
    verdict("removed")
    with open(path + ".elsewhere", "wb") as f:
        f.write(original)
    os.symlink(path + ".elsewhere", path)
    verdict("replaced by a link to the same bytes")
    os.unlink(path)
    os.unlink(path + ".elsewhere")
    with open(path, "wb") as f:
        f.write(original)


# ---- bytes ------------------------------------------------------------------------------------------------------------
def dump(database):
    """Every cell of every table as one text, or None when it cannot be read to its end."""
    try:
        db = sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)
        out = []
        for (name,) in sorted(db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")):
            if name.startswith("search") or name in NOT_COVERED:
                continue
            kept = ", ".join(f'"{row[1]}"' for row in db.execute(f'PRAGMA table_info("{name}")') if not row[1].startswith(ORDER))
            rows = sorted(db.execute(f'SELECT {kept} FROM "{name}"'), key=repr)
            out.append((name, rows))
        db.close()
        return repr(out)
    except (sqlite3.Error, UnicodeDecodeError):  # a flip may fall into the name of a table
        return None


def used_pages(database):
    """Offsets of pages that are in use: a flip in a free page harms nobody."""
    free = set()
    db = sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)
    size, count = (db.execute(f"PRAGMA {p}").fetchone()[0] for p in ("page_size", "page_count"))
    trunk = int.from_bytes(open(database, "rb").read(36)[32:36], "big")
    db.close()
    with open(database, "rb") as f:
        while trunk:
            free.add(trunk)
            f.seek((trunk - 1) * size)
            page = f.read(size)
            leaves = int.from_bytes(page[4:8], "big")
            free.update(int.from_bytes(page[8 + 4 * n:12 + 4 * n], "big") for n in range(leaves))
            trunk = int.from_bytes(page[0:4], "big")
    return size, [n for n in range(count) if n + 1 not in free]


def check_flips(copy, report, chance, flips):
    copy.renew_database()
    clean = dump(copy.database)
    size, pages = used_pages(copy.database)
    counts, missed = {"found": 0, "cannot tell": 0, "harmless": 0}, []
    for _ in range(flips):
        offset = chance.choice(pages) * size + chance.randrange(size)
        bit = 1 << chance.randrange(8)
        copy.renew_database()
        with open(copy.database, "r+b") as f:
            f.seek(offset)
            was = f.read(1)[0]
            f.seek(offset)
            f.write(bytes([was ^ bit]))
        same = dump(copy.database) == clean
        code, out, err = copy.verify()
        if code == 0 and not same:
            missed.append(f"offset {offset} bit {bit}: exit 0 but the content differs")
        elif code not in (0, 1, 2):
            missed.append(f"offset {offset} bit {bit}: exit {code} {err[-300:]}")
        counts["harmless" if code == 0 else "found" if code == 1 else "cannot tell"] += 1
    report.note(f"{flips} bits flipped in used pages: {counts}")
    report.say(not missed, f"{flips} flipped bits: none that matters is passed over", "; ".join(missed[:5]))
    copy.renew_database()


# ---- are the tests themselves awake? ------------------------------------------------------------------------------------
def check_untouched(copy, report, name):
    code, out, err = copy.verify()
    report.say(code == 0, name, f"exit {code} {out}{err}")


def sabotage(copy, report):
    """An alteration that is none must not count as found: rewriting a cell with its own value."""
    copy.alter("UPDATE risk SET title = title")
    check_untouched(copy, report, "sabotage: a rewritten but equal row is no finding")
    copy.renew_database()
    code, _, _ = copy.verify()
    copy.alter("UPDATE risk SET title = title || ' '")
    plain, _, _ = copy.place.verify()
    report.say(code == 0 and plain == 0, "sabotage: without --deep an altered row is not seen, so it is --deep that sees",
               f"exit {plain}")
    copy.renew_database()


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=3)
    parser.add_argument("--flips", type=int, default=25)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--part", choices=["registers", "rest"], help="half of it: two halves are quicker side by side")
    options, report = parser.parse_args(), harness.Report()
    chance = harness.seed_of(options)
    folder = harness.temporary()
    original = harness.demo(aimwell, folder + "/original")
    report.note(f"{fill(original)} records")
    subprocess.run(["sync", "-f", folder], check=False)
    copy = Copy(harness.Place(aimwell, data=folder + "/copy"), original.data)
    copy.renew()
    check_untouched(copy, report, "the untouched copy is intact")
    if options.part != "rest":
        check_registers(copy, report, chance, options.rows)
    if options.part != "registers":
        sabotage(copy, report)
        check_places(copy, report)
        check_tables(copy, report, chance, options.rows)
        check_files(copy, report, chance)
        check_flips(copy, report, chance, options.flips)
    copy.renew()
    check_untouched(copy, report, "put back as it was, it is intact again")
    report.end()


main()
