/* SPDX-License-Identifier: Apache-2.0 */
/* Models with one mistake each: the loader names the file, the line and what is wrong, and
 * nothing else. `at` is a piece of the edited file; the mistake must be on its line. */
#include "fixture.h"

#define TOLD "\"told_on\": {\"type\": \"date\""
#define TOLD_KEPT(keep)                                                                        \
    "\"kept_until\": {\"type\": \"date\", \"title\": \"Kept\", \"keep\": {" keep "}}, " TOLD

static const struct broken {
    const char *file, *find, *put, *at, *code, *says;
    size_t count; /* of problems, when it is not one */
} broken[] = {
    /* keys, types, JSON */
    {"kinds/thing.json", "\"order\": 10", "\"order\": 10,\n\"colour\": 1", "\"colour\"",
     "unknown_key", "unknown key \"colour\""},
    {"kinds/thing.json", "\"order\": 10", "\"order\": \"ten\"", "\"ten\"", "type",
     "whole number"},
    {"kinds/thing.json", "\"title\": \"Weak\"", "\"title\": \"Weak\", \"fixed\": \"any\"",
     "\"fixed\"", "type", "list of states"},
    {"kinds/thing.json", "\"title\": \"Weak\"", "\"title\": \"Weak\", \"fixed\": [\"nowhere\"]",
     "nowhere", "unknown", "nowhere"},
    {"kinds/thing.json", "\"title\": \"Story\"", "\"title\": \"Story\", \"hint\": \"x\"",
     "\"story\": {", "unknown_key", "hint"},
    {"kinds/thing.json", "{\"title\": \"Checked\", \"tone\": \"progress\"}",
     "{\"title\": \"Checked\", \"colour\": \"progress\"}", "\"checked\": {", "unknown_key",
     "colour"},
    {"kinds/thing.json", "\"fresh\": true", "\"fresh\": 1", "\"fresh\"", "type",
     "true or false"},
    {"kinds/thing.json", "\"order\": 10,", "\"order\": 10,,", "\"order\"", "json", ""},
    {"kinds/thing.json", "\"order\": 10,", "\"order\": 10,\n\"order\": 11,", "\"order\": 11",
     "json", ""},
    {"kinds/thing.json", "\"plural\": \"Things\", ", "", "{\"kind\"", "required", "plural"},
    {"kinds/thing.json", "\"phase\": \"plan\"", "\"phase\": \"plot\"", "\"plot\"", "unknown",
     "phase"},
    {"kinds/thing.json", "\"icon\": \"box\"", "\"icon\": \"Box 1\"", "\"icon\"", "name",
     "icon"},
    {"roles.json", "\"code\": \"AU\"", "\"code\": \"AM\"", "\"assessor\"", "twice", "AM"},
    {"scales.json", "\"tones\": {\"high\": \"high\"}", "\"tones\": {\"height\": \"high\"}",
     "\"height\"", "unknown", "height"},
    {"scales.json", "{\"high\": \"high\"}", "{\"high\": \"loud\"}", "\"loud\"", "unknown",
     "tone"},
    {"envelope.json", "\"due\": {\"type\": \"date\"", "\"due\": {\"type\": \"text\"",
     "{\"fields\"", "required", "\"due\" of type date", 3},
    /* public */
    {"kinds/thing.json", "\"order\": 10",
     "\"order\": 10, \"public\": {\"about\": \"Story\", \"create\": [\"title\",\n\"owner\"], "
     "\"show\": [\"state\"], \"answer\": [\"assessor\"], \"case\": true}",
     "\"owner\"],", "unknown", "cannot be given from outside"},
    {"kinds/thing.json", "\"order\": 10",
     "\"order\": 10, \"public\": {\"about\": \"Story\", \"create\": [\"title\"], "
     "\"show\": [\"state\",\n\"owner\"], \"answer\": [\"assessor\"], \"case\": true}",
     "\"owner\"], \"answer", "unknown", "cannot be shown outside"},
    {"kinds/thing.json", "\"order\": 10",
     "\"order\": 10, \"public\": {\"about\": \"Story\", \"create\": [\"title\"], "
     "\"show\": [\"state\",\n\"colour\"], \"answer\": [\"assessor\"], \"case\": true}",
     "\"colour\"], \"answer", "unknown", "no field \"colour\""},
    {"kinds/thing.json", "\"order\": 10",
     "\"order\": 10,\n\"public\": {\"about\": \"Story\", \"create\": [\"title\"], "
     "\"show\": [\"state\"], \"answer\": [\"assessor\"]}",
     "\"public\"", "required", "\"case\" must be true"},
    {"kinds/thing.json", "\"order\": 10",
     "\"order\": 10, \"public\": {\"about\": \"Story\", \"create\": [\"title\"], \"set\": "
     "{\n\"story\": "
     "\"$title\"}, \"show\": [\"state\"], \"answer\": [\"assessor\"], \"case\": true}",
     "\"story\": \"$title", "value", "nothing that is taken from a record"},
    /* offers */
    {"kinds/thing.json", "\"order\": 10",
     "\"order\": 10, \"offers\": [\n{\"title\": \"Story\", \"kind\": \"nothing\", \"set\": "
     "{}}]",
     "\"nothing\"", "unknown", "unknown kind"},
    {"kinds/thing.json", "\"order\": 10",
     "\"order\": 10, \"offers\": [\n{\"title\": \"Story\", \"kind\": \"part\", \"set\": {}, "
     "\"key\": \"a\"}]",
     "\"key\": \"a\"", "unknown_key", "key"},
    {"kinds/thing.json", "\"order\": 10",
     "\"order\": 10, \"offers\": [\n{\"title\": \"Story\", \"kind\": \"part\", \"set\": "
     "{\"colour\": \"red\"}}]",
     "\"colour\"", "unknown", "no field \"colour\""},
    {"kinds/thing.json", "\"order\": 10",
     "\"order\": 10, \"offers\": [\n{\"title\": \"Story\", \"kind\": \"part\", \"set\": "
     "{\"title\": \"$id\"}}]",
     "\"$id\"", "value", "fits \"title\""},
    {"kinds/thing.json", "\"order\": 10",
     "\"order\": 10, \"offers\": [\n{\"title\": \"Story\", \"kind\": \"part\", \"set\": {}, "
     "\"in\": [\"nowhere\"]}]",
     "\"nowhere\"", "unknown", "nowhere"},
    {"kinds/thing.json", "\"order\": 10",
     "\"order\": 10, \"offers\": [\n{\"title\": \"Story\", \"kind\": \"part\", \"set\": {}, "
     "\"link\": \"story\"}]",
     "\"link\"", "unknown", "can refer"},
    /* views */
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"wheel\", \"by\": \"state\"},", "\"wheel\"", "unknown",
     "map matrix board"},
    {"kinds/thing.json", "\"views\": [", "\"views\": [\n{\"by\": \"state\"},", "{\"by\"",
     "required", "shape"},
    {"kinds/thing.json", "\"views\": [", "\"views\": [\n7,", "7,", "type", "an object"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"board\", \"by\": \"colour\"},", "\"colour\"", "unknown",
     "no field \"colour\""},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"board\", \"by\": \"story\"},", "\"by\": \"story\"", "type",
     "\"state\", a choice"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"board\", \"by\": \"state\", \"colour\": 1},", "\"colour\"",
     "unknown_key", "colour"},
    {"kinds/thing.json", "\"views\": [", "\"views\": [\n{\"shape\": \"board\"},", "\"board\"",
     "required", "by"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"calendar\", \"on\": \"level\"},", "\"on\": \"level\"", "type",
     "a date"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"tree\", \"by\": \"owner\"},", "\"by\": \"owner\"", "type",
     "the kind itself"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"timeline\", \"from\": \"due\", \"to\": \"due\"},",
     "\"to\": \"due\"", "twice", "same field"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"matrix\", \"x\": \"state\", \"y\": \"state\"},",
     "\"y\": \"state\"", "twice", "same field"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"board\", \"by\": \"state\"},\n{\"shape\": \"board\", \"by\": "
     "\"level\"},",
     "{\"shape\": \"board\", \"by\": \"level\"}", "twice", "given twice"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"coverage\", \"rows\": \"parts\", \"by\": \"owner\", \"on\": "
     "\"until\", \"done\": [\"done\"]},",
     "\"rows\": \"parts\"", "type", "refs to requirement"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"coverage\", \"rows\": \"colours\", \"by\": \"owner\", "
     "\"on\": \"until\", \"done\": [\"done\"]},",
     "\"rows\": \"colours\"", "type", "refs to requirement"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"coverage\", \"rows\": \"rules\", \"by\": \"trust\", \"on\": "
     "\"until\", \"done\": [\"done\"]},",
     "\"by\": \"trust\"", "type", "a ref"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"coverage\", \"rows\": \"rules\", \"by\": \"owner\", \"on\": "
     "\"seen_at\", \"done\": [\"done\"]},",
     "\"on\": \"seen_at\"", "type", "a date"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"coverage\", \"rows\": \"rules\", \"by\": \"owner\", \"on\": "
     "\"until\", \"done\": [\"gone\"]},",
     "\"gone\"", "unknown", "no state"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"coverage\", \"rows\": \"rules\", \"by\": \"owner\", \"on\": "
     "\"until\", \"done\": []},",
     "[]", "required", "empty list"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"coverage\", \"rows\": \"rules\", \"by\": \"owner\", \"on\": "
     "\"until\"},",
     "\"coverage\"", "required", "done"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"coverage\", \"rows\": \"rules\", \"by\": \"owner\", \"on\": "
     "\"until\", \"done\": [\"done\"], \"period\": {\"by\": \"owner\", \"from\": \"x\", "
     "\"to\": \"y\"}},",
     "\"by\": \"owner\", \"from\"", "type", "two days"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"coverage\", \"rows\": \"rules\", \"by\": \"owner\", \"on\": "
     "\"until\", \"done\": [\"done\"], \"period\": {\"by\": \"unit\", \"from\": \"title\", "
     "\"to\": \"due\"}},",
     "\"from\": \"title\"", "type", "a date"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"coverage\", \"rows\": \"rules\", \"by\": \"owner\", \"on\": "
     "\"until\", \"done\": [\"done\"], \"years\": 4},",
     "\"years\"", "unknown_key", "years"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"grid\", \"rows\": \"parts\", \"down\": \"worst\", "
     "\"across\": \"side\", \"cell\": \"side\"},",
     "\"rows\": \"parts\"", "type", "must be rows"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"grid\", \"rows\": \"told\", \"down\": \"records\", "
     "\"across\": \"number\", \"cell\": \"fact\"},",
     "\"across\": \"number\"", "type", "a ref"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"grid\", \"rows\": \"told\", \"down\": \"records\", "
     "\"across\": \"gone\", \"cell\": \"fact\"},",
     "\"gone\"", "unknown", "no column"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"grid\", \"down\": \"unit\", \"across\": \"owner\", \"cell\": "
     "\"trust\"},",
     "\"cell\": \"trust\"", "type", "a ref"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"grid\", \"down\": \"unit\", \"across\": \"owner\"},",
     "\"grid\"", "required", "cell"},
    {"kinds/thing.json", "\"views\": [",
     "\"views\": [\n{\"shape\": \"grid\", \"down\": \"unit\", \"across\": \"unit\", \"cell\": "
     "\"owner\"},",
     "\"across\": \"unit\"", "twice", "same field"},
    /* exactly one of the same */
    {"kinds/thing.json", "\"covers\": {\"side\": [\"left\", \"right\"]}",
     "\n\"one\": {\"for\": \"side\", \"column\": \"side\", \"is\": \"left\"}", "\"one\"",
     "unknown", "required column"},
    {"kinds/thing.json", "\"covers\": {\"side\": [\"left\", \"right\"]}",
     "\n\"one\": {\"for\": \"gone\", \"column\": \"side\", \"is\": \"left\"}", "\"one\"",
     "unknown", "required column"},
    {"kinds/thing.json", "\"covers\": {\"side\": [\"left\", \"right\"]}",
     "\n\"one\": [\"side\"]", "\"one\"", "type", "for"},
    {"kinds/thing.json", "\"covers\": {\"side\": [\"left\", \"right\"]}",
     "\n\"one\": {\"for\": \"side\", \"column\": \"side\", \"is\": \"left\", \"most\": 2}",
     "\"one\"", "unknown_key", "most", 2},
    /* names */
    {"kinds/thing.json", "\"kind\": \"thing\"", "\"kind\": \"thin\"", "\"thin\"", "name",
     "called NAME.json", 999},
    {"kinds/part.json", "\"prefix\": \"PA\"", "\"prefix\": \"PR\"", "", "", "", 1},
    {"kinds/part.json", "\"prefix\": \"PA\"", "\"prefix\": \"PAPER\"", "PAPER", "name",
     "2 to 4 capital"},
    {"kinds/thing.json", "\"loud\": {",
     "\"order\": {\"type\": \"date\", \"title\": \"O\"},\n\"loud\": {", "\"order\": {",
     "reserved", "SQL"},
    {"kinds/thing.json", "\"loud\": {",
     "\"limit\": {\"type\": \"date\", \"title\": \"O\"},\n\"loud\": {", "\"limit\"", "reserved",
     "SQL"},
    {"kinds/thing.json", "\"loud\": {",
     "\"facets\": {\"type\": \"date\", \"title\": \"O\"},\n\"loud\": {", "\"facets\"",
     "reserved", "engine"},
    {"kinds/thing.json", "\"loud\": {",
     "\"a__b\": {\"type\": \"date\", \"title\": \"O\"},\n\"loud\": {", "\"a__b\"", "name",
     "not a name"},
    {"kinds/thing.json", "\"loud\": {",
     "\"x_own\": {\"type\": \"date\", \"title\": \"O\"},\n\"loud\": {", "\"x_own\"", "name",
     "extensions"},
    {"kinds/thing.json", "\"weak\": {",
     "\"pos\": {\"type\": \"date\", \"title\": \"P\"}, \"weak\": {", "\"pos\"", "reserved",
     "column"},
    {"kinds/thing.json", "\"owner\": {\"title\"",
     "\"version\": {\"title\": \"V\"},\n\"owner\": {\"title\"", "\"version\"", "clash",
     "kept by the engine"},
    {"kinds/thing.json", "\"owner\": {\"title\"", "\"owner\": {\"type\": \"text\", \"title\"",
     "\"type\": \"text\", \"title\": \"Keeper", "type", "ref in every kind"},
    /* fields */
    {"kinds/thing.json", "\"type\": \"moment\"", "\"type\": \"time\"", "\"time\"", "unknown",
     "unknown type \"time\""},
    {"kinds/thing.json", "\"type\": \"moment\"", "\"type\": \"links\"", "\"seen_at\"", "type",
     "not for"},
    {"kinds/thing.json", "\"type\": \"moment\"", "\"type\": \"moment\", \"many\": true",
     "\"seen_at\"", "unknown_key", "has no \"many\""},
    {"kinds/thing.json", "\"of\": \"trust\"", "\"of\": \"faith\"", "\"faith\"", "unknown",
     "unknown scale", 999},
    {"kinds/thing.json", "\"min\": 0.5", "\"min\": 0.5, \"max\": 0.1", "\"price\"", "range",
     "less than"},
    {"kinds/thing.json", "\"to\": \"part\"", "\"to\": \"port\"", "\"port\"", "unknown",
     "unknown kind \"port\"", 3},
    {"kinds/thing.json", "\"was\": \"pet_name\"", "\"was\": \"story\"", "\"was\"", "clash",
     "still exists"},
    {"kinds/thing.json", "\"default\": false", "\"default\": \"no\"", "\"loud\": {", "value",
     "default"},
    {"kinds/thing.json", "\"default\": [\"red\"]", "\"default\": [\"green\"]",
     "\"default\": [\"green\"]", "value", "default"},
    {"kinds/thing.json", "\"default\": \"@today\"", "\"default\": \"@me\"", "\"@me\"", "value",
     "default"},
    {"kinds/thing.json", "{\"side\": [\"left\", \"right\"]}", "{\"side\": [\"left\", \"top\"]}",
     "\"covers\"", "value", "\"top\""},
    {"kinds/thing.json", "{\"side\": [\"left\"", "{\"worst\": [\"left\"", "\"covers\"",
     "unknown", "choice column"},
    {"kinds/thing.json", "\"required\": {\"from\": [\"checked\"]}",
     "\"required\": {\"from\": [\"chequed\"]}", "chequed", "unknown", "no state \"chequed\""},
    {"kinds/thing.json", "\"required\": {\"from\": [\"checked\"]}", "\"required\": \"checked\"",
     "\"c_one\": {", "type", "{\"from\": state}"},
    {"envelope.json", "\"required\": true", "\"required\": {\"from\": \"new\"}", "\"title\": {",
     "type", "true or false here", 999},
    /* conditions */
    {"kinds/thing.json", "{\"field\": \"loud\", \"is\": true},\n",
     "{\"field\": \"lout\", \"is\": true},\n", "\"lout\"", "unknown", "no field \"lout\""},
    {"kinds/thing.json", "{\"field\": \"loud\", \"is\": true},\n",
     "{\"field\": \"loud\", \"is\": \"yes\"},\n", "\"yes\"", "value",
     "no value of the field \"loud\""},
    {"kinds/thing.json", "{\"field\": \"loud\", \"is\": true},\n",
     "{\"field\": \"loud\", \"than\": 3},\n", "\"than\"", "condition", "is in empty"},
    {"kinds/thing.json", "{\"field\": \"loud\", \"is\": true},\n", "{\"any\": []},\n",
     "\"any\"", "condition", "at least one"},
    {"kinds/thing.json", "{\"field\": \"loud\", \"is\": true},\n",
     "{\"field\": \"sides\", \"is\": 1},\n", "\"field\": \"sides\"", "type",
     "only be tested with \"empty\""},
    /* states and moves */
    {"kinds/thing.json", "\"start\": \"new\"", "\"start\": \"neu\"", "\"neu\"", "unknown",
     "unknown state \"neu\""},
    {"kinds/thing.json", "\"to\": \"shelved\"", "\"to\": \"shelf\"", "\"shelf\"", "unknown",
     "no state \"shelf\""},
    {"kinds/thing.json", "\"from\": [\"shelved\"]", "\"from\": [\"shelf\"]", "\"shelf\"",
     "unknown", "no state \"shelf\""},
    {"kinds/thing.json", "\"done\": {\"title\"",
     "\"lost\": {\"title\": \"Lost\", \"end\": true},\n\"done\": {\"title\"", "\"lost\"",
     "unreachable", "no moves lead"},
    {"kinds/thing.json", "\"to\": \"done\", \"by\"", "\"to\": \"stopped\", \"by\"",
     "\"done\": {\"title\"", "unreachable", "\"done\""},
    {"kinds/part.json", "\"tone\": \"ok\", \"end\": true", "\"tone\": \"ok\"", "\"works\": {",
     "dead_end", "not an end"},
    {"kinds/thing.json", "\"expire\": {",
     "\"loop\": {\"title\": \"Loop\", \"from\": [\"new\"], \"to\": \"new\", \"by\": "
     "[\"auto\"]},\n"
     "\"expire\": {",
     "\"new\": {\"title\"", "circle", "back to it"},
    {"kinds/thing.json", "\"by\": [\"auto\"], \"on\": \"until\"",
     "\"by\": [\"auto\"], \"on\": \"story\"", "\"on\": \"story\"", "unknown",
     "not a date or moment field"},
    {"kinds/thing.json", "\"by\": [\"auto\"], \"on\": \"until\"",
     "\"by\": [\"auto\"], \"after\": \"30 days\"", "\"after\": \"30 days\"", "duration",
     "no duration"},
    {"kinds/thing.json", "\"by\": [\"auto\"], \"on\": \"until\"",
     "\"by\": [\"auto\"], \"after\": \"-P3D\"", "\"after\": \"-P3D\"", "duration",
     "cannot be before"},
    {"kinds/thing.json", "\"by\": [\"auto\"], \"on\": \"until\"",
     "\"by\": [\"auto\"], \"on\": \"until\", \"after\": \"P3D\"", "\"after\": \"P3D\"",
     "unknown_key", "either"},
    {"kinds/thing.json", "\"by\": [\"auto\"], \"on\": \"until\"",
     "\"by\": [\"staff\"], \"plus\": \"P3D\"", "\"plus\": \"P3D\"", "unknown_key", "goes with"},
    {"kinds/thing.json", "\"by\": [\"auto\"], \"on\": \"until\"",
     "\"by\": [\"staff\"], \"on\": \"until\"", "\"on\": \"until\"", "unknown_key",
     "by \"auto\""},
    {"kinds/thing.json", "\"by\": [\"auto\"], \"on\"",
     "\"reason\": true, \"by\": [\"auto\"], \"on\"", "\"expire\"", "automatic", "cannot have"},
    {"kinds/thing.json", "\"asks\": [\"story\"]", "\"asks\": [\"tale\"]", "\"tale\"", "unknown",
     "no field \"tale\""},
    {"kinds/thing.json", "\"asks\": [\"story\"]", "\"asks\": [\"level\"]",
     "\"asks\": [\"level\"]", "unknown", "people fill in"},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"boss\"]", "\"boss\"", "unknown",
     "unknown role \"boss\""},
    {"kinds/thing.json", "\"create\": [\"staff\"]", "\"create\": [\"admin\"]", "\"admin\"",
     "admin", "never a business role"},
    {"kinds/thing.json", "\"create\": [\"staff\"]", "\"create\": [\"@owner\"]", "\"access\"",
     "unknown", "cannot be named here"},
    {"kinds/thing.json", "[\"@owner\", \"assessor\"]}", "[\"@boss\", \"assessor\"]}",
     "\"@boss\"", "unknown", "no person field \"boss\""},
    {"kinds/part.json", "\"@thing.owner\"", "\"@thing.story\"", "@thing.story", "unknown",
     "no person field \"story\""},
    {"kinds/part.json", "\"@thing.owner\"", "\"@keeper.owner\"", "@keeper.owner", "unknown",
     "refers to a kind"},
    {"kinds/thing.json", "\"SOD-1\": [\"@author\"", "\"SOD-1\": [\"@auther\"", "@auther",
     "unknown", "auther"},
    {"kinds/thing.json", ", \"say\": \"Too dangerous to approve\"", "", "\"when\": {\"not\"",
     "required", "go together"},
    {"kinds/thing.json", "\"and_by\": [\"assessor\"], ", "", "\"second_when\"", "unknown_key",
     "needs \"and_by\""},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"aims_manager\"], "
     "\"count\": 0}]",
     "\"count\": 0", "range", ""},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"aims_manager\"], "
     "\"count\": 21}]",
     "\"count\": 21", "range", ""},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"@owner\", "
     "\"@author\"], \"count\": 3}]",
     "\"count\": 3", "range", "at most 2 people"},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": []}]", "\"by\": []",
     "required", "empty list"},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": []", "\"sign\": []", "required",
     "empty list"},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"boss\"]}]",
     "\"boss\"", "unknown", "unknown role"},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"everyone\"]}]",
     "[\"everyone\"]}]", "unknown", "cannot be named here"},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"auto\"]}]",
     "\"auto\"", "unknown", "cannot be named here"},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [\"aims_manager\"]",
     "\"sign\": [\"aims_manager\"]", "type", "a step is an object"},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"aims_manager\"], "
     "\"expires\": \"a fortnight\"}]",
     "a fortnight", "duration", "from the signature on"},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"aims_manager\"], "
     "\"expires\": \"-P3D\"}]",
     "-P3D", "duration", "from the signature on"},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"aims_manager\"], "
     "\"expires\": \"P0D\"}]",
     "P0D", "duration", "from the signature on"},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"aims_manager\"]}], "
     "\"by\": [\"assessor\"]",
     "\"by\": [\"assessor\"]", "unknown_key", "either \"sign\" or \"by\""},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"aims_manager\"]}], "
     "\"and_by\": [\"assessor\"]",
     "\"and_by\": [\"assessor\"]}", "unknown_key", "either \"sign\" or \"and_by\""},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"], \"ordered\": "
     "true",
     "\"ordered\"", "unknown_key", "goes with \"sign\""},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"aims_manager\"], "
     "\"whom\": 1}]",
     "\"whom\"", "unknown_key", "whom"},
    {"kinds/thing.json",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"by\": [\"aims_manager\"]",
     "\"from\": [\"stopped\"], \"to\": \"checked\", \"sign\": [{\"by\": [\"aims_manager\"], "
     "\"when\": {\"field\": \"level\", \"is\": \"high\"}}]",
     "\"sign\"", "when", "has no \"when\""},
    {"kinds/thing.json", "within_a_year:until", "within_a_week:until", "within_a_week",
     "unknown", "guard"},
    {"kinds/thing.json", "within_a_year:until", "within_a_year:story", "within_a_year",
     "unknown", "type date"},
    {"kinds/thing.json", "within_a_year:until", "within:until", "within:until", "unknown",
     "a field of whole months"},
    {"kinds/thing.json", "[\"assessor\", \"@owner\"]", "[\"assessor\", \"@owner:boss\"]",
     "@owner:boss", "unknown", "unknown role \"boss\""},
    {"kinds/thing.json", "\"SOD-1\": [\"@author\"", "\"SOD-1\": [\"@author:assessor\"",
     "@author:assessor", "unknown", "who makes a move"},
    {"kinds/thing.json", "\"stop\": true}",
     "\"stop\": true,\n\"needs\": [{\"code\": \"N9\", \"say\": \"x\", \"field\": \"parts\", "
     "\"in\": "
     "[\"works\"]}]}",
     "\"N9\"", "unknown_key", "no needs"},
    /* what comes again */
    {"kinds/thing.json", "\"by\": [\"auto\"], \"on\": \"until\"",
     "\"by\": [\"auto\"], \"on\": \"until\", \"every\": \"P1Y\"", "\"every\": \"P1Y\"",
     "circle", "to itself"},
    {"kinds/thing.json", "\"expire\": {",
     "\"again\": {\"title\": \"Again\", \"from\": [\"new\"], \"to\": \"new\", \"by\": "
     "[\"auto\"], \"on\": \"until\", \"every\": \"PT1H\"},\n\"expire\": {",
     "\"again\"", "duration", "whole days"},
    {"kinds/thing.json", "\"expire\": {",
     "\"again\": {\"title\": \"Again\", \"from\": [\"new\"], \"to\": \"new\", \"by\": "
     "[\"auto\"], \"on\": \"until\", \"every\": \"P0D\"},\n\"expire\": {",
     "\"again\"", "duration", "whole days"},
    {"kinds/thing.json", "\"expire\": {",
     "\"again\": {\"title\": \"Again\", \"from\": [\"new\"], \"to\": \"new\", \"by\": "
     "[\"auto\"], \"after\": \"P1D\", \"every\": \"P1Y\"},\n\"expire\": {",
     "\"again\"", "unknown_key", "goes with"},
    /* calendars and clocks */
    {"calendars/works.json", "\"Europe/Berlin\"", "\"Europe/Berlyn\"", "\"zone\"", "zone",
     "Berlyn"},
    {"calendars/works.json", "\"working\": [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]",
     "\"working\": []", "\"working\"", "required", "empty list"},
    {"calendars/works.json", "\"fri\"]", "\"fri\", \"friday\"]", "\"working\"", "value",
     "mon tue wed"},
    {"calendars/works.json", "\"2026-12-25\": \"Christmas", "\"2026-02-30\": \"Christmas",
     "2026-02-30", "value", "no day of 2026"},
    {"calendars/works.json", "\"2026-12-25\": \"Christmas", "\"2027-12-25\": \"Christmas",
     "2027-12-25", "value", "no day of 2026"},
    {"calendars/works.json", "\"works\": [\"2026-12-19\"]", "\"works\": [\"2026-12-25\"]",
     "[\"2026-12-25\"]", "twice", "named twice"},
    {"calendars/works.json", "\"2027\": {", "\"27\": {", "\"27\"", "value", "is no year"},
    {"calendars/works.json", "\"2027\": {\"source\": \"The works council\",", "\"2027\": {",
     "\"2027\"", "required", "source"},
    {"calendars/works.json", "\"calendar\": \"works\"", "\"calendar\": \"work\"",
     "\"calendar\"", "name", "called NAME.json", 999},
    {"kinds/part.json", "\"calendar\": \"works\"", "\"calendar\": \"mars\"", "\"mars\"",
     "unknown", "unknown calendar"},
    {"kinds/part.json", "\"add\": \"P10W\"", "\"add\": \"ten days\"", "ten days", "duration",
     "no duration"},
    {"kinds/part.json", "\"add\": \"P10W\", ", "", "\"clock\": {", "duration", "no duration"},
    {"kinds/part.json", "\"from\": \"asked_at\"", "\"from\": \"keeper\"", "\"keeper\", \"add\"",
     "unknown", "date or moment"},
    {"kinds/part.json", "\"answered\": \"told_on\"", "\"answered\": \"told_at\"", "told_at",
     "unknown", "nor a list of its states"},
    {"kinds/part.json", "\"answered\": [\"works\"]", "\"answered\": [\"worked\"]", "\"worked\"",
     "unknown", "no state"},
    {"kinds/part.json", "\"answered\": \"told_on\", ", "", "\"clock\": {", "required",
     "answered"},
    {"kinds/part.json", "\"-P1W\"", "\"P1W\"", "\"P1W\"", "duration", "before the clock"},
    {"kinds/part.json", "\"remind\": [", "\"remaind\": [", "\"remaind\"", "unknown_key",
     "remaind"},
    {"kinds/part.json", "\"is\": \"main\"}", "\"is\": \"chief\"}", "\"chief\"", "value", ""},
    {"kinds/part.json", "\"told_on\": {\"type\": \"date\"",
     "\"tell_by_standing\": {\"type\": \"date\"", "\"tell_by\": {", "clash",
     "comes with the clock", 999},
    {"kinds/part.json", "\"tell_by\": {\"type\": \"moment\", \"title\": \"Tell by\",",
     "\"tell_by\": {\"type\": \"date\", \"title\": \"Tell by\",", "\"clock\": {", "unknown_key",
     "no \"clock\"", 999},
    {"kinds/part.json", "\"tell_by\": {\"type\": \"moment\", \"title\": \"Tell by\",",
     "\"tell_by\": {\"type\": \"moment\", \"sensitive\": true, \"title\": \"Tell by\",",
     "\"clock\": {", "read", "for everybody", 999},
    {"scales.json", "\"running\": \"Running\", ", "", "", "", "", 999},
    {"kinds/part.json", "\"from\": \"due\", \"add\"",
     "\"when\": {\"field\": \"prove_by_standing\", \"is\": \"met\"}, \"from\": \"due\", "
     "\"add\"",
     "\"prove_by\"", "circle", "goes in a circle"},
    {"kinds/part.json", TOLD, TOLD_KEPT("\"from\": \"told_at\", \"for\": \"P3Y\""), "told_at",
     "unknown", "no date or moment field"},
    {"kinds/part.json", TOLD, TOLD_KEPT("\"from\": [\"worked\"], \"for\": \"P3Y\""),
     "\"worked\"", "unknown", "no state"},
    {"kinds/part.json", TOLD, TOLD_KEPT("\"for\": \"P3Y\""), "\"keep\": {", "required",
     "\"from\" is missing"},
    {"kinds/part.json", TOLD, TOLD_KEPT("\"from\": \"due\", \"for\": \"three years\""),
     "three years", "duration", "P3Y"},
    {"kinds/part.json", TOLD, TOLD_KEPT("\"from\": \"due\", \"for\": \"PT72H\""), "PT72H",
     "duration", "whole days"},
    {"kinds/part.json", TOLD, TOLD_KEPT("\"from\": \"due\", \"for\": \"-P3Y\""), "-P3Y",
     "duration", "whole days"},
    {"kinds/part.json", TOLD,
     TOLD_KEPT("\"from\": \"due\", \"for\": \"P3Y\", \"than\": \"erase\""), "\"than\"",
     "unknown_key", "than"},
    {"kinds/part.json", TOLD, TOLD_KEPT("\"from\": \"kept_until\", \"for\": \"P3Y\""),
     "\"kept_until\", \"for\"", "unknown", "no date or moment field", 2},
    {"kinds/part.json", TOLD,
     TOLD_KEPT("\"from\": \"due\", \"for\": \"P3Y\"}}, \"kept_to\": {\"type\": \"date\", "
               "\"title\": \"To\", \"keep\": {\"from\": \"due\", \"for\": \"P1Y\""),
     "\"kept_to\"", "twice", "one keeping time"},
    {"kinds/part.json", TOLD,
     TOLD_KEPT("\"from\": \"due\", \"for\": \"P3Y\", \"when\": "
               "{\"field\": \"kept_until_standing\", \"is\": \"kept\"}"),
     "\"kept_until\": {", "circle", "goes in a circle"},
    {"kinds/part.json", TOLD,
     "\"kept_until_standing\": {\"type\": \"date\", \"title\": \"x\"}, " TOLD_KEPT(
         "\"from\": \"due\", \"for\": \"P3Y\""),
     "\"kept_until\"", "clash", "comes with the keep"},
    {"ladders/up.json", "\"P1D\"", "\"-P1D\"", "\"-P1D\"", "duration", "after the clock"},
    {"ladders/up.json", "\"tell\": [\"aims_manager\"]", "\"tell\": []", "\"tell\": []",
     "required", "empty list"},
    {"ladders/up.json", "\"aims_manager\"", "\"boss\"", "\"boss\"", "unknown", "unknown role"},
    {"ladders/up.json", "\"@keeper\"", "\"@boss\"", "\"@boss\"", "unknown",
     "part has no person field"},
    {"ladders/up.json", "\"aims_manager\"", "\"everyone\"", "\"everyone\"", "unknown",
     "cannot be named here"},
    {"ladders/up.json", "\"ladder\": \"up\"", "\"ladder\": \"down\"", "\"ladder\"", "name",
     "called NAME.json", 2},
    {"kinds/part.json", "\"ladder\": \"up\"", "\"ladder\": \"moon\"", "\"moon\"", "unknown",
     "unknown ladder"},
    /* needs */
    {"kinds/thing.json", "\"kind\": \"part\", \"via\": \"thing\", \"where\"",
     "\"kind\": \"party\", \"via\": \"thing\", \"where\"", "\"party\"", "unknown",
     "unknown kind \"party\""},
    {"kinds/thing.json", "\"via\": \"thing\", \"where\"", "\"via\": \"keeper\", \"where\"",
     "\"via\": \"keeper\"", "unknown", "to thing"},
    {"kinds/thing.json", "\"via\": \"thing\", \"where\"",
     "\"via\": \"thing\",\n\"of\": \"story\", \"where\"", "\"of\": \"story\"", "unknown",
     "not a ref of thing to a kind"},
    {"kinds/thing.json", "\"via\": \"thing\", \"where\"",
     "\"via\": \"thing\", \"of\": \"unit\", \"where\"", "\"via\": \"thing\", \"of\"", "unknown",
     "of part to unit"},
    {"kinds/thing.json", "\"field\": \"parts\", \"every\"",
     "\"field\": \"parts\", \"of\": \"unit\", \"every\"", "\"of\": \"unit\"", "unknown_key",
     "\"of\" goes with"},
    {"kinds/thing.json", "\"where\": {\"role\": \"main\"}", "\"where\": {\"rank\": \"main\"}",
     "\"rank\"", "unknown", "no field \"rank\""},
    {"kinds/thing.json", "\"where\": {\"role\": \"main\"}", "\"where\": {\"role\": \"chief\"}",
     "\"chief\"", "value", "no value of the field \"role\""},
    {"kinds/thing.json", "\"in\": [\"works\"], \"least\": 1",
     "\"in\": [\"worked\"], \"least\": 1", "\"worked\"", "unknown",
     "part has no state \"worked\""},
    {"kinds/thing.json", "\"in\": [\"works\"], \"least\": 1",
     "\"in\": [\"works\"], \"every\": [\"works\"]", "\"code\": \"N1\"", "required", "one of"},
    {"kinds/thing.json", "\"field\": \"parts\", \"every\"", "\"field\": \"helpers\", \"every\"",
     "\"field\": \"helpers\"", "unknown", "to a kind"},
    /* computed */
    {"kinds/thing.json", "\"fn\": \"greatest\"", "\"fn\": \"largest\"", "\"largest\"",
     "unknown", "unknown function"},
    {"kinds/thing.json", "\"fields\": [\"c_one\", \"c_two\"]",
     "\"fields\": [\"c_one\", \"trust\"]", "\"c_one\", \"trust\"", "unknown",
     "no integer field \"trust\""},
    {"kinds/thing.json", "\"fields\": [\"c_one\", \"c_two\"]",
     "\"fields\": [\"c_one\", \"score\"]", "risk_band", "circle", "goes in a circle"},
    {"kinds/thing.json",
     "\"type\": \"integer\", \"title\": \"Most\", \"of\": \"five\", \"computed\": {\"fn\": "
     "\"greatest\", \"fields\": [\"c_one\", \"c_two\"]",
     "\"type\": \"integer\", \"title\": \"Most\", \"of\": \"five\", \"computed\": {\"fn\": "
     "\"latest\", \"rows\": \"sides\", \"column\": \"worst\", \"on\": \"weak\"",
     "\"fn\": \"latest\"", "unknown", "a column of type date"},
    {"kinds/thing.json", "\"fn\": \"rows_worst\", \"rows\": \"sides\", \"column\": \"worst\"",
     "\"fn\": \"latest\", \"rows\": \"sides\", \"on\": \"nothing\", \"column\": \"weak\"",
     "\"fn\": \"latest\"", "unknown", "a column of type date", 2},
    {"kinds/thing.json",
     "\"fn\": \"rows_any\", \"rows\": \"sides\", \"column\": \"worst\", \"at_least\": 4,\n     "
     "  \"or\": {\"when\": \"weak\", \"at_least\": 3}",
     "\"fn\": \"reaches\", \"value\": \"price\", \"target\": \"story\"", "\"fn\": \"reaches\"",
     "unknown", "a number"},
    {"kinds/thing.json",
     "\"fn\": \"rows_any\", \"rows\": \"sides\", \"column\": \"worst\", \"at_least\": 4,\n     "
     "  \"or\": {\"when\": \"weak\", \"at_least\": 3}",
     "\"fn\": \"reaches\", \"value\": \"price\", \"target\": \"c_one\", \"at_most\": "
     "{\"field\": \"smell\", \"empty\": true}",
     "\"fn\": \"reaches\"", "unknown", "smell"},
    {"kinds/thing.json", "\"fn\": \"risk_band\", \"score\": \"score\"",
     "\"fn\": \"risk_band\", \"bands\": 1, \"score\": \"score\"", "\"fn\": \"risk_band\"",
     "unknown_key", "bands"},
    {"kinds/thing.json", "\"severe\": [\"c_one\"]", "\"severe\": [\"trust\"]", "\"severe\"",
     "unknown", "no integer field"},
    /* methods */
    {"methods/risk.json", "\"score\": \"product\",", "\"score\": \"product\", \"luck\": 1,",
     "\"luck\"", "unknown_key", "luck"},
    {"methods/risk.json", "\"likelihood\": 5,", "\"likelihood\": 500,", "500", "range",
     "1 to 10", 2},
    {"methods/risk.json", "{\"from\": 10, \"to\": 15}", "{\"from\": 11, \"to\": 15}",
     "\"high\": {", "gap", "begin at 10"},
    {"methods/risk.json", "{\"from\": 10, \"to\": 15}", "{\"from\": 9, \"to\": 15}",
     "\"high\": {", "overlap", "begin at 10"},
    {"methods/risk.json", "\"to\": 25", "\"to\": 24", "\"bands\"", "gap", "end at 25"},
    {"methods/risk.json", "\"to\": 25", "\"to\": 26", "\"bands\"", "range", "end at 25"},
    {"methods/risk.json", "\"medium\": {", "\"middle\": {", "\"middle\"", "value",
     "in its order"},
    {"methods/risk.json", "\"is\": \"high\"", "\"is\": \"huge\"", "huge", "value",
     "value of the scale"},
    {"methods/risk.json", "{\"from\": 50, \"likelihood\": 2}",
     "{\"from\": 20, \"likelihood\": 2}", "\"effect\"", "range", "each step rises"},
    {"methods/risk.json", "\"scale\": \"band\"", "\"scale\": \"bond\"", "bond", "unknown",
     "bond"},
    {"methods/risk.json", "\"score\": \"product\"", "\"score\": [[1]]", "\"score\"", "value",
     "5 lists"},
    {"methods/risk.json", "\"standard\": true", "\"standard\": false", "\"method\"", "missing",
     "standard for risk"},
    {"methods/readiness.json", "[0, 25, 50, 75, 100]", "[0, 25, 75, 50, 100]", "\"worth\"",
     "range", "no less than"},
    {"methods/readiness.json", "[0, 25, 50, 75, 100]", "[10, 25, 50, 75, 100]", "\"worth\"",
     "range", "worth nothing"},
    {"methods/readiness.json", "[0, 25, 50, 75, 100]", "[0, 25, 50, 100]", "\"worth\"", "range",
     "5 numbers"},
    {"methods/readiness.json", "\"blocked_at_most\": 49", "\"blocked_at_most\": 101", "101",
     "range", "0 to 100"},
    {"methods/readiness.json", "\"blocked_at_most\": 49,", "", "\"readiness\": {", "required",
     "blocked_at_most"},
    {"methods/readiness.json", "\"without\": 2", "\"without\": 3", "\"proof\"", "range",
     "below"},
    {"methods/readiness.json", "\"percent\": 80", "\"percent\": 180", "180", "range",
     "0 to 100"},
    {"methods/readiness.json", "\"method\": \"readiness\"", "\"method\": \"other\"",
     "\"other\"", "name", "ID.json"},
    {"kinds/thing.json", "\"fn\": \"greatest\"", "\"fn\": \"who_set\"", "\"fn\": \"who_set\"",
     "type", "refs to person"},
    {"kinds/thing.json", "\"fn\": \"greatest\", \"fields\": [\"c_one\", \"c_two\"]",
     "\"fn\": \"of_criteria\", \"field\": \"c_one\"", "\"fn\": \"of_criteria\"", "unknown",
     "no kind is the criteria"},
    {"kinds/thing.json", "\"column\": \"worst\"}}", "\"column\": \"worsen\"}}", "\"worsen\"",
     "unknown", "column of type integer"},
    {"kinds/thing.json", "\"type\": \"integer\", \"title\": \"Most\"",
     "\"type\": \"number\", \"title\": \"Most\"", "\"fn\": \"greatest\"", "type", "is integer",
     999},
    {"kinds/thing.json", "\"else\": \"low\"", "\"else\": \"tiny\"", "\"tiny\"", "value",
     "no value of the field \"size\""},
    {"kinds/thing.json", "\"percent\": \"strength\"", "\"percent\": \"role\"", "\"percent\"",
     "unknown", "part has no integer field"},
    /* showing */
    {"kinds/thing.json", "\"fields\": [\"sides\", \"level\"]",
     "\"fields\": [\"sides\", \"lever\"]", "\"lever\"", "unknown", "lever"},
    {"kinds/thing.json", "\"fields\": [\"sides\", \"level\"]",
     "\"fields\": [\"sides\", \"story\"]", "\"sides\", \"story\"", "twice", "story"},
    {"kinds/thing.json", "\"list\": [\"title\", \"state\"", "\"list\": [\"title\", \"stata\"",
     "\"stata\"", "unknown", "stata"},
    {"kinds/thing.json", "\"sort\": \"-level,title\"", "\"sort\": \"-level,tittle\"", "tittle",
     "unknown", "sort by \"tittle\""},
    {"kinds/thing.json", "\"band\": \"level\"}", "\"band\": \"likely\"}",
     "\"band\": \"likely\"", "type", "must be a choice"},
    {"kinds/proof.json", "\"about\": \"What shows",
     "\"is\": \"unit_tree\", \"about\": \"What shows", "", "", "", 2},
    {"kinds/thing.json", "\"fw-1:1.1\"", "\"fw-1:9.9\"", "fw-1:9.9", "unknown", "9.9"},
    /* frameworks and checks */
    {"frameworks/fw-1.json", "\"id\": \"1.2\", \"group\": \"1\"",
     "\"id\": \"1.2\", \"group\": \"7\"", "\"7\"", "unknown", "unknown group"},
    {"frameworks/fw-1.json", "\"id\": \"1.2\"", "\"id\": \"1.1\"", "Second row", "twice",
     "already at line 4"},
    {"frameworks/fw-1.json", "\"weight\": 3", "\"weight\": 101", "\"weight\": 101", "range",
     "0 to 100"},
    {"frameworks/fw-1.json", "\"rows\": \"control\"", "\"rows\": \"rule\"", "\"rule\"",
     "unknown", "no row has the type"},
    {"frameworks/fw-1.json", "\"field\": \"name_at_home\"", "\"field\": \"price\"", "\"price\"",
     "unknown", "not a text field"},
    {"frameworks/fw-1.json", "{\"approved\": 2", "{\"aproved\": 2", "\"aproved\"", "unknown",
     "no state \"aproved\""},
    {"frameworks/fw-1.json", "\"done\": 4", "\"done\": 5", "\"done\"", "range", "0 to 4"},
    {"frameworks/fw-1.json", "\"excluded\": [\"shelved\"]", "\"excluded\": [\"lost\"]",
     "\"lost\"", "unknown", "no state"},
    {"frameworks/fw-1.json", "\"approval\": \"c-1\"", "\"approval\": \"c-9\"", "\"c-9\"",
     "unknown", "unknown check"},
    {"frameworks/fw-1.json", "\"in\": [\"main\"]", "\"in\": [\"chief\"]", "\"chief\"",
     "unknown", "no value \"chief\""},
    {"frameworks/fw-1.json", "\"stage1\": [\"c-1\"]", "\"stage1\": [\"c-3\"]", "\"c-3\"",
     "unknown", "unknown check"},
    {"checks/c-1.json", "\"row\": \"fw-1:1.1\"", "\"row\": \"fw-1:2.1\"", "fw-1:2.1", "unknown",
     "no framework"},
    {"checks/c-1.json", "\"level\": 3", "\"level\": 5", "\"level\": 5", "range", "1 to 4"},
    {"checks/c-1.json", "SELECT count", "DELETE count", "\"population\"", "sql", "SELECT", 2},
    {"checks/c-1.json", "due < $1", "due < $1; SELECT 1", "\"breaks\"", "sql", "without ';'"},
    {"checks/c-1.json", "due < $1", "due < $7", "\"breaks\"", "sql", "$7"},
    {"checks/c-1.json", "due < $1", "due < $6", "\"breaks\"", "required", "needs \"grace\""},
    {"checks/c-2.json", "\"grace\": 10,", "", "\"breaks\"", "required", "needs \"grace\""},
    {"checks/c-1.json", "\"must\": true", "\"must\": true, \"grace\": 5", "\"grace\"",
     "unknown", "no query uses $6"},
    /* sets */
    {"checks/c-2.json", "FROM open_things o\"", "FROM shut_things o\"", "\"population\"",
     "guest", "\"shut_things\" is not a table or a set"},
    {"checks/c-2.json", "FROM rows_of_fw_1 r", "FROM rows_of_fw_2 r", "\"breaks\"", "guest",
     "\"rows_of_fw_2\" is not a table or a set"},
    {"checks/c-2.json", "FROM late_things l UNION", "FROM late_things UNION", "\"breaks\"",
     "set", "needs a name of its own", 2},
    {"checks/c-2.json", "l.id AS id", "l.colour AS id", "\"breaks\"", "guest", "l.colour"},
    {"sets/open_things.json", "FROM thing ot WHERE", "FROM late_things ot WHERE", "\"query\"",
     "circle", "uses itself"},
    {"sets/open_things.json", "FROM thing ot WHERE", "FROM person ot WHERE", "\"query\"",
     "guest", "ot.state"},
    {"sets/open_things.json", "\"set\": \"open_things\"", "\"set\": \"open\"", "\"set\"",
     "name", "called NAME.json", 999},
    {"sets/open_things.json", "\"about\"", "\"abuot\"", "", "unknown_key", "abuot", 999},
    {"sets/open_things.json", "SELECT ot.id", "DELETE ot.id", "\"query\"", "guest",
     "must start with SELECT"},
    {"checks/c-1.json", "ELSE 'late'", "ELSE 'lately'", "\"breaks\"", "unknown",
     "\"lately\" is not in", 2},
    {"checks/c-1.json", "\"late\": \"Too late\"", "\"late\": \"Too late\", \"lost\": \"Lost\"",
     "\"breaks\"", "unknown", "never gives the reason \"lost\""},
    {"checks/c-1.json", "SELECT 'thing' AS kind", "SELECT 'thong' AS kind", "\"breaks\"",
     "unknown", "unknown kind"},
    /* gathers */
    {"gathers/things.json", "\"gather\": \"things\"", "\"gather\": \"thing\"", "\"gather\"",
     "name", "called NAME.json"},
    {"gathers/things.json", "\"kind\": \"thing\"", "\"kind\": \"thong\"", "\"kind\"", "unknown",
     "unknown kind", 2},
    {"gathers/things.json", "\"into\": \"told\"", "\"into\": \"due\"", "\"into\"", "unknown",
     "no such field", 2},
    {"gathers/things.json", "\"into\": \"told\"", "\"into\": \"sides\"", "\"into\"", "columns",
     "fact (choice)", 999},
    {"gathers/things.json", "\"to\": \"until\"", "\"to\": \"story\"", "\"to\"", "unknown",
     "no such field"},
    {"gathers/things.json", "\"fewer\"", "\"less\"", "\"better\"", "unknown", "fewer"},
    {"gathers/things.json", "\"fact\": \"open\"", "\"fact\": \"shut\"", "\"fact\"", "unknown",
     "no value of the column", 2},
    {"gathers/things.json", "\"fact\": \"open\"", "\"fact\": \"open\", \"item\": \"a\"",
     "\"item\"", "unknown", "no column item"},
    {"gathers/things.json", "'thing' AS kind", "'thong' AS kind", "\"query\"", "unknown",
     "unknown kind"},
    {"gathers/things.json", "AS kind, o.id AS id", "AS kind, o.id AS it", "\"query\"", "sql",
     "columns kind and id"},
    {"gathers/things.json", "$4", "$5", "\"query\"", "sql", "unknown parameter $5"},
    {"gathers/things.json", "FROM open_things o", "FROM person o", "\"query\"", "guest",
     "o.due"},
    {"kinds/thing.json", "\"title\": \"Told\", \"fixed\": \"any\"", "\"title\": \"Told\"", "",
     "", "", 1},
    {"kinds/thing.json", "{\"open\": \"Open\"}", "{\"open\": \"Open\", \"shut\": \"Shut\"}", "",
     "", "", 1},
    {"kinds/thing.json", "\"sets\": {\"told\": \"@records\"}",
     "\"sets\": {\"sides\": \"@records\"}", "@records", "unknown", "no file of gathers/"},
    {"kinds/thing.json", "\"sets\": {\"told\": \"@records\"}",
     "\"sets\": {\"story\": \"@records\"}", "@records", "value", "is no value"},
    {"words/zh.json", "\"事物\", \"Things\"", "5, \"Things\"", "\"Thing\"", "type",
     "must be text"},
};

