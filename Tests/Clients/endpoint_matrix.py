"""Calls every operation of the OpenAPI document as every role, and prints what departs from the document, one line each.

Usage: endpoint_matrix.py ADDRESS STATE_DATABASE ROLES, where ROLES is {"Reader": {"token": …, "permissions": […]}, …}

Checked are the status, the body's form, and that each change by a recognised caller stands in the audit.
"""

import json
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import requests
from jsonschema import Draft202012Validator

address, database, roles = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
CHANGES = {"changeIncidents", "runPlaybooks", "changeContent", "administer"}
faults = []


# Connections are kept alive, and one per worker is enough.
WORKERS = 8
session = requests.Session()
session.trust_env = False
session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=WORKERS, pool_block=True))


def call(method, path, body, token, content_type):
    headers = {"Accept": "application/json"}
    if token:
        headers["Authorization"] = "Bearer " + token
    if body is not None:
        headers["Content-Type"] = content_type
    data = None if body is None else body.encode()
    answer = session.request(method, address + path, data=data, headers=headers, timeout=60, allow_redirects=False)
    return answer.status_code, answer.headers.get("Content-Type", "").split(";")[0], answer.content


def sample(schema):
    """The least value that has the form."""
    if "$ref" in schema:
        return sample(document["components"]["schemas"][schema["$ref"].split("/")[-1]])
    if "anyOf" in schema:
        return sample(schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        names = schema.get("required", [])
        return {name: sample(schema["properties"][name]) for name in names if name in schema.get("properties", {})}
    if kind == "string":
        return {"date-time": "2024-05-01T10:00:00Z", "uuid": "00000000-0000-0000-0000-000000000000"}.get(
            schema.get("format"), "sample"
        )
    return {"array": [], "integer": schema.get("minimum", 1), "number": 1.0, "boolean": False}.get(kind, {})


def check(label, operation, role, status, content_type, text):
    answers = operation["responses"]
    permission = operation.get("x-tocsin-permission")
    if role is None and permission and status != 401:
        faults.append(f"{label}: a caller without a token is answered {status}")
    if role is not None and permission:
        may = permission in roles[role]["permissions"]
        if may and status in (401, 403):
            faults.append(f"{label}: {role} may and is answered {status}: {text[:200]}")
        if not may and status != 403:
            faults.append(f"{label}: {role} may not and is answered {status}")
    if status >= 500 or str(status) not in answers:
        faults.append(f"{label}: {role} is answered {status}, which is not documented: {text[:200]}")
        return
    content = answers[str(status)].get("content", {})
    if not content:
        if text:
            faults.append(f"{label}: {role} is answered {status} with a body that is not documented")
        return
    if content_type not in content:
        faults.append(f"{label}: {role} is answered {content_type}, which is not documented")
        return
    if content_type == "application/json":
        schema = json.dumps(content[content_type]["schema"])
        for error in validator(schema).iter_errors(json.loads(text)):
            faults.append(f"{label}: {role}'s {status} has another form at {error.json_path}: {error.message[:200]}")


def audited():
    rows = sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute(
        "SELECT payload FROM journal_entry WHERE kind = 'api.called'"
    )
    return {(entry["method"], entry["operation"], entry["status"]) for entry in map(json.loads, (row[0] for row in rows))}


@cache
def validator(schema):
    """Checks a form of the document, given as text; each is prepared once."""
    return Draft202012Validator(dict(json.loads(schema), components=document["components"]))


def place(template, named, role):
    """The path with names in it; what belongs to something is each role's own, for a comment is only its author's to change."""
    path = template
    for name in named:
        own = len(named) > 1 and template.endswith("{" + name + "}")
        path = path.replace("{" + name + "}", f"sample-{role}" if own else "sample")
    return path


def inquire(template, item):
    """Calls the operations of one path, each as every role, in the document's order; returns how many calls that were."""
    count = 0
    for method, operation in item.items():
        named = [p["name"] for p in operation.get("parameters", []) if p["in"] == "path"]
        wanted = [p for p in operation.get("parameters", []) if p["in"] == "query" and p["required"]]
        query = "?" + "&".join(f"{p['name']}=sample" for p in wanted) if wanted else ""
        body, content_type = None, None
        if "requestBody" in operation:
            content_type, form = next(iter(operation["requestBody"]["content"].items()))
            body = json.dumps(sample(form["schema"]))
            content_type = "application/json" if content_type == "*/*" else content_type
        for role in [None, *roles]:
            token = roles[role]["token"] if role else None
            path = place(template, named, role) + query
            status, kind, text = call(method.upper(), path, body, token, content_type)
            check(f"{method.upper()} {template}", operation, role, status, kind, text.decode(errors="replace"))
            if role and operation.get("x-tocsin-permission") in CHANGES and method != "get":
                name = operation["operationId"].split("_", 1)[1]
                plain = operation["operationId"] if not operation["operationId"].startswith("Azure") else name
                expected.add((method.upper(), plain, status))
            count += 1
    return count


document = json.loads(call("GET", "/api/openapi.json", None, None, None)[2])
expected = set()
with ThreadPoolExecutor(WORKERS) as pool:
    calls = sum(pool.map(inquire, *zip(*document["paths"].items())))

for method, operation, status in sorted(expected - audited()):
    faults.append(f"{method} {operation}: the answer {status} is missing in the audit")
print(json.dumps({"calls": calls, "faults": faults}, indent=1))
