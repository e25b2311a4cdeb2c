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
from datetime import timedelta

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


def scheduled(**members):
    grouping = models.GroupingConfiguration(
        enabled=True,
        reopen_closed_incident=False,
        lookback_duration=timedelta(hours=5),
        matching_method="Selected",
        group_by_entities=["Host"],
        group_by_alert_details=["DisplayName"],
        group_by_custom_details=["Address"],
    )
    standard = {
        "kind": "Scheduled",
        "display_name": "Failed logons",
        "severity": "High",
        "enabled": True,
        "tactics": ["CredentialAccess"],
        "query": "SecurityEvent | where EventID == 4625",
        "query_frequency": timedelta(hours=1),
        "query_period": timedelta(hours=2),
        "trigger_operator": "GreaterThan",
        "trigger_threshold": 3,
        "suppression_duration": timedelta(hours=1),
        "suppression_enabled": False,
        "custom_details": {"Address": "IpAddress"},
        "event_grouping_settings": models.EventGroupingSettings(aggregation_kind="AlertPerResult"),
        "entity_mappings": [
            models.EntityMapping(
                entity_type="Host",
                field_mappings=[models.FieldMapping(identifier="FullName", column_name="Computer")],
            )
        ],
        "alert_details_override": models.AlertDetailsOverride(alert_display_name_format="Logons at {{Computer}}"),
        "incident_configuration": models.IncidentConfiguration(
            create_incident=True, grouping_configuration=grouping
        ),
    }
    return models.ScheduledAlertRule(**(standard | members))


# Rules and indicators say their kind, which client 2.0.0b4 leaves out although its classes stand for one each.
def rules():
    operations, name = client.alert_rules, str(uuid.uuid4())
    made = operations.create_or_update(*WHERE, name, scheduled())
    read = operations.get(*WHERE, name)
    grouping = read.incident_configuration.grouping_configuration
    check("rule", [made.name == name, read.kind, read.severity, read.trigger_threshold, read.query_period.seconds])
    check("rule_parts", [read.custom_details, grouping.group_by_custom_details, grouping.matching_method])
    check("rule_listed", name in [item.name for item in operations.list(*WHERE)])
    renamed = scheduled(display_name="Renamed")
    renamed.etag = read.etag
    check("rule_changed", operations.create_or_update(*WHERE, name, renamed).display_name)
    check("rule_conflict", refused(lambda: operations.create_or_update(*WHERE, name, renamed)))
    broken = scheduled(query="SecurityEvent | whre x")
    check("rule_refused", refused(lambda: operations.create_or_update(*WHERE, str(uuid.uuid4()), broken)))
    product = models.MicrosoftSecurityIncidentCreationAlertRule(
        kind="MicrosoftSecurityIncidentCreation",
        display_name="Of a product",
        enabled=True,
        product_filter="Microsoft Cloud App Security",
    )
    fusion = models.FusionAlertRule(
        kind="Fusion", enabled=True, alert_rule_template_name="f71aba3d-28fb-450b-b192-4e76a83015c8"
    )
    kinds = {"product": product, "fusion": fusion}
    if hasattr(models, "NrtAlertRule"):
        kinds["near"] = models.NrtAlertRule(
            kind="NRT",
            display_name="Near",
            severity="Low",
            enabled=True,
            query="SecurityEvent | where EventID == 1102",
            suppression_duration=timedelta(hours=1),
            suppression_enabled=False,
        )
    for kind, rule in kinds.items():
        own = str(uuid.uuid4())
        check(f"rule_{kind}", [operations.create_or_update(*WHERE, own, rule).kind, operations.get(*WHERE, own).enabled])
        operations.delete(*WHERE, own)
    actions(name)
    operations.delete(*WHERE, name)
    check("rule_gone", refused(lambda: operations.get(*WHERE, name), ResourceNotFoundError))
    templates = list(client.alert_rule_templates.list(*WHERE))
    first = client.alert_rule_templates.get(*WHERE, templates[0].name)
    # Client 1.0.0 does not know the kind NRT, so that such templates have only what all have.
    check("templates", [len(templates) > 50, getattr(first, "status", "Available")])


