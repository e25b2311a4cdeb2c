"""Drives watchlists, queries, Kusto and Microsoft.Security with unmodified clients, and prints what came of it as JSON.

Usage: table_clients.py ADDRESS CA_FILE CLIENT_ID CLIENT_SECRET PART…
"""

import json
import os
import sys
import uuid
from datetime import timedelta

address, ca_file, client_id, secret = sys.argv[1:5]
parts = sys.argv[5:]
results = {}
subscription = "00000000-0000-0000-0000-000000000000"
place = ("tocsin", "tocsin")

# Kusto's client takes the authority from here only.
os.environ["REQUESTS_CA_BUNDLE"] = ca_file


def credential():
    from azure.identity import ClientSecretCredential

    return ClientSecretCredential(
        "11111111-2222-3333-4444-555555555555",
        client_id,
        secret,
        authority=address,
        disable_instance_discovery=True,
        connection_verify=ca_file,
    )


def watchlists():
    """Runs with azure-mgmt-securityinsight 1.0.0, 2.0.0b2 and 2.0.0b4."""
    from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
    import azure.mgmt.securityinsight as package

    kind = getattr(package, "SecurityInsights", None) or package.SecurityInsightsMgmtClient
    client = kind(credential(), subscription, base_url=address, connection_verify=ca_file, retry_total=0)
    alias = "VIPUsers" + uuid.uuid4().hex[:6]
    body = {
        "properties": {
            "displayName": "VIP users",
            "provider": "Contoso",
            "source": "Local file",
            "itemsSearchKey": "UPN",
            "contentType": "text/csv",
            "numberOfLinesToSkip": 1,
            "defaultDuration": "P90D",
            "rawContent": 'a title\nUPN,Team\nann@contoso.example,Finance\nbob@contoso.example,"Sales, East"\n',
        }
    }
    if not hasattr(package, "SecurityInsightsMgmtClient"):
        from azure.mgmt.securityinsight.models import Watchlist, WatchlistItem

        body = Watchlist(
            display_name="VIP users",
            provider="Contoso",
            source="Local file",
            items_search_key="UPN",
            content_type="text/csv",
            number_of_lines_to_skip=1,
            default_duration=timedelta(days=90),
            raw_content=body["properties"]["rawContent"],
        )
        item = WatchlistItem(items_key_value={"UPN": "cyd@contoso.example", "Team": "IT"})
        faulty = WatchlistItem(items_key_value={"Team": "IT"})
    else:
        item = {"properties": {"itemsKeyValue": {"UPN": "cyd@contoso.example", "Team": "IT"}}}
        faulty = {"properties": {"itemsKeyValue": {"Team": "IT"}}}
    if hasattr(client.watchlists, "begin_create_or_update"):
        made = client.watchlists.begin_create_or_update(*place, alias, body).result()
    else:
        made = client.watchlists.create_or_update(*place, alias, body)
    results["made"] = [made.name == alias, made.type, bool(made.etag)]
    ident = str(uuid.uuid4())
    client.watchlist_items.create_or_update(*place, alias, ident, item)
    items = list(client.watchlist_items.list(*place, alias))
    results["items"] = len(items)
    results["listed"] = alias in [each.name for each in client.watchlists.list(*place)]
    one = client.watchlist_items.get(*place, alias, ident)
    values = one.items_key_value if hasattr(one, "items_key_value") else one.properties.items_key_value
    results["item"] = values["UPN"]
    try:
        client.watchlist_items.create_or_update(*place, alias, str(uuid.uuid4()), faulty)
    except HttpResponseError as error:
        results["refused"] = error.status_code
    results["seen"] = count(f"_GetWatchlist('{alias}') | where Team != 'IT' | count")
    client.watchlist_items.delete(*place, alias, ident)
    results["left"] = count(f"_GetWatchlist('{alias}') | count")
    if hasattr(client.watchlists, "begin_delete"):
        client.watchlists.begin_delete(*place, alias).result()
    else:
        client.watchlists.delete(*place, alias)
    try:
        client.watchlists.get(*place, alias)
    except ResourceNotFoundError:
        results["gone"] = True


def count(query):
    import requests

    token = credential().get_token("https://management.azure.com/.default").token
    answer = requests.post(
        address + "/api/query", json={"query": query}, headers={"Authorization": "Bearer " + token}, verify=ca_file
    )
    return answer.json()["tables"][0]["rows"][0][0]


