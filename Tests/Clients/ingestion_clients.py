"""Sends events with the clients that users have, unmodified, and prints what came of it as one JSON object.

Usage: ingestion_clients.py ADDRESS CA_FILE CLIENT_ID CLIENT_SECRET PART…
"""

import json
import logging
import os
import sys
import uuid
from datetime import datetime, timezone

address, ca_file, client_id, secret = sys.argv[1:5]
parts = sys.argv[5:]
results = {}

# requests prefers these to the authority that a program names.
for name in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]:
    os.environ.pop(name, None)


def now():
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


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


def azure():
    import requests
    from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
    from azure.identity import ClientSecretCredential
    from azure.monitor.ingestion import LogsIngestionClient
    from azure.monitor.query import LogsQueryClient

    who = credential()
    management = who.get_token("https://management.azure.com/.default").token
    base = (
        address
        + "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/tocsin/providers/Microsoft.Insights"
    )
    session = requests.Session()
    session.verify = ca_file
    session.headers["Authorization"] = "Bearer " + management
    endpoint = session.put(
        base + "/dataCollectionEndpoints/entry?api-version=2023-03-11", json={"location": "here", "properties": {}}
    ).json()
    rule = session.put(
        base + "/dataCollectionRules/app?api-version=2023-03-11",
        json={
            "location": "here",
            "properties": {
                "dataCollectionEndpointId": endpoint["id"],
                "streamDeclarations": {
                    "Custom-App": {
                        "columns": [
                            {"name": "When", "type": "datetime"},
                            {"name": "Number", "type": "int"},
                            {"name": "Text", "type": "string"},
                        ]
                    }
                },
                "destinations": {"logAnalytics": [{"name": "ws"}]},
                "dataFlows": [
                    {
                        "streams": ["Custom-App"],
                        "destinations": ["ws"],
                        "transformKql": "source | where Number % 2 == 0 | project TimeGenerated = When, Number, "
                        "Short = substring(Text, 0, 3)",
                        "outputStream": "Custom-ClientApp_CL",
                    }
                ],
            },
        },
    ).json()
    client = LogsIngestionClient(endpoint["properties"]["logsIngestion"]["endpoint"], who, connection_verify=ca_file)
    # More than one request of 1 MiB.
    logs = [{"When": now(), "Number": number, "Text": "abcdef" * 20} for number in range(12000)]
    client.upload(rule["properties"]["immutableId"], "Custom-App", logs)
    queries = LogsQueryClient(who, endpoint=address, connection_verify=ca_file)
    answer = queries.query_workspace(
        "00000000-0000-0000-0000-000000000001", "ClientApp_CL | summarize count(), dcount(Short), max(Number)", timespan=None
    )
    results["azure_rows"] = list(answer.tables[0].rows[0])
    errors = []
    for identifier, stream in [("dcr-00000000000000000000000000000000", "Custom-App"),
                               (rule["properties"]["immutableId"], "Custom-Other")]:
        try:
            client.upload(identifier, stream, [{"a": 1}])
        except HttpResponseError as error:
            errors.append([error.status_code, error.error.code])
    results["azure_errors"] = errors
    try:
        ClientSecretCredential(
            "11111111-2222-3333-4444-555555555555", client_id, "tocsin_wrong", authority=address,
            disable_instance_discovery=True, connection_verify=ca_file,
        ).get_token("https://monitor.azure.com/.default")
    except ClientAuthenticationError as error:
        results["azure_refusal"] = "AADSTS7000215" in str(error)


def elasticsearch():
    from elasticsearch import Elasticsearch, helpers

    client = Elasticsearch(address, api_key=(client_id, secret), ca_certs=ca_file)
    results["elasticsearch_name"] = client.info()["cluster_name"]

    def actions():
        for number in range(2500):
            yield {"_index": "client-logs-2026.11.20", "_source": {"@timestamp": now(), "number": number}}

    results["elasticsearch_bulk"] = helpers.bulk(client, actions(), chunk_size=500)[0]
    answer = client.bulk(
        operations=[
            {"create": {"_index": "client-more", "_id": "a"}}, {"@timestamp": now(), "n": 1},
            {"delete": {"_index": "client-more", "_id": "a"}},
            {"index": {"_index": "client-more"}}, {"@timestamp": now(), "n": 2},
        ]
    )
    results["elasticsearch_items"] = [list(item.values())[0]["status"] for item in answer["items"]]
    single = client.index(index="client-more", document={"@timestamp": now(), "n": 3})
    results["elasticsearch_single"] = single["result"]
    basic = Elasticsearch(address, basic_auth=("any", secret), ca_certs=ca_file)
    results["elasticsearch_basic"] = basic.ping()


def splunk():
    from splunk_handler import SplunkHandler

    host, port = address.removeprefix("https://").split(":")
    handler = SplunkHandler(
        host=host, port=port, token=secret, index="main", sourcetype="app", source="clients", verify=ca_file,
        flush_interval=0.2,
    )
    logger = logging.getLogger("splunk-client")
    logger.addHandler(handler)
    for number in range(200):
        logger.warning("splunk client says %d", number)
    handler.force_flush()
    handler.wait_until_empty()
    handler.shutdown()
    results["splunk"] = True


def opentelemetry():
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
    from opentelemetry.sdk.resources import Resource

    provider = LoggerProvider(resource=Resource.create({"service.name": "otlp-client", "host.name": "otlp-host"}))
    exporter = OTLPLogExporter(
        endpoint=address + "/v1/logs", headers={"Authorization": "Bearer " + secret}, certificate_file=ca_file,
        compression=Compression.Gzip,
    )
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    logger = logging.getLogger("otlp-client")
    logger.addHandler(LoggingHandler(level=logging.INFO, logger_provider=provider))
    for number in range(300):
        logger.error("otlp client says %d", number, extra={"request": str(uuid.uuid4()), "attempt": number})
    results["opentelemetry"] = provider.force_flush()
    provider.shutdown()


def counts():
    from azure.monitor.query import LogsQueryClient

    queries = LogsQueryClient(credential(), endpoint=address, connection_verify=ca_file)

    def count(query):
        return queries.query_workspace(
            "00000000-0000-0000-0000-000000000001", query + " | count", timespan=None
        ).tables[0].rows[0][0]

    results["counts"] = [
        count("client_logs_CL"), count("HECEvents_CL | where Source == 'clients' and SourceType == 'app'"),
        count("OTelLogs_CL | where ServiceName == 'otlp-client' and isnotempty(Attributes.request)"),
    ]


for part in parts:
    {
        "azure": azure, "elasticsearch": elasticsearch, "splunk": splunk, "opentelemetry": opentelemetry,
        "counts": counts,
    }[part]()
print(json.dumps(results))