static bool run(struct fixture *f, const struct broken *b)
{
    struct model_file *file = file_of(f, b->file);
    struct text before = file->bytes;
    struct call *call = call_open(f->arena, 0, LANG_EN);
    struct model *m = NULL;
    edit(f, b->file, b->find, b->put);
    enum err e = model_load(call, f->files, f->count, NULL, 0, TEXT(""), &m);
    struct text source =
        text_print(f->arena, "model/%s:%u", b->file, line_of(file->bytes, b->at));
    bool named = b->code[0] == '\0' || has_problem(call, source, b->code, b->says);
    size_t count = b->count == 0 ? 1 : b->count;
    if (e != ERR_INVALID || !named || (count != 999 && call->problem_count != count)) {
        print_problems(call);
        print_error("%s with %s: wanted %zu with %.*s [%s] %s\n", b->file, b->put, count,
                    TEXT_ARG(source), b->code, b->says);
        file->bytes = before;
        return false;
    }
    file->bytes = before;
    return m == NULL;
}

static void every_mistake_is_named(void **state)
{
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(broken); i++)
        wrong += !run(*state, &broken[i]);
    assert_int_equal(wrong, 0);
}

static void a_clash_of_prefixes_names_both(void **state)
{
    struct fixture *f = *state;
    struct model *m;
    edit(f, "kinds/proof.json", "\"prefix\": \"PR\"", "\n\"prefix\": \"PA\"");
    assert_int_equal(model_load(f->call, f->files, f->count, NULL, 0, TEXT(""), &m),
                     ERR_INVALID);
    assert_int_equal(f->call->problem_count, 1);
    assert_true(has_problem(f->call, TEXT("model/kinds/proof.json:2"), "clash",
                            "model/kinds/part.json:1"));
}