def actions(rule):
    operations, name = client.actions, str(uuid.uuid4())
    playbook = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Logic/workflows/Alerts"
    request = models.ActionRequest(logic_app_resource_id=playbook, trigger_uri="https://playbooks.example/run")
    made = operations.create_or_update(*WHERE, rule, name, request)
    check("action", [made.name == name, made.logic_app_resource_id == playbook])
    check("actions", [item.name == name for item in operations.list_by_alert_rule(*WHERE, rule)])
    operations.delete(*WHERE, rule, name)
    check("action_gone", refused(lambda: operations.get(*WHERE, rule, name), ResourceNotFoundError))


def automation():
    operations, name = client.automation_rules, str(uuid.uuid4())
    condition = models.AutomationRulePropertyValuesCondition(
        property_name="IncidentTitle", operator="Contains", property_values=["no incident has this title"]
    )
    conditions = [models.PropertyConditionProperties(condition_properties=condition)]
    logic = models.AutomationRuleTriggeringLogic(
        is_enabled=True, triggers_on="Incidents", triggers_when="Created", conditions=conditions
    )
    change = models.IncidentPropertiesAction(severity="High", labels=[models.IncidentLabel(label_name="x")])
    action = models.AutomationRuleModifyPropertiesAction(order=1, action_configuration=change)

    def put(**members):
        standard = {"display_name": "Raise", "order": 1, "triggering_logic": logic, "actions": [action]}
        rule = models.AutomationRule(**(standard | members))
        return operations.create_or_update(*WHERE, name, automation_rule_to_upsert=rule)

    made = put()
    check("automation", [made.display_name, made.actions[0].action_configuration.severity, bool(made.created_time_utc)])
    check("automation_changed", put(display_name="Raised", order=7).order)
    check("automation_refused", refused(lambda: put(order=5_000)))
    check("automation_listed", name in [item.name for item in operations.list(*WHERE)])
    operations.delete(*WHERE, name)
    check("automation_gone", refused(lambda: operations.get(*WHERE, name), ResourceNotFoundError))


def indicators():
    operations = client.threat_intelligence_indicator

    def indicator(number):
        return models.ThreatIntelligenceIndicatorModel(
            kind="indicator",
            display_name=f"Address {number}",
            source="Clients",
            confidence=10 * number,
            pattern=f"[ipv4-addr:value = '198.51.100.{number}']",
            pattern_type="ipv4-addr",
            threat_types=["compromised"],
            threat_intelligence_tags=["clients"],
            valid_from="2026-04-15T17:44:00.114052Z",
        )

    made = [operations.create_indicator(*WHERE, indicator(number)) for number in range(1, 6)]
    name = made[0].name
    check("indicator", [operations.get(*WHERE, name).display_name, made[0].pattern_type])
    operations.append_tags(*WHERE, name, models.ThreatIntelligenceAppendTags(threat_intelligence_tags=["more"]))
    check("indicator_tags", sorted(operations.get(*WHERE, name).threat_intelligence_tags))
    by_confidence = models.ThreatIntelligenceSortingCriteria(item_key="confidence", sort_order="ascending")
    criteria = models.ThreatIntelligenceFilteringCriteria(
        page_size=2, min_confidence=20, max_confidence=40, sources=["Clients"], sort_by=[by_confidence]
    )
    check("indicators_found", [item.confidence for item in operations.query_indicators(*WHERE, criteria)])
    listed = {item.name for item in client.threat_intelligence_indicators.list(*WHERE)}
    check("indicators_listed", all(item.name in listed for item in made))
    check("indicator_metrics", len(client.threat_intelligence_indicator_metrics.list(*WHERE).value) > 0)
    for item in made:
        operations.delete(*WHERE, item.name)
    check("indicator_gone", refused(lambda: operations.get(*WHERE, name), ResourceNotFoundError))


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
    rules()
    automation()
    indicators()
    print(json.dumps(results))


main()
