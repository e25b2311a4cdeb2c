"""Drives Tocsin with one version of azure-mgmt-securityinsight, unmodified, and prints what came of it as one JSON object.

Usage: securityinsight_clients.py ADDRESS CA_FILE CLIENT_ID CLIENT_SECRET

Works with 1.0.0, 2.0.0b2 and 2.0.0b4: an operation group that the installed version lacks is left out.
"""

import datetime
import importlib.metadata
import json
import os
import sys
import uuid

address, ca_file, client_id, secret = sys.argv[1:5]
for name in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]:
    os.environ.pop(name, None)

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
import azure.mgmt.securityinsight as package
from azure.mgmt.securityinsight import models

# The resource group and the workspace.
WHERE = ("tocsin", "tocsin")
Client = getattr(package, "SecurityInsights", None) or package.SecurityInsightsMgmtClient
results = {}

credential = ClientSecretCredential(
    "11111111-2222-3333-4444-555555555555",
    client_id,
    secret,
    authority=address,
    disable_instance_discovery=True,
    connection_verify=ca_file,
)
client = Client(
    credential,
    "00000000-0000-0000-0000-000000000000",
    base_url=address,
    credential_scopes=["https://management.azure.com/.default"],
    connection_verify=ca_file,
    retry_total=0,
)


def check(name, value):
    results[name] = value


def refused(action, kind=HttpResponseError):
    """The status and code with which an action is refused."""
    try:
        action()
    except kind as error:
        return [error.status_code, error.error.code if error.error else None]
    return None


def new(**members):
    return models.Incident(**members)


def edited(name, change):
    """The incident as it is after a change; automation may work on it meanwhile, so the change is repeated."""
    for _ in range(20):
        incident = client.incidents.get(*WHERE, name)
        change(incident)
        try:
            return incident.etag, client.incidents.create_or_update(*WHERE, name, incident)
        except ResourceExistsError:
            continue
    raise SystemExit(f"{name} could not be changed")


def incidents():
    names = [str(uuid.uuid4()) for _ in range(5)]
    for index, name in enumerate(names):
        made = client.incidents.create_or_update(
            *WHERE, name, new(title=f"Incident o'clock {index}", severity="High" if index < 2 else "Low", status="New")
        )
        assert made.name == name and made.incident_number > 0

    def enrich(incident):
        incident.description = "seen"
        incident.labels = [models.IncidentLabel(label_name="vip")]
        incident.owner = models.IncidentOwnerInfo(user_principal_name="ada@example.org")

    old_etag, changed = edited(names[0], enrich)
    check("update", [changed.description, changed.labels[0].label_name, changed.owner.user_principal_name])
    changed.etag = old_etag
    check(
        "conflict", refused(lambda: client.incidents.create_or_update(*WHERE, names[0], changed), ResourceExistsError)
    )
    check("missing", refused(lambda: client.incidents.get(*WHERE, str(uuid.uuid4())), ResourceNotFoundError))
    wrong = new(title="x", severity="Severe", status="New")
    check("refused", refused(lambda: client.incidents.create_or_update(*WHERE, str(uuid.uuid4()), wrong)))

    def close(incident):
        incident.status, incident.classification = "Closed", "FalsePositive"
        incident.classification_reason, incident.classification_comment = "InaccurateData", "a test"

    closed = edited(names[1], close)[1]
    check("closed", [closed.status, closed.classification, closed.classification_reason])

    found = list(client.incidents.list(*WHERE, filter="startswith(properties/title, 'Incident o''clock')", top=2))
    check("paged", [len(found), len({item.name for item in found})])
    ordered = client.incidents.list(
        *WHERE, filter="properties/severity eq 'High'", orderby="properties/incidentNumber asc"
    )
    numbers = [item.incident_number for item in ordered]
    check("ordered", len(numbers) >= 2 and numbers == sorted(numbers))
    for name, text in {
        "status": "properties/status eq 'Closed' and properties/classification eq 'FalsePositive'",
        "label": "properties/labels/any(l: l/labelName eq 'vip')",
        "time": "properties/createdTimeUtc ge 2024-01-01T00:00:00Z and not (properties/status eq 'Closed')"
        " and startswith(properties/title, 'Incident')",
        "owner": "properties/owner/userPrincipalName eq 'ada@example.org'",
        "in": "properties/severity in ('High', 'Medium') and contains(properties/title, 'o''clock')",
    }.items():
        check(f"filter_{name}", len(list(client.incidents.list(*WHERE, filter=text))))
    check("filter_fault", refused(lambda: list(client.incidents.list(*WHERE, filter="properties/status eq"))))
    check("alerts", client.incidents.list_alerts(*WHERE, names[0]).value)
    check("entities", client.incidents.list_entities(*WHERE, names[0]).entities)
    client.incidents.delete(*WHERE, names[4])
    client.incidents.delete(*WHERE, names[4])
    check("deleted", refused(lambda: client.incidents.get(*WHERE, names[4]), ResourceNotFoundError))
    if hasattr(client.incidents, "run_playbook"):
        body = {"logicAppsResourceId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Logic/workflows/none"}
        check("playbook", refused(lambda: client.incidents.run_playbook(*WHERE, names[0], body)))
    return names[0]