static void all_mistakes_are_collected(void **state)
{
    struct fixture *f = *state;
    struct model *m;
    edit(f, "kinds/thing.json", "\"icon\": \"box\"", "\"icon\": \"BOX\"");
    edit(f, "kinds/part.json", "\"role\": {\"type\": \"choice\"",
         "\"role\": {\"type\": \"chance\"");
    edit(f, "roles.json", "\"title\": \"Assessor\"", "\"title\": 7");
    assert_int_equal(model_load(f->call, f->files, f->count, NULL, 0, TEXT(""), &m),
                     ERR_INVALID);
    assert_true(has_problem(f->call, TEXT("model/kinds/thing.json:1"), "name", "icon"));
    assert_true(has_problem(f->call, TEXT("model/kinds/part.json:6"), "unknown", "chance"));
    assert_true(has_problem(f->call, TEXT("model/roles.json:4"), "type", "text"));
}

static void a_missing_file_is_named(void **state)
{
    struct fixture *f = *state;
    struct model *m;
    file_of(f, "envelope.json")->path = TEXT("other.json");
    assert_int_equal(model_load(f->call, f->files, f->count, NULL, 0, TEXT(""), &m),
                     ERR_INVALID);
    assert_true(has_problem(f->call, TEXT("model/envelope.json:1"), "missing", "missing"));
    assert_true(has_problem(f->call, TEXT("model/other.json:1"), "unknown", "place"));
}

static void a_missing_folder_is_refused(void **state)
{
    struct fixture *f = *state;
    struct model_file *files;
    size_t count;
    assert_int_equal(model_folder(f->call, "no/such/folder", "", &files, &count), ERR_MISSING);
    assert_int_equal(count, 0);
}

int main(int argc, char **argv)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
    const struct CMUnitTest tests[] = {
        EACH(every_mistake_is_named),      EACH(a_clash_of_prefixes_names_both),
        EACH(all_mistakes_are_collected),  EACH(a_missing_file_is_named),
        EACH(a_missing_folder_is_refused),
    };
    fixture_folder = argc > 1 ? argv[1] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
