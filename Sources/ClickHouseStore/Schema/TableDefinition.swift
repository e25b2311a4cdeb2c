import EventStore
import KQLValues

/// The statements that make and change tables, on one server or on a cluster.
struct TableDefinition {
    let database: String
    let cluster: String?

    func createDatabase() -> String {
        "CREATE DATABASE IF NOT EXISTS \(ClickHouseForms.identifier(database))\(onCluster)"
    }

    /// Makes a table with its columns: on a cluster the replicated one that holds each shard's rows, and the one over all
    /// shards that is written to and read.
    func create(_ name: String, _ table: StoredTable) -> [String] {
        let design = TableDesign(table: name)
        let ingestion =
            "\(ClickHouseForms.identifier(StoredColumn.ingestionTime.storedName)) Int64 CODEC(Delta(8), ZSTD(1))"
        let indexes = table.columns.compactMap(design.index)
        let parts = ([ingestion] + table.columns.map(design.definition) + indexes).joined(separator: ",\n    ")
        let comment = ClickHouseForms.literal(ColumnComment.start + name)
        let layout = design.layout(table.columns)
        guard let cluster else {
            return [
                """
                CREATE TABLE IF NOT EXISTS \(qualified(table.storedName)) (
                    \(parts)
                ) ENGINE = MergeTree \(layout)
                SETTINGS \(Self.common), non_replicated_deduplication_window = 10000, fsync_after_insert = 1,
                    fsync_part_directory = 1
                COMMENT \(comment)
                """
            ]
        }
        let local = StoredName.local(table.storedName)
        return [
            """
            CREATE TABLE IF NOT EXISTS \(qualified(local))\(onCluster) (
                \(parts)
            ) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') \(layout)
            SETTINGS \(Self.common), replicated_deduplication_window = 10000,
                replicated_deduplication_window_seconds = \(Deliveries.rememberedSeconds)
            """,
            """
            CREATE TABLE IF NOT EXISTS \(qualified(table.storedName))\(onCluster) (
                \(([ingestion] + table.columns.map(design.definition)).joined(separator: ",\n    "))
            ) ENGINE = Distributed(\(ClickHouseForms.literal(cluster)), \(ClickHouseForms.literal(database)), \
            \(ClickHouseForms.literal(local)), rand())
            COMMENT \(comment)
            """,
        ]
    }

    /// Adds columns to a table that is there; those that another node has added meanwhile stay.
    func add(_ columns: [StoredColumn], to name: String, _ table: StoredTable) -> [String] {
        let design = TableDesign(table: name)
        let columnParts = columns.map { "ADD COLUMN IF NOT EXISTS \(design.definition(of: $0))" }
        let indexParts = columns.compactMap(design.index).map {
            "ADD INDEX IF NOT EXISTS \($0.dropFirst("INDEX ".count))"
        }
        let all = (columnParts + indexParts).joined(separator: ", ")
        guard cluster != nil else { return ["ALTER TABLE \(qualified(table.storedName)) \(all)"] }
        return [
            "ALTER TABLE \(qualified(StoredName.local(table.storedName)))\(onCluster) \(all)",
            "ALTER TABLE \(qualified(table.storedName))\(onCluster) \(columnParts.joined(separator: ", "))",
        ]
    }

    /// The table that remembers deliveries; on a cluster one that every server has a copy of.
    func createDeliveries() -> String {
        let engine =
            cluster == nil
            ? "MergeTree"
            : "ReplicatedMergeTree('/clickhouse/tables/all/{database}/{table}', '{shard}-{replica}')"
        let settings = cluster == nil ? " SETTINGS fsync_after_insert = 1, fsync_part_directory = 1" : ""
        return """
            CREATE TABLE IF NOT EXISTS \(qualified(Deliveries.table))\(onCluster) (
                id String, stored_at DateTime DEFAULT now()
            ) ENGINE = \(engine) ORDER BY id TTL stored_at + INTERVAL \(Deliveries.rememberedSeconds) SECOND\(settings)
            """
    }

    /// The table that holds rows on each server.
    func holding(_ table: StoredTable) -> String {
        cluster == nil ? table.storedName : StoredName.local(table.storedName)
    }

    func qualified(_ table: String) -> String {
        "\(ClickHouseForms.identifier(database)).\(ClickHouseForms.identifier(table))"
    }

    var onCluster: String { cluster.map { " ON CLUSTER \(ClickHouseForms.identifier($0))" } ?? "" }

    /// Time may be missing in a row, and the sort key with it.
    private static let common = "allow_nullable_key = 1, index_granularity = 8192, ttl_only_drop_parts = 1"
}