def comments(incident):
    operations, name = client.incident_comments, str(uuid.uuid4())
    made = operations.create_or_update(*WHERE, incident, name, models.IncidentComment(message="first"))
    check("comment", [made.message, bool(made.author)])
    changed = operations.create_or_update(*WHERE, incident, name, models.IncidentComment(message="second"))
    check("comment_changed", changed.message)
    operations.create_or_update(*WHERE, incident, str(uuid.uuid4()), models.IncidentComment(message="other"))
    # The shipped automation comments on incidents too.
    mine = {"first", "second", "other"}
    check("comments", sorted({item.message for item in operations.list(*WHERE, incident, top=1)} & mine))
    check("comment_read", operations.get(*WHERE, incident, name).message)
    operations.delete(*WHERE, incident, name)
    check("comments_left", sorted({item.message for item in operations.list(*WHERE, incident)} & mine))
    empty = models.IncidentComment(message="")
    check("comment_refused", refused(lambda: operations.create_or_update(*WHERE, incident, str(uuid.uuid4()), empty)))


def tasks(incident):
    operations, name = client.incident_tasks, str(uuid.uuid4())
    made = operations.create_or_update(*WHERE, incident, name, models.IncidentTask(title="Call", status="New"))
    made.status = "Completed"
    done = operations.create_or_update(*WHERE, incident, name, made)
    check("task", [done.title, done.status, name in [item.name for item in operations.list(*WHERE, incident)]])
    operations.delete(*WHERE, incident, name)
    check("tasks_left", name in [item.name for item in operations.list(*WHERE, incident)])


def bookmarks(incident):
    operations, name = client.bookmarks, str(uuid.uuid4())
    made = operations.create_or_update(
        *WHERE, name, models.Bookmark(display_name="Odd row", query="SecurityEvent | take 1", query_result="{}")
    )
    read = operations.get(*WHERE, name)
    check("bookmark", [made.display_name, read.query])
    relation = models.Relation(related_resource_id=made.id)
    related = client.incident_relations.create_or_update(*WHERE, incident, "kept", relation)
    check("relation", [related.name, related.related_resource_name == name, related.related_resource_kind])
    check("relations", [item.name for item in client.incident_relations.list(*WHERE, incident)])
    check("of_incident", [item.name == name for item in client.incidents.list_bookmarks(*WHERE, incident).value])
    if hasattr(client, "bookmark_relations"):
        check("of_bookmark", [item.name for item in client.bookmark_relations.list(*WHERE, name)])
    client.incident_relations.delete(*WHERE, incident, "kept")
    check("relations_left", len(list(client.incident_relations.list(*WHERE, incident))))
    bad = models.Relation(related_resource_id="/nowhere/x")
    check(
        "relation_refused",
        refused(lambda: client.incident_relations.create_or_update(*WHERE, incident, "bad", bad)),
    )
    operations.delete(*WHERE, name)
    check("bookmarks_left", len([item for item in operations.list(*WHERE) if item.name == name]))


def observed():
    """The entities of an incident that the server's rules made of events."""
    for _ in range(100):
        for incident in client.incidents.list(*WHERE, filter="properties/providerName eq 'Tocsin'"):
            found = client.incidents.list_entities(*WHERE, incident.name).entities
            if {"Host", "Account"} <= {item.kind for item in found}:
                return incident.name, {item.kind: item for item in found}
    raise SystemExit("no incident names an account and a host")


