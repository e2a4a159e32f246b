#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A year of a small organisation that does all of the work: a script of acts for `aimwell serve --demo FILE`.

It uses one bought system that decides nothing about people. Every act goes through the one door, by a person
who may do it, on its day; ready.py holds the two gates against what comes of it. `undone` names pieces of the
work that nobody did.
"""
CLAUSES = ["4.1", "4.2", "4.3", "4.4", "5.1", "5.2", "5.3", "6.1.1", "6.1.2", "6.1.3", "6.1.4", "6.2", "6.3", "7.1", "7.2", "7.3", "7.4",
           "7.5.1", "7.5.2", "7.5.3", "8.1", "8.2", "8.3", "8.4", "9.1", "9.2.1", "9.2.2", "9.3.1", "9.3.2", "9.3.3", "10.1", "10.2"]
CONTROLS = ["A.2.2", "A.2.3", "A.2.4", "A.3.2", "A.3.3", "A.4.2", "A.4.3", "A.4.4", "A.4.5", "A.4.6", "A.5.2", "A.5.3", "A.5.4", "A.5.5",
            "A.6.1.2", "A.6.1.3", "A.6.2.2", "A.6.2.3", "A.6.2.4", "A.6.2.5", "A.6.2.6", "A.6.2.7", "A.6.2.8", "A.7.2", "A.7.3", "A.7.4",
            "A.7.5", "A.7.6", "A.8.2", "A.8.3", "A.8.4", "A.8.5", "A.9.2", "A.9.3", "A.9.4", "A.10.2", "A.10.3", "A.10.4"]
# Left out with a reason: the firm builds nothing and has no customers of its AI.
EXCLUDED = ["A.6.1.2", "A.6.1.3", "A.6.2.2", "A.6.2.3", "A.6.2.7", "A.10.4"]


def row(number):
    return "iso-42001:" + number


class Year:
    def __init__(self, undone=()):
        self.undone = undone
        self.acts = []

    def does(self, piece):
        return piece not in self.undone

    def act(self, who, at, **what):
        self.acts.append({"as": who, "at": at, **what})

    def make(self, who, at, kind, ref, **values):
        self.act(who, at, create=kind, ref=ref, set=values)

    def move(self, who, at, ref, move, reason=None, **values):
        what = {"move": move, "on": ref}
        if values:
            what["set"] = values
        if reason:
            what["reason"] = reason
        self.act(who, at, **what)

    def change(self, who, at, ref, **values):
        self.act(who, at, change=ref, set=values)


PEOPLE = [
    ("tess", "Tess Muller", ["top_management"]), ("dora", "Dora King", ["designated_management", "impact_approver"]),
    ("amir", "Amir Noor", ["aims_manager"]), ("lena", "Lena Roth", ["legal_compliance", "dpo", "people_manager"]),
    ("asif", "Asif Khan", ["assessor", "concern_investigator"]), ("olga", "Olga Petrova", ["system_owner"]),
    ("remy", "Remy Blanc", ["risk_owner", "incident_manager", "supplier_manager"]), ("devi", "Devi Rao", ["developer", "data_steward"]),
    ("audra", "Audra Wells", ["lead_auditor", "internal_auditor"]), ("carl", "Carl Jonas", ["concern_investigator", "assessor"])]

DOCUMENTS = {
    "pol": ("policy", "AI policy", ["5.2", "A.2.2"]), "scope": ("scope", "Scope of the AIMS", ["4.3"]),
    "ctx": ("procedure", "Context and interested parties", ["4.1", "4.2", "4.4"]), "roles": ("procedure", "Roles", ["5.3"]),
    "risk": ("method", "Risk method", ["6.1.1", "6.1.2", "6.1.3", "8.2", "8.3"]), "aia": ("procedure", "Impact assessment", ["6.1.4", "8.4"]),
    "obj": ("procedure", "Objectives and changes", ["6.2", "6.3"]), "sup": ("procedure", "Resources, people, telling", ["7.1", "7.2", "7.3", "7.4"]),
    "docs": ("procedure", "Control of documents", ["7.5.1", "7.5.2", "7.5.3"]), "life": ("procedure", "Life cycle and gates", ["8.1", "A.9.2"]),
    "mon": ("procedure", "Monitoring, audit, review", ["9.1", "9.2.1", "9.2.2", "9.3.1", "9.3.2", "9.3.3"]),
    "imp": ("procedure", "Improvement", ["10.1", "10.2"])}


def text_of(title):
    return {"lead": "en", "versions": {"en": {"title": title, "text": f"## {title}\n\nWho does what, and when."}}}


def documents(y):
    for i, (ref, (sort, title, rows)) in enumerate(DOCUMENTS.items()):
        if ref == "pol":
            continue
        at = -340 + i
        y.make("amir", at, "document", f"d_{ref}", title=title, doc_type=sort, ref_no=f"D-{i + 1}", lang=["en"], content=text_of(title),
               satisfies=[row(r) for r in rows], version_label="1.0", change_summary="First version.", effective="@-320", review_due="@+200",
               ack_required=False, **({"audience": ["Everybody"]} if y.does("audience") or ref != "imp" else {}))
        y.move("amir", at + 1, f"d_{ref}", "submit")
        if sort == "scope":
            y.move("tess", at + 2, f"d_{ref}", "approve_policy", "Read, and right for us.")
        else:
            y.move("dora", at + 2, f"d_{ref}", "approve", "Read, and right for us.")
        if y.does("improving") or ref != "imp":
            y.move("amir", at + 3, f"d_{ref}", "publish")


def policy(y):
    """Approved twice: A.2.4 asks that it is reviewed. Everybody acknowledges the second edition."""
    y.make("amir", -345, "document", "d_pol", title="AI policy", doc_type="policy", ref_no="P-1", lang=["en"], content=text_of("AI policy"),
           satisfies=[row("5.2"), row("A.2.2")], version_label="1.0", change_summary="First version.", effective="@-340", review_due="@+10",
           ack_required=True, ack_by="everybody", audience=["Everybody"])
    y.move("amir", -344, "d_pol", "submit")
    y.move("tess", -343, "d_pol", "approve_policy", "Read, and right for us.")
    y.move("amir", -342, "d_pol", "publish")
    y.move("amir", -100, "d_pol", "revise", "A year has gone by.")
    y.change("amir", -100, "d_pol", version_label="2.0", change_summary="Tools found in use are named.", effective="@-95", review_due="@+200")
    y.move("amir", -99, "d_pol", "submit")
    y.move("tess", -98, "d_pol", "approve_policy", "Still right, and clearer.")
    y.move("amir", -97, "d_pol", "publish")
    for ref, _, _ in PEOPLE:
        if y.does("acknowledge") or ref not in ("carl", "devi"):
            y.act(ref, -94, acknowledge="d_pol")


def context(y):
    y.make("amir", -338, "risk_criteria", "crit", title="Risk criteria", version_label="1", applies_from="@-335", appetite="low", tolerance="medium",
           intolerable="very_high", zero_appetite=["Deciding about people"], rule="product", review_due="@+20", delegated_up_to="medium")
    y.move("tess", -337, "crit", "approve", "Agreed.")
    for i, (ref, origin, category) in enumerate([("c1", "external", "legal"), ("c2", "external", "technological"), ("c3", "external", "environmental"),
                                                 ("c4", "internal", "legal"), ("c5", "internal", "technological"), ("c6", "internal", "economic")]):
        values = {"title": f"Issue {ref}", "owner": "$asif", "origin": origin, "source": "Talk with management.", "effect": "It bears on what we use.",
                  "weight": "minor", "category": category}
        if origin == "internal":
            values["area"] = "means"
        if ref == "c3":
            values |= {"question": "climate", "climate_relevant": False}
        y.make("asif", -334 + i, "context_issue", ref, **values)
        y.move("asif", -333 + i, ref, "assess")
        y.move("amir", -330 + i, ref, "conclude", "Looked at.", response="none", no_action_reason="Small for a firm like ours.", review_due="@+30")
    for i, (ref, sort) in enumerate([("p1", "customer"), ("p2", "authority"), ("p3", "affected")]):
        y.make("asif", -334 + i, "interested_party", ref, title=f"Party {ref}", owner="$olga", party_type=sort, stake="Reads what we translate.", channels=["meeting"],
               requirements=[{"requirement": "To be told when a machine wrote it", "origin": "expectation", "place": "Talk", "obligation": False, "climate": False,
                              "taken": "yes", "how": "A line below each text."}], last_heard="@-40")
        y.move("asif", -333 + i, ref, "assess")
        y.move("lena", -330 + i, ref, "conclude", "Each has an answer.", review_due="@+30")
    y.make("amir", -336, "scope", "sc", title="Scope", version_label="1.0", what_is_new="First.", statement="All use of AI in the firm.", considered="Issues and parties.",
           activities=[{"activity": "Translating", "side": "in"}], our_roles=["deployer"], stages=["LC5"], units=["$u_all"], whole=True,
           sites=[{"site": "The office", "side": "in"}], interfaces=[{"partner": "Glot Ltd", "passes": "Texts", "answers": "Lena Roth"}],
           document="$d_scope", applies_from="@-330", review_due="@+20")
    y.move("tess", -333, "sc", "approve", "This is it.")
    for i, (ref, title, clauses) in enumerate([("pr1", "From a worry to a decision", ["6.1.2", "6.1.3", "8.2", "8.3"]), ("pr2", "Gates", ["8.1"])]):
        other = {"inputs": [{"what": "Decided risks", "from_process": "$pr1"}]} if ref == "pr2" else {"inputs": [{"what": "A worry", "from_where": "Anybody"}]}
        y.make("asif", -330 + i, "process", ref, title=title, purpose="Nothing is decided by nobody.", carries_out=[row(c) for c in clauses],
               outputs=[{"what": "Decisions", "to_where": "Owners"}], criteria="As the procedure says.", measures=[{"measure": "Late ones", "goal": "0", "every": "month"}],
               resources="A day a week.", documents=["$d_risk"], **other)
        y.move("amir", -320 + i, ref, "approve", "Complete.", review_due="@+30")
        y.move("asif", -318 + i, ref, "put_in_use")
        y.move("amir", -60 + i, ref, "look", found="It runs.", runs="yes", review_due="@+150")


def leadership(y):
    y.make("amir", -337, "leadership_decision", "ld1", title="A day a week for AI", owner="$dora", matter="means", decision="The AIMS manager gets a day a week.",
           why="It is needed.", other_ways="Nothing: rejected.", decided_on="@-300", policies=["$d_pol"], told="Meeting.", means=[{"sort": "time", "what": "AIMS manager", "amount": 1, "amount_unit": "days a week"}])
    y.move("tess", -300, "ld1", "sign")
    for i, (ref, role, person, duty) in enumerate([("as1", "aims_manager", "amir", "conformity"), ("as2", "designated_management", "dora", "reporting"),
                                                  ("as3", "system_owner", "olga", None), ("as4", "risk_owner", "remy", None)]):
        values = {"title": f"Assignment {ref}", "role": role, "valid_from": "@-310", "authority": "May stop it.", "competence": "Course and years.", "may_stop": True,
                  "person": "$" + person}
        if duty:
            values["duty"] = duty
        else:
            values["system"] = "$sys"
        y.make("amir" if ref in ("as3", "as4") else "olga", -312 + i, "assignment", ref, **values)
        y.move(person, -309 + i, ref, "accept")
        y.move("dora" if ref != "as2" else "amir", -306 + i, ref, "activate")


def supplier(y):
    y.make("olga", -335, "supplier", "sup", title="Glot Ltd", owner="$remy", supplies=["system"], services="Translates texts.", country="Ireland", sponsor="$olga",
           q_people=False, q_personal=False, q_business=False, q_replace=False, q_training=False)
    y.move("remy", -334, "sup", "look_into")
    y.change("remy", -333, "sup", due_diligence=[{"topic": t, "answer": "Shown.", "good": "yes"} for t in
                                                 ("certifications", "model_docs", "data_rights", "training", "subprocessors", "incidents", "changes", "audit", "exit")],
             contract_ref="CT-1", clauses=[{"clause": c, "present": True, "place": "8"} for c in ("incident_notice", "change_notice", "data_use", "audit", "exit")],
             responsibilities=[{"activity": "Filtering", "who": "both"}], last_review="@-333", review_due="@+30")
    y.move("remy", -332, "sup", "approve")
    y.move("lena", -331, "sup", "approve")


def assessment(y):
    y.change("asif", -320, "aia", team=["$asif", "$devi"], scope="Letters.", description="It turns a text into another language.", purpose="Quicker letters.", intended_uses="Letters that a person reads.", misuse="Sending it unread.",
             data_info="A glossary.", model_info="As the maker says.", environment="Office.", parties=[{"party": "Readers", "relation": "affected", "concern": "Right words"}])
    y.move("asif", -319, "aia", "consult")
    y.change("asif", -310, "aia", consultation=[{"who": "Four readers", "asked_on": "@-315", "outcome": "Want a line that says so; done."}],
             dims=[{"dimension": "I-CUS", "relevant": True, "benefit": "Quick answers", "harm": "A wrong word", "people": "Readers", "vulnerable": False, "severity": 2, "reach": "300 a year", "duration": "days",
                    "reversibility": "with_effort", "likelihood": 2, "measures": "A second reader", "residual": 1}]
             + [{"dimension": d, "relevant": False, "why": "It decides nothing about anybody."} for d in ("I-EMP", "I-SOC", "I-PRI", "I-HR", "I-FAI", "I-SAF")],
             failures="By hand.", measures="A second reader.", restricted=False)
    y.move("asif", -309, "aia", "submit")
    y.change("asif", -308, "aia", residual_harm="A wrong word now and then.")
    y.move("lena", -307, "aia", "pass")
    y.move("dora", -300, "aia", "approve", "Fits.", decision="proceed", disclosure="On request.", valid_until="@+30")


def system(y):
    y.make("olga", -330, "ai_system", "sys", title="Translation tool", owner="$olga", unit="$u_all", purpose="Translates letters.", intended_use="Letters that a person reads.",
           in_scope=True, org_roles=["deployer"], ai_type="ml_predictive", autonomy="assistive", decision_effect="none", vulnerable_groups=False, personal_data=False,
           special_category=False, jurisdictions=["Ireland"], languages=["en"], build_or_buy="buy", high_impact="no", use_stage="not_yet", suppliers=["$sup"])
    y.make("asif", -329, "impact_assessment", "aia", title="Screening", system="$sys", personal_data=False, screening_note="It decides nothing.")
    y.change("asif", -328, "aia", system_version="3", profile=["aiia"])
    y.move("asif", -328, "aia", "draft")
    y.move("olga", -327, "sys", "submit")
    y.change("olga", -326, "sys", prohibited_screen="clean", risk_owner="$remy", technical_owner="$devi",
             affected_groups=[{"people": "Readers", "how": "Quicker letters", "vulnerable": False}])
    y.move("amir", -325, "sys", "approve")
    y.move("remy", -324, "sys", "approve")
    y.change("devi", -323, "sys", prohibited_uses="Contracts.", foreseeable_misuse="Sending it unread.", models=[{"name": "Glot", "version": "3", "base": "Glot"}])
    y.move("olga", -322, "sys", "start_design")
    assessment(y)
    # what it is made of
    y.make("olga", -321, "data_resource", "da", title="Glossary", version_label="1", uses=["retrieval"], systems=["$sys"], steward="$devi", source="Own words.", obtained="own",
           personal=False)
    y.move("olga", -320, "da", "acquire", acquired_on="@-321")
    y.change("olga", -319, "da", rights_basis="own", rights_reference="Written by us", coverage="900 words.", preparation=[{"step": "Sorted", "why": "Order", "tool": "By hand"}],
             quality=[{"rule": "Doubles", "value": 0, "unit": "%", "result": "met", "measured_on": "@-320"}],
             bias=[{"people": "Readers of French", "measure": "Words there are", "value": 0.95, "finding": "handled"}],
             fingerprint="sha256:" + "ab" * 32, location="Share", who_may="Everybody.", limits="None known.", keep_until="@+500")
    y.move("asif", -318, "da", "assess")
    y.move("devi", -317, "da", "release", "Looked at a sample.")
    y.make("olga", -321, "ai_model", "mo", title="Glot 3", systems=["$sys"], origin="supplier", licence="Terms", licence_allows="yes", hosting="maker", can="Translates.",
           cannot="Law.", evaluation=[{"topic": t, "measure": "Good of 100", "value": 96, "result": "met", "done_on": "@-322"} for t in ("quality", "fairness", "security")],
           energy_use=2.1, energy_basis="supplier", version_label="3", maker="Glot Ltd", supplier="$sup", ends_on="@+500")
    y.move("olga", -320, "mo", "evaluate")
    y.move("amir", -319, "mo", "admit", "Good enough.", review_due="@+30")
    for i, (ref, sort, more) in enumerate([("rs1", "tool", {"version_label": "3", "licence": "Terms"}), ("rs2", "compute", {"place": "Dublin", "energy": 20, "energy_basis": "supplier"}),
                                           ("rs3", "people", {})]):
        y.make("olga", -321, "resource", ref, title=f"Resource {ref}", category=sort, what="Runs it.", capacity=[{"measure": "Letters a day", "there": 90, "needed": 20, "counted_on": "@-322"}],
               enough="yes", stages=["LC5"], systems=["$sys"], **more)
        y.move("olga", -320, ref, "submit")
        y.move("amir", -318 + i, ref, "confirm", "Seen.", review_due="@+30")
    # its risk, and what is done about it
    y.make("asif", -316, "risk", "r1", title="A wrong word goes out", owner="$remy", scope_type="system", system="$sys", cause="Nobody read it.", event="It was sent.", effect="A reader is misled.",
           objective="OBJ-EXP")
    y.change("asif", -315, "r1", source="RS-HUM", taxonomy="R-ERR", stage="LC5", c_org=2, c_ind=3, c_soc=1, c_rationale="It can be put right.", likelihood=3, l_basis="Two of 100.", confidence="high")
    y.move("asif", -314, "r1", "analyse")
    y.move("asif", -313, "r1", "evaluate")
    y.move("remy", -312, "r1", "decide", option="reduce")
    y.move("remy", -309, "r1", "start_treatment")
    y.make("olga", -311, "treatment", "t1", title="A second reader", risk="$r1", owner="$olga", option="reduce", action="Every letter is read by a second person.", start="@-310", due="@-290",
           likelihood_steps=2, consequence_steps=0)
    y.move("remy", -310, "t1", "approve")
    y.move("dora", -310, "t1", "approve")
    y.move("olga", -308, "t1", "start_work")
    y.make("olga", -300, "evidence", "e_t", title="List of second readers", kind_of="log", location="Share", source="Office", captured_at="@-300")
    y.move("asif", -299, "e_t", "accept")
    y.change("olga", -298, "t1", evidence=["$e_t"])
    y.move("olga", -297, "t1", "implement")
    y.move("amir", -296, "t1", "verify", verifier="$audra", method="Twenty letters looked at.")
    y.move("audra", -296, "t1", "effective", "None went out unread.", result="None of twenty.")
    y.move("remy", -295, "r1", "finish_treatment")
    y.move("remy", -294, "r1", "accept", acceptance_reason="Small now.", acceptance_until="@+30")
    # the gates
    y.move("olga", -293, "sys", "start_validation", tests=[{"criterion": "Good letters", "target": "95 of 100"}])
    y.change("devi", -292, "sys", monitoring_plan="$d_mon", fallback="By hand.")
    y.move("devi", -291, "sys", "request_deployment", validation="96 of 100 were good.", tests=[{"criterion": "Good letters", "target": "95 of 100", "result": "96", "outcome": "met"}])
    y.make("olga", -291, "document", "d_user", title="How to use the tool", doc_type="user_information", ref_no="U-1", lang=["en"], content=text_of("How to use it"), satisfies=[row("A.8.2")],
           systems=["$sys"], version_label="1.0", change_summary="First.", effective="@-288", review_due="@+200", ack_required=False, audience=["Users"])
    y.move("olga", -290, "d_user", "submit")
    y.move("dora", -289, "d_user", "approve", "Clear.")
    y.move("amir", -288, "d_user", "publish")
    y.change("olga", -287, "sys", user_info="$d_user")
    y.move("dora", -286, "sys", "go_live", "All of it is there.", running_version="3", go_live="@-286")


def people(y):
    y.make("amir", -280, "evidence", "e_tr", title="Course list", kind_of="log", location="Share", source="Course", captured_at="@-280")
    y.move("asif", -279, "e_tr", "accept")
    for i, (ref, who, role) in enumerate([("s1", "amir", "aims_manager"), ("s2", "dora", "designated_management"), ("s3", "olga", "system_owner"), ("s4", "remy", "risk_owner")]):
        y.make("olga", -278, "skill", ref, title=f"Skill of {role}", area="governance", meaning="Knows what to do.",
               levels=[{"level": str(n), "can": f"Step {n}"} for n in (1, 2, 3, 4)], needed_by=[{"role": role, "level": 2, "why": "Does it"}], shown_by="Work.", valid_months=24)
        y.move("olga", -277, ref, "propose")
        y.move("dora", -276, ref, "decide", "Right.", review_due="@+60")
        y.make("olga" if who == "amir" else "amir", -275, "competence", "k" + ref, title=f"{who}: {role}", owner="$lena", person="$" + who, skill="$" + ref, required_level=2,
               basis=[{"sort": "experience", "what": "Years", "at": "Here", "day": "@-276", "result": "good"}], evidence=["$e_tr"])
        y.move("lena", -274, "k" + ref, "assess", evidenced_level=3, assessment="Seen at work.", valid_until="@+200")
    y.make("lena", -200, "awareness", "aw", title="What the policy means", audience="Everybody.", contractors="none",
           topics=[{"topic": t, "message": "So it is."} for t in ("policy", "part", "consequences")], policy="$d_pol", ways=["briefing"], languages=["en"],
           material_location="Share", pass_mark="8 of 10", starts_on="@-195", ends_on="@-190")
    y.move("lena", -199, "aw", "propose")
    y.move("dora", -198, "aw", "approve", "Short.")
    y.change("lena", -189, "aw", reached=[{"people": "All", "sort": "staff", "invited": 10, "told": 10, "tested": 10, "passed": 10, "counted_on": "@-190"}], evidence=["$e_tr"], left_out="Nobody.", learned="Fine.")
    y.move("lena", -188, "aw", "report")
    y.move("amir", -187, "aw", "confirm", "So it is.")
    for ref, side, audience, duty, more in [("cl1", "inside", "staff", "own", {"rhythm": "event", "occasion": "A new policy"}),
                                            ("cl2", "outside", "authority", "law", {"rhythm": "event", "occasion": "A serious incident", "legal_basis": "GDPR 33"})]:
        y.make("amir", -270, "communication_plan", ref, title=f"Line {ref}", side=side, audience=audience, subject="What happened.", ways=["meeting"], duty=duty, languages=["en"], **more)
        y.move("amir", -269, ref, "propose")
        y.move("lena" if duty == "law" else "dora", -268, ref, "decide", "Enough.", review_due="@+60")


def doing(y):
    """Objectives, metrics, changes, opportunities and what came of them."""
    y.make("amir", -300, "objective", "oj", title="Letters are right", owner="$olga", policy="$d_pol", category="OBJ-TRX", metric="Good of 100", measure_unit="letters", data_source="Sample", baseline=90,
           target=97, direction="at_least", floor=90, frequency="quarterly", start="@-295", due="@+60", plan=[{"what": "Glossary", "who": "$olga", "by_when": "@+30", "needs": "Time"}],
           next_measurement="@-205", policy_words="Right", level="systems", systems=["$sys"], told="Office.", resources="Time.", evaluation="Sample.")
    y.move("tess", -297, "oj", "approve_top", "Good.")
    seen = []
    for at in (-205, -115, -25):
        seen.append({"day": f"@{at - 1}", "value": 96, "remark": ""})
        y.move("olga", at, "oj", "measure", measurements=list(seen), next_measurement=f"@{at + 90:+d}")
    y.make("olga", -250, "metric", "me", title="Letters put right", owner="$olga", subject="system", systems=["$sys"], purpose="Whether it helps.", method="Count.", measure_unit="percent", data_source="Sample",
           direction="at_most", limit_value=10, frequency="quarterly", next_reading="@-160")
    y.move("amir", -248, "me", "take_into_use", "Right.")
    read = []
    for at in (-160, -80, -5):
        read.append({"day": f"@{at - 1}", "value": 4, "remark": ""})
        y.move("olga", at, "me", "read", readings=list(read), next_reading=f"@{at + 85:+d}")
    y.move("asif", -4, "me", "evaluate", meaning="Below the limit.")
    y.make("amir", -150, "change", "ch", title="One more question at buying", type="aims", what="The form has a question.", why="To know.", q_scope=False, q_method=False, q_people=False, consequences="A day longer.",
           integrity="Roles stay.", means="Half a day.", rollback="Old form.", r_risk=False, r_impact=False, r_legal=False, r_validation=False, r_user_info=False)
    y.move("amir", -149, "ch", "assess")
    y.move("dora", -148, "ch", "approve", "Small.")
    y.move("amir", -147, "ch", "schedule", plan=[{"step": "Form", "who": "$olga", "by_when": "@-140"}], implementer="$olga", implement_on="@-140")
    y.move("olga", -141, "ch", "implement", done="In use.")
    y.move("olga", -140, "TSK-0003", "finish", outcome="In use.")
    y.move("asif", -135, "ch", "verify", result="All were asked.")
    y.move("amir", -134, "ch", "close", unintended="None.")
    y.make("olga", -180, "change", "ch_s", title="A line below each letter", type="system", system="$sys", what="The tool adds a line that a machine wrote it.", why="Readers asked.", consequences="None but the line.",
           rollback="Without it.", q_purpose=False, q_autonomy=False, q_model=False, q_data=False, q_users=False, q_region=False, q_thresholds=False, q_legal=False, q_supplier=False,
           r_risk=False, r_impact=False, r_legal=False, r_validation=False, r_user_info=False)
    y.move("olga", -179, "ch_s", "assess")
    y.move("dora", -178, "ch_s", "approve", "Good.")
    y.move("olga", -177, "ch_s", "schedule", plan=[{"step": "Line", "who": "$devi", "by_when": "@-170"}], implementer="$devi", implement_on="@-170")
    y.move("devi", -171, "TSK-0002", "finish", outcome="There.")
    y.move("devi", -171, "ch_s", "implement", done="In use.")
    y.move("asif", -165, "ch_s", "verify", result="Ten letters had it.")
    y.move("amir", -164, "ch_s", "close", unintended="None.")
    y.make("devi", -165, "evidence", "e_im", title="Counts of letters", kind_of="log", location="Share", source="Office", captured_at="@-166")
    y.move("asif", -164, "e_im", "accept")
    y.make("asif", -260, "risk", "op", title="Nobody here asks before buying a tool", owner="$remy", scope_type="organization", unit="$u_all", cause="New.", event="A tool is bought.", effect="Texts leave.", objective="OBJ-EXP")
    y.change("asif", -259, "op", source="RS-HUM", taxonomy="R-DATA", stage="LC5", c_org=2, c_ind=2, c_soc=1, c_rationale="Small.", likelihood=3, l_basis="One seen.", confidence="high")
    y.move("asif", -258, "op", "analyse")
    y.move("asif", -257, "op", "evaluate")
    y.move("remy", -256, "op", "decide", option="reduce")
    y.move("remy", -253, "op", "start_treatment")
    y.make("olga", -255, "treatment", "t2", title="A list of tools", risk="$op", owner="$olga", option="reduce", action="A list that all know.", start="@-254", due="@-200", likelihood_steps=1, consequence_steps=0)
    y.move("remy", -254, "t2", "approve")
    y.move("dora", -254, "t2", "approve")
    y.move("olga", -252, "t2", "start_work")
    y.change("olga", -210, "t2", evidence=["$e_t"])
    y.move("olga", -209, "t2", "implement")
    y.move("amir", -208, "t2", "verify", verifier="$audra", method="Ten asked.")
    y.move("audra", -207, "t2", "effective", "All knew it.", result="Ten of ten.")
    y.move("remy", -206, "op", "finish_treatment")
    y.move("remy", -206, "op", "accept", acceptance_reason="Small now.", acceptance_until="@+30")
    y.make("devi", -190, "improvement", "im", title="Letters in an hour", source="opportunity", risk="$op", today="A day.", idea="A glossary.", measure="Hours", measure_unit="hours", better="lower", target=2, how="Counted.",
           due="@-140", systems=["$sys"])
    y.move("amir", -186, "im", "approve", "Cheap.")
    y.move("devi", -185, "im", "start", before=8, before_on="@-186")
    y.change("devi", -149, "im", evidence=["$e_im"])
    y.move("devi", -146, "im", "measure", after=1, after_on="@-147", done="Glossary in use.")
    y.move("asif", -143, "im", "confirm", benefit="better", looked_at="The counts.")


def voices(y):
    """The two channels are tried; an incident and a nonconformity are put right."""
    y.make("olga", -150, "concern", "cn", title="Does this arrive?", channel_test=True, description="A test.", urgent="no", about_people=False)
    y.move("asif", -149, "cn", "acknowledge")
    y.move("asif", -149, "cn", "triage", category=["other"], protected="no")
    y.move("asif", -149, "cn", "investigate", conflict="none")
    y.move("asif", -148, "cn", "conclude", findings="It arrived.", outcome="not")
    y.move("carl", -147, "cn", "give_feedback", feedback="It works.", feedback_on="@-147")
    y.move("carl", -147, "cn", "end_test", "The channel works.")
    y.make("lena", -130, "external_report", "xr", title="Test from outside", received_on="@-130", channel="mail", from_whom="other", channel_test=True, reachable="yes", system="$sys", report="A test.", urgent="no")
    y.move("lena", -129, "xr", "acknowledge")
    y.move("lena", -128, "xr", "look")
    y.move("lena", -127, "xr", "conclude", findings="It arrived.", outcome="not", answer="Thank you.")
    y.move("remy", -126, "xr", "answer")
    y.make("lena", -240, "nonconformity", "nc", title="One letter was not read", owner="$olga", source="monitoring", grade="minor", requirement=[row("8.1")], statement="Every letter is read.", seen="One was not.", unit="$u_all")
    y.move("olga", -239, "nc", "accept")
    y.move("olga", -238, "nc", "contain", correction="Read, and sent again.")
    y.change("olga", -235, "nc", extent_result="nowhere", extent="Fifty others looked at.", before="first", method="five_whys", root_cause="The second reader was ill.",
             actions=[{"action": "Two deputies", "who": "$devi", "by_when": "@-220", "outcome": "open"}], criteria="None in ninety days.", actions_by="@-220")
    y.move("olga", -234, "nc", "analyse")
    y.move("amir", -233, "nc", "approve_plan", "Right.")
    y.change("olga", -222, "nc", actions=[{"action": "Two deputies", "who": "$devi", "by_when": "@-220", "outcome": "done", "done_on": "@-223", "shown_by": "List"}])
    y.make("devi", -223, "evidence", "e_nc", title="List of deputies", kind_of="log", location="Share", source="Office", captured_at="@-223")
    y.move("asif", -222, "e_nc", "accept")
    y.change("olga", -222, "nc", evidence=["$e_nc"])
    y.move("olga", -221, "nc", "implement", implemented_on="@-221")
    y.act("olga", -150, timers=True)
    y.move("asif", -140, "nc", "confirm", "Right.", result="None in ninety days.", proof=["$e_nc"])


def checking(y):
    y.make("audra", -244, "audit_programme", "ap", title="Audits", period_from="@-235", period_to="@+490", objectives="Do we do it?", risk_basis="All in one.", frequency="Once a year.", methods="Samples.",
           resources="Ten days.")
    y.move("tess", -238, "ap", "approve", "Right.")
    y.act("audra", -237, timers=True)
    y.make("audra", -200, "audit", "au", title="All clauses", programme="$ap", objectives="Does it work?", scope="All.", criteria=[row(c) for c in CLAUSES] + [row(c) for c in CONTROLS if c not in EXCLUDED],
           auditees=["$amir", "$olga"], methods=["interview", "records"], starts_on="@-184", ends_on="@-180", plan="Five days.")
    y.move("audra", -192, "au", "notify")
    y.move("audra", -184, "au", "open")
    y.change("audra", -181, "au", sampling="By lot.", samples=[{"sample": "DOC-0002", "sample_version": 1, "looked_at": "Approval", "seen": "In order.", "result": "conforms"}], left_out="Nothing.")
    y.make("audra", -181, "finding", "fd", title="Say it sooner", audit="$au", auditee="$amir", grade="observation", requirement=[row("7.4")], statement="People are told.", seen="A week late.")
    y.move("amir", -180, "fd", "agree")
    y.move("audra", -180, "fd", "issue")
    y.move("audra", -180, "au", "end_fieldwork")
    y.move("audra", -175, "au", "draft", conclusion="good", conclusion_why="It works.")
    y.change("audra", -174, "au", report_location="Share")
    y.move("audra", -173, "au", "report", reported_to=["$tess", "$dora", "$amir"])
    y.move("amir", -170, "fd", "take_up", response="The same day from now on.", due="@-150")
    y.move("audra", -155, "fd", "verify", verification="Two were told the same day.")
    y.move("audra", -154, "fd", "close")
    seven = [{"item": i, "facts": "As it should be.", "trend": "first"} for i in ("a", "b", "c", "d1", "d2", "d3", "e")]
    y.make("amir", -120, "management_review", "mr", title="Management review", planned_on="@-110", period_from="@-340", period_to="@-112", chair="$tess", invited=["$tess", "$dora", "$amir"], inputs=seven)
    y.move("amir", -113, "mr", "compile")
    y.change("amir", -110, "mr", held_on="@-110", attendees=["$tess", "$dora", "$amir"])
    y.move("tess", -110, "mr", "hold")
    y.change("amir", -109, "mr", inputs=[{**one, "discussed": "noted"} for one in seven],
             decisions=[{"decision": "Go on", "sort": "improvement", "input": "e", "who": "$amir", "by_when": "@-50"}], suitable="yes", adequate="yes", effective="yes",
             conclusion="It fits.", minutes="All seven were heard.", review_due="@+200")
    y.move("amir", -108, "mr", "write_minutes")
    y.move("tess", -107, "mr", "approve", "So we decided.")
    if y.does("decisions"):
        y.move("amir", -60, "TSK-0004", "report", outcome="Gone on.")
        y.move("dora", -59, "TSK-0004", "confirm", "Seen.")


def copies(y):
    """Somebody tries whether what is kept can be had back."""
    y.make("devi", -70, "evidence", "e_re", title="Restore of the backup", kind_of="restore_test", location="Share", source="aimwell verify on a restored copy", captured_at="@-70")
    y.move("amir", -69, "e_re", "accept")


def controls(y):
    y.make("devi", -150, "evidence", "e_all", title="A walk through the controls", kind_of="log", location="Share", source="Office", captured_at="@-150")
    y.move("asif", -149, "e_all", "accept")
    for c in CONTROLS:
        ref = "soa:" + c
        if c in EXCLUDED:
            y.move("amir", -300, ref, "exclude", justification="We build nothing, and nobody buys AI from us.")
            continue
        y.change("amir", -301, ref, owner="$amir")
        y.move("amir", -300, ref, "include", reasons=["practice"], justification="We use AI.")
        y.change("amir", -299, ref, implementation="As the procedures say.", documents=["$d_life"])
        y.move("amir", -298, ref, "design")
        y.move("amir", -297, ref, "implement")
        y.change("amir", -148, ref, evidence=["$e_all"])
        y.move("amir", -147, ref, "prove", tested_on="@-148", effectiveness=75)
    for c in ("A.9.2", "A.8.2"):
        y.move("audra", -140, "soa:" + c, "confirm", tested_on="@-141", effectiveness=75, test_result="Twenty letters looked at: so it is.")
    y.make("amir", -146, "document", "d_soa", title="Statement of applicability", doc_type="soa", ref_no="S-1", lang=["en"], content=text_of("Statement of applicability"), satisfies=[row("6.1.3")],
           version_label="1.0", change_summary="First.", effective="@-142", review_due="@+150", ack_required=False, audience=["Everybody"])
    y.move("amir", -145, "d_soa", "submit")
    y.move("dora", -144, "d_soa", "approve_soa", "All decided.")
    y.move("amir", -143, "d_soa", "publish")


PIECES = [policy, documents, context, supplier, system, leadership, people, doing, voices, checking, copies, controls]


def script(undone=()):
    y = Year(undone)
    for piece in PIECES:
        if y.does(piece.__name__):
            piece(y)
    order = sorted(range(len(y.acts)), key=lambda i: (y.acts[i]["at"], i))
    return {"demo": "ready", "organisation": "Ready & Co", "password": "ready-and-co-2026", "about": "A firm that did the work. It does not exist.",
            "units": [{"ref": "u_all", "title": "Ready & Co", "code": "RDY", "country": "Ireland", "in_scope": True, "task": "Translates."}],
            "people": [{"ref": ref, "name": name, "email": f"{ref}@ready.example", "unit": "u_all", "roles": [{"role": r} for r in roles]} for ref, name, roles in PEOPLE],
            "acts": [y.acts[i] for i in order]}