def monitor():
    from azure.core.exceptions import HttpResponseError
    from azure.monitor.query import LogsQueryClient
    import azure.monitor.query as package

    version = getattr(package, "__version__", "2")
    endpoint = address + "/v1" if version.startswith("1") else address
    client = LogsQueryClient(credential(), endpoint=endpoint, connection_verify=ca_file, retry_total=0)
    workspace = "00000000-0000-0000-0000-000000000001"
    text = (
        "print t = datetime(2024-01-01T00:00:00.1234567Z), s = 1.02:03:04.5, g = "
        "guid(74be27de-1e4e-49d9-b579-fe0b331d3642), d = dynamic({'a': [1, 2]}), r = 1.5, l = 9007199254740993, b = true"
    ).replace("1.02:03:04.5", "time(1.02:03:04.5)")
    answer = client.query_workspace(workspace, text, timespan=timedelta(days=1), include_statistics=True)
    row = answer.tables[0].rows[0]
    results["monitor_row"] = [str(row[0]), str(row[2]), str(row[4]), row[5], row[6]]
    results["monitor_statistics"] = bool(answer.statistics)
    drawn = client.query_workspace(
        workspace, "range x from 1 to 3 step 1 | render columnchart", timespan=None, include_visualization=True
    )
    results["monitor_render"] = drawn.visualization["visualization"]
    try:
        client.query_workspace(workspace, "Nonsense | where", timespan=None)
    except HttpResponseError as error:
        results["monitor_error"] = [error.status_code, error.error.code]
    partial = client.query_workspace(
        workspace, "set truncationmaxrecords=2; range x from 1 to 9 step 1", timespan=None
    )
    results["monitor_partial"] = [str(partial.status).split(".")[-1], len(partial.partial_data[0].rows)]
    from azure.monitor.query import LogsBatchQuery

    batch = client.query_batch(
        [
            LogsBatchQuery(workspace_id=workspace, query="print 1", timespan=None),
            LogsBatchQuery(workspace_id=workspace, query="NoSuchTable", timespan=None),
            LogsBatchQuery(workspace_id=workspace, query="print x = 1 | where", timespan=None),
        ]
    )
    results["monitor_batch"] = [type(each).__name__ for each in batch]
    resource = (
        f"/subscriptions/{subscription}/resourceGroups/tocsin/providers/Microsoft.OperationalInsights/workspaces/tocsin"
    )
    results["monitor_resource"] = len(client.query_resource(resource, "print 1", timespan=None).tables[0].rows)


def kusto():
    from azure.kusto.data import ClientRequestProperties, KustoClient, KustoConnectionStringBuilder
    from azure.kusto.data.exceptions import KustoApiError, KustoServiceError
    from azure.kusto.data.kusto_trusted_endpoints import MatchRule, well_known_kusto_endpoints

    well_known_kusto_endpoints.add_trusted_hosts([MatchRule("127.0.0.1", True)], False)
    token = credential().get_token(address + "/.default").token
    builder = KustoConnectionStringBuilder.with_token_provider(address, lambda: token)
    client = KustoClient(builder)
    shown = client.execute_mgmt("tocsin", ".show databases | project DatabaseName")
    results["kusto_databases"] = [row["DatabaseName"] for row in shown.primary_results[0]]
    schema = client.execute_mgmt("tocsin", ".show database tocsin schema as json")
    results["kusto_tables"] = "SecurityEvent" in json.loads(schema.primary_results[0][0][0])["Databases"]["tocsin"]["Tables"]
    for command in [
        ".show version",
        ".show cluster",
        ".show schema as json",
        ".show tables details",
        ".show table SecurityEvent cslschema",
        ".show databases schema",
        ".show functions",
    ]:
        client.execute_mgmt("tocsin", command)
    text = (
        "print t = datetime(2024-01-01T00:00:00.1234567Z), s = time(1.02:03:04.5), g = "
        "guid(74be27de-1e4e-49d9-b579-fe0b331d3642), d = dynamic({'a': [1, 2]}), m = decimal(1.25), "
        "n = real(nan), l = 9007199254740993, i = int(7), b = true, x = long(null)"
    )
    answer = client.execute("tocsin", text)
    row = answer.primary_results[0][0]
    results["kusto_row"] = [str(row[0]), str(row[1]), row[2], row[3], str(row[4]), str(row[5]), row[6], row[7], row[8], row[9]]
    properties = ClientRequestProperties()
    properties.set_parameter("Name", "ann")
    properties.set_option("servertimeout", timedelta(minutes=1))
    named = client.execute(
        "tocsin", "declare query_parameters(Name:string); print strcat('hello ', Name)", properties
    )
    results["kusto_parameter"] = named.primary_results[0][0][0]
    rows = client.execute("tocsin", "range x from 1 to 100000 step 1 | extend y = tostring(x)")
    results["kusto_rows"] = len(rows.primary_results[0])
    streamed = client.execute_streaming_query("tocsin", "range x from 1 to 50000 step 1")
    primary = next(table for table in streamed.iter_primary_results())
    results["kusto_streamed"] = sum(1 for _ in primary)
    results["kusto_two"] = len(client.execute("tocsin", "print 1; print 2").primary_results)
    try:
        client.execute("tocsin", "Nonsense | where")
    except (KustoApiError, KustoServiceError) as error:
        results["kusto_error"] = type(error).__name__
    try:
        client.execute("nowhere", "print 1")
    except KustoServiceError as error:
        results["kusto_database"] = type(error).__name__
    cut = client.execute("tocsin", "set truncationmaxrecords=2; range x from 1 to 9 step 1")
    results["kusto_truncated"] = [len(cut.primary_results[0]), cut.errors_count > 0]
    # This one asks for `v1/rest/auth/metadata` first.
    signed = KustoConnectionStringBuilder.with_azure_token_credential(address, credential())
    results["kusto_signed"] = KustoClient(signed).execute("tocsin", "print 5").primary_results[0][0][0]


