import EventStore

/// How KQL's names are written in ClickHouse, which tells names apart by case as KQL does.
///
/// Ordinary names stay as they are. Others (dots would mean subcolumns, some names are the server's own, and files are
/// named after tables) are replaced by what is plain of them and a hash.
enum StoredName {
    static func of(_ name: String) -> String {
        guard !isPlain(name) else { return name }
        let plain = String(name.unicodeScalars.filter(isPlain).prefix(60).map(Character.init))
        return "\(plain)#\(String(hash(name), radix: 16))"
    }

    /// The table on each server that holds the rows of a cluster's table.
    static func local(_ table: String) -> String { "\(table)#local" }

    private static func isPlain(_ name: String) -> Bool {
        guard (1...100).contains(name.utf8.count), name.unicodeScalars.allSatisfy(isPlain) else { return false }
        return !name.hasPrefix("_") || name.dropFirst().contains("_")
            ? !reserved.contains(name) && !name.hasPrefix("_part") && !name.hasPrefix("_shard") : false
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
    }

    private static let reserved: Set<String> = [
        StoredColumn.ingestionTime.storedName, "_row_exists", "_block_number", "_block_offset", "_disk_name", "_table",
        "_database", "_sample_factor", "_query_id",
    ]

    /// FNV-1a, which is the same everywhere and always.
    private static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