def entities(incident):
    group, (observation, found) = client.entities, observed()
    host, now = found["Host"], datetime.datetime.now(datetime.timezone.utc)
    years = datetime.timedelta(days=3650)
    span = {"start_time": now - years, "end_time": now + years}
    check("entities_listed", {host.name, found["Account"].name} <= {item.name for item in group.list(*WHERE)})
    read = group.get(*WHERE, host.name)
    check("entity", [type(read).__name__, read.host_name])
    check("entity_missing", refused(lambda: group.get(*WHERE, str(uuid.uuid4())), ResourceNotFoundError))
    alert = client.incidents.list_alerts(*WHERE, observation).value[0]
    check("alert_as_entity", type(group.get(*WHERE, alert.system_alert_id)).__name__)

    everything = models.EntityExpandParameters(**span)
    spread = group.expand(*WHERE, host.name, everything)
    check("expanded", sorted({"SecurityAlert", "Account", "Incident"} & {i.entity_kind for i in spread.meta_data.aggregations}))
    targets = {edge.target_entity_id.split("/")[-1] for edge in spread.value.edges}
    check("edges", {alert.system_alert_id, found["Account"].name, observation} <= targets)
    of_alert = models.EntityExpandParameters(expansion_id="98b974fd-cc64-48b8-9bd0-3a209f5b944b")
    named = group.expand(*WHERE, alert.system_alert_id, of_alert).value.entities
    check("alert_expanded", host.name in {item.name for item in named})
    # An entity that is no alert has no such expansion.
    check("expansion_refused", refused(lambda: group.expand(*WHERE, host.name, of_alert)))

    note = models.Bookmark(
        display_name="Dump",
        query="Event",
        event_time=now - datetime.timedelta(hours=1),
        entity_mappings=[
            models.BookmarkEntityMappings(
                entity_type="Host",
                field_mappings=[models.EntityFieldMapping(identifier="HostName", value=host.host_name)],
            )
        ],
    )
    kept = client.bookmarks.create_or_update(*WHERE, str(uuid.uuid4()), note)
    check("bookmark_as_entity", type(group.get(*WHERE, kept.name)).__name__)
    way = models.BookmarkExpandParameters(expansion_id="98b974fd-cc64-48b8-9bd0-3a209f5b944b")
    led = client.bookmark.expand(*WHERE, kept.name, way).value.entities
    check("bookmark_expanded", [item.kind for item in led])
    timeline = client.entities_get_timeline
    lines = timeline.list(*WHERE, host.name, models.EntityTimelineParameters(**span, number_of_bucket=4))
    check("timeline", sorted({type(item).__name__ for item in lines.value}))
    check("timeline_total", lines.meta_data.total_count == len(lines.value) == sum(i.count for i in lines.meta_data.aggregations))
    only = models.EntityTimelineParameters(**span, kinds=["Bookmark"])
    check("timeline_filtered", [item.display_name for item in timeline.list(*WHERE, host.name, only).value])
    related = [item.name for item in client.entities_relations.list(*WHERE, host.name)]
    check("entity_relations", observation in related)
    check("entity_relation", client.entity_relations.get_relation(*WHERE, host.name, observation).name == observation)
    client.bookmarks.delete(*WHERE, kept.name)
    insights(host.name, span)
    if hasattr(client.incidents, "create_team"):
        wanted = models.TeamProperties(team_name="Night shift", team_description="on call")
        team = client.incidents.create_team(*WHERE, incident, wanted)
        of_incident = client.incidents.get(*WHERE, incident).team_information
        check("team", [team.name, team.description, team.team_id == of_incident.team_id])
        again = lambda: client.incidents.create_team(*WHERE, incident, wanted)
        check("team_refused", refused(again, ResourceExistsError))


def insights(entity, span):
    questions = client.entities.queries(*WHERE, entity, kind="Insight")
    # A later version takes the answer for a page of a list.
    questions = getattr(questions, "value", None) or list(questions)
    check("questions", [len(questions) > 1, {type(item).__name__ for item in questions} == {"InsightQueryItem"}])
    asked = client.entities.get_insights(*WHERE, entity, models.EntityGetInsightsParameters(**span))
    check("insights", [asked.meta_data.total_count == len(questions), [i.error_message for i in asked.meta_data.errors]])
    check("insight_columns", all(item.table_query_results.columns for item in asked.value))
    one = models.EntityGetInsightsParameters(
        **span, add_default_extended_time_range=True, insight_query_ids=[questions[0].name]
    )
    answer = client.entities.get_insights(*WHERE, entity, one).value
    interval = answer[0].query_time_interval
    check("insight", [[item.query_id for item in answer] == [questions[0].name], interval.start_time < span["start_time"]])
    none = models.EntityGetInsightsParameters(**span, insight_query_ids=["none"])
    check("insight_refused", refused(lambda: client.entities.get_insights(*WHERE, entity, none)))


def workspace():
    states = client.sentinel_onboarding_states
    check("onboarded", [item.name for item in states.list(*WHERE).value])
    check("onboarding", states.get(*WHERE, "default").customer_managed_key)
    check("operations", len(list(client.operations.list())) > 20)
    check("connectors", len(list(client.data_connectors.list(*WHERE))))
    check("connector_missing", refused(lambda: client.data_connectors.get(*WHERE, "none"), ResourceNotFoundError))
    if hasattr(client, "hunts"):
        hunt, name = models.Hunt(display_name="Hunt", description="for them", status="New"), str(uuid.uuid4())
        made = client.hunts.create_or_update(*WHERE, name, hunt)
        comment = models.HuntComment(message="found")
        client.hunt_comments.create_or_update(*WHERE, name, str(uuid.uuid4()), comment)
        notes = [item.message for item in client.hunt_comments.list(*WHERE, name)]
        check("hunt", [made.display_name, len(list(client.hunts.list(*WHERE))), notes])
        client.hunts.delete(*WHERE, name)
        check("hunts_left", len(list(client.hunts.list(*WHERE))))
    for group in ["metadata", "source_controls", "entity_queries", "security_ml_analytics_settings", "file_imports"]:
        if hasattr(client, group):
            check(f"empty_{group}", len(list(getattr(client, group).list(*WHERE))))


def main():
    results["version"] = importlib.metadata.version("azure-mgmt-securityinsight")
    incident = incidents()
    comments(incident)
    if hasattr(client, "incident_tasks"):
        tasks(incident)
    bookmarks(incident)
    if hasattr(client, "entities"):
        entities(incident)
    workspace()
    print(json.dumps(results))


main()