def security():
    from azure.core.exceptions import ResourceNotFoundError
    from azure.mgmt.security import SecurityCenter

    client = SecurityCenter(
        credential(), subscription, base_url=address, connection_verify=ca_file, retry_total=0
    )
    client.alerts.begin_simulate(
        "local", {"properties": {"kind": "Bundles", "bundles": ["KeyVaults"]}}
    ).result()
    alerts = []
    for _ in range(100):
        alerts = list(client.alerts.list())
        if alerts:
            break
    results["security_alerts"] = [alerts[0].alert_display_name, alerts[0].status, alerts[0].severity]
    name = alerts[0].name
    client.alerts.update_subscription_level_state_to_dismiss("local", name)
    results["security_dismissed"] = client.alerts.get_subscription_level("local", name).status
    client.alerts.update_subscription_level_state_to_activate("local", name)
    results["security_active"] = client.alerts.get_subscription_level("local", name).status
    try:
        client.alerts.get_subscription_level("local", "nothing")
    except ResourceNotFoundError:
        results["security_absent"] = True
    results["security_empty"] = [
        len(list(client.alerts.list_by_resource_group("tocsin"))),
        len(list(client.assessments.list("subscriptions/" + subscription))),
        len(list(client.secure_scores.list())),
        len(list(client.secure_score_controls.list())),
        len(list(client.assessments_metadata.list())),
    ]
    rule = client.alerts_suppression_rules.update(
        "samples",
        {
            "properties": {
                "alertType": "SIMULATED_DNS",
                "reason": "Other",
                "state": "Enabled",
            }
        },
    )
    results["security_rule"] = [rule.name, rule.state, len(list(client.alerts_suppression_rules.list()))]
    client.alerts.begin_simulate("local", {"properties": {"kind": "Bundles", "bundles": ["DNS"]}}).result()
    for _ in range(200):
        dismissed = [each for each in client.alerts.list() if each.alert_type == "SIMULATED_DNS"]
        if dismissed and dismissed[0].status == "Dismissed":
            results["security_suppressed"] = True
            break
    client.alerts_suppression_rules.delete("samples")
    results["security_locations"] = [each.name for each in client.locations.list()]


def posture():
    """Records as continuous export writes them come in, and are read back through the client's models."""
    from pathlib import Path

    import requests
    from azure.mgmt.security import SecurityCenter

    sources = Path(__file__).parents[2] / "content/sources"
    token = credential().get_token(address + "/.default").token
    for name in ["assessment", "sub-assessment", "secure-score", "secure-score-control"]:
        for sample in sorted((sources / f"defender-cloud-{name}/samples").iterdir()):
            answer = requests.post(
                address + "/api/ingest",
                sample.read_bytes(),
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"},
                verify=ca_file,
                timeout=60,
            )
            answer.raise_for_status()
    client = SecurityCenter(credential(), subscription, base_url=address, connection_verify=ca_file, retry_total=0)
    scope = "subscriptions/" + subscription
    found = list(client.assessments.list(scope))[0]
    results["posture_assessment"] = [
        found.name, found.status.code, found.metadata.severity, found.resource_details.source,
        found.status.first_evaluation_date.year, found.additional_data,
    ]
    finding = list(client.sub_assessments.list_all(scope))[0]
    results["posture_finding"] = [
        finding.name, finding.display_name, finding.status.code, finding.status.severity, finding.category,
        len(list(client.sub_assessments.list(scope, "71992a2a"))),
    ]
    score = client.secure_scores.get("ascScore")
    results["posture_score"] = [score.display_name, score.max, score.current, score.percentage, score.weight]
    control = list(client.secure_score_controls.list())[0]
    results["posture_control"] = [
        control.display_name, control.healthy_resource_count, control.unhealthy_resource_count, control.current,
    ]
    results["posture_metadata"] = [each.display_name for each in client.assessments_metadata.list()]


for part in parts:
    globals()[part]()
print(json.dumps(results))
