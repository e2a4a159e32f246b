#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A CSV as a workbook whose cells are texts, with a sheet before it that is hidden and a banner above its
headings, as people send them.

    csv_to_xlsx.py FROM.csv TO.xlsx [ROWS]
"""
import csv
import io
import sys
import xml.sax.saxutils
import zipfile

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{REL}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {NS} xmlns:r="{REL}"><sheets><sheet name="Lists" sheetId="1" state="hidden" r:id="r1"/>'
    '<sheet name="Inventory" sheetId="2" r:id="r2"/></sheets></workbook>',
    "xl/worksheets/sheet1.xml": f'<worksheet {NS}><sheetData/></worksheet>',
}


def cell(text):
    text = "".join(c for c in text if c >= " " or c in "\n\t")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{xml.sax.saxutils.escape(text)}</t></is></c>' if text else "<c/>"


def main():
    with open(sys.argv[1], encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    rows = rows[:int(sys.argv[3]) + 1] if len(sys.argv) > 3 else rows
    out = io.StringIO()
    out.write(f'<worksheet {NS}><sheetData>')
    for number, row in enumerate([["Inventory of systems"], []] + rows, 1):
        out.write(f'<row r="{number}">' + "".join(map(cell, row)) + "</row>")
    out.write("</sheetData></worksheet>")
    with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**PARTS, "xl/worksheets/sheet2.xml": out.getvalue()}.items():
            package.writestr(name, content)


main()
