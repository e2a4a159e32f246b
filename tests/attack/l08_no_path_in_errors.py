#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""L8: what goes wrong with a file on the disk is told in the log; a client never sees a path.

    l08_no_path_in_errors.py PATH_OF_AIMWELL
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

RAW = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n%s\r\n--b--\r\n'


def main():
    aimwell, report = harness.program(), harness.Report()
    place = harness.Place(aimwell, data=harness.temporary() + "/data")
    token = place.init()
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    file = client.good("POST", "files", raw=RAW % b"proof", Content_Type="multipart/form-data; boundary=b")
    name = file["sha256"]
    stored = f"{place.data}/files/{name[:2]}/{name[2:]}"
    os.unlink(stored)
    os.mkdir(stored)  # a file that cannot be read
    answers = [client.ask("GET", f"files/{file['id']}")]
    shutil.rmtree(f"{place.data}/files/{name[:2]}")
    with open(f"{place.data}/files/{name[:2]}", "wb"):
        pass  # a folder that is none
    answers.append(client.ask("GET", f"files/{file['id']}"))
    answers.append(client.ask("POST", "files", raw=RAW % b"proof", Content_Type="multipart/form-data; boundary=b"))
    report.say(all(a[0] >= 400 for a in answers), "what cannot be read or written is refused", str([a[0] for a in answers]))
    report.say(not any(place.data in str(a) or "files/" in str(a[2].get("errors") if isinstance(a[2], dict) else "") for a in answers),
               "no path is shown", str([a[2] for a in answers]))
    report.say(client.ask("GET", "task")[0] == 200, "the server goes on")
    server.stop()
    report.end()


main()
